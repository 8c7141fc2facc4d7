/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc as the guest sees it (see proc.h). Contents are made when a file is opened, in a memfd. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include "rt/rt.h"
#include "abi.h"
#include "image.h"
#include "proc.h"
#include "settings.h"

/* ---- contents ---- */

static int new_file(const char *name)
{
        return (int)sys_call2(__NR_memfd_create, name, 1 /* MFD_CLOEXEC */);
}

void proc_put(int fd, const char *s, size_t n)
{
        while (n) {
                long w = sys_call3(__NR_write, fd, s, n);
                if (w <= 0)
                        return;
                s += w;
                n -= (size_t)w;
        }
}

static void make_auxv(int fd)
{
        proc_put(fd, (const char *)guest_image.auxv, guest_image.auxv_size);
}

static void make_cmdline(int fd)
{
        proc_put(fd, (const char *)guest_image.arg_start, guest_image.arg_end - guest_image.arg_start);
}

static void make_environ(int fd)
{
        proc_put(fd, (const char *)guest_image.env_start, guest_image.env_end - guest_image.env_start);
}

static void make_cpuinfo(int fd)
{
        char text[512];
        uint64_t set[16] = { 0 };
        long bytes = sys_call3(__NR_sched_getaffinity, 0, sizeof(set), set);
        unsigned n = 0;
        for (long k = 0; k < bytes / 8; k++)
                n += (unsigned)__builtin_popcountll(set[k]);
        for (unsigned k = 0; k < (n ? n : 1); k++)
                proc_put(fd, text, (size_t)guest_abi->cpuinfo(text, sizeof(text), k));
        if (guest_abi->cpuinfo_end)
                proc_put(fd, guest_abi->cpuinfo_end, strlen(guest_abi->cpuinfo_end));
}

static void make_arch(int fd)
{
        proc_put(fd, guest_cpu->machine, strlen(guest_cpu->machine));
        proc_put(fd, "\n", 1);
}

static void make_osrelease(int fd)
{
        proc_put(fd, linux_settings.release, strlen(linux_settings.release));
        proc_put(fd, "\n", 1);
}

/* ---- a stand-in ---- */

static bool has_stand_in(const struct proc_file *f)
{
        switch (f->kind) {
        case PROC_OTHER:
        case PROC_EXE: return false; /* what the link leads to is not in /proc */
        case PROC_MAPS: return proc_runs_guest(f);
        case PROC_CMDLINE:
        case PROC_ENVIRON:
        case PROC_AUXV: return f->own && !guest_image.described;
        case PROC_VERSION:
        case PROC_OSRELEASE: return linux_settings.release;
        default: return true;
        }
}

/* `from` is the kernel's file. */
static void make(int fd, int from, const struct proc_file *f)
{
        switch (f->kind) {
        case PROC_CMDLINE: make_cmdline(fd); break;
        case PROC_ENVIRON: make_environ(fd); break;
        case PROC_AUXV: make_auxv(fd); break;
        case PROC_CPUINFO: make_cpuinfo(fd); break;
        case PROC_ARCH: make_arch(fd); break;
        case PROC_OSRELEASE: make_osrelease(fd); break;
        default:
                if (f->kind == PROC_MAPS && f->own)
                        proc_make_maps(fd);
                else
                        proc_filter(fd, from, f);
        }
}

/* Puts a descriptor that can only read, from the start, in the place of the memfd's. */
static long read_only(int fd, uint32_t flags)
{
        char link[40];
        sys_call2(__NR_fchmod, fd, 0444);
        rt_snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        long other = sys_call3(__NR_open, link, (flags & (O_NONBLOCK | O_PATH | O_LARGEFILE)) | O_CLOEXEC, 0);
        sys_call1(__NR_close, fd);
        return other;
}

long proc_stand_in(int fd, uint32_t flags)
{
        struct proc_file f;
        proc_identify(fd, &f);
        if (!has_stand_in(&f))
                return fd;
        long r = new_file("proc");
        if (r >= 0) {
                make((int)r, fd, &f);
                r = read_only((int)r, flags);
        }
        if (r >= 0) {
                long new = r;
                r = sys_call3(__NR_dup3, new, fd, flags & O_CLOEXEC);
                sys_call1(__NR_close, new);
        }
        if (r < 0)
                sys_call1(__NR_close, fd);
        return r;
}
