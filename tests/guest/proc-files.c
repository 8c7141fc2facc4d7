/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: native=static */
/* Files of /proc about this process and another one, by every name that leads to them: what they say must be true of the program,
 * here and on a machine of its own. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifdef __aarch64__
#define MACHINE EM_AARCH64
#define CPUINFO "\nCPU architecture: 8\n"
#define LARGEFILE 0400000
#else
#define MACHINE EM_X86_64
#define CPUINFO "\nvendor_id\t: "
#define LARGEFILE 0100000
#endif

static char me[PATH_MAX], text[1 << 20], dir[PATH_MAX - 64];
static ssize_t size;
static char **arguments; /* of the process in question */
static pid_t process;    /* which it is */
extern char **environ;

static void fact(bool is, const char *format, ...)
{
        va_list ap;
        va_start(ap, format);
        vprintf(format, ap);
        va_end(ap);
        printf(": %s\n", is ? "yes" : "no");
}

static const char *base_name(const char *path)
{
        return strrchr(path, '/') + 1;
}

static void slurp(int fd)
{
        ssize_t n;
        size = 0;
        while ((n = read(fd, text + size, sizeof(text) - 1 - (size_t)size)) > 0)
                size += n;
        text[size] = 0;
}

static bool is_me(const struct stat *s)
{
        struct stat a;
        return stat(me, &a) == 0 && a.st_dev == s->st_dev && a.st_ino == s->st_ino;
}

/* ---- what must be in a file, of this process or of a child that executed the same program ---- */

static bool right_exe(int fd)
{
        struct stat s;
        Elf64_Ehdr eh;
        return fstat(fd, &s) == 0 && is_me(&s) && read(fd, &eh, sizeof(eh)) == sizeof(eh) && eh.e_machine == MACHINE;
}

static bool right_cmdline(int fd)
{
        size_t at = 0;
        slurp(fd);
        for (char **a = arguments; *a; at += strlen(*a++) + 1)
                if (strcmp(text + at, *a))
                        return false;
        return (size_t)size == at;
}

static bool right_environ(int fd)
{
        slurp(fd);
        for (char **e = environ; *e; e++)
                if (strncmp(*e, "LATER=", 6) && !memmem(text, (size_t)size, *e, strlen(*e) + 1))
                        return false;
        return size > 0;
}

static bool right_auxv(int fd)
{
        slurp(fd);
        Elf64_auxv_t *a = (Elf64_auxv_t *)text;
        uint64_t entry = 0;
        unsigned n = 0;
        for (; a[n].a_type; n++) {
                bool ours = a[n].a_type == AT_PHDR || a[n].a_type == AT_RANDOM || a[n].a_type == AT_EXECFN ||
                            a[n].a_type == AT_SYSINFO_EHDR;
                if (ours && process == getpid() && getauxval(a[n].a_type) != a[n].a_un.a_val)
                        return false;
                if (a[n].a_type == AT_ENTRY)
                        entry = a[n].a_un.a_val;
        }
        return entry == getauxval(AT_ENTRY); /* not position-independent */
}

/* Every mapped file is the program; one stack, one vDSO. Where code may not be writable and executable, another process shows the
 * nameless memory that holds it (docs/KNOWN-ISSUES.md). */
static bool right_maps(int fd)
{
        unsigned stacks = 0, vdsos = 0, programs = 0;
        slurp(fd);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
                char *name = strchr(line, '/');
                stacks += strstr(line, "[stack]") != NULL;
                vdsos += strstr(line, "[vdso]") != NULL;
                programs += name && !strcmp(name, me);
                bool nameless = process != getpid() && name && !strcmp(name, "/dev/zero (deleted)");
                if (name && strcmp(name, me) && !nameless)
                        return false;
        }
        return programs > 1 && stacks == 1 && (vdsos == 1 || process != getpid());
}

static bool right_word(int fd, const char *want)
{
        slurp(fd);
        return (size_t)size == strlen(want) + 1 && !memcmp(text, want, strlen(want)) && text[size - 1] == '\n';
}

static bool right_comm(int fd)
{
        char want[16];
        snprintf(want, sizeof(want), "%.15s", base_name(me));
        return right_word(fd, want);
}

static uint64_t field[53]; /* of stat, by their numbers in proc_pid_stat(5) */

static bool right_stat(int fd)
{
        slurp(fd);
        char *p = strrchr(text, ')');
        for (unsigned k = 3; p && k <= 51 && (p = strchr(p + 1, ' ')); k++)
                field[k] = strtoull(p + 1, NULL, 10);
        uint64_t code = (uint64_t)&right_stat, here = (uint64_t)&p;
        bool code_right = field[26] <= code && code<field[27], stack_right = field[28]> here;
        if (process != getpid())
                return code_right;
        return code_right && stack_right && field[48] == (uint64_t)arguments[0];
}

static bool right_arch(int fd)
{
        struct utsname u;
        return uname(&u) == 0 && right_word(fd, u.machine);
}

static bool right_osrelease(int fd)
{
        struct utsname u;
        return uname(&u) == 0 && right_word(fd, u.release);
}

static bool right_cpuinfo(int fd)
{
        slurp(fd);
        return !strncmp(text, "processor\t: 0\n", 14) && strstr(text, CPUINFO);
}

/* Descriptor 50 of this program. */
static bool right_fdinfo(int fd)
{
        slurp(fd);
        char *flags = strstr(text, "flags:\t");
        return flags && strtoul(flags + 7, NULL, 8) == (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | LARGEFILE);
}

static const struct {
        const char *name;
        bool (*right)(int fd);
        bool of_process;
} files[] = {
        { "exe", right_exe, true },
        { "cmdline", right_cmdline, true },
        { "environ", right_environ, true },
        { "auxv", right_auxv, true },
        { "maps", right_maps, true },
        { "comm", right_comm, true },
        { "stat", right_stat, true },
        { "fdinfo/50", right_fdinfo, true },
        { "sys/kernel/arch", right_arch, false },
        { "sys/kernel/osrelease", right_osrelease, false },
        { "cpuinfo", right_cpuinfo, false },
};

/* ---- ways to open a file; each gets the directory's name and the file's ---- */

static int by_name(const char *d, const char *f)
{
        char name[PATH_MAX];
        snprintf(name, sizeof(name), "%s/%s", d, f);
        return open(name, O_RDONLY);
}

static int by_crooked_name(const char *d, const char *f)
{
        char name[PATH_MAX];
        snprintf(name, sizeof(name), "//proc/./self/..//..%s//%s", d, f);
        return open(name, O_RDONLY);
}

static int by_root(const char *d, const char *f)
{
        char name[PATH_MAX];
        snprintf(name, sizeof(name), "/proc/self/root%s/%s", d, f);
        return open(name, O_RDONLY);
}

static int by_directory(const char *d, const char *f)
{
        int dirfd = open(d, O_RDONLY | O_DIRECTORY), fd = openat(dirfd, f, O_RDONLY);
        close(dirfd);
        return fd;
}

static int by_cwd(const char *d, const char *f)
{
        if (chdir(d))
                return -1;
        int fd = open(f, O_RDONLY);
        return chdir("/") ? -1 : fd;
}

static int with_openat2(const char *d, const char *f, uint64_t resolve)
{
        struct open_how how = { .flags = O_RDONLY, .resolve = resolve };
        int dirfd = open(d, O_PATH), fd = (int)syscall(SYS_openat2, dirfd, f, &how, sizeof(how));
        close(dirfd);
        return fd;
}

static int by_openat2(const char *d, const char *f)
{
        return with_openat2(d, f, 0);
}

static int by_openat2_beneath(const char *d, const char *f)
{
        return with_openat2(d, f, RESOLVE_BENEATH);
}

static int by_links(const char *d, const char *f)
{
        char target[PATH_MAX], link[2][PATH_MAX];
        snprintf(target, sizeof(target), "%s/%s", d, f);
        for (int k = 0; k < 2; k++)
                snprintf(link[k], PATH_MAX, "%s/link%d", dir, k);
        if (symlink(target, link[0]) || symlink("link0", link[1]))
                return -1;
        int fd = open(link[1], O_RDONLY);
        unlink(link[0]), unlink(link[1]);
        return fd;
}

static int by_link_to_directory(const char *d, const char *f)
{
        char name[PATH_MAX], link[PATH_MAX];
        snprintf(link, sizeof(link), "%s/link", dir);
        snprintf(name, sizeof(name), "%.4000s/%s", link, f);
        if (symlink(d, link))
                return -1;
        int fd = open(name, O_RDONLY);
        unlink(link);
        return fd;
}

static int by_path_descriptor(const char *d, const char *f)
{
        char name[PATH_MAX];
        snprintf(name, sizeof(name), "%s/%s", d, f);
        int path = open(name, O_PATH);
        snprintf(name, sizeof(name), "/proc/self/fd/%d", path);
        int fd = open(name, O_RDONLY);
        close(path);
        return fd;
}

static const struct {
        const char *name;
        int (*open)(const char *d, const char *f);
} ways[] = {
        { "name", by_name },
        { "crooked name", by_crooked_name },
        { "root", by_root },
        { "directory", by_directory },
        { "working directory", by_cwd },
        { "openat2", by_openat2 },
        { "openat2 beneath", by_openat2_beneath },
        { "links", by_links },
        { "link to directory", by_link_to_directory },
        { "O_PATH descriptor", by_path_descriptor },
};

/* Opens each file of `d` in each way. */
static void each(const char *d, const char *what, bool of_process)
{
        for (unsigned k = 0; k < sizeof(files) / sizeof(files[0]); k++)
                for (unsigned j = 0; files[k].of_process == of_process && j < sizeof(ways) / sizeof(ways[0]); j++) {
                        int fd = ways[j].open(d, files[k].name);
                        if (fd < 0)
                                printf("%s/%s by %s: %s\n", what, files[k].name, ways[j].name, strerror(errno));
                        else
                                fact(files[k].right(fd), "%s/%s by %s", what, files[k].name, ways[j].name);
                        close(fd);
                }
}

/* ---- the link itself, and calls that follow it ---- */

static bool says_me(const char *link, ssize_t n)
{
        return n == (ssize_t)strlen(me) && !memcmp(link, me, (size_t)n);
}

static void links(const char *d, const char *what)
{
        char exe[PATH_MAX], l[PATH_MAX], copy[PATH_MAX];
        struct stat s;
        struct statx x;
        struct statfs f, g;
        snprintf(exe, sizeof(exe), "%s/exe", d);
        fact(says_me(l, readlink(exe, l, sizeof(l))), "%s: readlink", what);
        int dirfd = open(d, O_PATH), link = openat(dirfd, "exe", O_PATH | O_NOFOLLOW);
        fact(says_me(l, readlinkat(dirfd, "exe", l, sizeof(l))), "%s: readlinkat", what);
        fact(says_me(l, readlinkat(link, "", l, sizeof(l))), "%s: readlinkat of the link's descriptor", what);
        fact(fstatat(link, "", &s, AT_EMPTY_PATH) == 0 && S_ISLNK(s.st_mode), "%s: its descriptor is a link", what);
        fact(fstatat(dirfd, "exe", &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(s.st_mode), "%s: lstat", what);
        fact(fstatat(dirfd, "exe", &s, 0) == 0 && is_me(&s), "%s: fstatat", what);
        fact(stat(exe, &s) == 0 && is_me(&s), "%s: stat", what);
        fact(statx(dirfd, "exe", 0, STATX_INO, &x) == 0 && x.stx_ino == s.st_ino, "%s: statx", what);
        snprintf(copy, sizeof(copy), "%s/copy", dir);
        fact(symlink(exe, copy) == 0 && stat(copy, &s) == 0 && is_me(&s), "%s: stat of a link to it", what);
        fact(fstat(open(copy, O_PATH), &s) == 0 && is_me(&s), "%s: O_PATH of a link to it", what);
        unlink(copy);
        fact(statfs(exe, &f) == 0 && statfs(me, &g) == 0 && f.f_type == g.f_type &&
                     !memcmp(&f.f_fsid, &g.f_fsid, sizeof(g.f_fsid)),
             "%s: statfs", what);
        fact(close(link) == 0 && access(exe, X_OK) == 0, "%s: access", what);
        if (strcmp(what, "second")) /* it was executed from a mount of another mount namespace */
                fact(linkat(dirfd, "exe", AT_FDCWD, copy, AT_SYMLINK_FOLLOW) == 0 && stat(copy, &s) == 0 && is_me(&s),
                     "%s: linkat", what);
        unlink(copy);
        printf("%s: open to write: %s\n", what, open(exe, O_WRONLY) < 0 ? strerror(errno) : "done");
        printf("%s: truncate: %s\n", what, truncate(exe, 0) < 0 ? strerror(errno) : "done");
        printf("%s: open not to follow: %s\n", what, open(exe, O_RDONLY | O_NOFOLLOW) < 0 ? strerror(errno) : "done");
        strcat(exe, "/");
        printf("%s: as a directory: %s\n", what, open(exe, O_RDONLY) < 0 ? strerror(errno) : "done");
        struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_NO_MAGICLINKS };
        printf("%s: without magic links: %s\n", what,
               syscall(SYS_openat2, dirfd, "exe", &how, sizeof(how)) < 0 ? strerror(errno) : "done");
        close(dirfd);
}

/* Calls that change what the link leads to, or watch it. */
static void changes(const char *d, const char *what)
{
        char exe[PATH_MAX], value[8] = "";
        struct timespec times[2] = { { .tv_sec = 1000000 }, { .tv_sec = 1000001 } };
        struct stat s;
        snprintf(exe, sizeof(exe), "%s/exe", d);
        fact(utimensat(AT_FDCWD, exe, times, 0) == 0 && stat(me, &s) == 0 && s.st_mtime == 1000001, "%s: utimensat", what);
        fact(chmod(exe, 0711) == 0 && stat(me, &s) == 0 && (s.st_mode & 0777) == 0711, "%s: chmod", what);
        fact(chmod(me, 0755) == 0 && chown(exe, 1, 2) == 0 && stat(me, &s) == 0 && s.st_uid == 1 && s.st_gid == 2 &&
                     chown(me, 0, 0) == 0,
             "%s: chown", what);
        printf("%s: setxattr: %s\n", what, setxattr(exe, "user.test", "1", 1, 0) ? strerror(errno) : "done");
        fact(getxattr(me, "user.test", value, 8) == 1 && getxattr(exe, "user.test", value, 8) == 1, "%s: getxattr", what);
        fact(listxattr(exe, text, sizeof(text)) > 0 && memmem(text, sizeof(text), "user.test", 10), "%s: listxattr", what);
        fact(removexattr(exe, "user.test") == 0 && getxattr(me, "user.test", value, 8) < 0, "%s: removexattr", what);
        memset(text, 0, 100);
        int watch = inotify_init1(IN_NONBLOCK);
        fact(inotify_add_watch(watch, exe, IN_OPEN) > 0 && close(open(me, O_RDONLY)) == 0 && read(watch, text, 100) > 0,
             "%s: inotify", what);
        close(watch);
        struct {
                struct file_handle h;
                char bytes[MAX_HANDLE_SZ];
        } a = { .h.handle_bytes = MAX_HANDLE_SZ }, b = a;
        int mount;
        fact(name_to_handle_at(AT_FDCWD, exe, &a.h, &mount, AT_SYMLINK_FOLLOW) == 0 &&
                     name_to_handle_at(AT_FDCWD, me, &b.h, &mount, 0) == 0 && !memcmp(&a, &b, sizeof(a)),
             "%s: name_to_handle_at", what);
}

/* ---- executing it ---- */

static void executes(const char *what, int dirfd, const char *name, int flags)
{
        char *argv[] = { "x", "child", (char *)what, NULL };
        fflush(stdout);
        if (fork() == 0) {
                syscall(SYS_execveat, dirfd, name, argv, environ, flags);
                printf("%s: %s\n", what, strerror(errno));
                fflush(stdout);
                _exit(1);
        }
        wait(NULL);
}

static void execution(const char *d)
{
        char link[PATH_MAX], exe[PATH_MAX];
        snprintf(exe, sizeof(exe), "%s/exe", d);
        snprintf(link, sizeof(link), "%s/prog", dir);
        int dirfd = open(d, O_PATH);
        executes("a name", AT_FDCWD, exe, 0);
        executes("a directory", dirfd, "exe", 0);
        executes("no link to follow", dirfd, "exe", AT_SYMLINK_NOFOLLOW);
        if (symlink(exe, link) == 0)
                executes("a symbolic link", AT_FDCWD, link, 0);
        unlink(link);
        int fd = openat(dirfd, "exe", O_RDONLY | O_CLOEXEC);
        executes("a descriptor", fd, "", AT_EMPTY_PATH);
        close(fd), close(dirfd);
}

/* ---- programs that moved ---- */

static void moved(const char *path, const char *word)
{
        char to[PATH_MAX], l[PATH_MAX] = { 0 }, want[PATH_MAX + 20];
        snprintf(to, sizeof(to), "%s.moved", path);
        if (!strcmp(word, "renamed")) {
                fact(rename(path, to) == 0 && readlink("/proc/self/exe", l, sizeof(l) - 1) > 0 && !strcmp(l, to),
                     "renamed: readlink");
                strcpy(me, to);
                fact(right_exe(open("/proc/self/exe", O_RDONLY)), "renamed: open");
                unlink(to);
        } else {
                snprintf(want, sizeof(want), "%s (deleted)", path);
                fact(unlink(path) == 0 && readlink("/proc/self/exe", l, sizeof(l) - 1) > 0 && !strcmp(l, want),
                     "deleted: readlink");
                Elf64_Ehdr eh; /* a guest may be told that it is not there any more */
                int fd = open("/proc/self/exe", O_RDONLY);
                fact(fd < 0 ? errno == ENOENT : read(fd, &eh, sizeof(eh)) == sizeof(eh) && eh.e_machine == MACHINE,
                     "deleted: open");
        }
}

static void moves(const char *word)
{
        char name[PATH_MAX];
        snprintf(name, sizeof(name), "%s/program", dir);
        int from = open(me, O_RDONLY), to = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
        slurp(from);
        if (write(to, text, (size_t)size) != size)
                puts("no copy");
        close(from), close(to);
        fflush(stdout);
        if (fork() == 0) {
                execl(name, name, word, NULL);
                _exit(1);
        }
        wait(NULL);
}

/* ---- another /proc: of this PID namespace, and of one below where the numbers are others ---- */

static int mounts(const char *at)
{
        struct stat s;
        fact(mount("/proc/self/exe", at, NULL, MS_BIND, NULL) == 0 && stat(at, &s) == 0 && is_me(&s), "mount");
        umount(at), unlink(at);
        return 0;
}

static void other_proc(void)
{
        char d[PATH_MAX];
        snprintf(d, sizeof(d), "%s/proc", dir);
        fflush(stdout);
        if (fork() == 0) {
                mkdir(d, 0755);
                if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
                    mount("proc", d, "proc", 0, NULL))
                        puts("no second /proc");
                else {
                        process = getpid();
                        snprintf(d + strlen(d), 20, "/self");
                        each(d, "second", true);
                        links(d, "second");
                        d[strlen(d) - 5] = 0;
                        each(d, "second", false);
                        snprintf(d, sizeof(d), "%s/mounted", dir);
                        close(open(d, O_WRONLY | O_CREAT, 0644));
                        fflush(stdout);
                        execl(me, me, "mount", d, NULL); /* what it then runs is of a mount of this namespace */
                }
                fflush(stdout);
                _exit(0);
        }
        wait(NULL);
        rmdir(d);
}

/* ---- what a process says of itself with prctl ---- */

#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif

static void says_itself(void)
{
        static uint64_t auxv[1000];
        static char words[10];
        static char *want[] = { words, words + 4, NULL };
        memcpy(words, "new\0words", sizeof(words)); /* memory of a file would not be shown */
        fact(prctl(PR_GET_AUXV, auxv, sizeof(auxv), 0, 0) > 0, "PR_GET_AUXV");
        slurp(open("/proc/self/auxv", O_RDONLY));
        fact(size > 0 && !memcmp(text, auxv, (size_t)size), "PR_GET_AUXV gives what auxv has");
        fact(right_stat(open("/proc/self/stat", O_RDONLY)), "stat");
        struct prctl_mm_map map = {
                .start_code = field[26],
                .end_code = field[27],
                .start_data = field[45],
                .end_data = field[46],
                .start_brk = field[47],
                .brk = (uint64_t)sbrk(0),
                .start_stack = field[28],
                .arg_start = (uint64_t)words,
                .arg_end = (uint64_t)words + sizeof(words),
                .env_start = field[50],
                .env_end = field[51],
                .exe_fd = (uint32_t)-1,
        };
        fact(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) == 0, "PR_SET_MM_MAP");
        arguments = want;
        fact(right_cmdline(open("/proc/self/cmdline", O_RDONLY)), "cmdline after PR_SET_MM_MAP");
        map.arg_end = map.arg_start - 1;
        printf("PR_SET_MM_MAP of a wrong order: %s\n",
               prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) ? strerror(errno) : "done");
}

/* ---- another process ---- */

static void other(void)
{
        char *argv[] = { "other", "wait", "--option", NULL }, d[40], l[PATH_MAX], byte;
        char **own = arguments;
        int p[2];
        if (pipe(p))
                return;
        fflush(stdout);
        process = fork();
        if (process == 0) {
                dup2(p[1], 1);
                execv(me, argv);
                _exit(1);
        }
        if (read(p[0], &byte, 1) != 1)
                puts("no child");
        arguments = argv;
        snprintf(d, sizeof(d), "/proc/%d", process);
        each(d, "other", true);
        links(d, "other");
        changes(d, "other");
        execution(d);
        snprintf(d, sizeof(d), "/proc/%d/task/%d", process, process);
        each(d, "other's task", true);
        kill(process, SIGKILL);
        wait(NULL);
        arguments = own;
        process = getpid();
        /* A program that is none of ours. */
        snprintf(d, sizeof(d), "/proc/%d/exe", getppid());
        fact(!says_me(l, readlink(d, l, sizeof(l))), "parent: readlink says something else");
}

int main(int argc, char **argv)
{
        int fd = open("/", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        dup3(fd, 50, O_CLOEXEC), close(fd);
        if (argc == 3 && !strcmp(argv[1], "child"))
                return printf("executed with %s\n", argv[2]) < 0;
        if (argc == 3 && !strcmp(argv[1], "wait"))
                return write(1, "r", 1) == 1 && pause();
        if (argc == 3 && !strcmp(argv[1], "mount"))
                return strcpy(me, argv[0]), mounts(argv[2]);
        if (argc == 2)
                return moved(argv[0], argv[1]), 0;
        if (!realpath(argv[0], me) || !getcwd(dir, sizeof(dir) - 8) || !mkdtemp(strcat(dir, "/XXXXXX")))
                return 1;
        arguments = argv;
        process = getpid();
        each("/proc/self", "self", true);
        each("/proc/thread-self", "thread", true);
        each("/proc", "machine", false);
        links("/proc/self", "self");
        changes("/proc/self", "self");
        execution("/proc/self");
        moves("renamed");
        moves("deleted");
        other();
        other_proc();
        says_itself();
        rmdir(dir);
        return 0;
}
