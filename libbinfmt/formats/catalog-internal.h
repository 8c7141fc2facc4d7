/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How other sources add to the catalog, and take out of it. */
#pragma once

#include "catalog.h"

/* Adds an interpreter that another source names for a format, and the format where there is none; candidate->spec
 * must be set. The first n formats must be sorted, and a source must not name one of the others again. Returns 0
 * or -ENOMEM. */
int catalog_add_candidate(struct catalog *c, size_t n, const char *name, const struct candidate *candidate);

/* Takes a format out of the catalog. broken: it is not known what the format is to be, so it is one of the broken ones then.
 * Returns 0 or -ENOMEM. */
int catalog_drop(struct catalog *c, struct format *f, bool broken);

/* Add the formats and interpreters of another source. What is wrong with them is noted in problems. Return 0 or -ENOMEM. */
int catalog_load_debian(const struct paths *paths, struct catalog *c, struct problems *problems);
int catalog_load_binfmt_d(const struct paths *paths, struct catalog *c, struct problems *problems);
