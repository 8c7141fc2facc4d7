/* The guest's address space. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where addresses end, for the guest as for the host. */
#define ADDRESS_MAX (UINT64_C(1) << 47)
#define PAGE_SIZE UINT64_C(4096)
#define PAGE_DOWN(x) ((x) & ~(PAGE_SIZE - 1))
/* 0 for the last page of all: what comes from the guest is compared with ADDRESS_MAX first. */
#define PAGE_UP(x) PAGE_DOWN((x) + PAGE_SIZE - 1)

/* What may be done with the guest's pages besides reading and writing them, which the host's kernel knows. */
enum mm_exec {
        MM_EXEC = 1,      /* they may be executed */
        MM_EXEC_ONLY = 2, /* ... and the guest did not ask to read them, which the translator must */
        MM_GROWS = 4,     /* MAP_GROWSDOWN, whether or not they may be executed: what the kernel adds below them is like them */
};
/* Of n disjoint ranges in order of their addresses, records of `size` bytes that begin with start and end (uint64_t): the index of the
 * first one that ends behind addr; n: none does. */
size_t mm_find_range(const void *ranges, size_t size, size_t n, uint64_t addr);

/* Sets it for the pages [start, end). (mm_may_exec() of runtime/exec_thread.h asks.) */
void mm_exec_set(uint64_t start, uint64_t end, unsigned what);
/* What holds for addr, and in *ret_end up to where. */
unsigned mm_exec_get(uint64_t addr, uint64_t *ret_end);
/* The lowest page from which on everything up to addr is mapped: where a mapping that grows starts, as nothing lies close below
 * it. */
uint64_t mm_mapped_from(uint64_t addr);
/* The end of what is mapped from addr on, `end` at most. Both are 0 pages long where mincore(2) is refused. */
uint64_t mm_mapped_up_to(uint64_t addr, uint64_t end);

/* Pages that may be mapped a second time (linux/mm_shared.c) are known by an *alias* too: a number that is the same for all
 * mappings of the same memory, and no address of a guest's. Code that is flushed at one address is then found at all others
 * (mm_shared_alias() of runtime/exec_thread.h). Sets that of the pages [start, end), or takes it away: 0. */
void mm_shared_set(uint64_t start, uint64_t end, uint64_t alias);
/* mremap(2): the pages [from, from + old) are [to, to + new) from now on; `stay`: there too. */
void mm_shared_moved(uint64_t from, uint64_t old, uint64_t to, uint64_t new, bool stay);
/* The alias of what is at that offset of an open file; of memory without a name, which only mremap(2) maps a second time; of a
 * segment (shmget(2)). */
uint64_t mm_file_alias(int fd, uint64_t offset);
uint64_t mm_nameless_alias(void);
uint64_t mm_segment_alias(uint64_t id);
void mm_shared_fork_prepare(void); /* around fork */
void mm_shared_fork_done(void);

/* personality(2) with or without READ_IMPLIES_EXEC: what is mapped readable from now on may be executed too. */
void mm_read_implies_exec(bool on);

/* Is any page of [start, start + size) the translator's? False where the kernel refuses the range because it ends before it
 * starts. */
bool mm_is_own(uint64_t start, uint64_t size);
/* The next part of [*at, end) that is not: it becomes [*at, *ret_end). False: there is none. With rt_own_lock() held. */
bool mm_next_piece(uint64_t *at, uint64_t end, uint64_t *ret_end);

/* A change of mappings and of what is noted about them is one step. Fork takes the lock too: no other thread is in such a step
 * while memory is copied. */
void mm_lock(void);
void mm_unlock(void);
void mm_exec_fork_prepare(void); /* the list of executable pages, around fork */
void mm_exec_fork_done(void);
