/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the core keeps of each guest thread (struct thread.exec), and its private interfaces. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "exec.h"
#include "rt/rt.h"

struct exec_thread {
        struct thread *thread;
        struct exec_thread *next, **prev;
        uint32_t inside; /* in translated code */
        uint32_t mode;   /* the mode that the table of indirect branches and the call/return stack are for */
        bool tag_fault;  /* the recorded fault was of an address with a tag, as long as the host sees tags */
        long map;        /* call/return stack with its guard pages */
        struct rt_own own;
};

extern bool exec_tagged; /* translations ignore the top byte of addresses */

/* Asks for the FP instruction at a guest pc to be translated to software at the next poll of this thread. Async-signal-safe. */
void exec_fp_in_software(struct cpu *cpu, uint64_t pc);
