/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls with user and group IDs of 16 bits (kernel/uid16.c), and chown(2), of which arm64 has another form. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/limits.h>
#include "arm32.h"
#include "rt/rt.h"

#ifndef NGROUPS_MAX
#define NGROUPS_MAX 65536
#endif

/* All bits set means "as it is". */
static uint64_t id_in(uint64_t id)
{
        return (uint16_t)id == UINT16_MAX ? UINT32_MAX : (uint16_t)id;
}

uint16_t arm32_id_out(uint32_t id)
{
        enum { OVERFLOW_ID = 65534 };

        return id > UINT16_MAX ? OVERFLOW_ID : (uint16_t)id;
}

/* ---- of this process ---- */

#define GETTER(name) \
        long arm32_##name##16(struct thread * t, const uint64_t a[6]) \
        { \
                (void)t, (void)a; \
                return arm32_id_out((uint32_t)sys_call0(__NR_##name)); \
        }
#define SETTER(name, a1, a2) \
        long arm32_##name##16(struct thread * t, const uint64_t a[6]) \
        { \
                (void)t; \
                return safe_syscall(__NR_##name, id_in(a[0]), a1, a2, 0, 0, 0); \
        }

GETTER(getuid)
GETTER(geteuid)
GETTER(getgid)
GETTER(getegid)
SETTER(setuid, 0, 0)
SETTER(setgid, 0, 0)
SETTER(setfsuid, 0, 0)
SETTER(setfsgid, 0, 0)
SETTER(setreuid, id_in(a[1]), 0)
SETTER(setregid, id_in(a[1]), 0)
SETTER(setresuid, id_in(a[1]), id_in(a[2]))
SETTER(setresgid, id_in(a[1]), id_in(a[2]))

static long get_three(long nr, const uint64_t a[6])
{
        uint32_t id[3];
        long r = sys_call3(nr, &id[0], &id[1], &id[2]);

        for (unsigned k = 0; k < 3 && r >= 0; k++) {
                uint16_t out = arm32_id_out(id[k]);
                r = guest_write(a[k], &out, sizeof(out));
        }
        return r;
}

/* getresuid(2), getresgid(2) */
long arm32_getresuid16(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return get_three(__NR_getresuid, a);
}

long arm32_getresgid16(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return get_three(__NR_getresgid, a);
}

static long get_groups(uint64_t at, long n, uint32_t *groups)
{
        n = sys_call2(__NR_getgroups, n, groups);
        for (long k = 0; k < n; k++) {
                uint16_t out = arm32_id_out(groups[k]);
                if (guest_write(at + (uint64_t)k * sizeof(out), &out, sizeof(out)) < 0)
                        return -EFAULT;
        }
        return n;
}

/* getgroups(2) */
long arm32_getgroups16(struct thread *t, const uint64_t a[6])
{
        int n = (int)a[0];
        (void)t;

        if (n <= 0) /* asks how many there are, or is an error */
                return safe_syscall(__NR_getgroups, a[0], 0, 0, 0, 0, 0);
        n = n > NGROUPS_MAX ? NGROUPS_MAX : n;
        uint32_t *groups = rt_alloc((size_t)n * sizeof(*groups));
        if (!groups)
                return -ENOMEM;
        long r = get_groups(a[1], n, groups);
        rt_free(groups);
        return r;
}

/* setgroups(2). Where the list cannot be read the kernel gets UNREADABLE, because it looks at rights first. */
long arm32_setgroups16(struct thread *t, const uint64_t a[6])
{
        uint32_t n = (uint32_t)a[0], *groups = n && n <= NGROUPS_MAX ? rt_alloc(n * sizeof(*groups)) : NULL;
        uint64_t at = groups ? (uint64_t)groups : UNREADABLE;
        uint16_t in;
        (void)t;

        for (uint32_t k = 0; groups && k < n; k++) {
                if (guest_read(&in, a[1] + k * sizeof(in), sizeof(in)) < 0) {
                        at = UNREADABLE;
                        break;
                }
                groups[k] = in;
        }
        long r = safe_syscall(__NR_setgroups, n, at, 0, 0, 0, 0);
        rt_free(groups);
        return r;
}

/* ---- of files ---- */

/* chown(2) */
long arm32_chown16(struct thread *t, const uint64_t a[6])
{
        return sys_fchownat(t, (const uint64_t[6]){ (uint64_t)AT_FDCWD, a[0], id_in(a[1]), id_in(a[2]), 0 });
}

long arm32_chown32(struct thread *t, const uint64_t a[6])
{
        return sys_fchownat(t, (const uint64_t[6]){ (uint64_t)AT_FDCWD, a[0], a[1], a[2], 0 });
}

/* lchown(2) */
long arm32_lchown16(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_lchown, a[0], id_in(a[1]), id_in(a[2]), 0, 0, 0);
}

/* fchown(2) */
long arm32_fchown16(struct thread *t, const uint64_t a[6])
{
        (void)t;
        return safe_syscall(__NR_fchown, a[0], id_in(a[1]), id_in(a[2]), 0, 0, 0);
}
