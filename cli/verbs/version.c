/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"
#include "base/config.h"

int verb_version(const struct call *call)
{
        (void)call;
        puts("binfmtctl " BINFMTD_VERSION);
        return EXIT_OK;
}
