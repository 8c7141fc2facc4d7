/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/exe (see proc.h). To the kernel a process runs the translator. Which guest program the translator runs there is told
 * by that process itself: it has told the kernel where the program's code begins (describe.c), and its list of mappings names the
 * file that is mapped there, by the new name where that was renamed. Whoever may read the link may read both. So another process
 * is believed no more than the kernel would believe it with PR_SET_MM_EXE_FILE, and only if it runs the translator. */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <asm/unistd.h>
#include <linux/elf.h>
#include <linux/fcntl.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include "rt/rt.h"
#include "image.h"
#include "proc.h"
#include "proc_lines.h"

/* ---- is it the translator that runs? ---- */

static const char deleted[] = " (deleted)";

/* Cuts off what the kernel puts behind the name of a file that was removed. Returns true when there was such an end. */
static bool cut_deleted(char *name)
{
        size_t n = strlen(name), m = sizeof(deleted) - 1;

        if (n < m || strcmp(name + n - m, deleted) != 0)
                return false;
        name[n - m] = 0;
        return true;
}

static const char *base_name(const char *name)
{
        const char *slash = strrchr(name, '/');

        return slash ? slash + 1 : name;
}

static bool read_link(const char *name, char buf[PROC_PATH])
{
        long n = sys_call3(__NR_readlink, name, buf, PROC_PATH - 1);

        buf[n > 0 ? n : 0] = 0;
        return n > 0;
}

extern const char __ehdr_start[]; /* by the linker */

/* How many bytes the translator's file has at least: those of its segments. An image of the cache has its units behind them. */
static uint64_t own_least_bytes(void)
{
        const Elf64_Ehdr *eh = (const Elf64_Ehdr *)__ehdr_start;
        const Elf64_Phdr *ph = (const Elf64_Phdr *)(__ehdr_start + eh->e_phoff);
        uint64_t ret = 0;

        for (unsigned k = 0; k < eh->e_phnum; k++)
                if (ph[k].p_type == PT_LOAD && ph[k].p_offset + ph[k].p_filesz > ret)
                        ret = ph[k].p_offset + ph[k].p_filesz;
        return ret;
}

bool proc_is_translator(uint64_t dev, uint64_t ino, uint64_t size)
{
        static uint64_t own_dev, own_ino;
        struct stat s;

        if (size < own_least_bytes()) /* almost all files: there is nothing to ask for */
                return false;
        if (!own_ino && sys_call2(__NR_stat, "/proc/self/exe", &s) == 0) {
                own_dev = s.st_dev;
                __atomic_store_n(&own_ino, s.st_ino, __ATOMIC_RELEASE);
        }
        return own_ino && dev == own_dev && ino == own_ino;
}

bool proc_runs_guest(const struct proc_file *f)
{
        char name[PROC_PATH + 8], theirs[PROC_PATH], ours[PROC_PATH];
        struct stat s;

        rt_snprintf(name, sizeof(name), "%s/exe", f->process);
        if (f->own)
                return true;
        if (sys_call2(__NR_stat, name, &s) < 0)
                return false;
        if (proc_is_translator(s.st_dev, s.st_ino, (uint64_t)s.st_size))
                return true;
        /* Another build of it, before an upgrade or in another container. */
        if (!read_link(name, theirs) || !read_link("/proc/self/exe", ours))
                return false;
        cut_deleted(theirs);
        cut_deleted(ours);
        return !strcmp(base_name(theirs), base_name(ours));
}

/* ---- its program ---- */

struct search {
        uint64_t address; /* in the mapping that is wanted */
        uint64_t start, end, ino;
        char name[PROC_PATH]; /* of the mapped file; "": not found */
};

/* Reads a line of maps: start-end perms offset major:minor inode  /name, where a newline is written \012 (fs/proc/task_mmu.c). */
static bool look_at_mapping(void *ctx, const char *line, size_t n)
{
        struct search *s = ctx;
        const char *p = line, *name = memchr(line, '/', n);

        s->start = proc_parse(&p, 16);
        p++;
        s->end = proc_parse(&p, 16);
        if (s->address < s->start || s->address >= s->end)
                return true;
        for (unsigned spaces = 0; name && p < name && spaces < 4; p++)
                spaces += *p == ' ';
        s->ino = proc_parse(&p, 10);
        size_t to = 0;
        for (size_t len = name ? (size_t)(line + n - name) : 0, k = 0; k < len && to < PROC_PATH - 1; k++) {
                bool newline = len - k >= 4 && !memcmp(name + k, "\\012", 4);
                s->name[to++] = newline ? '\n' : name[k];
                k += newline ? 3 : 0;
        }
        s->name[to] = 0;
        return false;
}

/* Where the code of a process begins: field 26 of its stat; the second one may have spaces and parentheses in it. */
static uint64_t start_of_code(const char *process)
{
        char name[PROC_PATH + 8], text[1024];

        rt_snprintf(name, sizeof(name), "%s/stat", process);
        long fd = sys_call2(__NR_open, name, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return 0;
        long n = sys_call3(__NR_read, fd, text, sizeof(text) - 1);
        (void)sys_call1(__NR_close, fd);
        text[n > 0 ? n : 0] = 0;
        const char *p = strrchr(text, ')');
        for (unsigned field = 2; p && field < 26; field++)
                p = strchr(p + 1, ' ');
        if (!p)
                return 0;
        p++;
        return proc_parse(&p, 10);
}

/* The mapping that the program's code begins in. */
static bool find_program(const struct proc_file *f, struct search *s)
{
        char name[PROC_PATH + 8];

        s->name[0] = 0;
        s->address = f->own ? guest_image.start_code : start_of_code(f->process);
        rt_snprintf(name, sizeof(name), "%s/maps", f->process);
        long fd = sys_call2(__NR_open, name, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return false;
        proc_lines((int)fd, look_at_mapping, s);
        (void)sys_call1(__NR_close, fd);
        return s->name[0];
}

static bool is_own_program(const struct stat *s)
{
        return s->st_dev == guest_image.dev && s->st_ino == guest_image.ino;
}

/* Finds the name of our own program, through all links. Returns false where what has its name is another file, or none. Without /proc, or
 * a descriptor, the name that it was started by has to do. */
static bool own_program(char buf[PROC_PATH])
{
        struct stat s;
        char link[40];

        if (sys_call2(__NR_stat, guest_image.path, &s) < 0 || !is_own_program(&s))
                return false;
        int fd = (int)sys_call3(__NR_open, guest_image.path, O_PATH | O_CLOEXEC, 0);
        rt_snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        if (fd < 0 || !read_link(link, buf))
                rt_snprintf(buf, PROC_PATH, "%s", guest_image.path);
        if (fd >= 0)
                sys_call1(__NR_close, fd);
        return true;
}

bool proc_may_be_program(int fd)
{
        struct stat s;

        return !guest_image.secure || (sys_call2(__NR_fstat, fd, &s) == 0 && is_own_program(&s));
}

/* Finds what the link /proc/PID/exe of a process with a guest program shall say. Returns false when that cannot be known. */
static bool exe_text(const struct proc_file *f, char buf[PROC_PATH])
{
        struct search s;

        if (f->own && own_program(buf))
                return true;
        if (find_program(f, &s))
                rt_snprintf(buf, PROC_PATH, "%s", s.name);
        else if (f->own)
                rt_snprintf(buf, PROC_PATH, "%s%s", guest_image.path, deleted);
        else
                return false;
        return true;
}

/* Finds a name to open the program of a process with, or one that no file has where there is none. Privileged readers can open a
 * file that was removed, or that has its name in another root file system, as the file of the mapping. Device numbers in the list
 * of mappings are not always those of stat(2) (overlayfs, btrfs). Returns false where it is not known what the program is. */
static bool exe_path(const struct proc_file *f, char buf[PROC_PATH])
{
        enum { F_OK = 0 };
        struct search s;
        struct stat st;

        if (f->own && own_program(buf))
                return true;
        if (find_program(f, &s)) {
                rt_snprintf(buf, PROC_PATH, "%s/map_files/%lx-%lx", f->process, s.start, s.end);
                if (sys_call3(__NR_faccessat, AT_FDCWD, buf, F_OK) == 0)
                        return true;
        } else if (!f->own)
                return false;
        bool is_there = s.name[0] && sys_call2(__NR_stat, s.name, &st) == 0 && st.st_ino == s.ino;
        cut_deleted(s.name);
        rt_snprintf(buf, PROC_PATH, "%s%s", s.name, is_there ? "" : deleted);
        return true;
}

/* ---- names that lead to such a link ---- */

static bool is_symlink(int fd)
{
        struct stat s;

        return sys_call2(__NR_fstat, fd, &s) == 0 && (s.st_mode & S_IFMT) == S_IFLNK;
}

/* Recognises the name that almost all programs use, for which no descriptor is needed. */
static bool is_usual_name(const char *name, struct proc_file *f)
{
        struct statfs fs;

        if (strcmp(name, "/proc/self/exe") != 0 || sys_call2(__NR_statfs, "/proc/self", &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
                return false;
        f->kind = PROC_EXE;
        f->own = true;
        rt_snprintf(f->process, sizeof(f->process), "/proc/self");
        return true;
}

/* Opens the file of that name itself, and says what it is if it is a symbolic link. Returns a descriptor, or a negative errno. */
static int open_link(int dirfd, const char *name, struct proc_file *f)
{
        long fd = sys_call3(__NR_openat, dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

        f->kind = PROC_OTHER;
        if (fd >= 0 && is_symlink((int)fd))
                proc_identify((int)fd, f);
        return (int)fd;
}

/* `name` is the name of the symbolic link that fd is: replaces it by the name that the link leads to. Returns false when fd is no
 * symbolic link, and when the new name is too long. */
static bool follow_link(int fd, char name[PROC_PATH])
{
        char target[PROC_PATH];
        long n = sys_call4(__NR_readlinkat, fd, "", target, sizeof(target) - 1);
        char *slash = strrchr(name, '/');
        size_t keep = slash ? (size_t)(slash + 1 - name) : 0;

        if (n <= 0)
                return false;
        target[n] = 0;
        if (target[0] == '/')
                keep = 0;
        return rt_snprintf(name + keep, PROC_PATH - keep, "%s", target) < (int)(PROC_PATH - keep);
}

bool proc_program(int dirfd, uint64_t path, char buf[PROC_PATH])
{
        enum { MAX_LINKS = 40 };
        char name[PROC_PATH];
        struct proc_file f;

        if (guest_read_str(name, sizeof(name), path) < 0)
                return false;
        if (is_usual_name(name, &f))
                return exe_path(&f, buf);
        for (unsigned k = 0; k < MAX_LINKS; k++) {
                int fd = open_link(dirfd, name, &f);
                bool more = fd >= 0 && f.kind != PROC_EXE && follow_link(fd, name);
                if (fd >= 0)
                        (void)sys_call1(__NR_close, fd);
                if (fd >= 0 && f.kind == PROC_EXE)
                        return proc_runs_guest(&f) && exe_path(&f, buf);
                if (!more)
                        return false;
        }
        return false;
}

bool proc_exe_link(int dirfd, uint64_t path, char buf[PROC_PATH])
{
        char name[PROC_PATH];
        struct proc_file f;

        long n = guest_read_str(name, sizeof(name), path);
        if (n < 0 || (n > 0 && proc_kind_of_name(name, (size_t)n) != PROC_EXE))
                return false;
        if (is_usual_name(name, &f))
                return exe_text(&f, buf);
        int fd = name[0] ? open_link(dirfd, name, &f) : dirfd;
        if (fd < 0)
                return false;
        if (name[0])
                (void)sys_call1(__NR_close, fd);
        else
                proc_identify(fd, &f);
        return f.kind == PROC_EXE && proc_runs_guest(&f) && exe_text(&f, buf);
}
