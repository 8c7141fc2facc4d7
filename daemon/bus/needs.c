/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "internal.h"

static enum auth_action action_of_one(const struct manager *m, const struct format *f)
{
        const struct entry *entry = entries_find(&m->state.kernel, f->entry.name);
        bool credentials = f->entry.flags & ENTRY_CREDENTIALS || (entry && entry->flags & ENTRY_CREDENTIALS);

        for (size_t i = 0; i < f->n_candidates; i++)
                credentials = credentials || format_spec(f, &f->candidates[i])->flags & ENTRY_CREDENTIALS;
        return credentials ? AUTH_MANAGE_CREDENTIALS : AUTH_MANAGE;
}

enum auth_action bus_action_of(const struct manager *m, const struct format *f)
{
        const struct catalog *c = &m->state.catalog;
        enum auth_action action = action_of_one(m, f);

        for (size_t i = 0; i < c->n; i++) {
                const struct format *other = &c->formats[i];
                if ((catalog_follows(c, other, f->entry.name) || catalog_follows(c, f, other->entry.name)) &&
                    action_of_one(m, other) > action)
                        action = action_of_one(m, other);
        }
        return action;
}
