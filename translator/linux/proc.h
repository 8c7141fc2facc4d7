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

/* In these, a name is that at guest address `path`, relative to dirfd. */

/* Does the name lead to the link /proc/PID/exe of a process that runs a guest program, itself or through symbolic links? Then a
 * name that leads to the program, in buf. */
bool proc_program(int dirfd, uint64_t path, char buf[PROC_PATH]);

/* Is it the name of such a link, or, when empty, dirfd one that was opened with O_PATH? Then what readlink says, in buf. */
bool proc_exe_link(int dirfd, uint64_t path, char buf[PROC_PATH]);

/* May that open file be what such a link led to? Names are looked up twice, here and by the call; who can change the folder
 * that a set-uid program is in must not choose in between what it executes or reads. So with AT_SECURE the file must be the
 * process's own program. */
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
/* The same of maps of another process, fdinfo and version: lines of `from`, changed where they have to be. */
void proc_filter(int to, int from, const struct proc_file *file);
/* Writes n bytes. */
void proc_put(int fd, const char *s, size_t n);
