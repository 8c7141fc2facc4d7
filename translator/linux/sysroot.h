/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -L: the guest's absolute paths are looked up below a root file system of its own first, as qemu-user does. */
#pragma once
#include <stdint.h>

enum { SYSROOT_PATH_SIZE = 4096 };

/* For guest system call `nr`: when the name of the file that it looks at is an absolute path that exists below the sysroot,
 * writes the longer path to buf and its address to that argument. Does nothing for calls that make, remove or rename files. */
void sysroot_redirect(uint64_t nr, uint64_t a[6], char buf[SYSROOT_PATH_SIZE]);
