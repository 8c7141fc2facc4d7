/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "interpreters.h"

static bool all_missing(const struct format_state *f)
{
        for (size_t i = 0; i < f->format->n_candidates; i++)
                if (f->files[i])
                        return false;
        return true;
}

static void tell(const struct format_state *now, const char *path, bool missing, const struct log *log)
{
        const char *name = now->format->entry.name;

        if (missing)
                log_message(log, LOG_WARNING, "%s: the interpreter %s has vanished%s", name, path,
                            all_missing(now) ? "; no other is installed, so this format cannot be registered again until one is"
                                             : "");
        else
                log_message(log, LOG_NOTICE, "%s: the interpreter %s is installed now", name, path);
}

/* Finds what identified the file of candidate i in the state before: that of the candidate with the same path. Returns NULL where
 * there was none, and for all but the first candidate of a path. */
static char **find_before(const struct format_state *before, const struct format_state *now, size_t i)
{
        const char *path = now->format->candidates[i].path;
        const struct candidate *same = format_find_candidate(before->format, path);

        if (!same || format_find_candidate(now->format, path) != &now->format->candidates[i])
                return NULL;
        return &before->files[same - before->format->candidates];
}

static void compare(const struct format_state *before, const struct format_state *now, struct repairs *repairs,
                    const struct log *log)
{
        for (size_t i = 0; i < now->format->n_candidates; i++) {
                char **old = find_before(before, now, i);
                if (!old || streq_null(*old, now->files[i]))
                        continue;
                if (!*old || !now->files[i])
                        tell(now, now->format->candidates[i].path, !now->files[i], log);
                repairs_forget(repairs, now->format->entry.name);
        }
}

void interpreters_compare(const struct state *old, const struct state *new, struct repairs *repairs, const struct log *log)
{
        for (size_t i = 0; i < new->catalog.n; i++) {
                const struct format_state *before = state_find(old, new->catalog.formats[i].entry.name);
                if (before && before->format->enabled && new->catalog.formats[i].enabled)
                        compare(before, &new->formats[i], repairs, log);
        }
}
