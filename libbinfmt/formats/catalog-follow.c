/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Formats that follow another one (Follows=): interpreters, flags and choices are those of the other. */
#include <errno.h>

#include "catalog-internal.h"

/* Finds the format at the end of a chain of Follows=, and whether all formats on the way there are chosen to be enabled. Returns
 * NULL where the chain has no end, or where it ends at a name that no format has, which is *ret_missing then. */
static const struct format *find_leader(const struct catalog *c, const struct format *f, bool *ret_enabled,
                                        const char **ret_missing)
{
        *ret_enabled = true;
        *ret_missing = NULL;
        for (size_t i = 0; f->follows && i <= c->n; i++) {
                const struct format *next = catalog_find(c, f->follows);
                if (!next) {
                        *ret_missing = f->follows;
                        return NULL;
                }
                f = next;
                *ret_enabled = *ret_enabled && format_is_chosen(f);
        }
        return f->follows ? NULL : f;
}

bool catalog_follows(const struct catalog *c, const struct format *f, const char *name)
{
        for (size_t i = 0; f && f->follows && i <= c->n; i++) {
                if (streq(f->follows, name))
                        return true;
                f = catalog_find(c, f->follows);
        }
        return false;
}

/* Adds a candidate of the leader's. It takes the files of f, with the flags that it has for the leader. */
static int inherit_candidate(struct format *f, const struct candidate *theirs)
{
        struct candidate c = *theirs;
        struct entry spec = f->entry;

        if (theirs->spec) {
                spec.name = spec.interpreter = NULL;
                spec.flags = theirs->spec->flags;
                c.spec = &spec;
        }
        return format_add_candidate(f, &c);
}

static int inherit(struct format *f, const struct format *leader, bool enabled)
{
        bool chosen = format_is_chosen(f);
        int r = 0;

        f->enabled = chosen && enabled;
        f->held = chosen && !enabled;
        f->entry.flags = leader->entry.flags;
        f->use_line = leader->use_line;
        format_clear_candidates(f);
        for (size_t i = 0; i < leader->n_candidates && r >= 0; i++)
                r = inherit_candidate(f, &leader->candidates[i]);
        entry_done(&f->followed);
        if (r < 0 || string_set(&f->use, leader->use) < 0 || string_set(&f->use_file, leader->use_file) < 0 ||
            entry_copy(&leader->entry, &f->followed) < 0)
                return -ENOMEM;
        return 0;
}

/* Whether the administrator has masked a format by a link to /dev/null: then nobody misses it. Returns 1, 0 or -ENOMEM. */
static int is_masked(const struct paths *paths, const char *name)
{
        _cleanup_(conf_files_done) struct conf_files files = {};
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_free_ char *file = NULL;
        int masked = 0;

        int r = string_format(&file, "%s.conf", name);
        if (r >= 0)
                r = conf_files_list(paths->confdirs, paths->n_confdirs, ".conf", CONF_FILES, &files, &ignored);
        for (size_t i = 0; i < files.n && r >= 0; i++)
                masked |= streq(files.items[i].name, file) && files.items[i].masked;
        return r < 0 ? r : masked;
}

static int note_loop(const struct format *f, struct problems *problems)
{
        return problems_add(problems, -EINVAL, f->follows_file, f->follows_line, "Follows=: %s follows itself, by way of %s",
                            f->entry.name, f->follows);
}

/* Notes why there is nothing to follow. Returns -ENOENT where the format is not wanted without what it follows; -EINVAL where it
 * is not known what it is to be; or -ENOMEM. */
static int note(const struct catalog *c, const struct paths *paths, const struct format *f, const char *missing,
                struct problems *problems)
{
        if (!missing)
                return note_loop(f, problems);
        if (c->incomplete || catalog_is_broken(c, missing))
                return -EINVAL;
        int r = is_masked(paths, missing);
        if (r != 0)
                return r < 0 ? r : -ENOENT;
        return problems_add(problems, -ENOENT, f->follows_file, f->follows_line, "Follows=: there is no format %s", missing);
}

/* Gives a format what it has from the one that it follows. Returns 0, or like note(). */
static int follow(const struct catalog *c, const struct paths *paths, struct format *f, struct problems *problems)
{
        const char *missing;
        bool enabled;

        const struct format *leader = find_leader(c, f, &enabled, &missing);
        if (!leader)
                return note(c, paths, f, missing, problems);
        if (leader->entry.type == ENTRY_HANDLER)
                return problems_add(problems, -EINVAL, f->follows_file, f->follows_line,
                                    "Follows=: %s has a BPF handler and no interpreter", leader->entry.name);
        int r = inherit(f, leader, enabled);
        return r < 0 ? r : format_check(f, problems);
}

int catalog_check_follows(const struct paths *paths, const struct catalog *c, const struct format *f, struct problems *problems)
{
        _cleanup_(format_done) struct format copy = {};
        size_t before = problems->n;

        if (!f->follows)
                return 0;
        if (streq(f->follows, f->entry.name) || catalog_follows(c, catalog_find(c, f->follows), f->entry.name))
                return note_loop(f, problems);
        int r = format_copy(f, &copy);
        if (r >= 0)
                r = follow(c, paths, &copy, problems);
        if (r == -ENOMEM || problems->n > before)
                return r;
        return r < 0 ? problems_add(problems, -EINVAL, f->follows_file, f->follows_line,
                                    "Follows=: there is no format %s that can be used", f->follows)
                     : 0;
}

/* Goes once through all formats. Returns how many were taken out, or -ENOMEM. */
static int follow_once(const struct paths *paths, struct catalog *c, struct problems *problems)
{
        int *results = calloc(c->n + 1, sizeof(*results)), r = results ? 0 : -ENOMEM, dropped = 0;

        /* Formats are taken out only after all have been looked at: each may be what another one follows. */
        for (size_t i = 0; i < c->n && r >= 0; i++) {
                results[i] = c->formats[i].follows ? follow(c, paths, &c->formats[i], problems) : 0;
                r = results[i] == -ENOMEM ? -ENOMEM : 0;
        }
        for (size_t i = c->n; i-- > 0 && r >= 0;) {
                if (results[i] >= 0)
                        continue;
                r = catalog_drop(c, &c->formats[i], results[i] != -ENOENT);
                dropped++;
        }
        free(results);
        return r < 0 ? r : dropped;
}

int catalog_follow(const struct paths *paths, struct catalog *c, struct problems *problems)
{
        int r;

        /* What follows a format that was taken out goes with it. */
        do
                r = follow_once(paths, c, problems);
        while (r > 0);
        return r;
}
