/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the translator reads files of anybody's: a process that can do nothing but compute, and write into one file in memory. */
#pragma once

#include <stdint.h>

struct sandbox {
        int program;     /* the translator, open */
        int guest;       /* what it reads, its descriptor 3 */
        int output;      /* what it writes, its descriptor 4 */
        int empty;       /* a directory without anything, open; or -1 */
        uint64_t budget; /* bytes of output */
};

/* Runs the translator as a worker, and waits for it. The calling process must be one that is made for this: it takes namespaces of
 * its own. Returns the worker's exit status, -ETIME where it was killed, or another negative errno. */
int sandbox_run(const struct sandbox *s);
