/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest threads as host threads. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct thread;

/* Makes the calling (first) thread a guest thread: its struct thread, FS, signals. Called once at start-up, before
 * anything that may fault on purpose. The registers are the loader's to fill in, then exec_thread_init() and
 * exec_loop() are. Returns the thread, or NULL with *ret_error a negative errno. */
struct thread *thread_init_first(int *ret_error);

/* Asks for the pages of a thread: when it begins, with tables of branches before they grow, or after a fork without these. */
void thread_populate(struct thread *t, bool begins);

/* A thread for clone(CLONE_VM): memory for it, its C stack and its host signal stack, with the guest registers of
 * `parent`. Returns NULL when there is no memory. thread_free is for one that does not run, or
 * has ended. */
struct thread *thread_new(struct thread *parent);
void thread_free(struct thread *t);
/* One that was freed and is kept for the next call of thread_new, or NULL. */
struct thread *thread_spare(void);

/* Runs clone or clone3 (`nr`) with the child on t's C stack and in t. Arguments as for the host's kernel, stack and TLS
 * already set. Returns the child's id or a negative errno in the parent. */
long thread_spawn(struct thread *t, long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4);
/* The end of the C stack of a thread, where its stack pointer begins, and its lowest address. */
void *thread_stack_top(struct thread *t);
void *thread_stack_base(struct thread *t);

/* Ends the calling thread; its memory goes with it unless a parent waits to free it. */
_Noreturn void thread_exit(struct thread *t, int status);

/* Called when the process of t is about to end, by itself or by a fault: does what the kernel does for each of its threads and cannot
 * do for the guest's (abi.thread_end). */
void process_ends(struct thread *t);
