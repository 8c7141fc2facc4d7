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

/* What switches a colour on, COLOUR_NONE: off again. Empty unless standard output is a terminal that has colours, and
 * NO_COLOR is unset or empty. */
const char *colour(enum colour c);

/* How many columns of a terminal a text takes, or the first of its bytes. */
int columns(const char *text);
int columns_of(const char *text, size_t size);

/* The width, or that of the text where it is greater. */
int wider(int width, const char *text);

/* The field width with which printf's %*s, which counts bytes, makes a text take this many columns. */
int field_width(const char *text, int width);

/* Prints what somebody has called something, without what a terminal would obey. */
void print_name(const char *text);

/* " (follows NAME)" */
void print_follows(const char *name);

/* The same for a text in a column of this width, and the space to the next one. */
void print_cell(const char *text, int width);
void print_coloured_cell(enum colour c, const char *text, int width);

/* Which members there are and what they mean. It is raised when one goes or means something else, and not for those that are
 * added. */
#define JSON_SCHEMA_VERSION 1

/* Begins a document for programs: an object with that number. NULL without memory. */
struct json_object *json_document(void);

/* Adds a member; a value that is NULL becomes null. Returns 0 or -ENOMEM. What is added is freed in any case. */
int json_add(struct json_object *object, const char *key, struct json_object *value);

/* JSON is UTF-8: other bytes become question marks. */
int json_add_string(struct json_object *object, const char *key, const char *value);

int json_add_number(struct json_object *object, const char *key, int64_t value);
int json_add_boolean(struct json_object *object, const char *key, bool value);

/* Fills the object that is made of an array's element. Returns 0 or -ENOMEM. */
typedef int (*json_fill_t)(struct json_object *object, const void *element);

/* Adds an array of n objects, each filled from one element of the given size. Returns 0 or -ENOMEM. */
int json_add_array(struct json_object *object, const char *key, const void *items, size_t n, size_t size, json_fill_t fill);

/* Adds the member binfmt_misc. Returns 0 or -ENOMEM. */
int json_add_misc_state(struct json_object *object, const struct misc_state *m);

/* Adds to an array. Returns 0 or -ENOMEM. What is added is freed in any case. */
int json_append(struct json_object *array, struct json_object *value);

static inline void json_putp(struct json_object **o)
{
        json_object_put(*o);
}

/* Prints an object, indented, and a newline. Returns an exit status. */
int json_print(struct json_object *object);
