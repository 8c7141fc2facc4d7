/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See sysroot.h. */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include "rt/rt.h"
#include "image.h"
#include "syscalls.h"
#include "sysroot.h"

void sysroot_redirect(uint64_t nr, uint64_t a[6], char buf[SYSROOT_PATH_SIZE])
{
        unsigned set = syscall_arguments_with(nr, "n");
        size_t n = strlen(guest_image.sysroot);
        if (!set || n + 2 > SYSROOT_PATH_SIZE)
                return;
        unsigned arg = (unsigned)__builtin_ctz(set);
        memcpy(buf, guest_image.sysroot, n);
        if (guest_read_str(buf + n, SYSROOT_PATH_SIZE - n, a[arg]) < 0 || buf[n] != '/')
                return;
        if (sys_call4(__NR_newfstatat, AT_FDCWD, buf, &(char[256]){ 0 }, AT_SYMLINK_NOFOLLOW) == 0)
                a[arg] = (uint64_t)(uintptr_t)buf;
}
