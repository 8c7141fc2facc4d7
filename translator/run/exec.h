/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running guest code: what the translator's core offers to the rest of the run-time. What it calls there: run/hooks.h.
 *
 * A guest thread is a host thread that was made with a raw clone; FS points at its `struct thread`
 * (run/thread.h), whose first members are a self pointer and the `struct cpu`.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ir/cpu.h"

struct thread;

/* Sets up the code cache, as run_settings says. Returns 0 or a negative errno. */
int exec_init(void);

/* Prepares a thread's cpu (call/return stack, MXCSR ...); registers may be set before or after.
 * Returns 0 or a negative errno. exec_thread_done frees it. */
int exec_thread_init(struct thread *t);
void exec_thread_done(struct thread *t);

/* Runs the guest from t->cpu until the thread exits: does not return. May be called again from any depth
 * of C code on a fresh stack. */
_Noreturn void exec_loop(struct thread *t);

/* Guest code in [start, end) changed or went away (munmap, mprotect, mmap over, IC IVAU): its translations go. */
void exec_invalidate(uint64_t start, uint64_t end);

/* Around fork: the translator's memory is copied while nothing in it is half done. In both processes, done is called by the
 * thread that called prepare. */
void exec_fork_prepare(void);
void exec_fork_done(void);
/* Afterwards, in the child: this is the only thread. */
void exec_after_fork(struct thread *t);

/* A host signal handler (SIGSEGV, SIGBUS, SIGFPE, SIGILL) asks whether the fault is the guest's.
 * `uc` is the handler's ucontext (struct ucontext of asm/ucontext.h). Async-signal-safe.
 *   FAULT_NOT_GUEST  neither in translated code nor in a helper that may fault: a bug of ours (or a copy
 *                    routine's fix-up, which the caller tries first)
 *   FAULT_RESUME     dealt with: just return from the handler
 *   FAULT_GUEST      t->cpu holds the precise guest state (pc = the faulting instruction) and `uc` has been
 *                    redirected so that returning from the handler continues in exec_loop, which first
 *                    calls run_hooks->fault(t). The caller records the siginfo in the thread before; it has been
 *                    completed where the host leaves the address out. */
enum fault_verdict { FAULT_NOT_GUEST, FAULT_RESUME, FAULT_GUEST };
enum fault_verdict exec_host_fault(struct thread *t, int sig, void *siginfo, void *uc);

/* Asks for the FP instruction at a guest pc to be translated to software at the next poll of this thread. Async-signal-safe. */
void exec_fp_in_software(struct cpu *cpu, uint64_t pc);

/* True when host address `rip` lies in translated code or the stubs around it (async-signal-safe). */
bool exec_in_translated(uint64_t rip);
