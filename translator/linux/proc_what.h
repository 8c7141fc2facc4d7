/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file of /proc is: by the file system that it is in and its place there, however it was named (see proc.h). */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum {
        PROC_PATH = 4096 + 64, /* the longest name of a file, and what we put before or behind one */
};

/* Files with something in them that is the translator's or the host's. Processes have EXE ... AUXV in /proc/PID and
 * /proc/PID/task/TID. */
enum proc_kind {
        PROC_OTHER, /* none of these, or not of /proc */
        PROC_EXE,
        PROC_MAPS,
        PROC_CMDLINE,
        PROC_ENVIRON,
        PROC_AUXV,
        PROC_FDINFO,
        PROC_CPUINFO,
        PROC_VERSION,
        PROC_ARCH,
        PROC_OSRELEASE,
};

struct proc_file {
        enum proc_kind kind;
        bool own;                /* of a process: this one */
        char process[PROC_PATH]; /* directory of the process, as /proc/123; "" for other files */
};

/* The kind of file that the last part of a name of that length stands for, if it is in the right place of /proc. */
enum proc_kind proc_kind_of_name(const char *name, size_t length);

/* What the file is that `fd` was opened for, with O_PATH perhaps; for PROC_EXE it is the link itself (O_NOFOLLOW). */
void proc_identify(int fd, struct proc_file *ret);

/* The name that /proc gives what `fd` was opened for: its length, or a negative errno. buf[PROC_PATH] */
long proc_fd_name(int fd, char *buf);
