/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"

const char *source_to_string(enum source s)
{
        static const char *const names[SOURCE_COUNT] = {
                [SOURCE_OWN] = "binfmtd",
                [SOURCE_DEBIAN] = "update-binfmts",
                [SOURCE_BINFMT_D] = "binfmt.d",
        };
        return names[s];
}
