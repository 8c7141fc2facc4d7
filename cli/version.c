/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"
#include "config.h"

int verb_version(const struct paths *paths, int n_args, char **args)
{
        (void)paths;
        (void)n_args;
        (void)args;
        puts("binfmtctl " BINFMTD_VERSION);
        return EXIT_OK;
}
