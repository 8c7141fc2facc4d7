/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state.h"

#include "kernel.h"

static int compare_results(const void *a, const void *b)
{
        return strcmp(((const struct reconcile_result *)a)->name, ((const struct reconcile_result *)b)->name);
}

int state_read(const struct paths *paths, int fd, struct catalog *catalog, struct state *ret, struct problems *problems)
{
        _cleanup_(state_done) struct state s = { .catalog = *catalog };

        *catalog = (struct catalog){};
        int r = kernel_list(fd, &s.kernel);
        if (r < 0)
                return problems_add(problems, r, paths->procdir, 0, "cannot be read: %s", strerror(-r));
        r = reconcile_plan(paths, fd, &s.catalog, NULL, &s.plan, problems);
        if (r < 0)
                return r;
        if (s.plan.n > 0)
                qsort(s.plan.items, s.plan.n, sizeof(*s.plan.items), compare_results);
        *ret = s;
        s = (struct state){};
        return 0;
}

enum reconcile_drift state_drift(const struct state *s, const char *name)
{
        const struct reconcile_result key = { .name = (char *)name }, *found = NULL;

        if (s->plan.n > 0)
                found = bsearch(&key, s->plan.items, s->plan.n, sizeof(key), compare_results);
        return found ? found->drift : DRIFT_NONE;
}

void state_done(struct state *s)
{
        catalog_done(&s->catalog);
        entries_done(&s->kernel);
        reconcile_report_done(&s->plan);
}
