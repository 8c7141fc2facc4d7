/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the machine is said to be, what its kernel would load, and System V IPC structures. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/capability.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/sem.h>
#include <linux/utsname.h>
#include "rt/rt.h"
#include "abi.h"
#include "mm.h"
#include "rights.h"
#include "settings.h"
#include "syscalls.h"

struct linux_settings linux_settings;

static const char *machine_name(void)
{
        const char *narrow = guest_abi->machine_linux32;
        long personality = narrow ? sys_call1(__NR_personality, UINT32_MAX) : -1;
        return personality >= 0 && (personality & PER_MASK) == PER_LINUX32 ? narrow : guest_cpu->machine;
}

long sys_uname(struct thread *t, const uint64_t a[6])
{
        struct new_utsname u;
        (void)t;
        long r = sys_call1(__NR_uname, &u);
        if (r < 0)
                return r;
        rt_snprintf(u.machine, sizeof(u.machine), "%s", machine_name());
        if (linux_settings.release)
                rt_snprintf(u.release, sizeof(u.release), "%s", linux_settings.release);
        return guest_write(a[0], &u, sizeof(u));
}

/* personality(2). What it makes executable is done by mmap(2), and so is what a program's ELF header had made so. */
long sys_personality(struct thread *t, const uint64_t a[6])
{
        bool asks = (uint32_t)a[0] == UINT32_MAX;
        (void)t;
        long r = safe_syscall(__NR_personality, a[0], 0, 0, 0, 0, 0);
        if (r >= 0 && mm_exec_of(PROT_READ))
                r |= READ_IMPLIES_EXEC;
        if (r >= 0 && !asks)
                mm_read_implies_exec(a[0] & READ_IMPLIES_EXEC);
        return r;
}

/* ---- modules and kernels: those of the guest's machine are nothing that the host's kernel could load ---- */

static long refuse_to_load(unsigned capability)
{
        return rights_over_machine(capability) ? -ENOEXEC : -EPERM;
}

/* init_module(2) */
long sys_init_module(struct thread *t, const uint64_t a[6])
{
        (void)t, (void)a;
        return refuse_to_load(CAP_SYS_MODULE);
}

/* finit_module(2) */
long sys_finit_module(struct thread *t, const uint64_t a[6])
{
        (void)t, (void)a;
        return refuse_to_load(CAP_SYS_MODULE);
}

/* kexec_load(2) */
long sys_kexec_load(struct thread *t, const uint64_t a[6])
{
        (void)t, (void)a;
        return refuse_to_load(CAP_SYS_BOOT);
}

/* kexec_file_load(2) */
long sys_kexec_file_load(struct thread *t, const uint64_t a[6])
{
        (void)t, (void)a;
        return refuse_to_load(CAP_SYS_BOOT);
}

/* ---- System V IPC ---- */

/* Does its argument point at a struct semid64_ds? */
static bool has_semid(int command)
{
        return command == IPC_SET || command == IPC_STAT || command == SEM_STAT || command == SEM_STAT_ANY;
}

/* semctl(2) */
long sys_semctl(struct thread *t, const uint64_t a[6])
{
        struct semid64_ds h = { 0 };
        uint64_t arg = (uint64_t)&h;
        int command = (int)a[2];
        (void)t;

        if (!has_semid(command))
                return safe_syscall(__NR_semctl, a[0], a[1], a[2], a[3], 0, 0);
        if (command == IPC_SET && guest_get(semid64_ds, &h, a[3]) < 0)
                arg = UNREADABLE;
        long r = safe_syscall(__NR_semctl, a[0], a[1], a[2], arg, 0, 0);
        if (r < 0 || command == IPC_SET)
                return r;
        return guest_put(semid64_ds, a[3], &h) < 0 ? -EFAULT : r;
}
