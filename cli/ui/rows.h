/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How list and status show the same rows. */
#pragma once

#include "output.h"
#include "reconcile/status.h"

const char *row_name(const struct status_row *row);

/* One of the words that binfmtctl(8) explains, in the user's language. */
const char *row_state(const struct status_row *row);
enum colour row_colour(const struct status_row *row);

/* The width of a column with these texts and this title. */
int rows_width(const struct status *s, const char *(*text)(const struct status_row *row), const char *title);
