/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pause.h"

#include "drop-in.h"

#define PAUSE_FILE "60-update-binfmts.conf"

static const char *pause_confdir(const struct paths *paths)
{
        size_t n = paths->n_confdirs;

        return paths->confdirs[n > 1 ? n - 2 : 0];
}

int pause_write(const struct paths *paths, const char *name)
{
        return drop_in_write(pause_confdir(paths), name, PAUSE_FILE,
                             "# Written by update-binfmts --disable.\n[Format]\nEnabled=no\n");
}

int pause_remove(const struct paths *paths, const char *name)
{
        return drop_in_delete(pause_confdir(paths), name, PAUSE_FILE);
}
