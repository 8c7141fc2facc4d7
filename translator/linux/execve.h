/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How this process was started, which decides how the guest's execve goes on. Filled in at start-up. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct exec_self {
        /* Started by binfmt_misc: the kernel knows guest programs and execve is simply its business. Started by hand:
         * the translator starts itself again for guest programs and for scripts whose interpreter is one. */
        bool by_kernel;
        /* Options to hand on when started by hand: words before the program, without -0, -E and -U. */
        const char *const *options;
        size_t n_options;
        const char *argv0;    /* name that the translator was called by */
        const char *exe_path; /* guest program, as its /proc/self/exe shall show it */
};
extern struct exec_self exec_self;
