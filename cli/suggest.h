/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What somebody may have meant who wrote a word that there is not. */
#pragma once

struct suggestion {
        const char *word; /* as it was written */
        const char *best; /* the nearest that was tried, NULL while none is near */
        unsigned distance;
};

/* Tries another word. Near is what takes few changes of single letters or swaps of neighbours, for the word's length, and what
 * has the word as a part of it at a dash: best is then that word. */
void suggestion_try(struct suggestion *s, const char *candidate);
