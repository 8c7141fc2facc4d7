/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far long work has come: a line on standard error that is drawn anew, where that is a terminal, and nothing elsewhere. */
#pragma once

#include <stdint.h>

struct progress {
        int width;      /* columns of the terminal; 0: nothing is drawn */
        uint64_t drawn; /* when it was drawn last, in microseconds; 0: the line is empty */
};

void progress_begin(struct progress *p);

/* Draws the line: a text in the user's language, and where total is not 0 a bar and how many of total are done. It is not drawn more
 * often than ten times a second. */
void progress_show(struct progress *p, const char *text, uint64_t done, uint64_t total);

/* Makes the line empty, before anything else is printed. */
void progress_end(struct progress *p);

/* Makes the line that progress_show draws, in at most so many columns. Returns it, or NULL without memory. */
char *progress_line(int width, const char *text, uint64_t done, uint64_t total);
