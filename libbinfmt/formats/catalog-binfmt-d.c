/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "binfmt-d.h"
#include "catalog-internal.h"

int catalog_load_binfmt_d(const struct paths *paths, struct catalog *c, struct problems *problems)
{
        _cleanup_(binfmt_d_done) struct binfmt_d lines = {};
        size_t n = c->n;

        int r = binfmt_d_load(paths->binfmt_d, paths->n_binfmt_d, &lines, problems);
        c->incomplete = c->incomplete || lines.incomplete;
        for (size_t i = 0; i < lines.n && r >= 0; i++) {
                const struct binfmt_d_line *l = &lines.items[i];
                struct entry spec = l->entry;
                spec.name = spec.interpreter = NULL;
                const struct candidate candidate = { .path = l->entry.interpreter,
                                                     .priority = PRIORITY_BINFMT_D,
                                                     .source = SOURCE_BINFMT_D,
                                                     .spec = &spec,
                                                     .file = l->file,
                                                     .line = l->line };
                r = catalog_add_candidate(c, n, l->entry.name, &candidate);
        }
        catalog_sort(c);
        return r;
}
