/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the program proc-files share. Its output is one line for each thing that it looks at. */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The names of this program's file, and of a folder for files that the tests make. */
extern char me[PATH_MAX], dir[PATH_MAX - 64];
/* The process that the files of /proc are about, and the words that it was started with. */
extern pid_t process;
extern char **arguments;
extern char **environ;

/* The ELF machine of this program. */
#ifdef __aarch64__
#define MACHINE EM_AARCH64
#elif defined(__arm__)
#define MACHINE EM_ARM
#else
#define MACHINE EM_X86_64
#endif

/* Prints what the format says, and "yes" or "no". */
void fact(bool is, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reads a file to its end. Its bytes are in `text` then, with a zero behind them, and their number in `size`. */
void slurp(int fd);
extern char text[1 << 20];
extern ssize_t size;
/* True if that is the status of this program's file. */
bool is_me(const struct stat *s);
/* True if the n characters of `link` are this program's name. */
bool says_me(const char *link, ssize_t n);

/* contents.c: these return true if an open file of /proc has in it what it must have. */
bool right_exe(int fd);
bool right_cmdline(int fd);
bool right_stat(int fd);
/* The numbers that right_stat() found, by the places that proc_pid_stat(5) gives them. */
extern uint64_t field[53];
struct file {
        const char *name;
        bool (*right)(int fd);
        bool of_process; /* it is in the folder of a process, not in /proc itself */
};
extern const struct file files[];
extern const unsigned n_files;

/* ways.c: opens each file of folder `d` in each way, and prints whether it is right. The folder is one of a process, or /proc
 * itself: of_process tells which. It is called `what` in the output. */
void each(const char *d, const char *what, bool of_process);

/* exe.c: makes calls about the link `exe` in folder `d`, a process's: such as follow it, such as change what it leads to, and
 * execve. The folder is called `what` in the output. */
void links(const char *d, const char *what);
void changes(const char *d, const char *what);
void execution(const char *d);
