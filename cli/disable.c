/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"

int verb_disable(const struct paths *paths, int n_args, char **args)
{
        return switch_formats(paths, n_args > 0 ? args[0] : NULL, false);
}
