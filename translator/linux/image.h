/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's program in memory, and what others need to know of it. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct thread;

/* What start-up knows. Strings and arrays live as long as the process. */
struct program {
        const char *path;   /* of the file to be opened */
        const char *execfn; /* AT_EXECFN: what was executed, the program or a script */
        int fd;             /* open program (AT_EXECFD), or -1 */
        char **argv;        /* the guest's, NULL-terminated */
        char **envp;
        const uint64_t *auxv; /* the host's, pairs up to AT_NULL */
        uint64_t stack_size;  /* of a stack that does not grow; 0: it grows as RLIMIT_STACK lets it */
        uint64_t kernel_sp;   /* SP at entry of the translator: the stack below it is free, for the guest */
        const char *sysroot;  /* -L, or NULL */
};

struct image {
        uint64_t start_code, end_code, start_data, end_data;
        uint64_t brk, brk_now;       /* program break: initial, present (0: was never asked for) */
        uint64_t stack_lo, stack_hi; /* mapping; stack_lo is 0 when it is the kernel's, which grows */
        bool stack_grows;            /* it is not the kernel's, and grows: stack_lo is where it began */
        uint64_t start_stack;        /* SP at entry */
        uint64_t arg_start, arg_end, env_start, env_end;
        uint8_t auxv[512];    /* pairs, as on the guest's stack */
        uint32_t auxv_size;   /* bytes */
        const char *sysroot;  /* -L, or NULL */
        uint64_t dev, ino;    /* of the program's file */
        bool secure;          /* AT_SECURE */
        uint64_t known_stack; /* an address in what the kernel is to call the stack: its own, or the guest's, where that is beyond
                               * doubt, because all else is beyond the guest's addresses */
        bool described;       /* image_describe() has worked */
        char path[4096];      /* by which the program was started, absolute; it may go through links */
};
extern struct image guest_image;

/* Tells the kernel where guest_image has code, arguments, environment and so on, so that /proc/PID/cmdline, environ, auxv and
 * stat are the program's, for all who read them. Returns false where it does not want to know (Linux without
 * CONFIG_CHECKPOINT_RESTORE, a sandbox, RLIMIT_DATA). */
bool image_describe(void);

/* Address of the guest vDSO, or 0. */
extern uint64_t guest_vdso;

/* Loads p and its ELF interpreter, makes the stack, sets the registers of t->cpu. Returns 0; else a negative errno, with
 * one line that says what is wrong in `why` (not for plain errors of open). */
int load_program(struct thread *t, const struct program *p, char *why, size_t size);
