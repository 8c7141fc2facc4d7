/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A format as Debian's binfmt-support describes it (update-binfmts(8)): ten fields, all of them text. They come from a
 * package's format file in /usr/share/binfmts, from the database (debian-db.h), or from a command line; only
 * debian_format_make_entry gives them a meaning. */
#pragma once

#include "kernel/entry.h"
#include "base/problem.h"

/* In the order of the database's lines. */
enum debian_field {
        DEBIAN_PACKAGE, /* ":" where the administrator has installed the format */
        DEBIAN_TYPE,    /* "magic" or "extension" */
        DEBIAN_OFFSET,
        DEBIAN_MAGIC, /* where the type is extension: the extension */
        DEBIAN_MASK,
        DEBIAN_INTERPRETER,
        DEBIAN_DETECTOR,
        DEBIAN_CREDENTIALS, /* this and the next two: "yes", "no" or "" */
        DEBIAN_PRESERVE,
        DEBIAN_FIX_BINARY,
        DEBIAN_FIELD_COUNT,
};

#define DEBIAN_LOCAL_PACKAGE ":"

/* Longest format file or file of the database that is read. */
#define DEBIAN_FILE_MAX 65536

struct debian_format {
        char *name;
        char *fields[DEBIAN_FIELD_COUNT];   /* "" for what is not set; NULL never, once it is complete */
        unsigned lines[DEBIAN_FIELD_COUNT]; /* where the file that it was read from sets them, counted from 1; 0: nowhere */
};

void debian_format_done(struct debian_format *f);

/* What a field is called: "package", "fix_binary" and so on. */
const char *debian_field_to_string(enum debian_field field);

/* Sets a field to a copy. Returns 0 or -ENOMEM. */
int debian_format_set(struct debian_format *f, enum debian_field field, const char *value);

/* Makes every field that is not set empty, and the offset 0. Returns 0 or -ENOMEM. */
int debian_format_complete(struct debian_format *f);

/* Reads the text of a format file: each line is a key, blanks and a value. Empty lines and lines that start with # are passed
 * over, keys may be in capital letters, and of several lines with the same key the last counts. name is the format's, file is for
 * messages. What is wrong is noted in problems, each with its line. Returns 0, even where a key that is not known or has no value
 * was noted; -EINVAL where the format cannot be used; or -ENOMEM. A format that was read is complete, has a package, and has
 * passed debian_format_make_entry. */
int debian_format_parse(const char *text, size_t size, const char *name, const char *file, struct debian_format *ret,
                        struct problems *problems);

/* Reads a format file as debian_format_parse reads its text. Returns like that, or the negative errno of reading the file, with a
 * problem noted. */
int debian_format_load(const char *path, const char *name, struct debian_format *ret, struct problems *problems);

/* Makes the entry of a complete format, with the format's own interpreter even where there is a detector. The magic is read as
 * the kernel reads it: \xHH is a byte, everything else stands for itself. Returns 0; -ENOMEM; or -EINVAL with the field at fault
 * and the reason, a constant string. */
int debian_format_make_entry(const struct debian_format *f, struct entry *ret, enum debian_field *ret_field,
                             const char **ret_reason);

/* Whether the administrator has installed the format, and not a package. */
bool debian_format_is_local(const struct debian_format *f);
