/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: native=static also=armhf */
/* Files of /proc about this process and about another one, opened by every name that leads to them. What they say must be true of
 * the program. The output must be the same when this program is compiled for this machine. Its parts are in proc-files/. */
#include "proc-files/parts.h"
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mount.h>
#include <sys/prctl.h>

char me[PATH_MAX], dir[PATH_MAX - 64], text[1 << 20];
ssize_t size;
char **arguments;
pid_t process;

void fact(bool is, const char *format, ...)
{
        va_list ap;
        va_start(ap, format);
        vprintf(format, ap);
        va_end(ap);
        printf(": %s\n", is ? "yes" : "no");
}

void slurp(int fd)
{
        ssize_t n;
        size = 0;
        while ((n = read(fd, text + size, sizeof(text) - 1 - (size_t)size)) > 0)
                size += n;
        text[size] = 0;
}

bool is_me(const struct stat *s)
{
        struct stat a;
        return stat(me, &a) == 0 && a.st_dev == s->st_dev && a.st_ino == s->st_ino;
}

bool says_me(const char *link, ssize_t n)
{
        return n == (ssize_t)strlen(me) && !memcmp(link, me, (size_t)n);
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
                ElfW(Ehdr) eh; /* a guest may be told that there is no such file any more */
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

/* ---- another /proc, and another mount of the program's file ---- */

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
                        execl(me, me, "mount", d, NULL); /* the program's file is then one of a mount of this namespace */
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

/* struct prctl_mm_map as a 64-bit kernel reads it from programs of 32 bits too */
struct mm_map {
        uint64_t start_code, end_code, start_data, end_data, start_brk, brk, start_stack, arg_start, arg_end, env_start, env_end;
        uint64_t auxv;
        uint32_t auxv_size, exe_fd;
};

static void says_itself(void)
{
        static unsigned long auxv[1000];
        static char words[10];
        static char *want[] = { words, words + 4, NULL };
        memcpy(words, "new\0words", sizeof(words)); /* the kernel shows no words in memory that is mapped from a file */
        fact(prctl(PR_GET_AUXV, auxv, sizeof(auxv), 0, 0) > 0, "PR_GET_AUXV");
        slurp(open("/proc/self/auxv", O_RDONLY));
        fact(size > 0 && !memcmp(text, auxv, (size_t)size), "PR_GET_AUXV gives what auxv has");
        fact(right_stat(open("/proc/self/stat", O_RDONLY)), "stat");
        struct mm_map map = {
                .start_code = field[26],
                .end_code = field[27],
                .start_data = field[45],
                .end_data = field[46],
                .start_brk = field[47],
                .brk = (uintptr_t)sbrk(0),
                .start_stack = field[28],
                .arg_start = (uintptr_t)words,
                .arg_end = (uintptr_t)words + sizeof(words),
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
        /* a process that does not run this program */
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
