/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output for people, in colour where that is wanted, and for programs. */
#pragma once

#include <json-c/json.h>

#include "kernel/misc-state.h"

enum colour {
        COLOUR_NONE,
        COLOUR_BOLD,
        COLOUR_GREEN,
        COLOUR_YELLOW,
        COLOUR_RED,
        COLOUR_DIM,
};

/* Returns the text that switches a colour on, or for COLOUR_NONE colours off. It is empty unless standard output is a terminal
 * that has colours and NO_COLOR is unset or empty. */
const char *colour(enum colour c);

/* Return how many columns of a terminal a text takes, or the first bytes of it. */
int columns(const char *text);
int columns_of(const char *text, size_t size);

/* Returns the greater of a width and the text's own width. */
int wider(int width, const char *text);

/* The field width with which printf's %*s, which counts bytes, makes a text take this many columns. */
int field_width(const char *text, int width);

/* Prints a name that somebody else has chosen, without the characters that a terminal would obey. */
void print_name(const char *text);

/* Prints " (follows NAME)" in the user's language. */
void print_follows(const char *name);

/* Print a text, without the characters that a terminal would obey, in a column of this width, and the space before the next
 * column. */
void print_cell(const char *text, int width);
void print_coloured_cell(enum colour c, const char *text, int width);

/* The version of the members that documents for programs have. It is raised when a member goes or means something else, and
 * not when one is added. */
#define JSON_SCHEMA_VERSION 1

/* Begins a document for programs: returns an object with the member schema_version, or NULL without memory. */
struct json_object *json_document(void);

/* Adds a member; a value that is NULL becomes null. Returns 0 or -ENOMEM; the value is freed in any case. */
int json_add(struct json_object *object, const char *key, struct json_object *value);

/* Adds a text, or null where value is NULL. JSON is UTF-8, so bytes that are not become question marks. Returns 0 or -ENOMEM. */
int json_add_string(struct json_object *object, const char *key, const char *value);

int json_add_number(struct json_object *object, const char *key, int64_t value);
int json_add_boolean(struct json_object *object, const char *key, bool value);

/* Fills the object that is made of an array's element. Returns 0 or -ENOMEM. */
typedef int (*json_fill_t)(struct json_object *object, const void *element);

/* Adds an array of n objects, each filled from one element of the given size. Returns 0 or -ENOMEM. */
int json_add_array(struct json_object *object, const char *key, const void *items, size_t n, size_t size, json_fill_t fill);

/* Adds the member binfmt_misc. Returns 0 or -ENOMEM. */
int json_add_misc_state(struct json_object *object, const struct misc_state *m);

/* Appends a value to an array. Returns 0 or -ENOMEM; the value is freed in any case. */
int json_append(struct json_object *array, struct json_object *value);

/* Appends a text, as json_add_string adds one. Returns 0 or -ENOMEM. */
int json_append_string(struct json_object *array, const char *value);

static inline void json_putp(struct json_object **o)
{
        json_object_put(*o);
}

/* Prints an object, indented, and a newline. Returns an exit status. */
int json_print(struct json_object *object);
