/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs that change something share: nobody else changes anything meanwhile, and --dry-run changes nothing. */
#pragma once

#include "cli.h"

struct change {
        const struct call *call;
        const char *name; /* of the format, or NULL: all of them */
        bool dry;         /* only say what would be done */
        int lock;
        int fd; /* binfmt_misc, or negative where it is not mounted */
        struct catalog catalog;
        struct format *format; /* in the catalog, or NULL: all of them */
        bool off;          /* what is registered does not work, because binfmt_misc is disabled as a whole, which was printed */
        size_t n_problems; /* with the files, which were printed */
};

/* Begins: takes the lock, reads the formats and opens binfmt_misc. Where that is not mounted, it is mounted if the
 * kernel is needed, and done without otherwise, as in a chroot. name may be NULL. Returns EXIT_OK, or another exit
 * status with a line printed. */
int change_begin(const struct call *call, const char *name, bool needs_kernel, struct change *ret);

/* Makes the kernel follow after what has been written, and reads the formats again for that; or says what would be done
 * with the formats as they are in the catalog. Where the format is wanted and is not registered then, that has failed.
 * Returns an exit status. */
int change_apply(struct change *c, bool wanted);

/* The same without reading the formats again. */
int change_reconcile(struct change *c, bool wanted);

/* For what the daemon was asked to register: says so where binfmt_misc is disabled as a whole. Returns EXIT_FAILED then. */
int check_working(const struct paths *paths);

void change_done(struct change *c);
