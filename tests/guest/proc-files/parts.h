/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the program proc-files share. */
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The name of this program's file, and of an empty folder for the tests. */
extern char me[PATH_MAX], dir[PATH_MAX - 64];
/* The process that the files of /proc are about, and the words that it was started with. */
extern pid_t process;
extern char **arguments;
extern char **environ;

/* The ELF machine of this program. */
#ifdef __aarch64__
#define MACHINE EM_AARCH64
#else
#define MACHINE EM_X86_64
#endif

/* Prints a text and whether it is true. */
void fact(bool is, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reads a file to its end, into `text`, with a zero behind; `size` is how much it was. */
void slurp(int fd);
extern char text[1 << 20];
extern ssize_t size;
/* True if that is this program's file. */
bool is_me(const struct stat *s);
/* True if the n characters of `link` are this program's name. */
bool says_me(const char *link, ssize_t n);

/* contents.c: whether an open file of /proc has what must be in it, or, of exe, is what it must be. */
bool right_exe(int fd);
bool right_cmdline(int fd);
bool right_stat(int fd);
/* Numbers of the file stat that right_stat() looked at last, numbered as in proc_pid_stat(5). */
extern uint64_t field[53];
struct file {
        const char *name;
        bool (*right)(int fd);
        bool of_process; /* it is in the folder of a process */
};
extern const struct file files[];
extern const unsigned n_files;

/* ways.c: opens each file of folder `d` in each way and prints whether it is right. of_process: the folder is that of a process. `what` is what the
 * folder is called in the output. */
void each(const char *d, const char *what, bool of_process);

/* exe.c: calls that follow the link `exe` of the folder `d` of a process, or change what it leads to, and execve of it. */
void links(const char *d, const char *what);
void changes(const char *d, const char *what);
void execution(const char *d);
