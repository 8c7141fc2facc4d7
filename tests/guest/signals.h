/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What signals-async.c, signals-waiting.c, signals-timers.c and signals-storms.c share: handlers, short forms of calls, and work
 * for the CPU. */
#pragma once
#include "check.h"
#include <setjmp.h>
#include <sys/time.h>

/* How many signals these handlers got, and which was the last one. */
static volatile sig_atomic_t count, last_sig;
/* The siginfo that keep_info() got last. */
static volatile siginfo_t last_info;

__attribute__((unused)) static void counter(int sig)
{
        last_sig = sig;
        count++;
}

__attribute__((unused)) static void keep_info(int sig, siginfo_t *info, void *ctx)
{
        (void)ctx;
        last_sig = sig;
        last_info = *info;
        count++;
}

/* Sets the handler of a signal, with SA_ flags. */
__attribute__((unused)) static void on(int sig, void (*fn)(int), int flags)
{
        struct sigaction act = { .sa_handler = fn, .sa_flags = flags };
        OK(sigaction(sig, &act, NULL));
}

/* Sets a handler of a signal that gets a siginfo. */
__attribute__((unused)) static void on_info(int sig, void (*fn)(int, siginfo_t *, void *), int flags)
{
        struct sigaction act = { .sa_sigaction = fn, .sa_flags = flags | SA_SIGINFO };
        OK(sigaction(sig, &act, NULL));
}

/* Returns the set that has only this signal. */
__attribute__((unused)) static sigset_t set_of(int sig)
{
        sigset_t s;
        sigemptyset(&s);
        sigaddset(&s, sig);
        return s;
}

/* Makes SIGALRM come after `first` microseconds and then each `every` microseconds, or only once if that is 0. */
__attribute__((unused)) static void timer_us(unsigned first, unsigned every)
{
        struct itimerval it = { .it_value.tv_usec = first, .it_interval.tv_usec = every };
        OK(setitimer(ITIMER_REAL, &it, NULL));
}

/* A handler that leaves by siglongjmp to `env`, with the signal's number as result. */
static sigjmp_buf env;
__attribute__((unused)) static void jump_out(int sig)
{
        count++;
        siglongjmp(env, sig);
}

/* Computes with integers for a time in proportion to n. The result depends on n only. */
__attribute__((noipa, unused)) static uint64_t integer_work(uint64_t n)
{
        __asm__ volatile(""); /* so that the compiler does not take it for a pure function, which it would call only once */
        uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
        for (uint64_t k = 0; k < n; k++) {
                a += b ^ k, b = b << 7 | b >> 57, c = c * 0x9e3779b97f4a7c15u + a, d ^= c >> 13, e += d > c ? a : b;
                f -= e, g = (g ^ f) + (h >> 3), h = h * 3 + (g & 1 ? d : e);
        }
        return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h;
}
