/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs that change something share. While a change lasts, nobody else makes one, and with --dry-run nothing is
 * changed. */
#pragma once

#include "cli.h"

struct change {
        const struct call *call;
        const char *name; /* the format's name, or NULL for all formats */
        bool dry;         /* only say what would be done */
        int lock;
        int fd; /* binfmt_misc, or negative where it is not mounted */
        struct catalog catalog;
        struct format *format; /* the format in the catalog, or NULL for all formats */
        bool off;              /* binfmt_misc is disabled as a whole, so that no entry works; this has been printed */
        size_t n_problems;     /* how many errors the files have; these have been printed */
};

/* Begins a change: takes the lock, reads the formats and opens binfmt_misc. Where that is not mounted, it is mounted if
 * needs_kernel is set, and otherwise the change goes on without it, as in a chroot. name may be NULL. Returns EXIT_OK, or
 * another exit status with a line printed. */
int change_begin(const struct call *call, const char *name, bool needs_kernel, struct change *ret);

/* Reads the formats again, now that files have been written, and makes the kernel's entries follow them; with --dry-run it
 * prints what would be done with the formats as they are in the catalog. wanted: the format has to be registered afterwards,
 * or this has failed. Returns an exit status. */
int change_apply(struct change *c, bool wanted);

/* Makes the kernel's entries follow the formats in the catalog, or with --dry-run prints what would be done. Returns as
 * change_apply does. */
int change_reconcile(struct change *c, bool wanted);

/* Checks that entries which the daemon was asked to register can work. Where binfmt_misc is disabled as a whole, this prints
 * so and returns EXIT_FAILED; otherwise it returns EXIT_OK. */
int check_working(const struct paths *paths);

void change_done(struct change *c);
