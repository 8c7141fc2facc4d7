/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares a file with an entry as the kernel does, and keeps each byte of the comparison, so that it can be shown. */
#pragma once

#include "entry.h"

struct match_byte {
        unsigned offset; /* in the file */
        uint8_t file, mask, magic;
        bool in_file; /* where the file has ended the kernel compares zeros */
        bool equal;
};

struct match {
        bool matches;
        struct match_byte *bytes; /* all that the magic covers; none for an extension */
        size_t n;
        size_t first_difference; /* index of the first byte that is not equal; n where there is none */
        size_t n_compared;       /* bytes with a mask other than zero, before the first difference */
};

void match_done(struct match *m);

/* Compares a file with an entry that has a magic or an extension. head is the start of the file, of which the kernel looks at
 * ENTRY_SPAN_MAX bytes; path is the name that it is executed by. Returns 0 or -ENOMEM. */
int match_entry(const struct entry *e, const uint8_t *head, size_t size, const char *path, struct match *ret);

/* Whether a file that did not match resembles one that does: as many bytes are equal as identify a kind of file. */
bool match_is_near(const struct match *m);

/* Whether one file can match both entries; those of different types are not compared. */
bool entries_overlap(const struct entry *a, const struct entry *b);

/* Whether every file that matches b matches a too; those of different types are not compared. */
bool entry_covers(const struct entry *a, const struct entry *b);
