/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf no-qemu again=-opt_no-trace */
/* execve and execveat: of this program, of scripts, of programs of the host, and of files that cannot be executed. QEMU is left
 * out, because it would have to be registered for this. */
#include "check.h"
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

/* Writes the numbers of the open descriptors to `text`; with `only_lasting` only of those that exec leaves open. */
static void list_descriptors(char *text, size_t size, int only_lasting)
{
        size_t n = 0;
        text[0] = 0;
        for (int fd = 0; fd < 4096 && n < size; fd++) {
                int flags = fcntl(fd, F_GETFD);
                if (flags >= 0 && !(only_lasting && flags & FD_CLOEXEC))
                        n += (size_t)snprintf(text + n, size - n, "%d ", fd);
        }
}

/* What this program does when a test executes it, before main; constructors get main's arguments. "exec show FD" writes argv,
 * TEST_ variables and the thread's name to FD; "exec descriptors FD" the numbers of open descriptors; "exec name FD" the
 * auxiliary vector's AT_EXECFN. Then the process ends. With other arguments this returns, and main runs. */
__attribute__((constructor)) static void child(int argc, char **argv, char **envp)
{
        static char text[1 << 20];
        size_t n = 0;
        int at = 0;
        if (argc == 3 && !strcmp(argv[1], "descriptors")) {
                list_descriptors(text, sizeof(text), 0);
                _exit(write(atoi(argv[2]), text, strlen(text)) < 0);
        }
        for (int k = 1; k < argc; k++)
                if (!strcmp(argv[k], "name")) {
                        const char *name = (const char *)getauxval(AT_EXECFN);
                        _exit(write(atoi(argv[k + 1]), name, strlen(name)) < 0);
                }
        for (int k = 1; k < argc; k++)
                if (!strcmp(argv[k], "show"))
                        at = k;
        if (!at)
                return;
        for (int k = 0; k < argc; k++)
                n += (size_t)snprintf(text + n, sizeof(text) - n, "[%.100s]", argv[k]);
        for (char **e = envp; *e; e++)
                if (!strncmp(*e, "TEST_", 5))
                        n += (size_t)snprintf(text + n, sizeof(text) - n, "{%s}", *e);
        prctl(PR_GET_NAME, text + n + 1);
        text[n] = '|';
        n = strlen(text);
        if (write(atoi(argv[at + 1]), text, n) != (ssize_t)n)
                _exit(1);
        _exit(0);
}

static char self[4096], dir[4200];
static int out[2];

static void set_up(void)
{
        OK(readlink("/proc/self/exe", self, sizeof(self) - 1));
        snprintf(dir, sizeof(dir), "%s.files", self);
        mkdir(dir, 0755);
        OK(pipe(out));
        OK(dup2(out[1], 9));
        close(out[1]);
        clearenv();
}

/* Runs the statement, which executes this program, in a child. It must end with status 0 after it wrote `want`. */
#define SHOWS(want, statement) \
        do { \
                pid_t pid = fork(); \
                if (pid == 0) { \
                        statement; \
                        FAIL("%s: %s", #statement, strerror(errno)); \
                } \
                check_child(pid, 0); \
                shown(want, __LINE__); \
        } while (0)

static void shown(const char *want, int line)
{
        static char text[1 << 16];
        ssize_t n = read(out[0], text, sizeof(text) - 1);
        text[n > 0 ? n : 0] = 0;
        if (strcmp(text, want))
                check_fail("line", line, "it shows %.300s, not %.300s", text, want);
}

static char *file(const char *name, const char *content, mode_t mode)
{
        static char path[8][8300];
        static unsigned turn;
        char *p = path[turn++ % 8];
        snprintf(p, 8300, "%s/%s", dir, name);
        unlink(p);
        int fd = (int)OK(open(p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
        if (content)
                EQ(write(fd, content, strlen(content)), strlen(content));
        close(fd);
        OK(chmod(p, mode));
        return p;
}

TEST(arguments_and_environment)
{
        set_up();
        char *env[] = { "TEST_A=1", "OTHER=2", "TEST_B=x y", NULL };
        SHOWS("[x][show][9][][a b]{TEST_A=1}{TEST_B=x y}|exec", execle(self, "x", "show", "9", "", "a b", NULL, env));
        SHOWS("[-strace][show][9]|exec", execl(self, "-strace", "show", "9", NULL));
        SHOWS("[x][-E][TEST_Z=1][show][9]|exec", execl(self, "x", "-E", "TEST_Z=1", "show", "9", NULL));
        SHOWS("[x][show][9]|exec", execl("/proc/self/exe", "x", "show", "9", NULL));
}

TEST(by_relative_names)
{
        set_up();
        char *slash = strrchr(self, '/');
        *slash = 0;
        OK(chdir(self));
        setenv("PATH", "/nonexistent:.", 1);
        SHOWS("[x][show][9]|exec", execl("exec", "x", "show", "9", NULL));
        SHOWS("[x][show][9]|exec", execl("./exec", "x", "show", "9", NULL));
        SHOWS("[x][show][9]|exec", execlp("exec", "x", "show", "9", NULL));
}

TEST(by_descriptor)
{
        set_up();
        char *none[] = { NULL }, *argv[] = { "x", "show", "9", NULL };
        int fd = (int)OK(open(self, O_RDONLY)), closing = (int)OK(open(self, O_RDONLY | O_CLOEXEC)),
            path = (int)OK(open(self, O_PATH));
        char *slash = strrchr(self, '/');
        *slash = 0;
        int d = (int)OK(open(self, O_RDONLY | O_DIRECTORY));
        pid_t pid = fork();
        if (pid == 0)
                fexecve(fd, argv, none);
        check_child(pid, 0);
        char text[200] = { 0 };
        CHECK(read(out[0], text, 199) > 0);
        CHECK(!strncmp(text, "[x][show][9]|", 13));
        pid = fork();
        if (pid == 0)
                syscall(SYS_execveat, closing, "", argv, none, AT_EMPTY_PATH);
        check_child(pid, 0);
        CHECK(read(out[0], text, 199) > 0);
        pid = fork();
        if (pid == 0)
                syscall(SYS_execveat, path, "", argv, none, AT_EMPTY_PATH);
        check_child(pid, 0);
        CHECK(read(out[0], text, 199) > 0);
        SHOWS("[x][show][9]|exec", syscall(SYS_execveat, d, "exec", argv, none, 0));
        ERR(syscall(SYS_execveat, d, "", argv, none, 0), ENOENT);
        ERR(syscall(SYS_execveat, 99, "exec", argv, none, 0), EBADF);
        ERR(syscall(SYS_execveat, d, "exec", argv, none, 0x40000000), EINVAL);
}

/* Executes a program by a descriptor and checks which descriptors it has then: those that exec leaves open, and no other one. */
static void shows_descriptors(int fd, const char *path, int flags)
{
        char *none[] = { NULL }, *argv[] = { "x", "descriptors", "9", NULL }, want[4096], got[4096] = { 0 };
        list_descriptors(want, sizeof(want), 1);
        pid_t pid = fork();
        if (pid == 0) {
                syscall(SYS_execveat, fd, path, argv, none, flags);
                _exit(errno);
        }
        check_child(pid, 0);
        OK(read(out[0], got, sizeof(got) - 1));
        if (strcmp(got, want))
                FAIL("the program has the descriptors %s, not %s", got, want);
}

TEST(by_closing_descriptor)
{
        set_up();
        shows_descriptors((int)OK(open(self, O_RDONLY | O_CLOEXEC)), "", AT_EMPTY_PATH);
        shows_descriptors((int)OK(open(self, O_PATH | O_CLOEXEC)), "", AT_EMPTY_PATH);
        shows_descriptors((int)OK(open(self, O_RDONLY)), "", AT_EMPTY_PATH);
        char *slash = strrchr(self, '/');
        *slash = 0;
        shows_descriptors((int)OK(open(self, O_RDONLY | O_DIRECTORY | O_CLOEXEC)), slash + 1, 0);
}

TEST(by_descriptor_without_a_name)
{
        set_up();
        for (int k = 0; k < 2; k++) {
                int from = (int)OK(open(self, O_RDONLY | O_CLOEXEC)), to = (int)OK(memfd_create("copy", k ? MFD_CLOEXEC : 0));
                while (sendfile(to, from, NULL, 1 << 20) > 0)
                        ;
                close(from);
                shows_descriptors(to, "", AT_EMPTY_PATH);
                close(to);
        }
}

/* Makes a copy of this program and returns its descriptor, opened with `flags`. */
static int open_copy(const char *path, int flags)
{
        int from = (int)OK(open(self, O_RDONLY | O_CLOEXEC)),
            to = (int)OK(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755));
        while (sendfile(to, from, NULL, 1 << 20) > 0)
                ;
        close(from), close(to);
        return (int)OK(open(path, flags | O_CLOEXEC));
}

/* AT_EXECFN is the name that was executed, also if that is a script's, or a descriptor's (fs/exec.c, alloc_bprm()). */
TEST(its_name)
{
        static char line[9000], want[9000];
        char *argv[] = { "x", "name", "9", NULL }, *none[] = { NULL };
        set_up();
        SHOWS(self, execv(self, argv));
        snprintf(line, sizeof(line), "#!%s\n", self);
        char *p = file("inner", line, 0755);
        OK(chdir(dir));
        SHOWS(p, execv(p, argv));
        SHOWS("./inner", execv("./inner", argv));
        SHOWS("inner", execv("inner", argv));
        snprintf(line, sizeof(line), "#!%s\n", p); /* a script whose interpreter is a script */
        p = file("outer", line, 0755);
        SHOWS(p, execv(p, argv));
        int fd = (int)OK(open(self, O_RDONLY)), d = (int)OK(open(".", O_RDONLY));
        snprintf(want, sizeof(want), "/dev/fd/%d", fd);
        SHOWS(want, syscall(SYS_execveat, fd, "", argv, none, AT_EMPTY_PATH));
        snprintf(want, sizeof(want), "/dev/fd/%d/inner", d);
        SHOWS(want, syscall(SYS_execveat, d, "inner", argv, none, 0));
}

TEST(unlinked_by_descriptor)
{
        char path[4300];
        set_up();
        snprintf(path, sizeof(path), "%s/unlinked", dir);
        for (int k = 0; k < 2; k++) {
                int fd = open_copy(path, k ? O_PATH : O_RDONLY);
                OK(unlink(path));
                shows_descriptors(fd, "", AT_EMPTY_PATH);
                OK(fcntl(fd, F_SETFD, 0));
                SHOWS("[x][show][9]|exec", execl("/proc/self/exe", "x", "show", "9", NULL));
                close(fd);
        }
}

static int is_before(unsigned major, unsigned minor)
{
        struct utsname u;
        unsigned a, b;
        uname(&u);
        return sscanf(u.release, "%u.%u", &a, &b) == 2 && (a < major || (a == major && b < minor));
}

static void is_busy(const char *path)
{
        pid_t pid = fork();
        if (pid == 0) {
                execl(path, "x", "show", "9", NULL);
                _exit(errno == ETXTBSY ? 3 : 4);
        }
        check_child(pid, 3);
}

TEST(open_for_writing)
{
        static char line[9000];
        char path[4300];
        set_up();
        if (is_before(6, 8))
                SKIP("the kernel does not say it before it executes (Linux 6.8)");
        snprintf(path, sizeof(path), "%s/busy-program", dir);
        int fd = open_copy(path, O_RDWR);
        snprintf(line, sizeof(line), "#!%s\n", path);
        char *script = file("script-of-busy", line, 0755);
        is_busy(path);
        is_busy(script);
        close(fd);
        SHOWS("[x][show][9]|busy-program", execl(path, "x", "show", "9", NULL));
        snprintf(line, sizeof(line), "#!%s\n", self);
        script = file("busy-script", line, 0755);
        fd = (int)OK(open(script, O_WRONLY | O_CLOEXEC));
        is_busy(script);
        close(fd);
}

TEST(scripts)
{
        static char line[9000], want[20000];
        set_up();
        snprintf(line, sizeof(line), "#!%s show\n", self);
        char *p = file("9", line, 0755); /* the script's name, "9", is the argument of "show" */
        OK(chdir(dir));
        snprintf(want, sizeof(want), "[%.100s][show][9][more]|9", self);
        SHOWS(want, execl("9", "ignored", "more", NULL));
        snprintf(line, sizeof(line), "#! %s one word \t\n", self);
        p = file("script", line, 0755);
        snprintf(want, sizeof(want), "[%.100s][one word][%.100s][show][9]|script", self, p);
        SHOWS(want, execl(p, "ignored", "show", "9", NULL));
        snprintf(line, sizeof(line), "#!%s\n", p); /* a script whose interpreter is a script */
        char *q = file("script2", line, 0755);
        snprintf(want, sizeof(want), "[%.100s][one word][%.100s][%.100s][show][9]|script2", self, p, q);
        SHOWS(want, execl(q, "ignored", "show", "9", NULL));
        ERR(execl(file("no-interpreter", "#!/nonexistent/sh\n", 0755), "x", NULL), ENOENT);
        ERR(execl(file("empty-interpreter", "#!\n", 0755), "x", NULL), ENOEXEC);
}

TEST(what_cannot_be_executed)
{
        set_up();
        ERR(execl(file("text", "just text\n", 0755), "x", NULL), ENOEXEC);
        ERR(execl(file("empty", "", 0755), "x", NULL), ENOEXEC);
        ERR(execl(file("no-x", "#!/bin/sh\n", 0644), "x", NULL), EACCES);
        ERR(execl(dir, "x", NULL), EACCES);
        ERR(execl("/nonexistent", "x", NULL), ENOENT);
        ERR(execl("", "x", NULL), ENOENT);
        ERR(execl("/dev/null", "x", NULL), EACCES);
        char *p = file("busy", "#!/bin/sh\n", 0755);
        char path[9000];
        snprintf(path, sizeof(path), "%s/x", p);
        ERR(execl(path, "x", NULL), ENOTDIR);
        int fd = (int)OK(open(p, O_RDWR));
        ERR(execl(p, "x", NULL), ETXTBSY);
        close(fd);
        char loop[9000];
        snprintf(loop, sizeof(loop), "%s/loop", dir);
        unlink(loop);
        OK(symlink("loop", loop));
        ERR(execl(loop, "x", NULL), ELOOP);
        char *long_name = malloc(10000);
        memset(long_name, 'a', 9999), long_name[9999] = 0;
        ERR(execl(long_name, "x", NULL), ENAMETOOLONG);
}

TEST(many_arguments)
{
        set_up();
        enum { N = 3000 };
        char *argv[N + 4], *word = malloc(101);
        memset(word, 'w', 100), word[100] = 0;
        argv[0] = "x";
        for (int k = 1; k <= N; k++)
                argv[k] = word;
        argv[N + 1] = "show";
        argv[N + 2] = "9";
        argv[N + 3] = NULL;
        pid_t pid = fork();
        if (pid == 0) {
                int null = open("/dev/null", O_WRONLY);
                dup2(null, 9);
                execv(self, argv);
        }
        check_child(pid, 0);
        char *huge = malloc(200000);
        memset(huge, 'h', 199999), huge[199999] = 0;
        ERR(execl(self, "x", huge, NULL), E2BIG);
        static char *lots[40000];
        for (int k = 0; k < 39999; k++)
                lots[k] = word;
        struct rlimit lim = { 1 << 20, 1 << 20 };
        pid = fork();
        if (pid == 0) {
                OK(setrlimit(RLIMIT_STACK, &lim));
                ERR(execv(self, lots), E2BIG);
                _exit(0);
        }
        check_child(pid, 0);
}

TEST(no_arguments)
{
        set_up();
        pid_t pid = fork();
        char *none[] = { NULL }, *test[] = { "TEST_NONE=1", NULL };
        if (pid ==
            0) { /* it must not execute this program: since Linux 5.18 that would get an empty argv[0], and run all tests */
                execve("/nonexistent", none, test);
                _exit(errno == ENOENT ? 3 : 4);
        }
        check_child(pid, 3);
}

TEST(programs_of_the_host)
{
        set_up();
        char text[100] = { 0 };
        if (access("/bin/echo", X_OK))
                SKIP("no /bin/echo");
        pid_t pid = fork();
        if (pid == 0) {
                dup2(9, 1);
                execl("/bin/echo", "echo", "from", "the host", NULL);
        }
        check_child(pid, 0);
        CHECK(read(out[0], text, sizeof(text)) > 0);
        CHECK(!strcmp(text, "from the host\n"));
}

TEST(descriptors_and_directory_stay)
{
        set_up();
        int keep = (int)OK(open("/dev/null", O_RDONLY)), lose = (int)OK(open("/dev/null", O_RDONLY | O_CLOEXEC));
        OK(chdir("/"));
        umask(027);
        char *script = file("fds", "", 0755);
        FILE *f = fopen(script, "we");
        fprintf(f, "#!/bin/sh\nreadlink /proc/self/fd/%d >&9\ntest -e /proc/self/fd/%d && echo open >&9\npwd >&9\numask >&9\n",
                keep, lose);
        fclose(f);
        pid_t pid = fork();
        if (pid == 0)
                execl(script, "x", NULL);
        check_child(pid, 0);
        shown("/dev/null\n/\n0027\n", __LINE__);
}
