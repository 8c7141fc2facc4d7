/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checking a configuration file before or after it is put in place. Nothing is changed. */
#pragma once

#include "base/paths.h"
#include "base/problem.h"

enum file_kind {
        FILE_FORMAT,          /* NAME.conf: a format */
        FILE_DROP_IN,         /* NAME.conf.d/FILE.conf: what changes one */
        FILE_DAEMON,          /* binfmtd.conf */
        FILE_BINFMT_D,        /* lines for the kernel */
        FILE_DEBIAN_FORMAT,   /* of /usr/share/binfmts */
        FILE_DEBIAN_DATABASE, /* of /var/lib/binfmts */
        FILE_KIND_COUNT,
};

/* The kind of a file in words: "a format" and so on. */
const char *file_kind_to_string(enum file_kind k);

/* Finds out what kind of file it is, from its directory or else from its contents, and checks it. What is wrong is noted in
 * problems. Returns 0 with *ret_kind; -EINVAL where something is wrong, with *ret_kind; or another negative errno where it cannot
 * be read, with a problem noted. */
int verify_file(const struct paths *paths, const char *path, enum file_kind *ret_kind, struct problems *problems);

/* Checks all files that are read. Returns 0, -EINVAL where something is wrong, or another negative errno. */
int verify_all(const struct paths *paths, struct problems *problems);
