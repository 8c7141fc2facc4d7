/* /proc as the guest sees it (see proc.h). Contents are made when a file is opened, in a memfd. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include "../guest/hwcap.h"
#include "../runtime/rt.h"
#include "image.h"
#include "proc.h"

/* ---- names ---- */

/* "N/...": what follows the slash, and the number; else NULL. */
static const char *skip_number(const char *path, long *ret) {
        unsigned digits = 0;
        for (*ret = 0; *path >= '0' && *path <= '9' && digits < 10; path++, digits++)
                *ret = *ret * 10 + (*path - '0');
        return digits && *path == '/' ? path + 1 : NULL;
}

/* "/proc/self/NAME", "/proc/thread-self/NAME" or "/proc/OWN PID/NAME", also with "task/TID/" before the NAME: NAME, else NULL. */
static const char *own_entry(const char *path) {
        long number;
        if (strncmp(path, "/proc/", 6))
                return NULL;
        path += 6;
        if (!strncmp(path, "thread-self/", 12))
                return path + 12;
        if (!strncmp(path, "self/", 5)) {
                path += 5;
        } else {
                path = skip_number(path, &number);
                if (!path || number != sys_call0(__NR_getpid))
                        return NULL;
        }
        const char *in_task = strncmp(path, "task/", 5) ? NULL : skip_number(path + 5, &number);
        return in_task ? in_task : path;
}

enum { NAME_SIZE = 64 }; /* longer names are none of ours */

static bool is_own_file(const char *name) {
        static const char names[][8] = { "exe", "auxv", "cmdline", "environ", "maps", "cpuinfo" };
        const char *slash = strrchr(name, '/');
        for (unsigned k = 0; k < sizeof(names) / sizeof(names[0]); k++)
                if (!strcmp(slash ? slash + 1 : name, names[k]))
                        return true;
        return false;
}

/* Reads the name if it may be one of a file of ours, and makes it an absolute one. */
static bool read_name(char name[NAME_SIZE], int dirfd, uint64_t path) {
        char relative[NAME_SIZE], link[40];
        if (guest_read_str(relative, NAME_SIZE, path) < 0 || !is_own_file(relative))
                return false;
        if (relative[0] == '/') {
                memcpy(name, relative, NAME_SIZE);
                return true;
        }
        if (dirfd == AT_FDCWD)
                rt_snprintf(link, sizeof(link), "/proc/self/cwd");
        else
                rt_snprintf(link, sizeof(link), "/proc/self/fd/%d", dirfd);
        long n = sys_call3(__NR_readlink, link, name, NAME_SIZE);
        if (n <= 0 || n >= NAME_SIZE)
                return false;
        n -= n == 1; /* the root is all slash */
        const char *rest = relative + (relative[0] == '.' && relative[1] == '/' ? 2 : 0);
        return rt_snprintf(name + n, NAME_SIZE - (size_t) n, "/%s", rest) < (int) (NAME_SIZE - n);
}

const char *proc_exe_link(int dirfd, uint64_t path) {
        char name[NAME_SIZE];
        const char *entry = read_name(name, dirfd, path) ? own_entry(name) : NULL;
        return entry && !strcmp(entry, "exe") ? guest_image.path : NULL;
}

uint64_t proc_redirect(int dirfd, uint64_t path) {
        const char *exe = proc_exe_link(dirfd, path);
        return exe ? (uint64_t) (uintptr_t) exe : path;
}

/* ---- contents ---- */

static int new_file(const char *name) { return (int) sys_call2(__NR_memfd_create, name, 1 /* MFD_CLOEXEC */); }

void proc_put(int fd, const char *s, size_t n) {
        while (n) {
                long w = sys_call3(__NR_write, fd, s, n);
                if (w <= 0)
                        return;
                s += w;
                n -= (size_t) w;
        }
}

static void make_auxv(int fd) { proc_put(fd, (const char *) guest_image.auxv, guest_image.nauxv * 8); }

static void make_cmdline(int fd) {
        proc_put(fd, (const char *) guest_image.arg_start, guest_image.arg_end - guest_image.arg_start);
}

static void make_environ(int fd) {
        proc_put(fd, (const char *) guest_image.env_start, guest_image.env_end - guest_image.env_start);
}

static void make_cpuinfo(int fd) {
        char line[512];
        static const char *const features =
#define NAME(bit, name) " " name
                HWCAP_LIST(NAME);
#undef NAME
        uint64_t set[16] = { 0 };
        long bytes = sys_call3(__NR_sched_getaffinity, 0, sizeof(set), set);
        unsigned n = 0;
        for (long k = 0; k < bytes / 8; k++)
                n += (unsigned) __builtin_popcountll(set[k]);
        for (unsigned k = 0; k < (n ? n : 1); k++) {
                int len = rt_snprintf(line, sizeof(line), "processor\t: %u\nBogoMIPS\t: 100.00\nFeatures\t:%s\n"
                                      "CPU implementer\t: 0x%02x\nCPU architecture: 8\nCPU variant\t: 0x%x\nCPU part\t: 0x%03x\n"
                                      "CPU revision\t: %u\n\n", k, features, (unsigned) (GUEST_MIDR >> 24),
                                      (unsigned) (GUEST_MIDR >> 20 & 15), (unsigned) (GUEST_MIDR >> 4 & 0xfff),
                                      (unsigned) (GUEST_MIDR & 15));
                proc_put(fd, line, (size_t) len);
        }
}

static const struct {
        const char *name;
        void (*make)(int fd);
} own_files[] = {
        { "auxv", make_auxv }, { "cmdline", make_cmdline }, { "environ", make_environ }, { "maps", proc_make_maps },
};

/* Puts a descriptor that can only read, from the start, in the place of the memfd's. */
static long read_only(int fd, uint32_t flags) {
        char link[40];
        sys_call2(__NR_fchmod, fd, 0444);
        rt_snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        long other = sys_call3(__NR_open, link, (flags & (O_NONBLOCK | O_PATH | O_LARGEFILE)) | O_CLOEXEC, 0);
        if (other >= 0) {
                sys_call3(__NR_dup3, other, fd, flags & O_CLOEXEC);
                sys_call1(__NR_close, other);
                return fd;
        }
        sys_call1(__NR_close, fd);
        return other;
}

static long make_file(const char *name, void (*make)(int fd), uint32_t flags) {
        if (flags & O_DIRECTORY)
                return -ENOTDIR;
        if ((flags & O_ACCMODE) != O_RDONLY)
                return -EACCES;
        int fd = new_file(name);
        if (fd < 0)
                return fd;
        make(fd);
        return read_only(fd, flags);
}

long proc_open(int dirfd, uint64_t path, uint32_t flags) {
        char name[NAME_SIZE];
        if (!read_name(name, dirfd, path))
                return PROC_NOT_OURS;
        if (!strcmp(name, "/proc/cpuinfo"))
                return make_file("cpuinfo", make_cpuinfo, flags);
        const char *entry = own_entry(name);
        if (!entry)
                return PROC_NOT_OURS;
        if (!strcmp(entry, "exe"))
                return sys_call3(__NR_open, guest_image.path, flags, 0);
        for (unsigned k = 0; k < sizeof(own_files) / sizeof(own_files[0]); k++)
                if (!strcmp(entry, own_files[k].name))
                        return make_file(entry, own_files[k].make, flags);
        return PROC_NOT_OURS;
}
