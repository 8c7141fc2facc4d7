/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds programs and shared objects of the machines that the translator runs, for them to be translated beforehand. It is done
 * with the rights of whoever wants that, and what was found is opened by him: the daemon opens no path for anybody. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
        CACHE_FIND_DEPTH = 64,        /* directories in one another that are entered */
        CACHE_FIND_ENTRIES = 4000000, /* names that are looked at */
        CACHE_FIND_FILES = 100000,    /* files that are found */
};

struct cache_found {
        size_t root; /* number of the place that it was found in */
        char *path;  /* in that place */
        uint64_t device, inode;
};

/* A place: the descriptor that paths are relative to, negative for the current directory, and how openat2(2) resolves them there. */
struct cache_find_root {
        int fd;
        uint64_t resolve;
        char *path; /* as the user wrote it */
};

struct cache_finds {
        struct cache_found *items;
        size_t n;
        struct cache_find_root *roots;
        size_t n_roots;
        size_t n_entries;                                          /* that were looked at */
        bool incomplete;                                           /* a limit was reached, or a directory could not be read */
        void (*tell)(const struct cache_finds *f, void *userdata); /* called now and then; may be NULL */
        void *userdata;
};

/* Adds a file, or what is below a directory. Symbolic links below it are not followed, and file systems that are mounted below it
 * not entered. Returns 0; -ENOEXEC for a file that is nothing for the translator; or another negative errno. */
int cache_find(struct cache_finds *f, const char *path);

/* Adds the files that a process has mapped. Returns 0, -ESRCH, or another negative errno. */
int cache_find_process(struct cache_finds *f, const char *procdir, pid_t pid);

/* Sorts what was found as it is on disk, and leaves out what was found twice. */
void cache_finds_sort(struct cache_finds *f);

/* Opens a file that was found, for reading. Returns a descriptor; -ENOEXEC where it has become something else; or another negative
 * errno. */
int cache_found_open(const struct cache_finds *f, size_t i);

/* Makes *ret what to call a file that was found. Returns 0 or -ENOMEM. */
int cache_found_name(const struct cache_finds *f, size_t i, char **ret);

void cache_finds_done(struct cache_finds *f);
