/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the word that somebody may have meant who wrote one that does not exist. */
#pragma once

struct suggestion {
        const char *word; /* the word as the user wrote it */
        const char *best; /* the nearest that was tried, NULL while none is near */
        unsigned distance;
};

/* Tries a word that exists, and makes it s->best if it is near and nearer than what was tried before. A candidate is near when
 * few letters have to be changed or swapped for the length of the word, or when the word is a part of it between dashes. */
void suggestion_try(struct suggestion *s, const char *candidate);
