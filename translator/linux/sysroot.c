/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See sysroot.h. */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include "rt/rt.h"
#include "image.h"
#include "sysroot.h"

/* Guest calls that look at a file that exists, and which of their arguments is its path. */
static const struct {
        uint16_t nr;
        uint8_t arg;
} lookups[] = {
        { 8, 0 },   /* getxattr */
        { 9, 0 },   /* lgetxattr */
        { 11, 0 },  /* listxattr */
        { 12, 0 },  /* llistxattr */
        { 43, 0 },  /* statfs */
        { 48, 1 },  /* faccessat */
        { 56, 1 },  /* openat */
        { 78, 1 },  /* readlinkat */
        { 79, 1 },  /* newfstatat */
        { 291, 1 }, /* statx */
        { 437, 1 }, /* openat2 */
        { 439, 1 }, /* faccessat2 */
};

static int path_argument(uint64_t nr)
{
        for (unsigned k = 0; k < sizeof(lookups) / sizeof(lookups[0]); k++)
                if (lookups[k].nr == nr)
                        return lookups[k].arg;
        return -1;
}

void sysroot_redirect(uint64_t nr, uint64_t a[6], char buf[SYSROOT_PATH_SIZE])
{
        int arg = path_argument(nr);
        size_t n = strlen(guest_image.sysroot);
        if (arg < 0 || n + 2 > SYSROOT_PATH_SIZE)
                return;
        memcpy(buf, guest_image.sysroot, n);
        if (guest_read_str(buf + n, SYSROOT_PATH_SIZE - n, a[arg]) < 0 || buf[n] != '/')
                return;
        if (sys_call4(__NR_newfstatat, AT_FDCWD, buf, &(char[256]){ 0 }, AT_SYMLINK_NOFOLLOW) == 0)
                a[arg] = (uint64_t)(uintptr_t)buf;
}
