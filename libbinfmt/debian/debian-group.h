/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats of Debian's database together. Several may be for the same files, and one may have a detector: a program
 * that says whether a file is really one of its kind. The kernel knows neither: for such formats it gets an entry
 * whose interpreter is our helper run-detectors, which looks into the database itself. */
#pragma once

#include "debian-db.h"

/* Finds a format by name; NULL where there is none. */
const struct debian_format *debian_formats_find(const struct debian_formats *all, const char *name);

/* Whether a format's entry must be the helper's. The format need not be one of all; one of the same name counts as
 * it. */
bool debian_format_needs_helper(const struct debian_formats *all, const struct debian_format *f);

/* What the helper asks the kernel for, so that it can give any interpreter what that expects: argv[0] and the open
 * file. */
#define DEBIAN_HELPER_FLAGS (ENTRY_PRESERVE_ARGV0 | ENTRY_OPEN_BINARY)

/* Makes the entry that is to be registered for a format; helper is where run-detectors is. Returns like
 * debian_format_make_entry. */
int debian_formats_make_entry(const struct debian_formats *all, const struct debian_format *f, const char *helper,
                              struct entry *ret, enum debian_field *ret_field, const char **ret_reason);

/* Formats in the order in which they are to be tried; the array is the caller's, the formats are not. */
struct debian_matches {
        const struct debian_format **items;
        size_t n;
};

static inline void debian_matches_done(struct debian_matches *m)
{
        free(m->items);
}

/* Finds those that are for this file, as the kernel compares: first the ones with a detector, whose answer is
 * awaited, then the others, each by name. head is the start of the file, of which ENTRY_SPAN_MAX bytes count; a
 * format that makes no entry is passed over, and one whose detector gives no answer too, with a problem noted. Returns 0
 * or a negative errno. */
int debian_formats_match(const struct debian_formats *all, const uint8_t *head, size_t size, const char *path,
                         struct debian_matches *ret, struct problems *problems);
