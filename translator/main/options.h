/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options and environment variables of the translator. Those that a lower room obeys are in its settings (run/settings.h,
 * linux/settings.h); the others are here. */
#pragma once
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

/* Takes these variables out of the environment. Under AT_SECURE the program must not hand them on; ld.so does the same with its
 * own variables. */
void options_drop_environment(char **envp);

/* To be called for a program that its user may execute but not read: turns the log off, so that nothing of its code or memory
 * gets there. If there is a log it gets one line that says so, with the program's path. */
void options_keep_secret(const char *path);

/* Gives the log a descriptor of its own, with a number far from those that the guest gets. So logging goes on when the guest
 * closes or redirects its standard error, and no number is taken that the guest expects to be free. */
void options_keep_log(void);

/* Returns the guest's environment, which is envp with -E and -U applied, or NULL when there is no memory. */
char **options_guest_env(char **envp);
