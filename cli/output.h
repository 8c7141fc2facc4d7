/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output for people, in colour where that is wanted, and for programs. */
#pragma once

#include <json-c/json.h>

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

/* Adds a member; a value that is NULL becomes null. Returns 0 or -ENOMEM. What is added is freed in any case. */
int json_add(struct json_object *object, const char *key, struct json_object *value);
int json_add_string(struct json_object *object, const char *key, const char *value);

/* Adds to an array. Returns 0 or -ENOMEM. What is added is freed in any case. */
int json_append(struct json_object *array, struct json_object *value);

static inline void json_putp(struct json_object **o)
{
        json_object_put(*o);
}

/* Prints an object, indented, and a newline. Returns an exit status. */
int json_print(struct json_object *object);
