/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What we registered since boot: one small file per entry, with the line that registered it and the fingerprint of its
 * interpreter. It tells our entries from other people's, and a fresh one from one whose interpreter was replaced since.
 * The kernel knows neither. fd is the directory that record_open gave, or negative where there is none: then nothing is
 * known and nothing kept. */
#pragma once

#include <stdbool.h>

#include "kernel/entry.h"

struct record_names {
        char **items;
        size_t n;
};

void record_names_done(struct record_names *n);

/* Opens the directory, and creates it where it is missing. Whoever changes records holds the lock (lock.h): the
 * directory itself can be locked by anyone who may read it. Returns a file descriptor or a negative errno. */
int record_open(const char *path);

/* Opens the directory only to read it: nothing is created, and no privileges are needed. Returns a file
 * descriptor or a negative errno. */
int record_open_existing(const char *path);

/* Whether the entry was registered by us just so. */
bool record_is_ours(int fd, const struct entry *e);

/* Whether it was, and the interpreter's file is still the one that it was then, as far as that is known: without a
 * directory no file is known to have changed. */
bool record_is_fresh(int fd, const struct entry *e);

/* Notes that the entry is about to be registered anew: until record_write says that it was, it is ours and not fresh.
 * Where this fails, that would fail too. Returns 0 or a negative errno. */
int record_begin(int fd, const struct entry *e);

/* Notes that the entry has been registered. Returns 0 or a negative errno. */
int record_write(int fd, const struct entry *e);

/* Returns 0, also where nothing was known of it, or a negative errno. */
int record_forget(int fd, const char *name);

/* Notes of an entry that was registered and is removed because no interpreter of its format is installed any more that this is
 * why, until it is registered again or forgotten. Where nothing is known of it nothing is noted. Returns 0 or a negative
 * errno. */
int record_set_vanished(int fd, const char *name);
bool record_is_vanished(int fd, const char *name);

/* Lists the names of all entries that were noted. Returns 0 or a negative errno. */
int record_list(int fd, struct record_names *ret);

/* Notes that everything was unregistered on purpose, or that this is over: until then nothing is to be repaired.
 * Returns 0 or a negative errno. */
int record_set_unregistered(int fd, bool unregistered);
bool record_is_unregistered(int fd);
