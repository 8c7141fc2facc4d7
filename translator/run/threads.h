/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What run/ keeps of each guest thread (struct thread.exec), and what it does to all threads. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "rt/rt.h"

struct region;
struct thread;

struct exec_thread {
        struct thread *thread;
        struct exec_thread *next, **prev;
        uint32_t inside;    /* the thread is in translated code */
        uint32_t mode;      /* the mode that the table of indirect branches and the call/return stack are for */
        uint32_t displaced; /* so many targets took another one's entry of the near table since that grew */
        uint32_t aloof;     /* so many exits are not linked yet: see exec_after_fork */
        bool tag_fault;     /* the recorded fault was of an address with a tag, which translations did not ignore */
        long map;           /* the call/return stack with its guard page below */
        struct own_memory own;
};

/* Guards translation, the cache, what is handed down, and the list of threads. */
extern struct rt_mutex run_lock;

/* Maps memory for the first thread. It comes right before that of the cache, so that the two are in the same page table. Returns false without
 * memory. */
bool threads_prepare(void);

/* Makes the calling thread's indirect branches to `loc` go to `code`. With run_lock held. */
void threads_put_target(struct thread *t, struct loc loc, uint8_t *code);

/* The mode of t->cpu has changed. Cached branch targets and return addresses, which do not say for which mode they are, are
 * forgotten. */
void threads_change_mode(struct thread *t);

/* Marks the thread as being in translated code, of which it has found an entry point when the cache had been emptied `resets`
 * times. Returns false, and the thread is not marked, when that code is no longer there or may not be entered now. Takes
 * run_lock. */
bool threads_go_inside(struct exec_thread *e, uint64_t resets);

/* Waits until all threads but `self` have left translated code, then empties the cache. With run_lock held. */
void threads_empty_cache(struct thread *self);

/* Takes a region that is dead out of all threads' tables of indirect branches. With run_lock held. */
void threads_forget_region(struct region *r);
