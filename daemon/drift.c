/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "drift.h"

#include <errno.h>

/* Appends a name, with a detail in parentheses if there is one, to a list that commas separate. Returns 0 or -ENOMEM. */
static int append(char **list, const char *name, const char *detail)
{
        char *longer;

        int r = string_format(&longer, "%s%s%s%s%s%s", *list ? *list : "", *list ? ", " : "", name, detail ? " (" : "",
                              detail ? detail : "", detail ? ")" : "");
        if (r < 0)
                return r;
        free(*list);
        *list = longer;
        return 0;
}

static int finish(char **list, const char *empty, char **ret)
{
        if (!*list)
                return string_set(ret, empty);
        *ret = TAKE_PTR(*list);
        return 0;
}

int drift_to_string(const struct state *s, char **ret)
{
        _cleanup_free_ char *list = NULL;

        for (size_t i = 0; i < s->plan.n; i++) {
                const struct reconcile_result *one = &s->plan.items[i];
                if (one->drift == DRIFT_NONE)
                        continue;
                int r = append(&list, one->name, reconcile_drift_to_string(one->drift));
                if (r < 0)
                        return r;
        }
        return finish(&list, "", ret);
}

/* Appends an entry's name, made printable: other programs choose names that binfmtd refuses. Returns 0 or -ENOMEM. */
static int append_name(char **list, const char *name)
{
        _cleanup_free_ char *copy = strdup(name);

        if (!copy)
                return -ENOMEM;
        string_make_printable(copy);
        return append(list, copy, NULL);
}

int drift_others_to_string(const struct state *s, char **ret)
{
        _cleanup_free_ char *list = NULL;

        for (size_t i = 0; i < s->kernel.n; i++) {
                const char *name = s->kernel.items[i].name;
                if (!state_is_foreign(s, name))
                        continue;
                int r = append_name(&list, name);
                if (r < 0)
                        return r;
        }
        return finish(&list, "none", ret);
}

/* Whether an entry may be repaired now. To remove one of ours that is not wanted any more is no quarrel with another program. */
static bool allow(const struct reconcile_result *one, struct repairs *repairs, uint64_t now, const struct log *log)
{
        bool begins;

        if (one->drift == DRIFT_LEFT_OVER || repairs_allow(repairs, one->name, now, &begins))
                return true;
        if (begins)
                log_message(log, LOG_WARNING,
                            "%s: it was repaired %d times within a minute, so something else keeps changing it; it is "
                            "left alone for %llu minutes. Stop the other program from managing it, or let go of it with "
                            "\"binfmtctl disable %s\"; \"systemctl reload binfmtd\" tries again at once",
                            one->name, REPAIRS_LIMIT, REPAIRS_PAUSE_USEC / 60000000, one->name);
        return false;
}

void drift_part_done(struct catalog *part)
{
        free(part->formats);
        free(part->broken);
        *part = (struct catalog){};
}

int drift_part(const struct state *s, struct repairs *repairs, uint64_t now, const struct log *log, struct catalog *ret,
               size_t *ret_n)
{
        size_t most = s->catalog.n + s->catalog.n_broken + s->plan.n + 1, n = 0;
        _cleanup_(drift_part_done) struct catalog part = { .formats = calloc(most, sizeof(*part.formats)),
                                                           .broken = calloc(most, sizeof(*part.broken)) };

        if (!part.formats || !part.broken)
                return -ENOMEM;
        part.incomplete = s->catalog.incomplete;
        for (size_t i = 0; i < s->catalog.n_broken; i++)
                part.broken[part.n_broken++] = s->catalog.broken[i];
        for (size_t i = 0; i < s->plan.n; i++) {
                const struct reconcile_result *one = &s->plan.items[i];
                const struct format *f = catalog_find(&s->catalog, one->name);
                bool allowed = one->drift == DRIFT_NONE || allow(one, repairs, now, log);
                n += one->drift != DRIFT_NONE && allowed;
                if (f && allowed)
                        part.formats[part.n++] = *f;
                else if (f)
                        part.broken[part.n_broken++] = one->name;
        }
        catalog_sort(&part);
        *ret = part;
        *ret_n = n;
        part = (struct catalog){};
        return 0;
}

int drift_note(struct repairs *repairs, const struct reconcile_report *report, const struct state *s, uint64_t now)
{
        for (size_t i = 0; i < report->n; i++) {
                const struct reconcile_result *one = &report->items[i];
                const struct entry *e = entries_find(&s->kernel, one->name);
                if (one->drift == DRIFT_NONE || one->drift == DRIFT_LEFT_OVER || one->action == RECONCILE_NOTHING)
                        continue;
                int r = repairs_note(repairs, one->name, e ? e->interpreter : NULL, now);
                if (r < 0)
                        return r;
        }
        return 0;
}
