/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What update-binfmts(8) does, for itself and for the verbs of binfmtctl. Messages are those of Debian's version,
 * byte by byte, where that has one. */
#pragma once

#include "debian/debian-group.h"
#include "base/paths.h"

enum result {
        RESULT_OK,
        RESULT_FAILED,   /* with a warning printed */
        RESULT_DECLINED, /* the same, where another package or the kernel has the say */
        RESULT_FATAL,    /* with an error printed that ends the program */
};

struct debian {
        const char *program;       /* what messages start with */
        const struct paths *paths; /* its admindir is the database */
        const char *importdir;     /* where packages' format files are */
        const char *package;       /* that this is done for */
        bool test;                 /* only say what would be done */
};

/* Adds a format to the database, in place of one of the same name that belongs to the same package, and registers it.
 * Its type, package and so on must be set; it is completed. */
enum result debian_install(const struct debian *d, struct debian_format *f);

/* Unregisters a format and removes it from the database, unless it belongs to another package. */
enum result debian_remove(const struct debian *d, const char *name);

/* The same with what a format file says: one in importdir, or with a slash in its name any one; NULL: all in
 * importdir. Formats that the administrator has installed stay as they are. */
enum result debian_import(const struct debian *d, const char *name);
enum result debian_unimport(const struct debian *d, const char *name);

/* Prints a format of the database, or all of them where name is NULL. */
enum result debian_display(const struct debian *d, const char *name);

/* Prints the interpreters that will be tried for a file, one a line. */
enum result debian_find(const struct debian *d, const char *path);

/* Registers a format of the database, or all of them where name is NULL. */
enum result debian_enable(const struct debian *d, const char *name);

/* Removes an entry from the kernel, whoever registered it; or, where name is NULL, those of all formats of the
 * database. The formats stay away until they are enabled again, or the machine is started again. */
enum result debian_disable(const struct debian *d, const char *name);
