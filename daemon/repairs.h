/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts how often each entry had to be repaired, because two managers that undo each other's changes must not do so for ever.
 * Times are microseconds of CLOCK_MONOTONIC. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REPAIRS_LIMIT 5
#define REPAIRS_SPAN_USEC (60ULL * 1000 * 1000)
#define REPAIRS_PAUSE_USEC (300ULL * 1000 * 1000)

struct repaired {
        char *name;
        char *interpreter;             /* the interpreter that the repairs gave it */
        uint64_t times[REPAIRS_LIMIT]; /* the times of the last repairs, the latest at (n - 1) % REPAIRS_LIMIT */
        unsigned n;
        uint64_t paused_until; /* 0: it is not paused */
};

struct repairs {
        struct repaired *items;
        size_t n;
};

/* Whether an entry may be repaired now: not in a pause, and not where it was repaired REPAIRS_LIMIT times within the span before.
 * In the second case a pause begins, and *ret_begins is set. */
bool repairs_allow(struct repairs *r, const char *name, uint64_t now, bool *ret_begins);

/* Notes that an entry was repaired, and now has this interpreter. Repairs that led to different interpreters follow
 * changes of the configuration, so they are no quarrel. Returns 0 or -ENOMEM. */
int repairs_note(struct repairs *r, const char *name, const char *interpreter, uint64_t now);

/* Ends the pause of an entry, and forgets that it was repaired. */
void repairs_forget(struct repairs *r, const char *name);

/* Whether an entry is in a pause. */
bool repairs_paused(const struct repairs *r, const char *name, uint64_t now);

/* When the first pause ends; 0 where there is none. */
uint64_t repairs_next(const struct repairs *r, uint64_t now);

/* Forgets everything. */
void repairs_done(struct repairs *r);
