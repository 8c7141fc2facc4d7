/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits of memory (see limits.h), and how much is used. The state is under own_memory_lock(). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/capability.h>
#include <linux/resource.h>
#include "limits.h"
#include "syscalls.h"

#define INFINITE UINT64_MAX

enum { AS, DATA, COUNT };
static const int resources[COUNT] = { [AS] = RLIMIT_AS, [DATA] = RLIMIT_DATA };

static struct {
        struct limit {
                bool raised; /* the host's limit is higher than the guest's */
                struct rlimit64 seen, real;
        } limit[COUNT];
        uint64_t own[COUNT]; /* bytes of the translator's that count */
        long pid;            /* whose limits they are: a vfork child shares this memory, not the limits */
} state;

static struct {
        int64_t sum, guest; /* KiB, of the last look; a race between threads costs nothing but a second look */
} used;

static long get_real(unsigned k, struct rlimit64 *ret)
{
        return sys_call4(__NR_prlimit64, 0, resources[k], 0, ret);
}

static long set_real(unsigned k, const struct rlimit64 *limit)
{
        return sys_call4(__NR_prlimit64, 0, resources[k], limit, 0);
}

static bool equal(const struct rlimit64 *a, const struct rlimit64 *b)
{
        return a->rlim_cur == b->rlim_cur && a->rlim_max == b->rlim_max;
}

static bool is_other_process(void)
{
        return sys_call0(__NR_getpid) != state.pid;
}

/* Raises the host's limit above the guest's by what the translator's memory takes, as far as the hard limit lets it. */
static void apply(struct limit *l)
{
        unsigned k = (unsigned)(l - state.limit);
        uint64_t cur = l->seen.rlim_cur, own = state.own[k];
        struct rlimit64 want = { .rlim_cur = cur > INFINITE - own ? INFINITE : cur + own, .rlim_max = l->real.rlim_max };

        if (want.rlim_max < want.rlim_cur)
                want.rlim_max = want.rlim_cur;
        if (set_real(k, &want) < 0) { /* above the hard limit */
                want.rlim_max = l->real.rlim_max;
                want.rlim_cur = want.rlim_max;
                if (set_real(k, &want) < 0)
                        return;
        }
        l->real = want;
}

/* Takes over the host's limits where somebody else has changed them since we set them: another process, or a vfork child. */
static struct limit *up_to_date(unsigned k)
{
        struct limit *l = &state.limit[k];
        struct rlimit64 now;

        if (get_real(k, &now) == 0 && !(l->raised && equal(&now, &l->real)))
                *l = (struct limit){ .seen = now, .real = now };
        return l;
}

static void own_changed(uint64_t bytes, uint64_t data)
{
        state.own[AS] = bytes;
        state.own[DATA] = data;
        for (unsigned k = 0; k < COUNT; k++)
                if (state.limit[k].raised && !is_other_process() && up_to_date(k)->raised)
                        apply(&state.limit[k]);
}

void limits_init(void)
{
        own_memory_lock();
        state.pid = sys_call0(__NR_getpid);
        own_memory_watch(own_changed);
        for (unsigned k = 0; k < COUNT; k++) {
                struct limit *l = up_to_date(k);
                l->raised = l->seen.rlim_max && l->seen.rlim_cur != INFINITE; /* a sandbox may refuse the question */
                if (l->raised)
                        apply(l);
        }
        own_memory_unlock();
}

void limits_after_fork(void)
{
        state.pid = sys_call0(__NR_getpid);
        used.sum = used.guest = 0;
}

static bool any_raised(void)
{
        return state.limit[AS].raised || state.limit[DATA].raised;
}

void limits_for_exec(int dirfd, const char *path)
{
        enum { X_OK = 1 };
        struct rlimit64 now;

        if (!any_raised() || (path[0] && sys_call3(__NR_faccessat, dirfd, path, X_OK) < 0))
                return;
        own_memory_lock();
        for (unsigned k = 0; k < COUNT; k++)
                if (state.limit[k].raised && get_real(k, &now) == 0 && equal(&now, &state.limit[k].real))
                        (void)set_real(k, &state.limit[k].seen);
        own_memory_unlock();
}

void limits_for_exec_off(void)
{
        struct rlimit64 now;

        if (!any_raised())
                return;
        own_memory_lock();
        for (unsigned k = 0; k < COUNT; k++) {
                struct limit *l = &state.limit[k];
                if (!l->raised || get_real(k, &now) < 0 || !equal(&now, &l->seen))
                        continue;
                if (is_other_process()) {
                        (void)set_real(k, &l->real);
                } else {
                        l->real = now;
                        apply(l);
                }
        }
        own_memory_unlock();
}

/* ---- system calls ---- */

static bool has_cap_sys_resource(void)
{
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

        return sys_call2(__NR_capget, &head, data) == 0 && (data[0].effective >> CAP_SYS_RESOURCE & 1);
}

/* As do_prlimit() of kernel/sys.c does it. */
static long set_limit(unsigned k, const struct rlimit64 *new)
{
        if (new->rlim_cur > new->rlim_max)
                return -EINVAL;
        if (is_other_process())
                return set_real(k, new);
        struct limit *l = up_to_date(k);
        if (new->rlim_max > l->seen.rlim_max &&new->rlim_max <= l->real.rlim_max && !has_cap_sys_resource())
                return -EPERM;
        if (new->rlim_cur == INFINITE || new->rlim_max > l->real.rlim_max) {
                long r = set_real(k, new);
                if (r < 0)
                        return r;
                l->real = *new;
        }
        l->seen = *new;
        l->raised = new->rlim_cur != INFINITE;
        if (l->raised)
                apply(l);
        return 0;
}

static long get_limit(unsigned k, struct rlimit64 *ret)
{
        const struct limit *l = &state.limit[k];
        long r = get_real(k, ret);

        if (r == 0 && l->raised && equal(ret, &l->real))
                *ret = l->seen;
        return r;
}

/* The index of a resource here, or COUNT. */
static unsigned find(uint64_t resource)
{
        unsigned k = 0;

        while (k < COUNT && (uint32_t)resource != (uint32_t)resources[k])
                k++;
        return k;
}

long sys_prlimit64(struct thread *t, const uint64_t a[6])
{
        unsigned k = find(a[1]);
        struct rlimit64 new, old;
        (void)t;

        if (k == COUNT || ((int)a[0] && (int)a[0] != sys_call0(__NR_getpid)))
                return safe_syscall(__NR_prlimit64, a[0], a[1], a[2], a[3], 0, 0);
        if (a[2] && guest_read(&new, a[2], sizeof(new)) < 0)
                return -EFAULT;
        own_memory_lock();
        long r = get_limit(k, &old);
        if (r == 0 && a[2])
                r = set_limit(k, &new);
        own_memory_unlock();
        return r == 0 && a[3] ? guest_write(a[3], &old, sizeof(old)) : r;
}

/* struct rlimit is struct rlimit64 on 64-bit machines. */
long sys_getrlimit(struct thread *t, const uint64_t a[6])
{
        if (find(a[0]) == COUNT)
                return safe_syscall(__NR_getrlimit, a[0], a[1], 0, 0, 0, 0);
        return a[1] ? sys_prlimit64(t, (const uint64_t[6]){ 0, a[0], 0, a[1] }) : -EFAULT;
}

long sys_setrlimit(struct thread *t, const uint64_t a[6])
{
        if (find(a[0]) == COUNT)
                return safe_syscall(__NR_setrlimit, a[0], a[1], 0, 0, 0, 0);
        return a[1] ? sys_prlimit64(t, (const uint64_t[6]){ 0, a[0], a[1], 0 }) : -EFAULT;
}

/* Returns the guest's part of the most memory that was ever used, in KiB. It is an estimate: the translator had most likely as
 * much then as it has now. It is made again when the kernel's sum has grown. */
static int64_t most_used(int64_t sum)
{
        if (__atomic_load_n(&used.sum, __ATOMIC_ACQUIRE) != sum) {
                int64_t now = sum - (int64_t)(own_memory_resident() >> 10);
                if (now > used.guest)
                        __atomic_store_n(&used.guest, now, __ATOMIC_RELAXED);
                __atomic_store_n(&used.sum, sum, __ATOMIC_RELEASE);
        }
        return __atomic_load_n(&used.guest, __ATOMIC_RELAXED);
}

/* getrusage(2). What children used includes the translator's part of it, because only the sum is known. */
long sys_getrusage(struct thread *t, const uint64_t a[6])
{
        struct rusage u;
        (void)t;

        if ((int)a[0] != RUSAGE_SELF)
                return safe_syscall(__NR_getrusage, a[0], a[1], 0, 0, 0, 0);
        long r = sys_call2(__NR_getrusage, RUSAGE_SELF, &u);
        if (r < 0)
                return r;
        u.ru_maxrss = most_used(u.ru_maxrss);
        return guest_write(a[1], &u, sizeof(u));
}
