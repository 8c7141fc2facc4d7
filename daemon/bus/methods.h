/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods of the manager, by family, and what their files share. Each method first says what its caller must be allowed to
 * do, from its arguments and the formats, and is run when that is settled. Formats may have changed meanwhile, so a method checks
 * again with those that it is about to change. */
#pragma once

#include "internal.h"

#define NAMES_MAX 256

/* Names that a call has for an argument. */
struct names {
        const char *items[NAMES_MAX]; /* strings of the message */
        size_t n;
};

typedef int needs_fn(struct manager *m, sd_bus_message *call, sd_bus_error *error);
typedef int change_fn(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action,
                      sd_bus_error *error);
typedef int run_fn(struct manager *m, sd_bus_message *call, enum auth_action action, sd_bus_error *error);

struct method {
        const char *name;
        needs_fn *needs;   /* returns an enum auth_action or a negative errno */
        change_fn *change; /* called, if there is one, while nobody else changes anything; then comes a reload */
        run_fn *run;       /* for a method that changes nothing: it sees to the reply */
};

/* The families. Each ends with a method that has no name. */
extern const struct method bus_methods_choose[];
extern const struct method bus_methods_describe[];
extern const struct method bus_methods_inspect[];
extern const struct method bus_methods_cache[];

/* Sets error: there is no format of this name. Returns a negative errno. */
int method_no_such_format(sd_bus_error *error, const char *name);

/* Sets error: what, and why it failed, which is the first of problems or, if there is none, the negative errno r. Returns a
 * negative errno. */
int method_failed(sd_bus_error *error, const char *what, const struct problems *problems, int r);

/* Sets error: since the caller's rights were checked, the format has become one that takes more rights. Returns a negative
 * errno. */
int method_changed_meanwhile(sd_bus_error *error);

/* Reads an array of names, which belong to the call. Returns 0 or a negative errno, with the error set. */
int method_read_names(sd_bus_message *call, struct names *ret, sd_bus_error *error);

/* Finds the format whose name is the next argument of a call. Returns 0 or a negative errno, with the error set. */
int method_read_format(sd_bus_message *call, const struct catalog *c, const struct format **ret, sd_bus_error *error);

/* Finds the format whose name is the next argument of a call, and checks that action is enough to change it. Returns 0 or a
 * negative errno, with the error set. */
int method_find_format(const struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action,
                       const struct format **ret, sd_bus_error *error);

/* Reads all formats anew and makes the kernel have the named ones as the files say. Returns 0 or a negative errno, with the error
 * set to what is wrong with the first that failed; with enable it is an error too if one of them is not registered then. */
int method_apply_names(struct manager *m, const struct names *names, bool enable, sd_bus_error *error);
