/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "list-json.h"

#include <errno.h>

#include "base/escape.h"
#include "output.h"

static int add_bytes(struct json_object *o, const char *key, const uint8_t *bytes, size_t size)
{
        _cleanup_free_ char *text = bytes ? escape_all(bytes, size) : NULL;

        return bytes && !text ? -ENOMEM : json_add_string(o, key, text);
}

/* Adds the members that describe an entry, which the kernel has or would get. Returns 0 or -ENOMEM. */
static int add_entry(struct json_object *o, const struct entry *e, bool registered)
{
        char flags[ENTRY_FLAGS_MAX];

        if (json_add_string(o, "name", e->name) < 0 || json_add_boolean(o, "registered", registered) < 0 ||
            json_add_boolean(o, "enabled", registered && e->enabled) < 0 ||
            json_add_string(o, "type", entry_type_to_string(e->type)) < 0 || json_add_number(o, "offset", e->offset) < 0 ||
            add_bytes(o, "magic", e->magic, e->magic_size) < 0 || add_bytes(o, "mask", e->mask, e->magic_size) < 0 ||
            json_add_string(o, "extension", e->extension) < 0 ||
            json_add_string(o, "flags", entry_format_flags(e->flags, flags)) < 0)
                return -ENOMEM;
        return json_add_string(o, "interpreter", e->interpreter);
}

static int add_candidate(struct json_object *o, const struct format *f, const struct candidate *c,
                         const struct candidate *registered)
{
        _cleanup_(problems_done) struct problems ignored = {};
        char flags[ENTRY_FLAGS_MAX];

        if (json_add_string(o, "path", c->path) < 0 || json_add_number(o, "priority", c->priority) < 0 ||
            json_add_string(o, "source", source_to_string(c->source)) < 0 || json_add_string(o, "package", c->package) < 0 ||
            json_add_string(o, "detector", c->detector) < 0 || json_add_string(o, "file", c->file) < 0 ||
            json_add_string(o, "flags", entry_format_flags(format_spec(f, c)->flags, flags)) < 0 ||
            json_add_boolean(o, "usable", format_check_candidate(f, c, &ignored) >= 0) < 0 ||
            json_add_boolean(o, "chosen", f->use && c == format_find_candidate(f, f->use)) < 0)
                return -ENOMEM;
        return json_add_boolean(o, "registered", c == registered);
}

static int add_candidates(struct json_object *o, const struct format *f, const struct candidate *registered)
{
        struct json_object *array = json_object_new_array();
        int r = array ? json_add(o, "alternatives", array) : -ENOMEM;

        for (size_t i = 0; i < f->n_candidates && r >= 0; i++) {
                struct json_object *one = json_object_new_object();
                r = json_append(array, one);
                if (r >= 0)
                        r = add_candidate(one, f, &f->candidates[i], registered);
        }
        return r;
}

static int add_format(struct json_object *array, const struct view *v, const struct format *f, const char *state)
{
        const struct entry *e = entries_find(&v->kernel, f->entry.name);
        const struct candidate *c = e ? view_registered(f, e) : view_candidate(f);
        _cleanup_(entry_done) struct entry wanted = {};
        struct json_object *o = json_object_new_object();

        int r = json_append(array, o);
        if (r >= 0 && !e)
                r = format_make_entry(f, c, &wanted);
        if (r >= 0)
                r = add_entry(o, e ? e : &wanted, e != NULL);
        if (r < 0 || json_add_string(o, "state", state) < 0 || json_add_boolean(o, "configured", true) < 0 ||
            json_add_boolean(o, "wanted", f->enabled) < 0 || json_add_string(o, "follows", f->follows) < 0 ||
            json_add_string(o, "package", c && c->package ? c->package : f->package) < 0 ||
            json_add_string(o, "description", f->description) < 0 || json_add_string(o, "file", f->file) < 0)
                return -ENOMEM;
        return add_candidates(o, f, e ? c : NULL);
}

static int add_foreign(struct json_object *array, const struct entry *e, const char *state)
{
        struct json_object *o = json_object_new_object();

        int r = json_append(array, o);
        if (r >= 0)
                r = add_entry(o, e, true);
        if (r >= 0)
                r = json_add_string(o, "state", state);
        return r < 0 ? r : json_add_boolean(o, "configured", false);
}

static int add_row(struct json_object *array, const struct view *v, const struct status_row *row)
{
        const struct format *f = catalog_find(&v->catalog, row->name);
        const struct entry *e = entries_find(&v->kernel, row->name);
        const char *state = status_row_state(row);

        if (f)
                return add_format(array, v, f, state);
        return e ? add_foreign(array, e, state) : 0;
}

int list_print_json(const struct view *v, const struct status *s, const struct list_filter *filter)
{
        _cleanup_(json_putp) struct json_object *o = json_document();
        struct json_object *array = json_object_new_array();
        int r = o && array ? json_add_misc_state(o, &s->misc) : -ENOMEM;

        if (r < 0)
                json_object_put(array);
        else
                r = json_add(o, "formats", array);
        for (size_t i = 0; i < s->n && r >= 0; i++)
                if (list_takes(v, filter, s->rows[i].name))
                        r = add_row(array, v, &s->rows[i]);
        return r < 0 ? fail("out of memory") : json_print(o);
}
