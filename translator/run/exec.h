/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running guest code: what run/ offers to linux/ and main/. What it calls there is in hooks.h.
 *
 * A guest thread is a host thread that was made with a raw clone; FS points at its `struct thread`
 * (run/thread.h), which begins with a pointer to itself.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "ir/cpu.h"

struct thread;

/* Sets up the code cache, as run_settings says. Returns 0 or a negative errno. */
int exec_init(void);

/* Gives t what it needs to run guest code: a call/return stack, a place in the list of threads. The guest's registers may be set
 * before or after; reset_state of struct guest is for when they are, by the thread that has them or makes it, as it sets the host's MXCSR. Returns 0 or a negative errno. exec_thread_done takes all that away. */
int exec_thread_init(struct thread *t);
void exec_thread_done(struct thread *t);
/* Makes t, a thread that has ended, or was never run, one that may begin anew. In between it stays in the list, so that what it remembers of
 * code is right. */
void exec_thread_renew(struct thread *t);

/* Called by `self` at the end of its process: calls f with each guest thread that `ends` with it. No other executes guest code any more,
 * unless some that use this memory are another process's (vfork(2)); then only none begins or ends meanwhile. */
void exec_end_threads(struct thread *self, bool (*ends)(const struct thread *t, const struct thread *self),
                      void (*f)(struct thread *t));

/* Runs the guest from the state in t->cpu until the thread ends. May be called again from any depth of C code, on a fresh
 * stack. */
_Noreturn void exec_loop(struct thread *t);

/* Drops the translations of guest code in [start, end), which has changed or gone away (munmap, mprotect, IC IVAU ...). */
void exec_invalidate(uint64_t start, uint64_t end);

/* The guest flushes its instruction cache for that range. The caches are those of physical memory (A64's CTR_EL0.L1Ip says PIPT):
 * drops what depends on that memory, wherever it is mapped. */
void exec_flush(uint64_t start, uint64_t end);

/* To be called before and after fork, so that memory is copied while nothing in run/ is half done. The thread that called prepare
 * calls done, in both processes. */
void exec_fork_prepare(void);
void exec_fork_done(void);
/* To be called after exec_fork_done in the child, where t is the only thread, but for a spare one (exec_thread_renew) or NULL. */
void exec_after_fork(struct thread *t, struct thread *spare);

/* A host signal handler (SIGSEGV, SIGBUS, SIGFPE, SIGILL) asks whether the fault is the guest's.
 * `uc` is the handler's ucontext (struct ucontext of asm/ucontext.h). Async-signal-safe.
 *   FAULT_NOT_GUEST  it is neither in translated code nor in a helper that may fault: a bug of the translator. (The caller
 *                    has asked rt_fixup_fault() before.)
 *   FAULT_RESUME     it was dealt with: the handler just returns
 *   FAULT_GUEST      t->cpu holds the precise guest state (pc = the faulting instruction) and `uc` has been
 *                    redirected so that returning from the handler continues in exec_loop, which first
 *                    calls run_hooks->fault(t). Before it returns, the handler records the siginfo, which was
 *                    completed where the host leaves the address out. */
enum fault_verdict { FAULT_NOT_GUEST, FAULT_RESUME, FAULT_GUEST };
enum fault_verdict exec_host_fault(struct thread *t, int sig, void *siginfo, void *uc);

/* Asks that the FP instruction at a guest pc be translated to software, which happens at the next poll of the thread of `cpu`.
 * Async-signal-safe. */
void exec_fp_in_software(struct cpu *cpu, uint64_t pc);

/* Returns true when host address `rip` lies in translated code or in the stubs. Async-signal-safe. */
bool exec_in_translated(uint64_t rip);
