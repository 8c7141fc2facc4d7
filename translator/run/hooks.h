/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What run/ calls of the system side (linux/): what a guest thread does outside of translated code. Each function finds the whole
 * state of the guest in t->cpu and may change it; the thread goes on wherever cpu.pc then points. */
#pragma once

struct thread;

struct run_hooks {
        /* The guest made a system call: does it. cpu.pc is the address behind the instruction. */
        void (*syscall)(struct thread *t);

        /* cpu.poll is set: clears it, and delivers the signals that are there for the guest. */
        void (*poll)(struct thread *t);

        /* Raises the signal of the fault that exec_host_fault() called the guest's (FAULT_GUEST). */
        void (*fault)(struct thread *t);

        /* The instruction at cpu.pc cannot be read or may not be executed: raises the signal for that, or makes cpu.pc an address
         * where it can. */
        void (*fetch_fault)(struct thread *t);

        /* The instruction at cpu.pc is undefined, or a breakpoint: raises the signal for that. */
        void (*undefined)(struct thread *t);
        void (*breakpoint)(struct thread *t);
};

/* Set once, before exec_loop() is called (main/connect.c). */
extern const struct run_hooks *run_hooks;
