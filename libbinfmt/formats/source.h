/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may name formats and interpreters. */
#pragma once

enum source {
        SOURCE_OWN,      /* binfmtd's own files */
        SOURCE_DEBIAN,   /* the database of update-binfmts(8) */
        SOURCE_BINFMT_D, /* binfmt.d(5) */
        SOURCE_COUNT,
};

/* The priorities of interpreters that other sources name: below those that binfmtd's own files usually give. */
#define PRIORITY_DEBIAN (-100)
#define PRIORITY_BINFMT_D (-200)

/* "binfmtd", "update-binfmts", "binfmt.d". */
const char *source_to_string(enum source s);
