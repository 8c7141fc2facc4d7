/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The descriptor of the shared translations (runtime/share.h): who may have it, and how the guest does not see it.
 *
 * It has a number of its own, far from those that programs get, and is closed on exec but for programs of the guest. What is in the
 * file is executed by all that have it, so a process leaves when its privileges change in any way, and takes over only a file
 * that its own user made, which cannot be changed in size, and never one under AT_SECURE.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Its number; -1: there is none. */
extern int share_fd;

/* A new file of that size. Returns the descriptor or a negative errno. */
int share_fd_create(size_t size);
void share_fd_close(void);

/* At start: uses what this process was executed with, if that is right. `secure`: AT_SECURE. */
void share_fd_adopt(bool secure);

/* This process and what it forks use it no longer. */
void share_fd_leave(void);

/* The next exec keeps it or closes it. */
void share_fd_inherit(bool on);

/* A system call while there is a descriptor: what would use it or change privileges. Returns true when the call is dealt with, and
 * its result in *ret. */
bool share_fd_syscall(uint64_t nr, const uint64_t a[6], long *ret);
