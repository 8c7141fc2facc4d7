/* Files of /proc that must speak of the guest, not of the translator. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In all of them a name is that at guest address `path`, relative to dirfd. */

/* Opens the guest's version of the file of that name: a descriptor or a negative errno, or PROC_NOT_OURS. `flags`: the host's. */
#define PROC_NOT_OURS (-1000)
long proc_open(int dirfd, uint64_t path, uint32_t flags);

/* What the link of that name leads to when it is the guest's /proc/PID/exe, else NULL. */
const char *proc_exe_link(int dirfd, uint64_t path);

/* Address of the name to use instead: the program's for /proc/self/exe. */
uint64_t proc_redirect(int dirfd, uint64_t path);

/* Writes the contents of /proc/self/maps to a file (linux/proc_maps.c). */
void proc_make_maps(int fd);
/* Locks the pages of the guest's mappings (mlock(2)); `flags` may have MCL_ONFAULT. Returns false when not all may be locked, or when it is
 * not known which they are. */
bool proc_lock_mappings(int flags);
/* Writes n bytes. */
void proc_put(int fd, const char *s, size_t n);
