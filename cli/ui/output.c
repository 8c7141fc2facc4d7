/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <errno.h>
#include <wchar.h>

#include "cli.h"

static bool wants_colour(void)
{
        const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

        return !(no && *no) && term && *term && !streq(term, "dumb") && isatty(STDOUT_FILENO);
}

const char *colour(enum colour c)
{
        static const char *const codes[] = {
                [COLOUR_NONE] = "\033[0m",    [COLOUR_BOLD] = "\033[1m", [COLOUR_GREEN] = "\033[32m",
                [COLOUR_YELLOW] = "\033[33m", [COLOUR_RED] = "\033[31m", [COLOUR_DIM] = "\033[2m",
        };
        static int wanted = -1;

        if (wanted < 0)
                wanted = wants_colour();
        return wanted ? codes[c] : "";
}

int columns_of(const char *text, size_t size)
{
        mbstate_t state = {};
        int n = 0;

        while (size > 0) {
                wchar_t c;
                size_t bytes = mbrtowc(&c, text, size, &state);
                /* A byte that is no character is shown somehow. */
                bool wrong = bytes == 0 || bytes > size;
                int one = wrong ? 1 : wcwidth(c);
                n += one < 0 ? 0 : one;
                if (wrong) {
                        bytes = 1;
                        state = (mbstate_t){};
                }
                text += bytes;
                size -= bytes;
        }
        return n;
}

int columns(const char *text)
{
        return columns_of(text, strlen(text));
}

int wider(int width, const char *text)
{
        int n = columns(text);

        return n > width ? n : width;
}

int field_width(const char *text, int width)
{
        return width + (int)strlen(text) - columns(text);
}

static char *copy_printable(const char *text)
{
        char *copy = strdup(text);

        if (copy)
                string_make_printable(copy);
        return copy;
}

void print_name(const char *text)
{
        _cleanup_free_ char *copy = copy_printable(text);

        fputs(copy ? copy : "?", stdout);
}

void print_follows(const char *name)
{
        _cleanup_free_ char *text = NULL;

        print_name(string_format(&text, _(" (follows %s)"), name) < 0 ? "" : text);
}

void print_cell(const char *text, int width)
{
        print_coloured_cell(COLOUR_NONE, text, width);
}

void print_coloured_cell(enum colour c, const char *text, int width)
{
        _cleanup_free_ char *copy = copy_printable(text);
        const char *shown = copy ? copy : "?", *begin = c == COLOUR_NONE ? "" : colour(c);

        printf("%s%-*s%s  ", begin, field_width(shown, width), shown, *begin ? colour(COLOUR_NONE) : "");
}

struct json_object *json_document(void)
{
        struct json_object *o = json_object_new_object();

        if (o && json_add_number(o, "schema_version", JSON_SCHEMA_VERSION) >= 0)
                return o;
        json_object_put(o);
        return NULL;
}

int json_add(struct json_object *object, const char *key, struct json_object *value)
{
        if (json_object_object_add(object, key, value) == 0)
                return 0;
        json_object_put(value);
        return -ENOMEM;
}

int json_add_string(struct json_object *object, const char *key, const char *value)
{
        _cleanup_free_ char *text = value ? strdup(value) : NULL;

        if (text)
                string_make_utf8(text);
        struct json_object *s = text ? json_object_new_string(text) : NULL;
        return value && !s ? -ENOMEM : json_add(object, key, s);
}

int json_add_number(struct json_object *object, const char *key, int64_t value)
{
        struct json_object *n = json_object_new_int64(value);

        return n ? json_add(object, key, n) : -ENOMEM;
}

int json_add_boolean(struct json_object *object, const char *key, bool value)
{
        struct json_object *b = json_object_new_boolean(value);

        return b ? json_add(object, key, b) : -ENOMEM;
}

int json_add_array(struct json_object *object, const char *key, const void *items, size_t n, size_t size, json_fill_t fill)
{
        struct json_object *array = json_object_new_array();
        int r = array ? json_add(object, key, array) : -ENOMEM;

        for (size_t i = 0; i < n && r >= 0; i++) {
                struct json_object *o = json_object_new_object();
                r = json_append(array, o);
                if (r >= 0)
                        r = fill(o, (const char *)items + i * size);
        }
        return r;
}

int json_add_misc_state(struct json_object *object, const struct misc_state *m)
{
        struct json_object *o = json_object_new_object();

        if (!o || json_add(object, "binfmt_misc", o) < 0 || json_add_string(o, "mount", misc_mount_to_string(m->mount)) < 0 ||
            json_add_boolean(o, "enabled", m->enabled) < 0 || json_add_boolean(o, "autofs_untriggered", m->autofs) < 0 ||
            json_add_string(o, "owner", misc_owner_to_string(m->owner)) < 0)
                return -ENOMEM;
        return 0;
}

int json_append(struct json_object *array, struct json_object *value)
{
        if (value && json_object_array_add(array, value) == 0)
                return 0;
        json_object_put(value);
        return -ENOMEM;
}

int json_append_string(struct json_object *array, const char *value)
{
        _cleanup_free_ char *text = strdup(value);

        if (!text)
                return -ENOMEM;
        string_make_utf8(text);
        return json_append(array, json_object_new_string(text));
}

int json_print(struct json_object *object)
{
        const char *text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);

        if (!text)
                return fail("out of memory");
        puts(text);
        return EXIT_OK;
}
