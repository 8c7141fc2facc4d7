/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "suggest.h"

#include <string.h>

#define LENGTH_MAX 63

static unsigned least(unsigned a, unsigned b)
{
        return a < b ? a : b;
}

/* Returns how many letters have to be inserted, deleted, replaced or swapped with their neighbour to turn one word into the
 * other, where no letter is changed twice ("optimal string alignment"). Both have at most LENGTH_MAX bytes. */
static unsigned distance(const char *a, const char *b)
{
        unsigned rows[3][LENGTH_MAX + 1] = {};
        size_t m = strlen(a), n = strlen(b);

        for (unsigned j = 0; j <= n; j++)
                rows[0][j] = j;
        for (unsigned i = 1; i <= m; i++) {
                unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
                row[0] = i;
                for (unsigned j = 1; j <= n; j++) {
                        row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                row[j] = least(row[j], two_above[j - 2] + 1);
                }
        }
        return rows[m % 3][n];
}

/* True when the word is one of the candidate's parts between dashes, such as "aarch64" in "qemu-aarch64". */
static int is_part(const char *word, const char *candidate)
{
        const char *p = *word ? strstr(candidate, word) : NULL;

        if (!p)
                return 0;
        char before = p > candidate ? p[-1] : '-', after = p[strlen(word)];
        return before == '-' && (after == '-' || after == '\0');
}

void suggestion_try(struct suggestion *s, const char *candidate)
{
        size_t n = strlen(s->word);

        if (n > LENGTH_MAX || strlen(candidate) > LENGTH_MAX)
                return;
        unsigned d = is_part(s->word, candidate) ? 0 : distance(s->word, candidate);
        if (d > 1 + n / 4 || d >= n || (s->best && d >= s->distance))
                return;
        s->best = candidate;
        s->distance = d;
}
