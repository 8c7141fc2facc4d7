/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What update-binfmts(8) does, for itself and for the verbs of binfmtctl. Messages are those of Debian's version,
 * byte by byte, where that has one. */
#pragma once

#include "debian/debian-group.h"
#include "base/paths.h"

enum result {
        RESULT_OK,
        RESULT_FAILED,   /* with a warning printed */
        RESULT_DECLINED, /* with a warning printed: another package or the kernel has the say */
        RESULT_FATAL,    /* with an error printed that ends the program */
};

struct debian {
        const char *program;       /* what messages start with */
        const struct paths *paths; /* its admindir is the database */
        const char *importdir;     /* where packages' format files are */
        const char *package;       /* the package for which something is done, or NULL */
        bool test;                 /* only say what would be done */
};

/* Adds a format to the database and registers it. A format of the same name is replaced if it belongs to the same package. The
 * caller sets the format's name, type, package and other fields; what is missing is filled in. */
enum result debian_install(const struct debian *d, struct debian_format *f);

/* Removes a format's entry and the format from the database, unless it belongs to another package. */
enum result debian_remove(const struct debian *d, const char *name);

/* Install or remove the format that a package's format file describes. name is that of a file in importdir, or any path with a
 * slash; NULL stands for all files in importdir. Formats that the administrator has installed stay as they are. */
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
