/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's own configuration, binfmtd.conf; see binfmtd.conf(5). */
#pragma once

#include <stdbool.h>

#include "base/problem.h"

/* What happens when others have changed our entries. */
enum repair {
        REPAIR_YES,
        REPAIR_NO,
        REPAIR_WARN,
};

struct config {
        bool remove_on_stop;
        bool mount;
        enum repair repair;
};

/* What holds where nothing is configured. */
#define CONFIG_DEFAULTS ((struct config){ .mount = true })

/* Reads the file at path over the defaults. A file that does not exist says nothing; what is wrong with a line is noted
 * in problems, and the other lines still count. Returns 0 or a negative errno. */
int config_load(const char *path, struct config *ret, struct problems *problems);
