/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests linux-*.c: stands for the system-call handlers of translator/linux that are not linked into them. */
#include <asm/errno.h>
#include <stddef.h>
#include "../../translator/linux/image.h"
#include "../../translator/linux/mm.h"
#include "../../translator/linux/proc.h"
#include "../../translator/linux/share_fd.h"
#include "../../translator/linux/arm64/arm64.h"
#include "../../translator/linux/generic64/generic64.h"
#include "../../translator/linux/syscalls.h"

#define PASS(nr, name, arguments)
#define SAME(nr, name, arguments)
#define NONE(nr, name, arguments)
#define SYS(nr, name, handler, arguments) \
        __attribute__((weak)) long handler(struct thread *t, const uint64_t a[6]) \
        { \
                (void)t, (void)a; \
                return -ENOSYS; \
        }
#include "../../translator/linux/generic64/syscalls.def"

bool proc_program(int dirfd, uint64_t path, char buf[PROC_PATH])
{
        (void)dirfd, (void)path, (void)buf;
        return false;
}

bool proc_may_be_program(int fd)
{
        (void)fd;
        return true;
}

bool proc_is_translator(uint64_t dev, uint64_t ino, uint64_t size)
{
        (void)dev, (void)ino, (void)size;
        return false;
}

struct image guest_image;

/* There is no vDSO here. */
void arm64_map_vdso(void)
{
}

/* No memory is mapped twice here. */
void mm_memory_fork_prepare(void)
{
}
void mm_memory_fork_done(void)
{
}

/* Translations are not shared here. */
int share_fd = -1;

void share_fd_before_clone(struct thread *t, uint64_t flags)
{
        (void)t, (void)flags;
}

void share_fd_in_child(struct thread *t, struct thread *child, uint64_t flags)
{
        (void)t, (void)child, (void)flags;
}

void share_fd_give_up(struct thread *t)
{
        (void)t;
}

void share_fd_unshared(struct thread *t)
{
        (void)t;
}

bool share_fd_inherit(struct thread *t)
{
        (void)t;
        return false;
}

void share_fd_keep(struct thread *t)
{
        (void)t;
}

bool share_hide_before(struct thread *t, uint64_t nr, const uint64_t a[6])
{
        (void)t, (void)nr, (void)a;
        return true;
}

void share_hide_after(struct thread *t, uint64_t nr, long r)
{
        (void)t, (void)nr, (void)r;
}
