/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs of binfmtctl share. Each verb is a file of its own. */
#pragma once

#include "catalog.h"
#include "entry.h"
#include "paths.h"
#include "problem.h"

enum {
        EXIT_OK = 0,
        EXIT_FAILED = 1, /* it could not be done */
        EXIT_USAGE = 2,
};

/* What there is: the configuration and the kernel's entries. */
struct view {
        struct catalog catalog;
        struct entries kernel;
};

/* A verb gets the words after it, at most as many as it says, and returns an exit status. */
struct verb {
        const char *name;
        int max_args;
        int (*run)(const struct paths *paths, int n_args, char **args);
};

int verb_display(const struct paths *paths, int n_args, char **args);
int verb_enable(const struct paths *paths, int n_args, char **args);
int verb_disable(const struct paths *paths, int n_args, char **args);
int verb_list(const struct paths *paths, int n_args, char **args);
int verb_help(const struct paths *paths, int n_args, char **args);
int verb_version(const struct paths *paths, int n_args, char **args);

/* Enables or disables the format of this name, or all where it is NULL, and keeps that as the administrator's choice.
 * Returns an exit status. */
int switch_formats(const struct paths *paths, const char *name, bool enable);

/* Prints a line for each problem to standard error. */
void print_problems(const struct problems *p);

/* Prints "binfmtctl: ..." to standard error and returns EXIT_FAILED. */
int fail(const char *format, ...) _printf_(1, 2);

/* Reads both. Where binfmt_misc is not there, the kernel has no entries, and a line on standard error says so. Returns 0
 * or a negative errno, with a line printed. */
int view_load(const struct paths *paths, struct view *ret);

void view_done(struct view *v);

/* The interpreter to show for a format that the kernel does not have: the one that would be registered, or else the one
 * of the highest priority. */
const char *view_interpreter(const struct format *f);
