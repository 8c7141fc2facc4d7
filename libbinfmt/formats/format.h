/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A format: what binfmtd is to register, and which programs could run it. */
#pragma once

#include "kernel/entry.h"
#include "base/problem.h"
#include "source.h"

/* An interpreter that can run a format. */
struct candidate {
        char *path;
        int priority;
        enum source source;
        char *package;      /* that it belongs to, or NULL where that is not known */
        char *detector;     /* the program that update-binfmts(8) asks whether the interpreter takes a file, or NULL */
        char *helper;       /* what the kernel runs in its place, because others are to be asked first; or NULL */
        struct entry *spec; /* what it is registered with where that is not what the format says, or NULL; its name and
                             * interpreter are NULL */
        char *file;         /* where it was named */
        unsigned line;
};

struct format {
        struct entry entry; /* its interpreter is NULL: it is chosen when the format is registered */
        char *description;
        char *package;
        char *file; /* where it was read from */
        bool enabled;
        bool held;          /* it would be enabled, but a format that it follows is disabled */
        char *follows;      /* the name of the format that it follows, or NULL */
        char *follows_file; /* where that was said */
        unsigned follows_line;
        struct entry followed; /* the entry of the format at the end of that chain; empty where it follows none */
        char *use;             /* the path of the interpreter that is to be used whatever the priorities, or NULL */
        char *use_file;        /* where that was said */
        unsigned use_line;
        struct candidate *candidates; /* by priority, highest first; equal ones in the file's order */
        size_t n_candidates;
        unsigned lines[ENTRY_FIELD_COUNT]; /* the line of the file that set each part, 0 where none did */
};

void format_done(struct format *f);

/* Whether a format was chosen to be enabled, even where what it follows is not. */
static inline bool format_is_chosen(const struct format *f)
{
        return f->enabled || f->held;
}

/* Makes *ret a deep copy. Returns 0 or -ENOMEM. */
int format_copy(const struct format *f, struct format *ret);

/* Adds a copy of a candidate in its place by priority. Returns 0 or -ENOMEM. */
int format_add_candidate(struct format *f, const struct candidate *c);

/* Removes all candidates. */
void format_clear_candidates(struct format *f);

/* Takes from a format that follows another what catalog_follow has given it: it is as its files describe it then, but for whether
 * it is enabled. A format that follows none stays as it is. */
void format_forget_followed(struct format *f);

/* The candidate of the highest priority with this path, or NULL. */
const struct candidate *format_find_candidate(const struct format *f, const char *path);

/* What a candidate is registered with: its own, or what the format says. */
static inline const struct entry *format_spec(const struct format *f, const struct candidate *c)
{
        return c->spec ? c->spec : &f->entry;
}

/* Makes *ret the entry that would be registered for this candidate. Returns 0 or -ENOMEM. */
int format_make_entry(const struct format *f, const struct candidate *c, struct entry *ret);

/* Checks a format that has been read, once with each of its interpreters; a format that follows another has none yet. Returns 0,
 * or notes the problem and returns -EINVAL. */
int format_check(const struct format *f, struct problems *problems);

/* Whether a candidate can be used now. Returns 0; -ENOENT where it is not installed; or another negative errno, with a
 * problem noted. */
int format_check_candidate(const struct format *f, const struct candidate *c, struct problems *problems);

/* Chooses the interpreter: the one that is to be taken where that is usable, or else the usable one of the highest
 * priority. Returns 0 with *ret, one of the format's own; -ENOENT where none is installed; or another negative errno
 * where one is installed and none will do. What is wrong with an interpreter that is installed, or with the one that is
 * to be taken, is noted in problems in any case. */
int format_choose(const struct format *f, const struct candidate **ret, struct problems *problems);

/* Whether a candidate's file is not installed. */
bool format_is_missing(const struct format *f, const struct candidate *c);

/* Lists the paths of all candidates, with the packages that have them (package.h), separated by commas. Returns a new string,
 * NULL without memory. */
char *format_list_candidates(const struct format *f);

/* Chooses the interpreter that is to be registered: as format_choose does, or, where none is installed, one that
 * update-binfmts(8) or binfmt.d(5) names without the flag F. Those register an interpreter that is missing as well: its file
 * system may be mounted later, or it may be in the container whose programs it runs. Returns like format_choose. */
int format_choose_to_register(const struct format *f, const struct candidate **ret, struct problems *problems);
