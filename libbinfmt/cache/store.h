/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The units of guest files on disk, in the directory "units" of the cache's. A unit's name is the SHA-256 of its guest file, and
 * beside it is a file NAME.info with what else is known, also what all of its bytes make (sum.h). When a unit was last used is its time of
 * modification. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
        STORE_ID = 64,       /* letters of a name: SHA-256 in hexadecimal */
        STORE_PATHS = 8,     /* paths that are remembered of a file */
        STORE_FILES = 16384, /* units that there are at most */
        STORE_SHARE = 8,     /* units take no more than this part of what is free */
};

struct store_file {
        char id[STORE_ID + 1];
        unsigned machine;    /* e_machine of its ELF header; 0: not known */
        uint64_t file_bytes; /* of the guest file */
        uint64_t bytes;      /* on disk */
        uint64_t size, sum;  /* of the unit: how long it is, and what it was when it was kept; 0: not known */
        uint32_t pages;      /* of guest code that are translated */
        int64_t used;        /* seconds since 1970 */
        char **paths;        /* under which it was seen, in whatever container */
        size_t n_paths;
};

struct store_files {
        struct store_file *items;
        size_t n;
        uint64_t bytes;
};

void store_files_done(struct store_files *f);

/* Opens the directory of units of the cache at dir; where make is set, it is made. Returns a descriptor, -ENOENT, or another negative
 * errno. */
int store_open(const char *dir, bool make);

/* Lists the units, those used last first. What is no unit by its name is not looked at. Returns 0 or a negative errno. */
int store_list(int fd, struct store_files *ret);

/* Returns a number of a unit that there is. Those of all units together, added up, say which units there are. */
uint64_t store_file_state(const struct store_file *f);

/* Adds up those of all units. Reads no unit. Returns 0 or a negative errno. */
int store_state(int fd, uint64_t *ret);

/* Removes all units that are not what was kept, as a power cut may leave them. Reads all of them. Returns how many were removed, or a negative
 * errno. */
int store_check(int fd);

/* Whether a file has this path, or an id that begins with this text (8 letters at least). */
bool store_is_named(const struct store_file *f, const char *what);

/* Whether the unit of this id is there. */
bool store_has(int fd, const char *id);

/* Notes that a unit is used now, where that was noted the last time more than a minute ago. */
void store_touch(int fd, const char *id);

/* Adds a path of a unit that is there, unless STORE_PATHS are known. Returns 0 or a negative errno. */
int store_add_path(int fd, const char *id, const char *path);

/* Adds a unit, the open file unit, as a whole or not at all. Holes in it stay holes. f says the rest: id, machine, file_bytes
 * and paths. Returns 0 or a negative errno. */
int store_put(int fd, const struct store_file *f, int unit);

/* Returns how many bytes all units together may have: no more than are allowed, and no more than a share of what the file system would
 * have free without them. As much goes into an image of them, and once more while that is replaced. */
uint64_t store_room(int fd, uint64_t allowed);

/* Removes units that were not used for longest until those that are left have no more than store_room of so many bytes, and are STORE_FILES
 * at most. Returns how many were removed, or a negative errno. */
int store_trim(int fd, uint64_t bytes);

/* Removes a unit. Returns 0 or a negative errno. */
int store_drop(int fd, const char *id);

/* Removes the units that are named so (store_is_named). One that cannot be removed does not keep the others. Returns how many were removed, or the
 * negative errno of one that was not. */
int store_drop_named(int fd, const char *what);

/* Removes all units, and what is left of interrupted writing. Returns 0 or a negative errno. */
int store_clear(int fd);
