/* The guest's address space. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* The guest's pages [start, end) may be executed from now on, or not. (mm_may_exec() of runtime/exec_thread.h asks.) */
void mm_exec_set(uint64_t start, uint64_t end, bool may);

/* Around fork: no lock of the address space is held by another thread while memory is copied. In both processes, done is called
 * by the thread that called prepare. */
void mm_fork_prepare(void);
void mm_fork_done(void);
void mm_exec_fork_prepare(void); /* the list of executable pages */
void mm_exec_fork_done(void);
