/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's address space. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SIZE UINT64_C(4096)
#define PAGE_DOWN(x) ((x) & ~(PAGE_SIZE - 1))
/* 0 for the last page of all: what comes from the guest is compared with address_limit of struct guest first. */
#define PAGE_UP(x) PAGE_DOWN((x) + PAGE_SIZE - 1)

/* What may be done with the guest's pages besides reading and writing them, which the host's kernel knows. */
enum mm_exec {
        MM_EXEC = 1,      /* they may be executed */
        MM_EXEC_ONLY = 2, /* ... and the guest did not ask to read them, which the translator must */
        MM_FIXED = 8,     /* ... and the guest cannot write them */
        MM_GROWS = 4,     /* MAP_GROWSDOWN, whether or not they may be executed: what the kernel adds below them is like them */
};
/* Returns the index of the first range that ends behind addr, or n when none does. `ranges` are n disjoint ranges in the order of
 * their addresses: records of `size` bytes that begin with start and end (uint64_t). */
size_t mm_find_range(const void *ranges, size_t size, size_t n, uint64_t addr);

/* Asks for the pages of data that have been mapped from a program or a library, which its relocation is about to write; and of zeroes behind
 * them. Large ones are left to faults. */
void mm_populate_data(uint64_t start, uint64_t end);
void mm_populate_zeroes(uint64_t start, uint64_t end);
/* Asks for what a program or a library begins with: its symbols and relocations. */
void mm_populate_symbols(uint64_t start, uint64_t end);

/* Sets an enum mm_exec for the pages [start, end). */
void mm_exec_set(uint64_t start, uint64_t end, unsigned what);
/* For guest/code.h: may the guest execute what is at addr? */
bool mm_may_exec(uint64_t addr);
/* For guest/code.h: may the guest execute what is at addr, and is it sure to stay as it is as long as it may not write it? */
bool mm_is_fixed(uint64_t addr);
/* Returns the enum mm_exec of addr, and in *ret_end the end of the range that has it. */
unsigned mm_exec_get(uint64_t addr, uint64_t *ret_end);
/* Returns the lowest page from which on everything up to addr is mapped. That is where a mapping that grows starts, as nothing
 * lies close below it. */
uint64_t mm_mapped_from(uint64_t addr);
/* Returns the end of what is mapped from addr on, `end` at most. Both functions see 0 mapped pages where mincore(2) is
 * refused. */
uint64_t mm_mapped_up_to(uint64_t addr, uint64_t end);

/* The memory that is behind guest pages, where it matters (linux/mm_memory.c): such as may be mapped a second time, and files
 * with guest code, which may become shorter. */
struct mm_memory {
        uint64_t object; /* a file, a segment ...; 0: nothing that matters */
        uint64_t offset; /* in it */
        bool shared;     /* a write is seen wherever the same memory is mapped */
};
#define MM_NOTHING ((struct mm_memory){ 0, 0, false })
/* Sets the memory that is behind the pages [start, end). */
void mm_memory_set(uint64_t start, uint64_t end, struct mm_memory is);
/* For guest/code.h: the number of the shared memory that is at addr, the same wherever it is mapped, or 0 when there is none. */
uint64_t mm_alias(uint64_t addr);
/* mremap(2): the pages [from, from + old) are [to, to + new) from now on; `stay`: there too. */
void mm_memory_moved(uint64_t from, uint64_t old, uint64_t to, uint64_t new, bool stay);
/* The memory at that offset of an open file; memory without a name, which only mremap(2) maps a second time; that of a segment
 * (shmget(2)). */
struct mm_memory mm_file(int fd, uint64_t offset, bool shared);
struct mm_memory mm_nameless(void);
struct mm_memory mm_segment(uint64_t id);
/* Finds the next piece of a segment that was attached at addr: at *at or behind it, of the segment *of, which is MM_NOTHING before
 * the first. Returns false when there is none. */
bool mm_segment_piece(uint64_t addr, struct mm_memory *of, uint64_t *at, uint64_t *ret_end);
/* Called when only the first `left` bytes of that file are left: drops translations of code behind them. */
struct stat;
void mm_file_truncated(const struct stat *s, uint64_t left);
void mm_memory_fork_prepare(void); /* around fork */
void mm_memory_fork_done(void);

/* Called for personality(2), `on` with READ_IMPLIES_EXEC: pages that are mapped readable from now on may be executed too. */
void mm_read_implies_exec(bool on);
/* Returns the enum mm_exec of pages with a protection that the guest asked for. */
unsigned mm_exec_of(uint64_t prot);

/* Is any page of [start, start + size) the translator's? False where the kernel refuses the range because it ends before it
 * starts. */
bool mm_is_own(uint64_t start, uint64_t size);
/* Makes [*at, *ret_end) the next part of [*at, end) that is not the translator's. Returns false when there is none. Called with
 * own_memory_lock() held. */
bool mm_next_piece(uint64_t *at, uint64_t end, uint64_t *ret_end);

/* A change of mappings and of what is noted about them is one step. Fork takes the lock too: no other thread is in such a step
 * while memory is copied. */
void mm_lock(void);
void mm_unlock(void);
void mm_exec_fork_prepare(void); /* the list of executable pages, around fork */
void mm_exec_fork_done(void);
