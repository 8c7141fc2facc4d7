/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options and environment variables of the translator. Those that a lower room obeys are in its settings (run/settings.h,
 * linux/settings.h); the others are here. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options {
        const char *comm;    /* -comm, or NULL */
        const char *argv0;   /* -0 */
        const char *execfn;  /* -execfn, or NULL */
        const char *sysroot; /* -L */
        uint64_t stack_size; /* -s */
        const char *set_env[64];
        unsigned nset_env;
        const char *unset_env[64];
        unsigned nunset_env;
};
extern struct options options;

/* Reads options from argv[1...] up to the program's name. Returns its index. Ends the process for -help, -version and
 * for what it cannot understand. */
int options_parse(int argc, char **argv);

/* Reads BINFMT_* variables, and those of QEMU_* that mean the same; not to be called under AT_SECURE. */
void options_environment(char **envp);

/* Takes them out of the environment: under AT_SECURE the program must not hand them on, as ld.so does with its own. */
void options_drop_environment(char **envp);

/* The program may be executed but not read by who runs it: nothing of its code or memory gets into a log, which
 * gets one line that says so, with the program's path. */
void options_keep_secret(const char *path);

/* Gives the log a descriptor of its own, far from those that the guest gets: what is logged goes on to where it went at the start
 * when the guest closes or redirects its standard error, and no number that the guest expects to be free is taken. */
void options_keep_log(void);

/* The guest's environment: envp with -E and -U applied. NULL: no memory. */
char **options_guest_env(char **envp);
