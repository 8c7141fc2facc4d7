/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest thread. */
#pragma once
#include "ir/cpu.h"

struct thread_os;

struct thread {
        struct thread *self;  /* FS:0, for thread_self() */
        struct thread_os *os; /* what the Linux side keeps (linux/thread_os.h): tid, masks, recorded fault ... */
        void *exec;           /* what run/ keeps: struct exec_thread (threads.h) */
        struct cpu cpu;
};

/* Returns the calling thread. It works in signal handlers too, because FS is never the guest's. */
static inline struct thread *thread_self(void)
{
        struct thread *t;
        __asm__("mov %%fs:0, %0" : "=r"(t));
        return t;
}
