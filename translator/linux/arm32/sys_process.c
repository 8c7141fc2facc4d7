/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes: what they use, may use, and how they begin and end; and calls that are Arm's own. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/sysinfo.h>
#include <linux/time_types.h>
#include <linux/times.h>
#include "arm32.h"
#include "guest/loc.h"
#include "linux/mm.h"
#include "linux/signal.h"
#include "rt/rt.h"
#include "run/exec.h"
#include "run/thread.h"

/* fork(2) */
long arm32_fork(struct thread *t, const uint64_t a[6])
{
        (void)a;
        return sys_clone(t, (const uint64_t[6]){ GSIG_CHLD });
}

/* vfork(2) */
long arm32_vfork(struct thread *t, const uint64_t a[6])
{
        (void)a;
        return sys_clone(t, (const uint64_t[6]){ CLONE_VFORK | CLONE_VM | GSIG_CHLD });
}

/* nice(2), of kernel/sched/core.c */
long arm32_nice(struct thread *t, const uint64_t a[6])
{
        enum { MOST = 40, LOWEST = -20, HIGHEST = 19, OWN = 20 };
        int add = (int)a[0] < -MOST ? -MOST : (int)a[0] > MOST ? MOST : (int)a[0];
        (void)t;
        long r = safe_syscall(__NR_getpriority, PRIO_PROCESS, 0, 0, 0, 0, 0);

        if (r < 0)
                return r;
        long nice = OWN - r + add;
        nice = nice < LOWEST ? LOWEST : nice > HIGHEST ? HIGHEST : nice;
        r = safe_syscall(__NR_setpriority, PRIO_PROCESS, 0, (uint64_t)nice, 0, 0, 0);
        return r == -EACCES ? -EPERM : r;
}

/* ---- what processes use ---- */

static int put_rusage(uint64_t at, const struct rusage *u)
{
        struct arm32_rusage g = {
                .utime = { (int32_t)u->ru_utime.tv_sec, (int32_t)u->ru_utime.tv_usec },
                .stime = { (int32_t)u->ru_stime.tv_sec, (int32_t)u->ru_stime.tv_usec },
        };
        const __kernel_long_t *counts = &u->ru_maxrss; /* all that follows are counts */

        for (unsigned k = 0; k < sizeof(g.counts) / sizeof(g.counts[0]); k++)
                g.counts[k] = (int32_t)counts[k];
        return guest_write(at, &g, sizeof(g));
}

/* getrusage(2) */
long arm32_getrusage(struct thread *t, const uint64_t a[6])
{
        struct rusage u;
        long r = sys_getrusage(t, (const uint64_t[6]){ a[0], (uint64_t)&u });

        return r < 0 ? r : put_rusage(a[1], &u);
}

/* wait4(2) */
long arm32_wait4(struct thread *t, const uint64_t a[6])
{
        struct rusage u;
        (void)t;
        long r = safe_syscall(__NR_wait4, a[0], a[1], a[2], a[3] ? (uint64_t)&u : 0, 0, 0);

        return r > 0 && a[3] && put_rusage(a[3], &u) < 0 ? -EFAULT : r;
}

/* waitid(2). The kernel writes six members of siginfo, and all of them as 0 where there is no child or something else is wrong. */
long arm32_waitid(struct thread *t, const uint64_t a[6])
{
        struct linux_siginfo info = { 0 };
        struct arm32_siginfo g;
        struct rusage u;
        (void)t;
        long r = safe_syscall(__NR_waitid, a[0], a[1], (uint64_t)&info, a[3], (uint64_t)&u, 0);

        if (r < 0)
                info = (struct linux_siginfo){ 0 };
        if (info.signo && a[4] && put_rusage(a[4], &u) < 0)
                return -EFAULT;
        arm32_siginfo_to_guest(&g, &info);
        return a[2] && guest_write(a[2], &g, offsetof(struct arm32_siginfo, child.utime)) < 0 ? -EFAULT : r;
}

/* times(2) */
long arm32_times(struct thread *t, const uint64_t a[6])
{
        struct tms h;
        (void)t;
        long r = safe_syscall(__NR_times, (uint64_t)&h, 0, 0, 0, 0, 0);
        struct arm32_tms g = { (int32_t)h.tms_utime, (int32_t)h.tms_stime, (int32_t)h.tms_cutime, (int32_t)h.tms_cstime };

        return a[0] && guest_write(a[0], &g, sizeof(g)) < 0 ? -EFAULT : r;
}

/* sysinfo(2). Where bytes do not fit into 32 bits, they are counted in pages (compat_sys_sysinfo() of kernel/sys.c). */
long arm32_sysinfo(struct thread *t, const uint64_t a[6])
{
        struct sysinfo h;
        unsigned shift = 0;
        (void)t;
        long r = safe_syscall(__NR_sysinfo, (uint64_t)&h, 0, 0, 0, 0, 0);

        if (r < 0)
                return r;
        if (h.totalram >> 32 || h.totalswap >> 32)
                while ((uint64_t)h.mem_unit << shift < PAGE_SIZE)
                        shift++;
        struct arm32_sysinfo g = {
                .uptime = (int32_t)h.uptime,
                .loads = { (uint32_t)h.loads[0], (uint32_t)h.loads[1], (uint32_t)h.loads[2] },
                .totalram = (uint32_t)(h.totalram >> shift),
                .freeram = (uint32_t)(h.freeram >> shift),
                .sharedram = (uint32_t)(h.sharedram >> shift),
                .bufferram = (uint32_t)(h.bufferram >> shift),
                .totalswap = (uint32_t)(h.totalswap >> shift),
                .freeswap = (uint32_t)(h.freeswap >> shift),
                .procs = h.procs,
                .totalhigh = (uint32_t)(h.totalhigh >> shift),
                .freehigh = (uint32_t)(h.freehigh >> shift),
                .mem_unit = h.mem_unit << shift,
        };
        return guest_write(a[0], &g, sizeof(g)) < 0 ? -EFAULT : 0;
}

/* ---- limits: all that does not fit into 32 bits is infinite, which is UINT32_MAX ---- */

static uint64_t limit_in(uint32_t limit)
{
        return limit == UINT32_MAX ? UINT64_MAX : limit;
}

static uint32_t limit_out(uint64_t limit)
{
        return limit > UINT32_MAX ? UINT32_MAX : (uint32_t)limit;
}

/* setrlimit(2) */
long arm32_setrlimit(struct thread *t, const uint64_t a[6])
{
        struct arm32_rlimit g;

        if (guest_read(&g, a[1], sizeof(g)) < 0)
                return -EFAULT;
        struct rlimit64 h = { limit_in(g.cur), limit_in(g.max) };
        return sys_prlimit64(t, (const uint64_t[6]){ 0, a[0], (uint64_t)&h, 0 });
}

/* getrlimit(2), which is the name of an older call */
long arm32_ugetrlimit(struct thread *t, const uint64_t a[6])
{
        struct rlimit64 h;
        long r = sys_prlimit64(t, (const uint64_t[6]){ 0, a[0], 0, (uint64_t)&h });

        if (r < 0)
                return r;
        struct arm32_rlimit g = { limit_out(h.rlim_cur), limit_out(h.rlim_max) };
        return guest_write(a[1], &g, sizeof(g)) < 0 ? -EFAULT : 0;
}

/* ---- calls of Arm's own (arch/arm/kernel/traps.c) ---- */

/* Drops translations of code in [start, end), which was written. */
static long cacheflush(const uint64_t a[6])
{
        uint64_t start = a[0], end = a[1];

        if (end < start || (uint32_t)a[2])
                return -EINVAL;
        exec_flush(start, end);
        return 0;
}

bool arm32_private_call(struct thread *t, uint64_t nr, long *ret, const uint64_t a[6])
{
        enum { END = 0xf0800, ILL_ILLTRP = 4 };

        switch (nr) {
        case ARM32_BREAKPOINT:
                t->cpu.pc = guest_abi->call_address(&t->cpu);
                guest_breakpoint(t);
                *ret = SYS_NO_RESULT;
                return true;
        case ARM32_CACHEFLUSH: *ret = cacheflush(a); return true;
        case ARM32_SET_TLS:
                t->cpu.tpidr = (uint32_t)a[0];
                *ret = 0;
                return true;
        case ARM32_GET_TLS: *ret = (long)(uint32_t)t->cpu.tpidr; return true;
        }
        if ((int32_t)nr < END) /* negative ones, too */
                return false;
        t->cpu.x[guest_abi->x_result] = 0;
        signal_force(t, GSIG_ILL, ILL_ILLTRP, guest_address(guest_abi->call_address(&t->cpu)));
        *ret = SYS_NO_RESULT;
        return true;
}
