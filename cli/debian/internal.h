/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of debian.h share. */
#pragma once

#include "debian.h"

#include "formats/catalog.h"

/* Prints "PROGRAM: warning: ..." to standard error. Returns RESULT_FAILED. */
enum result debian_warn(const struct debian *d, const char *format, ...) _printf_(2, 3);

/* Prints "PROGRAM: ..." to standard error. Returns RESULT_FATAL. */
enum result debian_die(const struct debian *d, const char *format, ...) _printf_(2, 3);

/* Prints problems as debian_die does. */
void debian_print_problems(const struct debian *d, const struct problems *problems);

/* Takes the lock for a change, unless nothing is to be changed. Where that is impossible, the change will be too, and
 * its own message says more. Returns a descriptor to be closed, or -1. */
int debian_lock(const struct debian *d);

/* Opens the database, or prints why not. */
enum result debian_open(const struct debian *d, int *ret);

/* Reads the whole database. RESULT_FAILED: some of it could not be read. */
enum result debian_load(const struct debian *d, struct debian_formats *ret);

/* Reads one format. RESULT_OK with ret->name NULL: there is none. */
enum result debian_read(const struct debian *d, const char *name, struct debian_format *ret);

/* The same where it is to be replaced or removed, so that what a power cut has left of a file is in nobody's way: such a
 * one is none, with the field that is missing in *ret_missing, which otherwise is NULL. */
enum result debian_read_old(const struct debian *d, const char *name, struct debian_format *ret, const char **ret_missing);

/* The copy of the database follows it, where one is kept. What keeps it from that is printed. */
void debian_copy_store(const struct debian *d, const struct debian_format *f);
void debian_copy_forget(const struct debian *d, const char *name);

/* Opens binfmt_misc, without mounting it. Returns a descriptor or a negative errno; nothing is printed. */
int debian_kernel_open(const struct debian *d);

/* Removes a file of the database and the entry, whosever they are; missing is what the file lacks, or NULL. */
enum result debian_drop(const struct debian *d, const char *name, const char *missing);

/* Removes a format that there is, for a package. */
enum result debian_remove_format(const struct debian *d, const struct debian_format *f, const char *package);

/* Registers an entry, or replaces what there is under its name. */
enum result debian_register(const struct debian *d, int kernel, const struct entry *e, bool replace);

/* Removes an entry. */
enum result debian_unregister(const struct debian *d, int kernel, const char *name);

/* Makes the formats that follow the one of this name, or any where that is NULL, go with what the database and the kernel have
 * now. What fails is printed. */
void debian_follow(const struct debian *d, const char *name);

/* Prints the line that would be registered for a format. */
enum result debian_show_line(const struct debian *d, const struct debian_format *f, const struct entry *e);

/* Takes back that a format was to stay away. */
void debian_allow(const struct debian *d, const char *name);

/* Registers a format that the database has just got. What the kernel has under its name is replaced, or left alone. */
enum result debian_activate(const struct debian *d, const struct debian_format *f, bool replace);

/* Removes the entry of a format that the database is to lose, or, where binfmtd has another interpreter for it,
 * registers that. */
enum result debian_deactivate(const struct debian *d, const char *name);
