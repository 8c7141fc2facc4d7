/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The database of Debian's binfmt-support, /var/lib/binfmts: a file for each format that has been installed or
 * imported, with a line for each of the ten fields and nothing else. We write it so that their version can read it, and
 * read all that their versions wrote. fd is the directory that debian_db_open gave. */
#pragma once

#include "debian-format.h"

struct debian_formats {
        struct debian_format *items;
        size_t n;
        bool incomplete; /* a file could not be read */
};

void debian_formats_done(struct debian_formats *f);

/* Opens the database. Whoever changes it takes the lock (lock.h) before he reads what the change depends on. Returns a file
 * descriptor or a negative errno. */
int debian_db_open(const char *path);

/* Parses a file's text. Only the lines up to the interpreter's must be there: older versions wrote no more. Returns 0; -EBADMSG
 * where the text ends before that, with the first field that is missing; or -ENOMEM. */
int debian_db_parse(const char *text, const char *name, struct debian_format *ret, enum debian_field *ret_missing);

/* Makes a file's text. Returns 0; -EINVAL where a field has a newline or the format is not complete; or -ENOMEM. */
int debian_db_text(const struct debian_format *f, char **ret);

/* Says why a format of this name cannot be in the database, or returns NULL. */
const char *debian_db_name_reason(const char *name);

/* Reads one format. Returns like debian_db_parse, -ENOENT where there is none, or another negative errno. */
int debian_db_read(int fd, const char *name, struct debian_format *ret, enum debian_field *ret_missing);

/* Reads all formats, by name. One that cannot be read is noted in problems and left out; path is the database's, for
 * messages. Returns 0 or a negative errno, also where there may be more that was not read. */
int debian_db_list(int fd, const char *path, struct debian_formats *ret, struct problems *problems);

/* Writes a format, as a whole or not at all, so that it survives a power cut. Returns 0 or a negative errno. */
int debian_db_write(int fd, const struct debian_format *f);

/* Removes a format. Returns 0, -ENOENT where there is none, or another negative errno. */
int debian_db_remove(int fd, const char *name);
