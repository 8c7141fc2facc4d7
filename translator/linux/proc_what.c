/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recognizing files of /proc (see proc_what.h). */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/magic.h>
#include "rt/rt.h"
#include "proc_what.h"

enum place {
        OF_PROCESS, /* PID or PID/task/TID */
        OF_TOP,     /* the root of the file system */
        OF_KERNEL,  /* sys/kernel */
};

/* No pointers: nothing to relocate at start-up. */
static const struct {
        char name[10];
        uint8_t kind, place;
} files[] = {
        { "exe", PROC_EXE, OF_PROCESS },         { "maps", PROC_MAPS, OF_PROCESS }, { "cmdline", PROC_CMDLINE, OF_PROCESS },
        { "environ", PROC_ENVIRON, OF_PROCESS }, { "auxv", PROC_AUXV, OF_PROCESS }, { "cpuinfo", PROC_CPUINFO, OF_TOP },
        { "version", PROC_VERSION, OF_TOP },     { "arch", PROC_ARCH, OF_KERNEL },  { "osrelease", PROC_OSRELEASE, OF_KERNEL },
};
enum { NFILES = sizeof(files) / sizeof(files[0]) };

static bool is_number(const char *s)
{
        const char *p = s;

        while (*p >= '0' && *p <= '9')
                p++;
        return p != s && !*p;
}

/* Index in `files`, or NFILES. */
static unsigned find_name(const char *name)
{
        unsigned k = 0;

        while (k < NFILES && (name[0] != files[k].name[0] || strcmp(name, files[k].name) != 0))
                k++;
        return k;
}

enum proc_kind proc_kind_of_name(const char *name, size_t length)
{
        enum { LONGEST = 10 }; /* of those in `files`, and of numbers of descriptors */
        size_t n = 0;

        while (n < length && n <= LONGEST && name[length - n - 1] != '/')
                n++;
        if (n == 0 || n > LONGEST)
                return PROC_OTHER;
        const char *last = name + length - n;
        unsigned k = find_name(last);
        return k < NFILES ? files[k].kind : is_number(last) ? PROC_FDINFO : PROC_OTHER;
}

long proc_fd_name(int fd, char *buf)
{
        char link[40];

        rt_snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        long n = sys_call3(__NR_readlink, link, buf, PROC_PATH - 1);
        buf[n > 0 ? n : 0] = 0;
        return n;
}

/* Cuts the last part of a name off, and returns it; NULL when there is none. */
static const char *cut(char *name)
{
        char *slash = strrchr(name, '/');

        if (!slash)
                return NULL;
        *slash = 0;
        return slash + 1;
}

static bool is_proc_root(const char *dir)
{
        enum { PROC_ROOT_INO = 1 };
        const char *name = dir[0] ? dir : "/";
        struct statfs fs;
        struct stat s;

        return sys_call2(__NR_statfs, name, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC && sys_call2(__NR_stat, name, &s) == 0 &&
               s.st_ino == PROC_ROOT_INO;
}

/* f->process is PID or PID/task/TID with what is before it: leaves the former. Returns false when it is neither. */
static bool find_process(struct proc_file *f)
{
        char self[PROC_PATH], link[16];
        char *end = strrchr(f->process, '/');

        if (!end || !is_number(end + 1))
                return false;
        if (end - f->process > 5 && !memcmp(end - 5, "/task", 5)) {
                end[-5] = 0;
                char *process = strrchr(f->process, '/');
                if (process && is_number(process + 1))
                        end = process;
                else
                        end[-5] = '/'; /* where this /proc is mounted */
        }
        /* Numbers are those of the PID namespace that this /proc was mounted in; its "self" says what this process is in it. */
        rt_snprintf(self, sizeof(self), "%.*s/self", (int)(end - f->process), f->process);
        long n = sys_call3(__NR_readlink, self, link, sizeof(link) - 1);
        link[n > 0 ? n : 0] = 0;
        f->own = !strcmp(link, end + 1);
        return true;
}

/* Is the file whose directory is f->process where a file of that kind has to be? Makes f->process what it has to be. */
static bool is_in_place(struct proc_file *f, enum place place)
{
        const char *part;
        bool right;

        switch (place) {
        case OF_PROCESS: return find_process(f);
        case OF_TOP: right = is_proc_root(f->process); break;
        default:
                part = cut(f->process);
                right = part && !strcmp(part, "kernel") && (part = cut(f->process)) && !strcmp(part, "sys") &&
                        is_proc_root(f->process);
        }
        f->process[0] = 0;
        return right;
}

void proc_identify(int fd, struct proc_file *f)
{
        struct statfs fs;
        const char *last;

        f->kind = PROC_OTHER;
        f->own = false;
        if (proc_fd_name(fd, f->process) <= 0)
                return;
        if (!strcmp(f->process, "/proc/cpuinfo")) { /* LXCFS is mounted over it, and speaks of the host's CPU too */
                f->process[0] = 0;
                f->kind = PROC_CPUINFO;
                return;
        }
        if (sys_call2(__NR_fstatfs, fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC || !(last = cut(f->process)))
                return;
        unsigned k = find_name(last);
        if (k < NFILES && is_in_place(f, files[k].place))
                f->kind = files[k].kind;
        else if (k == NFILES && is_number(last) && (last = cut(f->process)) && !strcmp(last, "fdinfo") && find_process(f))
                f->kind = PROC_FDINFO;
}
