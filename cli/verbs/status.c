/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "bus.h"
#include "cache.h"
#include "ui/cache-text.h"
#include "ui/output.h"
#include "ui/rows.h"
#include "service.h"

static const char *row_owner(const struct status_row *row)
{
        return row->owner ? _(row->owner) : "-";
}

/* How wide the columns are. */
struct widths {
        int name, state, owner;
};

static void print_row(const struct widths *w, const char *name, enum colour c, const char *state, const char *owner,
                      const char *interpreter)
{
        print_cell(name, w->name);
        print_coloured_cell(c, state, w->state);
        print_cell(owner, w->owner);
        print_name(interpreter);
}

static void print_rows(const struct status *s)
{
        const char *name = _("NAME"), *state = _("STATE"), *owner = _("REGISTERED BY");
        const struct widths w = { .name = rows_width(s, row_name, name),
                                  .state = rows_width(s, row_state, state),
                                  .owner = rows_width(s, row_owner, owner) };

        putchar('\n');
        print_row(&w, name, COLOUR_NONE, state, owner, _("INTERPRETER"));
        putchar('\n');
        for (size_t i = 0; i < s->n; i++) {
                const struct status_row *row = &s->rows[i];
                print_row(&w, row->name, row_colour(row), row_state(row), row_owner(row), row->interpreter);
                if (row->paused)
                        fputs(_(" (left alone for some minutes: something else keeps changing it)"), stdout);
                else if (row->action != RECONCILE_NOTHING)
                        printf(_(" (would be %s)"), _(reconcile_action_to_string(row->action)));
                if (row->follows)
                        print_follows(row->follows);
                putchar('\n');
        }
}

static void print_overlaps(const struct status *s)
{
        if (s->n_overlaps > 0)
                puts(_("\nEntries that one file can match; the one on the left was registered last and is tried "
                       "first:"));
        for (size_t i = 0; i < s->n_overlaps; i++) {
                _cleanup_free_ char *line = NULL;
                (void)string_format(&line, _("  %s before %s"), s->misc.entries.items[s->overlaps[i].winner].name,
                                    s->misc.entries.items[s->overlaps[i].loser].name);
                print_name(line ? line : _("out of memory"));
                putchar('\n');
        }
}

/* Prints whether the daemon runs. It counts as nothing wrong that it does not, because formats work without it. */
static void print_service(enum service service)
{
        const char *remedy = service_remedy(service);

        printf(_("binfmtd: %s%s%s%s\n"), _(service_to_string(service)), remedy ? " (" : "", remedy ? remedy : "",
               remedy ? ")" : "");
}

/* Prints what there is of the cache of translations, where there is to be one. */
static int print_cache(const struct cache_report *cache)
{
        _cleanup_free_ char *line = NULL;

        if (!cache || cache->obstacle == CACHE_DISABLED)
                return EXIT_OK;
        if (cache_line(cache, &line) < 0)
                return fail("out of memory");
        printf(_("cache: %s\n"), line);
        return EXIT_OK;
}

static int print_text(const struct status *s, const enum service *service, const struct cache_report *cache)
{
        const struct misc_state *m = &s->misc;

        printf("binfmt_misc: %s%s%s\n", _(misc_mount_to_string(m->mount)),
               m->mount != MISC_MOUNTED ? ""
               : m->enabled             ? _(", enabled")
                                        : _(", disabled as a whole"),
               m->owner == MISC_OWNER_SELF       ? _(", of this user namespace alone")
               : m->owner == MISC_OWNER_ANCESTOR ? _(", of an ancestor of this user namespace")
                                                 : "");
        if (service)
                print_service(*service);
        if (print_cache(cache) != EXIT_OK)
                return EXIT_FAILED;
        if (s->n > 0)
                print_rows(s);
        print_overlaps(s);
        if (s->problems.n > 0)
                puts(_("\nProblems:"));
        for (size_t i = 0; i < s->problems.n; i++) {
                _cleanup_free_ char *text = problem_to_string(&s->problems.items[i]);
                if (!text)
                        return fail("out of memory");
                printf("  %s\n", text);
        }
        return EXIT_OK;
}

static int fill_row(struct json_object *o, const void *element)
{
        const struct status_row *row = element;

        if (json_add_string(o, "name", row->name) < 0 || json_add_string(o, "state", status_row_state(row)) < 0 ||
            json_add_boolean(o, "configured", row->configured) < 0 || json_add_boolean(o, "wanted", row->wanted) < 0 ||
            json_add_boolean(o, "active", row->active) < 0 || json_add_boolean(o, "paused", row->paused) < 0 ||
            json_add_string(o, "would_be", row->action == RECONCILE_NOTHING ? NULL : reconcile_action_to_string(row->action)) < 0)
                return -ENOMEM;
        return json_add_string(o, "follows", row->follows) < 0 || json_add_string(o, "owner", row->owner) < 0 ||
                               json_add_string(o, "interpreter", row->interpreter) < 0
                       ? -ENOMEM
                       : 0;
}

static int fill_problem(struct json_object *o, const void *element)
{
        const struct problem *p = element;

        if (json_add_string(o, "file", p->file) < 0 ||
            (p->line ? json_add_number(o, "line", p->line) : json_add(o, "line", NULL)) < 0)
                return -ENOMEM;
        return json_add_string(o, "text", p->text);
}

static int add_overlaps(struct json_object *o, const struct status *s)
{
        struct json_object *array = json_object_new_array();
        int r = array ? json_add(o, "overlaps", array) : -ENOMEM;

        for (size_t i = 0; i < s->n_overlaps && r >= 0; i++) {
                struct json_object *one = json_object_new_object();
                r = json_append(array, one);
                if (r >= 0)
                        r = json_add_string(one, "winner", s->misc.entries.items[s->overlaps[i].winner].name);
                if (r >= 0)
                        r = json_add_string(one, "loser", s->misc.entries.items[s->overlaps[i].loser].name);
        }
        return r;
}

/* Adds the member cache, which is null where there is to be none, or where it cannot be looked at. */
static int add_cache(struct json_object *o, const struct cache_report *cache)
{
        struct json_object *c = cache && cache->obstacle != CACHE_DISABLED ? json_object_new_object() : NULL;

        if (json_add(o, "cache", c) < 0)
                return -ENOMEM;
        return c ? cache_report_json(c, cache) : 0;
}

static int print_json(const struct status *s, const enum service *service, const struct cache_report *cache)
{
        _cleanup_(json_putp) struct json_object *o = json_document();

        if (!o || json_add_boolean(o, "good", status_is_good(s)) < 0 || json_add_misc_state(o, &s->misc) < 0 ||
            json_add_string(o, "daemon", service ? service_to_string(*service) : NULL) < 0 || add_cache(o, cache) < 0 ||
            json_add_array(o, "formats", s->rows, s->n, sizeof(*s->rows), fill_row) < 0 || add_overlaps(o, s) < 0 ||
            json_add_array(o, "problems", s->problems.items, s->problems.n, sizeof(*s->problems.items), fill_problem) < 0)
                return fail("out of memory");
        return json_print(o);
}

int verb_status(const struct call *call)
{
        _cleanup_(status_done) struct status s = {};

        int r = status_read(&call->paths, &s);
        if (r < 0)
                return fail("%s", strerror(-r));
        for (size_t i = 0; i < s.n; i++)
                s.rows[i].paused = s.rows[i].drift != DRIFT_NONE && bus_is_paused(call, s.rows[i].name);
        enum service found = service_find(&call->paths), *service = call->container ? NULL : &found;
        _cleanup_(cache_report_done) struct cache_report report = {};
        const struct cache_report *cache = !call->container && cache_report_read(call, false, &report) >= 0 ? &report : NULL;
        int status = call->option[OPTION_JSON] ? print_json(&s, service, cache) : print_text(&s, service, cache);
        return status == EXIT_OK && !status_is_good(&s) ? EXIT_FAILED : status;
}
