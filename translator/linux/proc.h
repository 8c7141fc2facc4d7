/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of /proc that must speak of the guest, not of the translator or the host. What a process has for arguments,
 * environment, auxiliary vector and statistics the kernel tells right by itself (image_describe()); for the rest, programs get
 * a stand-in.
 *
 * A stand-in is made of the file that the kernel has opened, for the same rights, and once: it does not change afterwards. /
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "proc_what.h"

/* Puts the guest's version of the file that was just opened as `fd` in its place, if it has one. Returns fd, or a negative
 * errno: then it is closed. */
long proc_stand_in(int fd, uint32_t flags);

/* The name that the next two functions look at is at guest address `path`, relative to dirfd. */

/* Returns true when the name leads, itself or through symbolic links, to the link /proc/PID/exe of a process that runs a guest
 * program. Writes a name that leads to that program to buf then. */
bool proc_program(int dirfd, uint64_t path, char buf[PROC_PATH]);

/* Returns true when it is the name of such a link, or is empty and dirfd is such a link, opened with O_PATH. Writes what
 * readlink(2) shall say to buf then. */
bool proc_exe_link(int dirfd, uint64_t path, char buf[PROC_PATH]);

/* May that open file be what such a link led to? A name is looked up twice, here and by the system call, and whoever can change
 * the folder that a set-uid program is in must not choose in between what that program executes or reads. So with AT_SECURE only
 * the process's own program will do. */
bool proc_may_be_program(int fd);

/* Is that regular file what this process runs as the kernel sees it, the translator? */
bool proc_is_translator(uint64_t dev, uint64_t ino, uint64_t size);

/* Does that process (f->process) run the translator, this one's build or another? */
bool proc_runs_guest(const struct proc_file *f);

/* Writes the contents of /proc/self/maps to a file (linux/proc_maps.c). */
void proc_make_maps(int fd);
/* Locks the pages of the guest's mappings (mlock(2)); `flags` may have MCL_ONFAULT. Returns false when not all may be locked,
 * or when it is not known which they are. */
bool proc_lock_mappings(int flags);
/* Writes maps of another process, fdinfo or version to an open file: the lines of `from`, changed where they have to be. */
void proc_filter(int to, int from, const struct proc_file *file);
/* Writes n bytes to an open file, as far as possible. */
void proc_put(int fd, const char *s, size_t n);
