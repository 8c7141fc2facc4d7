/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state.h"

#include <errno.h>

#include "kernel/interpreter.h"
#include "kernel/kernel.h"

static int compare_results(const void *a, const void *b)
{
        return strcmp(((const struct reconcile_result *)a)->name, ((const struct reconcile_result *)b)->name);
}

enum reconcile_drift state_drift(const struct state *s, const char *name)
{
        const struct reconcile_result key = { .name = (char *)name }, *found = NULL;

        if (s->plan.n > 0)
                found = bsearch(&key, s->plan.items, s->plan.n, sizeof(key), compare_results);
        return found ? found->drift : DRIFT_NONE;
}

static char **find_files(const struct format *f)
{
        char **files = calloc(f->n_candidates + 1, sizeof(*files));

        for (size_t i = 0; i < f->n_candidates && files; i++)
                (void)interpreter_fingerprint(f->candidates[i].path, &files[i]);
        return files;
}

static int join_formats(struct state *s)
{
        s->formats = calloc(s->catalog.n + 1, sizeof(*s->formats));
        if (!s->formats)
                return -ENOMEM;
        for (size_t i = 0; i < s->catalog.n; i++) {
                const char *name = s->catalog.formats[i].entry.name;
                s->formats[i] = (struct format_state){ .format = &s->catalog.formats[i],
                                                       .entry = entries_find(&s->kernel, name),
                                                       .drift = state_drift(s, name),
                                                       .files = find_files(&s->catalog.formats[i]) };
                s->n_formats++;
                if (!s->formats[i].files)
                        return -ENOMEM;
                s->formats[i].n_files = s->catalog.formats[i].n_candidates;
        }
        return 0;
}

const struct format_state *state_find(const struct state *s, const char *name)
{
        const struct format *f = catalog_find(&s->catalog, name);

        return f ? &s->formats[f - s->catalog.formats] : NULL;
}

bool state_is_foreign(const struct state *s, const char *name)
{
        return !catalog_find(&s->catalog, name) && state_drift(s, name) == DRIFT_NONE;
}

int state_read(const struct paths *paths, int fd, struct catalog *catalog, struct state *ret, struct problems *problems)
{
        _cleanup_(state_done) struct state s = { .catalog = *catalog };

        *catalog = (struct catalog){};
        int r = kernel_list(fd, &s.kernel);
        if (r < 0)
                return problems_add(problems, r, paths->procdir, 0, "cannot be read: %s", strerror(-r));
        entries_sort(&s.kernel);
        r = reconcile_plan(paths, fd, &s.catalog, NULL, &s.plan, problems);
        if (r < 0)
                return r;
        if (s.plan.n > 0)
                qsort(s.plan.items, s.plan.n, sizeof(*s.plan.items), compare_results);
        r = join_formats(&s);
        if (r < 0)
                return r;
        *ret = s;
        s = (struct state){};
        return 0;
}

void state_done(struct state *s)
{
        for (size_t i = 0; i < s->n_formats; i++) {
                for (size_t j = 0; j < s->formats[i].n_files; j++)
                        free(s->formats[i].files[j]);
                free(s->formats[i].files);
        }
        catalog_done(&s->catalog);
        entries_done(&s->kernel);
        reconcile_report_done(&s->plan);
        free(s->formats);
        *s = (struct state){};
}
