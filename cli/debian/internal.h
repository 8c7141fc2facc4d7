/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that implement debian.h share. */
#pragma once

#include "debian.h"

#include "formats/catalog.h"

/* Prints "PROGRAM: warning: ..." to standard error. Returns RESULT_FAILED. */
enum result debian_warn(const struct debian *d, const char *format, ...) _printf_(2, 3);

/* Prints "PROGRAM: ..." to standard error. Returns RESULT_FATAL. */
enum result debian_die(const struct debian *d, const char *format, ...) _printf_(2, 3);

/* Prints problems as debian_die does. */
void debian_print_problems(const struct debian *d, const struct problems *problems);

/* Takes the lock for a change; with d->test there is nothing to lock. Returns a descriptor to be closed, or -1, also where the
 * lock cannot be taken: then the change will fail too, with a message that says more. */
int debian_lock(const struct debian *d);

/* Opens the directory of the database. Returns RESULT_OK with a descriptor in *ret, or prints why it cannot be opened. */
enum result debian_open(const struct debian *d, int *ret);

/* Reads the whole database. RESULT_FAILED: some of it could not be read. */
enum result debian_load(const struct debian *d, struct debian_formats *ret);

/* Reads one format. RESULT_OK with ret->name NULL: there is none. */
enum result debian_read(const struct debian *d, const char *name, struct debian_format *ret);

/* Reads one format that is to be replaced or removed. A file that a power cut has cut short must not prevent that, so it
 * counts as no format: ret->name is NULL, and *ret_missing is the field that the file lacks. Otherwise *ret_missing is NULL.
 * Returns as debian_read does. */
enum result debian_read_old(const struct debian *d, const char *name, struct debian_format *ret, const char **ret_missing);

/* Make the copy of the database follow a format that was stored or removed, where a copy is kept. What fails is printed. */
void debian_copy_store(const struct debian *d, const struct debian_format *f);
void debian_copy_forget(const struct debian *d, const char *name);

/* Opens binfmt_misc, without mounting it. Returns a descriptor or a negative errno; nothing is printed. */
int debian_kernel_open(const struct debian *d);

/* Removes a format's file from the database and its entry from the kernel, whichever package they belong to. missing is the
 * field that the file lacks, or NULL. */
enum result debian_drop(const struct debian *d, const char *name, const char *missing);

/* Removes a format that the database has, on behalf of a package. */
enum result debian_remove_format(const struct debian *d, const struct debian_format *f, const char *package);

/* Registers an entry; with replace, in place of the entry that the kernel has under its name. */
enum result debian_register(const struct debian *d, int kernel, const struct entry *e, bool replace);

/* Removes the kernel's entry of this name. */
enum result debian_unregister(const struct debian *d, int kernel, const char *name);

/* Brings the entries of all formats that follow this format (Follows=), or where name is NULL any format, up to date with the
 * database. What fails is printed. */
void debian_follow(const struct debian *d, const char *name);

/* Prints the line that would be registered for a format. */
enum result debian_show_line(const struct debian *d, const struct debian_format *f, const struct entry *e);

/* Takes back the choice that a format is not to be registered. */
void debian_allow(const struct debian *d, const char *name);

/* Registers a format that the database has just got. What the kernel has under its name is replaced, or left alone. */
enum result debian_activate(const struct debian *d, const struct debian_format *f, bool replace);

/* Removes the entry of a format that the database is to lose, or, where binfmtd has another interpreter for it,
 * registers that. */
enum result debian_deactivate(const struct debian *d, const char *name);
