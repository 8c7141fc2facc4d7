/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For linux-host.c: stands for the system-call handlers that are not linked into it. */
#include <asm/errno.h>
#include <stddef.h>
#include "../../translator/linux/image.h"
#include "../../translator/linux/proc.h"
#include "../../translator/linux/share_fd.h"
#include "../../translator/linux/syscalls.h"

#define PASS(nr, name, decoding)
#define SAME(nr, name, decoding)
#define NONE(nr, name, decoding)
#define SYS(nr, name, handler, decoding)                                                                               \
        __attribute__((weak)) long handler(struct thread *t, const uint64_t a[6])                                      \
        {                                                                                                              \
                (void)t, (void)a;                                                                                      \
                return -ENOSYS;                                                                                        \
        }
#include "../../translator/linux/a64_syscalls.def"

bool proc_program(int dirfd, uint64_t path, char buf[PROC_PATH])
{
        (void)dirfd, (void)path, (void)buf;
        return false;
}

struct image guest_image;

/* Translations are not shared here. */
int share_fd = -1;

void share_fd_before_fork(void) {}

bool share_fd_inherit(const struct thread *t)
{
        (void)t;
        return false;
}

void share_fd_keep(void) {}

bool share_hide_before(uint64_t nr, const uint64_t a[6], long *ret)
{
        (void)nr, (void)a, (void)ret;
        return false;
}

void share_hide_after(uint64_t nr, long r)
{
        (void)nr, (void)r;
}
