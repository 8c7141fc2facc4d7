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

static void put(int fd, const char *s, size_t n) {
        while (n) {
                long w = sys_call3(__NR_write, fd, s, n);
                if (w <= 0)
                        return;
                s += w;
                n -= (size_t) w;
        }
}

static void make_auxv(int fd) { put(fd, (const char *) guest_image.auxv, guest_image.nauxv * 8); }

static void make_cmdline(int fd) {
        put(fd, (const char *) guest_image.arg_start, guest_image.arg_end - guest_image.arg_start);
}

static void make_environ(int fd) {
        put(fd, (const char *) guest_image.env_start, guest_image.env_end - guest_image.env_start);
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
                put(fd, line, (size_t) len);
        }
}

/* Mappings of the host without those of the translator; the guest's stack and heap by their names. */
struct maps {
        int fd, own_dev_known;
        char own[512]; /* the translator's own name in the list */
};

static uint64_t parse_hex(const char **s) {
        uint64_t v = 0;
        for (;; (*s)++) {
                char c = **s;
                unsigned d = c >= '0' && c <= '9' ? (unsigned) (c - '0') : c >= 'a' && c <= 'f' ? (unsigned) (c - 'a') + 10 : 16;
                if (d == 16)
                        return v;
                v = v << 4 | d;
        }
}

/* One line; `rest` is what follows the addresses. */
static void put_piece(struct maps *m, uint64_t start, uint64_t end, const char *rest, size_t n, bool named) {
        char head[40];
        int len = rt_snprintf(head, sizeof(head), "%08lx-%08lx", (unsigned long) start, (unsigned long) end);
        put(m->fd, head, (size_t) len);
        put(m->fd, rest, n);
        const char *label = guest_image.stack_lo && start >= guest_image.stack_lo && start < guest_image.stack_hi ? "[stack]" :
                            guest_vdso && start == guest_vdso ? "[vdso]" :
                            start >= guest_image.brk && start < guest_image.brk_now ? "[heap]" : NULL;
        if (label && !named) {
                static const char pad[] = "                                                                ";
                n += (size_t) len;
                put(m->fd, pad, n < 73 ? 73 - n > 64 ? 64 : 73 - n : 1);
                put(m->fd, label, strlen(label));
        }
        put(m->fd, "\n", 1);
}

static bool find_own(uint64_t start, uint64_t end, uint64_t *ret_start, uint64_t *ret_end) {
        rt_own_lock();
        bool found = rt_own_find(start, end, ret_start, ret_end);
        rt_own_unlock();
        return found;
}

/* A line without the parts that are the translator's: the kernel joins neighbours. */
static void put_mapping(struct maps *m, const char *line, size_t n) {
        const char *s = line, *name = memchr(line, '/', n);
        uint64_t start = parse_hex(&s), own_start, own_end;
        s++;
        uint64_t end = parse_hex(&s);
        if (!name)
                name = memchr(line, '[', n);
        size_t len = name ? n - (size_t) (name - line) : 0;
        if (name && ((len == strlen(m->own) && !memcmp(name, m->own, len)) ||
                     (guest_image.stack_lo && !strncmp(name, "[stack]", 7)) || !strncmp(name, "[v", 2) || !strncmp(name, "[heap]", 6)))
                return;
        size_t rest = n - (size_t) (s - line);
        while (find_own(start, end, &own_start, &own_end)) {
                if (own_start > start)
                        put_piece(m, start, own_start, s, rest, name);
                if (own_end >= end)
                        return;
                start = own_end;
        }
        put_piece(m, start, end, s, rest, name);
}

static void make_maps(int fd) {
        struct maps m = { .fd = fd };
        char buf[4096];
        size_t have = 0;
        long n = sys_call3(__NR_readlink, "/proc/self/exe", m.own, sizeof(m.own) - 1);
        m.own[n > 0 ? n : 0] = 0;
        long in = sys_call3(__NR_open, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
        if (in < 0)
                return;
        while ((n = sys_call3(__NR_read, in, buf + have, sizeof(buf) - have)) > 0) {
                have += (size_t) n;
                char *line = buf, *end;
                while ((end = memchr(line, '\n', have - (size_t) (line - buf)))) {
                        put_mapping(&m, line, (size_t) (end - line));
                        line = end + 1;
                }
                have -= (size_t) (line - buf);
                memmove(buf, line, have);
        }
        sys_call1(__NR_close, in);
}

static const struct {
        const char *name;
        void (*make)(int fd);
} own_files[] = {
        { "auxv", make_auxv }, { "cmdline", make_cmdline }, { "environ", make_environ }, { "maps", make_maps },
};

static long make_file(const char *name, void (*make)(int fd), uint32_t flags) {
        if (flags & O_DIRECTORY)
                return -ENOTDIR;
        if ((flags & O_ACCMODE) != O_RDONLY)
                return -EACCES;
        int fd = new_file(name);
        if (fd < 0)
                return fd;
        make(fd);
        sys_call3(__NR_lseek, fd, 0, 0);
        if (!(flags & O_CLOEXEC))
                sys_call3(__NR_fcntl, fd, F_SETFD, 0);
        return fd;
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
