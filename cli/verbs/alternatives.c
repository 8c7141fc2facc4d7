/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alternatives.h"

/* Returns whether an interpreter is the one that is registered, or cannot be used, as a text to be appended. */
static const char *state_of(const struct view *v, const struct format *f, const struct candidate *c)
{
        _cleanup_(problems_done) struct problems ignored = {};
        const struct entry *e = entries_find(&v->kernel, f->entry.name);

        if (e && view_registered(f, e) == c)
                return " (registered)";
        return format_check_candidate(f, c, &ignored) < 0 ? " (not usable)" : "";
}

void print_alternatives(const struct view *v, const struct format *f)
{
        for (size_t i = 0; i < f->n_candidates; i++) {
                const struct candidate *c = &f->candidates[i];
                bool chosen = f->use && c == format_find_candidate(f, f->use);
                printf(" alternative = %d %s from %s%s%s\n", c->priority, c->path, source_to_string(c->source),
                       chosen ? " (chosen)" : "", state_of(v, f, c));
        }
}
