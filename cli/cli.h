/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs of binfmtctl share. Each verb is a file of its own; cli/verbs.def lists them. */
#pragma once

#include "formats/catalog.h"
#include "kernel/entry.h"
#include "base/paths.h"
#include "base/problem.h"

enum {
        EXIT_OK = 0,
        EXIT_FAILED = 1, /* it could not be done */
        EXIT_USAGE = 2,
};

/* What an argument is: for completion. */
enum argument {
        ARGUMENT_NONE,
        ARGUMENT_FORMAT,
        ARGUMENT_FILE,
        ARGUMENT_DIRECTORY,
        ARGUMENT_COMMAND,
        ARGUMENT_BOOLEAN, /* yes or no */
        ARGUMENT_VERB,
        ARGUMENT_OTHER,
};

enum { MANY = 1 << 20 };

/* The options that only some verbs take, by number. */
enum option_number {
#define COMMON(name, argument, what, text, function)
#define OPTION(bit, name, argument, what, text) OPTION_##bit,
#include "options.def"
#undef OPTION
#undef COMMON
        OPTION_COUNT,
};
#define TAKES(bit) (1u << OPTION_##bit)
_Static_assert(OPTION_COUNT <= 32, "options of verbs are bits of an unsigned int");

/* A command line that makes sense: for the verb to do. */
struct verb;
struct call {
        struct paths paths;
        struct container *container;          /* of --container, or NULL */
        const char *option[OPTION_COUNT + 1]; /* argument of each option, "" for one without; NULL: not given */
        const struct verb *about;             /* that --help was written beside, or NULL */
        int n_args;
        char **args;  /* as many as the verb takes */
        char **words; /* the whole command line as it was written, without the program's name, and a NULL */
};

/* Returns an exit status. */
typedef int verb_fn(const struct call *call);

struct verb {
        const char *name, *arguments, *text;
        enum argument argument;
        int least, most;
        unsigned options; /* TAKES bits */
        verb_fn *run;
};
extern const struct verb verbs[];
extern const size_t n_verbs;

#define VERB(name, arguments, what, least, most, options, function, text) verb_fn function;
#include "verbs.def"
#undef VERB

struct cli_option {
        const char *name, *argument, *text; /* argument NULL: it takes none */
        enum argument what;
        int (*set)(struct paths *paths, const char *value); /* of the common ones; returns 0 or a negative errno */
        enum option_number number;                          /* of the others */
};
extern const struct cli_option cli_options[];
extern const size_t n_cli_options;

/* Enables or disables the format that is named, or all, and keeps that as the administrator's choice. Returns an exit
 * status. */
int switch_formats(const struct call *call, bool enable);

/* Prints "binfmtctl: TEXTWORD" and where to read on to standard error, and returns EXIT_USAGE. */
int usage(const char *text, const char *word);

/* Finds a verb by its name; NULL where there is none. */
const struct verb *find_verb(const char *name);

/* Prints that there is no such verb, and which one is meant perhaps. Returns EXIT_USAGE. */
int unknown_verb(const char *word);

/* Makes a verb look at the entries that apply to the process of --container: call->paths.procdir leads to them from now
 * on. The container is the caller's, to be freed with container_done in any case. Returns an exit status. */
struct container;
int container_enter(struct call *call, struct container *ret);

/* Registers or removes formats there, all or the one of this name. Nothing is written: what is in a container goes with
 * it. Returns an exit status. */
int container_switch(const struct call *call, const char *name, bool enable);

/* Takes the lock of all changes (lock.h), and says so where it has to wait for long. Returns a file descriptor or a negative
 * errno. */
int wait_for_lock(const struct paths *paths);

/* Reads the formats, and prints what is wrong with them. Returns an exit status, with the number of problems in *ret_problems,
 * which may be NULL. */
int read_formats(const struct paths *paths, struct catalog *ret, size_t *ret_problems);

/* Prints a line for each problem to standard error. */
void print_problems(const struct problems *p);

/* Prints "binfmtctl: ..." to standard error and returns EXIT_FAILED. */
int fail(const char *format, ...) _printf_(1, 2);

/* Finds a format by its name, or by that of a machine whose programs it is for; NULL where there is none. */
const struct format *find_format(const struct catalog *catalog, const char *name);

/* Prints that no format has this name, and what is known of it: that its file cannot be used, that it is an entry of somebody
 * else's, which format is meant perhaps. Returns EXIT_FAILED. */
int fail_unknown(const struct paths *paths, const struct catalog *catalog, const char *name);

/* What there is: the configuration and the kernel's entries. */
struct view {
        struct catalog catalog;
        struct entries kernel;
};

/* Reads both. Where binfmt_misc is not there, the kernel has no entries, and a line on standard error says so. Returns
 * 0 or a negative errno, with a line printed. */
int view_load(const struct paths *paths, struct view *ret);

void view_done(struct view *v);

/* The interpreter to show for a format that the kernel does not have: the one that would be registered, or else the one
 * of the highest priority. */
const struct candidate *view_candidate(const struct format *f);
const char *view_interpreter(const struct format *f);

/* The interpreter with which the format is registered, or NULL where it is none of its own. */
const struct candidate *view_registered(const struct format *f, const struct entry *e);

/* Prints a line for each interpreter of a format, highest priority first. */
void print_alternatives(const struct view *v, const struct format *f);
