/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "list-filter.h"

const struct entry *list_entry(const struct view *v, const char *name)
{
        const struct format *f = catalog_find(&v->catalog, name);
        const struct entry *e = entries_find(&v->kernel, name);

        return e || !f ? e : format_spec(f, view_candidate(f));
}

/* A format that follows one for a machine counts as being for that machine, although it takes programs with other bytes. */
bool list_takes(const struct view *v, const struct list_filter *filter, const char *name)
{
        const struct format *f = catalog_find(&v->catalog, name);
        const struct entry *e = list_entry(v, name);

        if (filter->name && !streq(filter->name, name))
                return false;
        return !filter->machine || (e && entry_matches(e, filter->head, sizeof(filter->head))) ||
               (f && f->follows && entry_matches(&f->followed, filter->head, sizeof(filter->head)));
}
