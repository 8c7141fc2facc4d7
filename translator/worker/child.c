/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making children (see child.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/resource.h>
#include <linux/seccomp.h>
#include <linux/time.h>
#include "child.h"
#include "rt/rt.h"

static void *map(size_t bytes, int flags)
{
        long p = rt_mmap(0, bytes, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (rt_failed(p))
                rt_die("out of memory");
        return (void *)p;
}

void *child_keep_memory(size_t bytes)
{
        void *p = map(bytes, MAP_PRIVATE);
        if (sys_call3(__NR_madvise, p, bytes, MADV_DONTFORK) < 0)
                rt_die("memory cannot be kept from children");
        return p;
}

void *child_share_memory(size_t bytes)
{
        return map(bytes, MAP_SHARED);
}

/* Gives up all that the process could do but compute and end. Returns false when the kernel does not let it. */
static bool confine(unsigned milliseconds)
{
        static const struct sock_filter program[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 2),
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_exit_group, 1, 0),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        const struct sock_fprog filter = { .len = sizeof(program) / sizeof(program[0]),
                                           .filter = (struct sock_filter *)(uintptr_t)program };
        const struct __kernel_old_itimerval limit = { .it_value = { .tv_sec = milliseconds / 1000,
                                                                    .tv_usec = milliseconds % 1000 * 1000 } };
        return sys_call3(__NR_close_range, 0, UINT32_MAX, 0) == 0 && sys_call3(__NR_setitimer, ITIMER_PROF, &limit, NULL) == 0 &&
               sys_call5(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
               sys_call3(__NR_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

enum { CANNOT_CONFINE = 126 };
static uint64_t microseconds;

uint64_t child_time(void)
{
        return microseconds / 1000;
}

static uint64_t in_microseconds(const struct __kernel_old_timeval *t)
{
        return (uint64_t)t->tv_sec * 1000000 + (uint64_t)t->tv_usec;
}

int child_run(int (*f)(void), unsigned milliseconds)
{
        int status = 0;
        struct rusage used = { 0 };
        long pid = sys_call0(__NR_fork);
        if (pid < 0)
                rt_die("no process can be made (error %d)", (int)-pid);
        if (!pid)
                rt_exit(confine(milliseconds) ? f() : CANNOT_CONFINE);
        while (sys_call4(__NR_wait4, pid, &status, 0, &used) == -EINTR)
                ;
        microseconds += in_microseconds(&used.ru_utime) + in_microseconds(&used.ru_stime);
        return status & 0x7f || status >> 8 == CANNOT_CONFINE ? -1 : status >> 8;
}
