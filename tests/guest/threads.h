/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the programs threads*.c share: functions that threads run. */
#pragma once
#include "check.h"
#include <pthread.h>
#include <sched.h>

/* A call that must return 0, as pthread's do. */
#define P(call) EQ(call, 0)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile int stop;
static uint64_t counter;

/* Adds 1 to `counter` 20000 times, each time under `mutex`. Returns `arg` + 1. */
__attribute__((unused)) static void *count_under_mutex(void *arg)
{
        for (int k = 0; k < 20000; k++) {
                pthread_mutex_lock(&mutex);
                counter++;
                pthread_mutex_unlock(&mutex);
        }
        return (char *)arg + 1;
}

static __thread uint64_t tls_zero, tls_init = 0x1234567890;
static __thread char tls_big[5000];

/* Ends the test as failed unless the thread's own variables have the values that they start with, and keep those that it gives
 * them then. These depend on `arg`, which is another one in each thread that runs. */
__attribute__((unused)) static void *check_tls(void *arg)
{
        uint64_t who = (uint64_t)arg;
        EQ(tls_zero, 0);
        EQ(tls_init, 0x1234567890);
        for (size_t k = 0; k < sizeof(tls_big); k++)
                EQ(tls_big[k], 0);
        tls_zero = who;
        tls_init += who;
        memset(tls_big, (int)who, sizeof(tls_big));
        for (int k = 0; k < 20; k++) {
                sched_yield();
                EQ(tls_zero, who);
                EQ(tls_init, 0x1234567890 + who);
                EQ(tls_big[4999], (char)who);
        }
        return NULL;
}

/* Adds to `counter` until `stop` is set. Returns `arg`. */
__attribute__((unused)) static void *spin(void *arg)
{
        while (!stop)
                counter++;
        return arg;
}
