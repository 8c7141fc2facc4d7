/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of what we registered since the machine was started: a small file per entry, with the line that registered it and the
 * fingerprint of its interpreter. They tell our entries from other programs', and an entry that is fresh from one whose
 * interpreter has been replaced. The kernel knows neither. fd is the directory that record_open gave, or negative where there is
 * none: then nothing is known and nothing kept. */
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

/* Whether we registered this very entry. */
bool record_is_ours(int fd, const struct entry *e);

/* Whether we registered this very entry, and the interpreter's file is the same as then. Without a directory, so that nothing is
 * known, the answer is yes. */
bool record_is_fresh(int fd, const struct entry *e);

/* Notes that the entry is about to be registered anew: until record_write is called, it is ours and not fresh. Where this cannot
 * be written, record_write could not be either. Returns 0 or a negative errno. */
int record_begin(int fd, const struct entry *e);

/* Notes that the entry has been registered. Returns 0 or a negative errno. */
int record_write(int fd, const struct entry *e);

/* Notes that the entry has been registered with an image of this name in the place of the interpreter's file, whose fingerprint was
 * taken before the image was made. Returns 0 or a negative errno. */
int record_write_image(int fd, const struct entry *e, const char *fingerprint, const char *image);

/* The name of the image that the entry of this name was registered with, to be freed; NULL where it is none. */
char *record_image(int fd, const char *name);

/* Deletes the record of an entry. Returns 0, even where there was none, or a negative errno. */
int record_forget(int fd, const char *name);

/* Notes that an entry which has a record was removed because no interpreter of its format is installed any more. This holds until
 * the entry is registered again or its record is deleted. An entry without a record gets none. Returns 0 or a negative errno. */
int record_set_vanished(int fd, const char *name);

/* Whether record_set_vanished has noted this. */
bool record_is_vanished(int fd, const char *name);

/* Lists the names of all entries that have records. Returns 0 or a negative errno. */
int record_list(int fd, struct record_names *ret);

/* Notes that everything was unregistered on purpose, so that nothing is to be repaired; or that this does not hold any more.
 * Returns 0 or a negative errno. */
int record_set_unregistered(int fd, bool unregistered);
bool record_is_unregistered(int fd);
