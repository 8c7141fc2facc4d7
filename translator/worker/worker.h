/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making units of the cache (include/cache-format.h): translations of a guest file, before any program runs.
 *
 * The file may come from anybody, and the code that reads it and translates it is large. So the process that is started reads
 * nothing of it but its first bytes, which say whose machine it is for, and lets two kinds of children do the rest, which
 * can do nothing but compute (child.h). The first one, the scout, has the whole file. Its result is which pages have code, and for each
 * a map of places where regions begin (scout.h). For each of these pages there is a child that has the page, CACHE_TAIL bytes behind it,
 * and the map, and translates it (page.h). So who makes the scout do something else can have wrong places tried, and who makes
 * the child of a page do something else has spoilt the code of that page: whoever executes that page could as well have been given
 * what he would do there in plain. What children return is bytes with lengths, which are checked; the text that a
 * page's code is used for, and its key, are copied from the file by this process.
 *
 * A sandbox around it has to allow these system calls: close_range, execve, exit_group, fork, fstat, getpid, getrandom, madvise, mmap,
 * mprotect, munmap, prctl, prlimit64, pwrite64, setitimer, wait4, write.
 */
#pragma once
#include <stdint.h>

/* Descriptors that the process is started with, and what it ends with: 0, WORKER_NO_UNIT where the file is no ELF file with
 * code for us, or another number when something failed. */
enum {
        WORKER_FILE = 3,   /* the guest file: nobody can change it */
        WORKER_OUTPUT = 4, /* an empty file, where the unit is written */
        WORKER_NO_UNIT = 65,
};

#define WORKER_BYTES (UINT64_C(64) << 20) /* a unit is no larger, if nobody wants it to */

/* Makes a unit of no more than `budget` bytes. */
_Noreturn void worker_run(uint64_t budget);

/* Does nothing, until a signal ends it: nobody can write the file of a program that runs. */
_Noreturn void worker_hold(void);

/* Prints for each guest the `config` of units that this build makes here (struct cache_unit), as "NAME HEX". */
_Noreturn void worker_print_config(void);
