/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "internal.h"

#include <errno.h>

/* The properties, by their types: one function reads each, and is also what tells of a change. */

static const char *or_empty(const char *s)
{
        return s ? s : "";
}

static const char *get_name(const struct format_state *s)
{
        return s->format->entry.name;
}

static const char *get_description(const struct format_state *s)
{
        return or_empty(s->format->description);
}

static const char *get_package(const struct format_state *s)
{
        return or_empty(s->format->package);
}

static const char *get_source(const struct format_state *s)
{
        return or_empty(s->format->file);
}

static const char *get_type(const struct format_state *s)
{
        return entry_type_to_string(s->format->entry.type);
}

static const char *get_extension(const struct format_state *s)
{
        return or_empty(s->format->entry.extension);
}

static const char *get_follows(const struct format_state *s)
{
        return or_empty(s->format->follows);
}

static const char *get_interpreter(const struct format_state *s)
{
        return s->entry ? s->entry->interpreter : "";
}

static const char *get_drift(const struct format_state *s)
{
        return reconcile_drift_to_string(s->drift);
}

static const struct {
        const char *name;
        const char *(*get)(const struct format_state *s);
} string_properties[] = {
        { "Name", get_name },
        { "Description", get_description },
        { "Package", get_package },
        { "Source", get_source },
        { "Type", get_type },
        { "Extension", get_extension },
        { "Interpreter", get_interpreter },
        { "Drift", get_drift },
        { "Follows", get_follows },
};

static bool is_enabled(const struct format_state *s)
{
        return s->format->enabled;
}

static bool is_registered(const struct format_state *s)
{
        return s->entry && s->entry->enabled;
}

static bool is_paused(const struct format_state *s)
{
        return s->paused;
}

static const struct {
        const char *name;
        bool (*get)(const struct format_state *s);
} boolean_properties[] = {
        { "Enabled", is_enabled },
        { "Registered", is_registered },
        { "Paused", is_paused },
};

/* The properties of other types compare what they have before and after. */
static bool bytes_differ(const uint8_t *a, size_t n_a, const uint8_t *b, size_t n_b)
{
        return n_a != n_b || !a != !b || (a && memcmp(a, b, n_a) != 0);
}

static bool magic_differs(const struct entry *a, const struct entry *b)
{
        return bytes_differ(a->magic, a->magic_size, b->magic, b->magic_size);
}

static bool mask_differs(const struct entry *a, const struct entry *b)
{
        return bytes_differ(a->mask, a->magic_size, b->mask, b->magic_size);
}

static bool offset_differs(const struct entry *a, const struct entry *b)
{
        return a->offset != b->offset;
}

static bool flags_differ(const struct entry *a, const struct entry *b)
{
        return a->flags != b->flags;
}

static const struct {
        const char *name;
        bool (*differs)(const struct entry *a, const struct entry *b);
} entry_properties[] = {
        { "Magic", magic_differs },
        { "Mask", mask_differs },
        { "Offset", offset_differs },
        { "Flags", flags_differ },
};

static bool alternatives_differ(const struct format *a, const struct format *b)
{
        if (a->n_candidates != b->n_candidates)
                return true;
        for (size_t i = 0; i < a->n_candidates; i++)
                if (!streq(a->candidates[i].path, b->candidates[i].path) ||
                    !streq_null(a->candidates[i].file, b->candidates[i].file) ||
                    a->candidates[i].priority != b->candidates[i].priority)
                        return true;
        return false;
}

enum { N_PROPERTIES = ARRAY_SIZE(string_properties) + ARRAY_SIZE(boolean_properties) + ARRAY_SIZE(entry_properties) + 1 };

void bus_format_emit_changes(sd_bus *bus, const struct format_state *old, const struct format_state *new)
{
        _cleanup_free_ char *path = NULL;
        const char *changed[N_PROPERTIES + 1];
        size_t n = 0;

        for (size_t i = 0; i < ARRAY_SIZE(string_properties); i++)
                if (!streq(string_properties[i].get(old), string_properties[i].get(new)))
                        changed[n++] = string_properties[i].name;
        for (size_t i = 0; i < ARRAY_SIZE(boolean_properties); i++)
                if (boolean_properties[i].get(old) != boolean_properties[i].get(new))
                        changed[n++] = boolean_properties[i].name;
        for (size_t i = 0; i < ARRAY_SIZE(entry_properties); i++)
                if (entry_properties[i].differs(&old->format->entry, &new->format->entry))
                        changed[n++] = entry_properties[i].name;
        if (alternatives_differ(old->format, new->format))
                changed[n++] = "Alternatives";
        changed[n] = NULL;
        if (n > 0 && bus_format_path(new->format->entry.name, &path) >= 0)
                (void)sd_bus_emit_properties_changed_strv(bus, path, BUS_FORMAT_INTERFACE, (char **)changed);
}

int bus_format_path(const char *name, char **ret)
{
        return sd_bus_path_encode(BUS_FORMAT_PATH, name, ret);
}

int bus_format_find(sd_bus *bus, const char *path, const char *interface, void *userdata, void **ret_found, sd_bus_error *error)
{
        struct manager *m = userdata;
        _cleanup_free_ char *name = NULL;

        (void)bus;
        (void)interface;
        (void)error;
        int r = sd_bus_path_decode(path, BUS_FORMAT_PATH, &name);
        if (r <= 0)
                return r;
        *ret_found = (void *)state_find(&m->state, name);
        return *ret_found != NULL;
}

int bus_format_enumerate(sd_bus *bus, const char *prefix, void *userdata, char ***ret_nodes, sd_bus_error *error)
{
        struct manager *m = userdata;
        const struct catalog *c = &m->state.catalog;
        char **nodes = calloc(c->n + 1, sizeof(*nodes));

        (void)bus;
        (void)prefix;
        (void)error;
        for (size_t i = 0; nodes && i < c->n; i++)
                if (bus_format_path(c->formats[i].entry.name, &nodes[i]) < 0) {
                        for (size_t j = 0; j < i; j++)
                                free(nodes[j]);
                        free(nodes);
                        return -ENOMEM;
                }
        *ret_nodes = nodes;
        return nodes ? 0 : -ENOMEM;
}

BUS_GETTER(get_string)
{
        for (size_t i = 0; i < ARRAY_SIZE(string_properties); i++)
                if (streq(string_properties[i].name, property))
                        return bus_append_text(reply, string_properties[i].get(userdata));
        return -EINVAL;
}

BUS_GETTER(get_boolean)
{
        for (size_t i = 0; i < ARRAY_SIZE(boolean_properties); i++)
                if (streq(boolean_properties[i].name, property))
                        return sd_bus_message_append(reply, "b", boolean_properties[i].get(userdata));
        return -EINVAL;
}

BUS_GETTER(get_of_entry)
{
        const struct format_state *s = userdata;
        const struct entry *e = &s->format->entry;
        char flags[ENTRY_FLAGS_MAX];

        if (streq(property, "Magic"))
                return sd_bus_message_append_array(reply, 'y', e->magic, e->magic ? e->magic_size : 0);
        if (streq(property, "Mask"))
                return sd_bus_message_append_array(reply, 'y', e->mask, e->mask ? e->magic_size : 0);
        if (streq(property, "Offset"))
                return sd_bus_message_append(reply, "u", e->offset);
        return sd_bus_message_append(reply, "s", entry_format_flags(e->flags, flags));
}

BUS_GETTER(get_alternatives)
{
        const struct format_state *s = userdata;

        int r = sd_bus_message_open_container(reply, 'a', "(ssi)");
        for (size_t i = 0; r >= 0 && i < s->format->n_candidates; i++) {
                const struct candidate *c = &s->format->candidates[i];
                r = sd_bus_message_open_container(reply, 'r', "ssi");
                if (r >= 0)
                        r = bus_append_text(reply, c->path);
                if (r >= 0)
                        r = bus_append_text(reply, or_empty(c->file));
                if (r >= 0)
                        r = sd_bus_message_append(reply, "i", c->priority);
                if (r >= 0)
                        r = sd_bus_message_close_container(reply);
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

#define PROPERTY(name, type, get) SD_BUS_PROPERTY(name, type, get, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)

const sd_bus_vtable bus_format_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Name", "s", get_string, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        PROPERTY("Description", "s", get_string),
        PROPERTY("Package", "s", get_string),
        PROPERTY("Source", "s", get_string),
        PROPERTY("Type", "s", get_string),
        PROPERTY("Magic", "ay", get_of_entry),
        PROPERTY("Mask", "ay", get_of_entry),
        PROPERTY("Offset", "u", get_of_entry),
        PROPERTY("Extension", "s", get_string),
        PROPERTY("Flags", "s", get_of_entry),
        PROPERTY("Follows", "s", get_string),
        PROPERTY("Alternatives", "a(ssi)", get_alternatives),
        PROPERTY("Enabled", "b", get_boolean),
        PROPERTY("Registered", "b", get_boolean),
        PROPERTY("Interpreter", "s", get_string),
        PROPERTY("Drift", "s", get_string),
        PROPERTY("Paused", "b", get_boolean),
        SD_BUS_VTABLE_END,
};
