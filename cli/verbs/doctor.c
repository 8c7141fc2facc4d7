/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"

#include "cache.h"
#include "doctor/doctor.h"
#include "ui/output.h"

/* How long a trial may take, in seconds. */
#define SECONDS 10

/* "10000.0 ms" */
#define TIME_WIDTH 9

static const char *const places[TRIAL_PLACE_COUNT] = {
        [TRIAL_HOST] = N_("on this system"),           [TRIAL_CHROOT] = N_("in a chroot"),
        [TRIAL_NAMESPACE] = N_("in a user namespace"), [TRIAL_OWN_ENTRIES] = N_("in a namespace with own entries"),
        [TRIAL_CONTAINER] = N_("as in a container"),
};

static const struct {
        const char *text;
        enum colour colour;
} outcomes[] = {
        [TRIAL_WORKS] = { N_("ok"), COLOUR_GREEN },
        [TRIAL_FAILS] = { N_("failed"), COLOUR_RED },
        [TRIAL_IMPOSSIBLE] = { N_("not possible"), COLOUR_YELLOW },
};

/* How wide the columns are. */
struct widths {
        int architecture, place, result;
};

static void print_row(const struct widths *w, const char *architecture, const char *place, enum colour c, const char *result,
                      const char *time, const char *interpreter)
{
        print_cell(architecture, w->architecture);
        print_cell(place, w->place);
        print_coloured_cell(c, result, w->result);
        printf("%*s  %s\n", field_width(time, TIME_WIDTH), time, interpreter);
}

static struct widths find_widths(void)
{
        struct widths w = { .architecture = columns(_("ARCHITECTURE")),
                            .place = columns(_("WHERE")),
                            .result = wider(columns(_("RESULT")), _("not expected")) };

        for (size_t i = 0; i < ARRAY_SIZE(places); i++)
                w.place = wider(w.place, _(places[i]));
        for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++)
                w.result = wider(w.result, _(outcomes[i].text));
        return w;
}

static void print_examination(const struct widths *w, const struct architecture *a, enum trial_place p)
{
        const struct examination *e = &a->places[p];
        const struct trial *t = &e->trial;
        char time[32] = "-";

        if (t->microseconds)
                snprintf(time, sizeof(time), "%.1f ms", (double)t->microseconds / 1000);
        print_row(w, a->program->architecture, _(places[p]), outcomes[t->outcome].colour, _(outcomes[t->outcome].text), time,
                  t->interpreter ? t->interpreter : "-");
}

static void print_table(const struct diagnosis *d)
{
        const struct widths w = find_widths();

        print_row(&w, _("ARCHITECTURE"), _("WHERE"), COLOUR_NONE, _("RESULT"), _("START"), _("INTERPRETER"));
        for (size_t i = 0; i < d->n; i++) {
                const struct architecture *a = &d->architectures[i];
                if (!a->expected)
                        print_row(&w, a->program->architecture, "-", COLOUR_DIM, _("not expected"), "-", "-");
                for (int p = 0; p < TRIAL_PLACE_COUNT && a->expected; p++)
                        if (a->places[p].tried)
                                print_examination(&w, a, p);
        }
}

static void print_remedy(const char *remedy)
{
        if (remedy)
                printf("      %s\n", remedy);
}

static bool is_same(const struct examination *a, const struct examination *b)
{
        return a->text && b->text && streq(a->text, b->text) && streq_null(a->remedy, b->remedy);
}

/* Prints what is wrong in one place, and with it the other places where the same is wrong. */
static void print_cause(const struct architecture *a, enum trial_place p)
{
        const struct examination *e = &a->places[p];

        for (int before = 0; before < (int)p; before++)
                if (is_same(&a->places[before], e))
                        return;
        printf("  %s %s", a->program->architecture, _(places[p]));
        for (int other = p + 1; other < TRIAL_PLACE_COUNT; other++)
                if (is_same(&a->places[other], e))
                        printf(", %s", _(places[other]));
        printf(": %s\n", e->text);
        print_remedy(e->remedy);
}

static bool needed_namespace(const struct architecture *a)
{
        for (int p = 0; p < TRIAL_PLACE_COUNT; p++)
                if (a->places[p].trial.user_namespace)
                        return true;
        return false;
}

/* Whether to tell what is in the way of the cache of translations. That it is not wanted is no news. */
static bool is_found(enum cache_obstacle cache)
{
        return cache != CACHE_NO_OBSTACLE && cache != CACHE_DISABLED;
}

static void print_causes(const struct diagnosis *d, enum cache_obstacle cache)
{
        bool namespace = false;

        puts(_("\nFound:"));
        if (is_found(cache)) {
                printf(_("  cache of translations: %s\n"), cache_obstacle_text(cache));
                print_remedy(cache_obstacle_remedy(cache));
        }
        for (size_t i = 0; i < d->n; i++) {
                const struct architecture *a = &d->architectures[i];
                if (a->text) {
                        printf("  %s: %s\n", a->program->architecture, a->text);
                        print_remedy(a->remedy);
                }
                for (int p = 0; p < TRIAL_PLACE_COUNT; p++)
                        if (a->places[p].text)
                                print_cause(a, p);
                namespace |= needed_namespace(a);
        }
        if (namespace)
                puts(_("  The chroot and the container were made in user namespaces; without those it takes root."));
}

static bool has_causes(const struct diagnosis *d)
{
        for (size_t i = 0; i < d->n; i++) {
                if (d->architectures[i].text || needed_namespace(&d->architectures[i]))
                        return true;
                for (int p = 0; p < TRIAL_PLACE_COUNT; p++)
                        if (d->architectures[i].places[p].text)
                                return true;
        }
        return false;
}

static int add_place(struct json_object *array, const struct architecture *a, enum trial_place p)
{
        const struct examination *e = &a->places[p];
        const struct trial *t = &e->trial;
        struct json_object *o = json_object_new_object();

        if (json_append(array, o) < 0 || json_add_string(o, "place", trial_place_to_string(p)) < 0 ||
            json_add_string(o, "result", trial_outcome_to_string(t->outcome)) < 0 ||
            json_add_string(o, "interpreter", t->interpreter) < 0 ||
            json_add(o, "microseconds", t->microseconds ? json_object_new_int64((int64_t)t->microseconds) : NULL) < 0 ||
            json_add(o, "user_namespace", json_object_new_boolean(t->user_namespace)) < 0 ||
            json_add_string(o, "error", t->error ? strerrorname_np(-t->error) : NULL) < 0 ||
            json_add_string(o, "cause", e->cause) < 0 || json_add_string(o, "text", e->text) < 0)
                return -1;
        return json_add_string(o, "remedy", e->remedy);
}

static int add_architecture(struct json_object *array, const struct architecture *a)
{
        struct json_object *o = json_object_new_object(), *list = NULL;
        int r = json_append(array, o);

        if (r < 0 || json_add_string(o, "architecture", a->program->architecture) < 0 ||
            json_add(o, "expected", json_object_new_boolean(a->expected)) < 0 || json_add_string(o, "cause", a->cause) < 0 ||
            json_add_string(o, "text", a->text) < 0 || json_add_string(o, "remedy", a->remedy) < 0 ||
            !(list = json_object_new_array()) || json_add(o, "places", list) < 0)
                return -1;
        for (int p = 0; p < TRIAL_PLACE_COUNT && r >= 0; p++)
                if (a->places[p].tried)
                        r = add_place(list, a, p);
        return r;
}

static int add_cache(struct json_object *o, enum cache_obstacle cache)
{
        struct json_object *c = json_object_new_object();

        if (!c || json_add(o, "cache", c) < 0 || json_add_boolean(c, "used", !cache_obstacle_is_fatal(cache)) < 0 ||
            json_add_string(c, "cause", cache_obstacle_to_string(cache)) < 0 ||
            json_add_string(c, "text", cache_obstacle_text(cache)) < 0)
                return -1;
        return json_add_string(c, "remedy", cache_obstacle_remedy(cache));
}

static int print_json(const struct diagnosis *d, enum cache_obstacle cache)
{
        _cleanup_(json_putp) struct json_object *o = json_document();
        struct json_object *list = json_object_new_array();
        int r = o && list ? json_add(o, "architectures", list) : -1;

        for (size_t i = 0; i < d->n && r >= 0; i++)
                r = add_architecture(list, &d->architectures[i]);
        if (r < 0 || add_cache(o, cache) < 0 || json_add(o, "all_well", json_object_new_boolean(diagnosis_all_well(d))) < 0 ||
            json_add_string(o, "remedy", diagnosis_remedy(d)) < 0)
                return fail("out of memory");
        return json_print(o);
}

int verb_doctor(const struct call *call)
{
        _cleanup_(diagnosis_done) struct diagnosis d = {};
        const char *reason;

        int r = diagnose(&call->paths, SECONDS, &d, &reason);
        if (r < 0)
                return fail("%s: %s", reason, strerror(-r));
        int status = diagnosis_all_well(&d) ? EXIT_OK : EXIT_FAILED;
        enum cache_obstacle cache = cache_report_obstacle(call);
        if (call->option[OPTION_JSON])
                return print_json(&d, cache) == EXIT_OK ? status : EXIT_FAILED;
        print_table(&d);
        if (has_causes(&d) || is_found(cache))
                print_causes(&d, cache);
        printf("\n%s%s%s\n", colour(COLOUR_BOLD), diagnosis_remedy(&d), colour(COLOUR_NONE));
        return status;
}
