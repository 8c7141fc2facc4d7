/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How other sources add to the catalog. */
#pragma once

#include "catalog.h"

/* Adds an interpreter that another source names for a format, and the format where there is none; candidate->spec
 * must be set. The first n formats must be sorted, and a source must not name one of the others again. Returns 0
 * or -ENOMEM. */
int catalog_add_candidate(struct catalog *c, size_t n, const char *name, const struct candidate *candidate);

/* Takes a format out of those that are known; one of which it is not known what it is to be becomes one of those that are broken.
 * Returns 0 or -ENOMEM. */
int catalog_drop(struct catalog *c, struct format *f, bool broken);

/* Add what a source names. What is wrong with it is noted in problems. Return 0 or -ENOMEM. */
int catalog_load_debian(const struct paths *paths, struct catalog *c, struct problems *problems);
int catalog_load_binfmt_d(const struct paths *paths, struct catalog *c, struct problems *problems);
