/* uname(2) and System V IPC structures. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/utsname.h>
#include "../runtime/options.h"
#include "../runtime/rt.h"
#include "syscalls.h"

long sys_uname(struct thread *t, const uint64_t a[6]) {
        struct new_utsname u;
        (void) t;
        long r = sys_call1(__NR_uname, &u);
        if (r < 0)
                return r;
        rt_snprintf(u.machine, sizeof(u.machine), "aarch64");
        if (options.release)
                rt_snprintf(u.release, sizeof(u.release), "%s", options.release);
        return guest_write(a[0], &u, sizeof(u));
}

/* semctl's struct semid64_ds: x86-64 has a hole behind each time (asm/sembuf.h), arm64 has not. */
struct semid_host { uint64_t perm[6], otime, unused1, ctime, unused2, nsems, unused3, unused4; };
struct semid_guest { uint64_t perm[6], otime, ctime, nsems, unused3, unused4; };

long sys_semctl(struct thread *t, const uint64_t a[6]) {
        enum { IPC_SET_ = 1, IPC_STAT_ = 2, SEM_STAT_ = 18, SEM_STAT_ANY_ = 20 };
        struct semid_host h = { 0 };
        struct semid_guest g = { 0 };
        uint64_t cmd = a[2] & 0xff;
        (void) t;
        if (cmd != IPC_SET_ && cmd != IPC_STAT_ && cmd != SEM_STAT_ && cmd != SEM_STAT_ANY_)
                return safe_syscall(__NR_semctl, a[0], a[1], a[2], a[3], 0, 0);
        if (cmd == IPC_SET_) {
                if (guest_read(&g, a[3], sizeof(g)) < 0)
                        return -EFAULT;
                memcpy(h.perm, g.perm, sizeof(h.perm));
        }
        long r = safe_syscall(__NR_semctl, a[0], a[1], a[2], (uint64_t) (uintptr_t) &h, 0, 0);
        if (r < 0 || cmd == IPC_SET_)
                return r;
        memcpy(g.perm, h.perm, sizeof(g.perm));
        g.otime = h.otime;
        g.ctime = h.ctime;
        g.nsems = h.nsems;
        return guest_write(a[3], &g, sizeof(g)) < 0 ? -EFAULT : r;
}
