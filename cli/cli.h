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
        ARGUMENT_ACTION, /* of a group */
        ARGUMENT_OTHER,
};

enum { MANY = 1 << 20 };

/* Numbers of the options that only some verbs take. */
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

/* A command line that has been checked, for a verb to carry out. */
struct verb;
struct call {
        struct paths paths;
        struct container *container; /* the container of --container, or NULL */
        /* The argument of each option that was given, "" where it takes none; NULL for other options. */
        const char *option[OPTION_COUNT + 1];
        const struct verb *about; /* the verb that help is wanted about, or NULL */
        int n_args;
        char **args;  /* as many as the verb takes */
        char **words; /* the whole command line as it was written, without the program's name, and a NULL */
};

/* Carries out a verb. Returns an exit status. */
typedef int verb_fn(const struct call *call);

struct verb {
        const char *group; /* an action: the verb that it belongs to; NULL for a verb */
        const char *name, *arguments, *text;
        enum argument argument;
        int least, most;
        unsigned options; /* TAKES bits */
        verb_fn *run;     /* NULL for a group */
};
extern const struct verb verbs[], actions[];
extern const size_t n_verbs, n_actions;

#define VERB(name, arguments, what, least, most, options, function, text) verb_fn function;
#define GROUP(name, text)
#define ACTION(group, name, arguments, what, least, most, options, function, text) verb_fn function;
#include "verbs.def"
#undef ACTION
#undef GROUP
#undef VERB

struct cli_option {
        const char *name, *argument, *text; /* argument NULL: it takes none */
        enum argument what;
        /* For options of all verbs: keeps the argument. Returns 0 or a negative errno. */
        int (*set)(struct paths *paths, const char *value);
        enum option_number number; /* for the other options */
};
extern const struct cli_option cli_options[];
extern const size_t n_cli_options;

/* Prints "binfmtctl: TEXTWORD" and where to read on to standard error, and returns EXIT_USAGE. */
int usage(const char *text, const char *word);

/* Finds a verb by its name; NULL where there is none. */
const struct verb *find_verb(const char *name);

/* Finds an action of a group by its name; NULL where there is none. */
const struct verb *find_action(const struct verb *group, const char *name);

/* Prints that the group has no action of this name, and which one may be meant. Returns EXIT_USAGE. */
int unknown_action(const struct verb *group, const char *word);

/* Prints that there is no verb of this name, and which verb may be meant. Returns EXIT_USAGE. */
int unknown_verb(const char *word);

/* Makes a verb look at the entries that apply to the process of --container: call->paths.procdir leads to them afterwards. The
 * caller frees the container with container_done, also where this fails. Returns an exit status. */
struct container;
int container_enter(struct call *call, struct container *ret);

/* Registers or removes the entry of this format, or where name is NULL those of all formats, in the container of the call. No
 * choice is written, because a container's entries go with it. Returns an exit status. */
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

/* Prints that there is no format of this name, and what is known about the name: that the format's file cannot be used, that
 * it is the name of somebody else's entry, or which format may be meant. Returns EXIT_FAILED. */
int fail_unknown(const struct paths *paths, const struct catalog *catalog, const char *name);

/* What is there to be shown: the formats that are configured, and the kernel's entries. */
struct view {
        struct catalog catalog;
        struct entries kernel;
};

/* Reads the configuration and the kernel's entries. Where binfmt_misc is not mounted, there are no entries, and a line on
 * standard error says so. Returns 0, or a negative errno with a line printed. */
int view_load(const struct paths *paths, struct view *ret);

void view_done(struct view *v);

/* The interpreter to show for a format that the kernel does not have: the one that would be registered, or else the one
 * of the highest priority. */
const struct candidate *view_candidate(const struct format *f);
const char *view_interpreter(const struct format *f);

/* The interpreter with which the format is registered, or NULL where it is none of its own. */
const struct candidate *view_registered(const struct format *f, const struct entry *e);
