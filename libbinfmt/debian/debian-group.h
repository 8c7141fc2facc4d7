/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats of Debian's database together. Several may be for the same files, and a format may have a detector: a program that says
 * whether a file is really of its kind. The kernel knows neither. So for such formats it gets an entry whose interpreter is our
 * helper run-detectors, which looks into the database itself. */
#pragma once

#include "debian-db.h"

/* Finds a format by name; NULL where there is none. */
const struct debian_format *debian_formats_find(const struct debian_formats *all, const char *name);

/* Whether the helper must be the interpreter of a format's entry. The format need not be in all; a format of the same name there
 * is taken for this one. */
bool debian_format_needs_helper(const struct debian_formats *all, const struct debian_format *f);

/* The flags of the helper's entries: they give it argv[0] and the open file, so that it can pass on to any interpreter what that
 * expects. */
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

/* Finds the formats that are for a file, compared as the kernel does: first those with a detector, whose answer is waited for,
 * then the others, each by name. head is the start of the file, of which ENTRY_SPAN_MAX bytes count. A format that makes no entry
 * is passed over; so is one whose detector gives no answer, with a problem noted. Returns 0 or a negative errno. */
int debian_formats_match(const struct debian_formats *all, const uint8_t *head, size_t size, const char *path,
                         struct debian_matches *ret, struct problems *problems);
