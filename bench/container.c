/* SPDX-License-Identifier: GPL-2.0-or-later */
/* container [-n N] [-b DIR=TARGET]... [-p COMMAND] ROOT OUTPUT PROGRAM ARGS...: runs a program as a container's first program is run, and
 * prints the CPU seconds, user and system, of it and of all its descendants.
 *
 * The root file system is a new overlay over ROOT, of which nothing stays, in namespaces of its own; each -b puts a directory of this machine
 * into it. COMMAND is given to the container's shell before; it does not count, and neither does the making of the container. With -n, that
 * many containers follow each other, and their sum is printed. OUTPUT is what they write to standard output. Has to be root, in a user
 * namespace at least. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BASE "/mnt"
#define BINDS 8

struct options {
        int n, n_binds, out;
        const char *binds[BINDS], *prepare, *root;
        char **program;
};

/* What the container's first process tells the one outside. */
struct result {
        double seconds;
        int status;
};

__attribute__((format(printf, 1, 2), noreturn)) static void fail(const char *format, ...)
{
        int error = errno;
        va_list args;
        va_start(args, format);
        fprintf(stderr, "container: ");
        vfprintf(stderr, format, args);
        fprintf(stderr, ": %s\n", strerror(error));
        va_end(args);
        exit(1);
}

static double of_children(void)
{
        struct rusage u;
        getrusage(RUSAGE_CHILDREN, &u);
        return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

static void mount_at(const char *from, const char *to, const char *type, unsigned long flags, const char *data)
{
        if (mkdir(to, 0755) && errno != EEXIST)
                fail("%s", to);
        if (mount(from, to, type, flags, data))
                fail("mount %s", to);
}

/* A container's, of which nothing is the machine's but what concerns the translator. */
static void make_environment(void)
{
        char **old = environ;
        environ = NULL;
        setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
        setenv("HOME", "/root", 1);
        setenv("LC_ALL", "C.UTF-8", 1);
        for (; *old; old++)
                if (!strncmp(*old, "BINFMT_", 7))
                        putenv(*old);
}

/* The overlay, what every container has, and the directories of -b. */
static void make_root(const struct options *o)
{
        char text[8192];
        if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
                fail("/");
        mount_at("tmpfs", BASE, "tmpfs", 0, "size=50%");
        if (mkdir(BASE "/upper", 0755) || mkdir(BASE "/work", 0755))
                fail(BASE);
        snprintf(text, sizeof(text), "lowerdir=%s,upperdir=" BASE "/upper,workdir=" BASE "/work,userxattr", o->root);
        mount_at("overlay", BASE "/root", "overlay", 0, text);
        mount_at("/dev", BASE "/root/dev", NULL, MS_BIND | MS_REC, NULL);
        mount_at("proc", BASE "/root/proc", "proc", 0, NULL);
        mount_at("tmpfs", BASE "/root/run", "tmpfs", 0, NULL);
        for (int i = 0; i < o->n_binds; i++) {
                const char *equals = strchr(o->binds[i], '=');
                char *from = strndup(o->binds[i], (size_t)(equals - o->binds[i]));
                snprintf(text, sizeof(text), BASE "/root%s", equals + 1);
                mount_at(from, text, NULL, MS_BIND, NULL);
                free(from);
        }
        if (chroot(BASE "/root") || chdir("/"))
                fail("chroot");
}

/* run PROGRAM: runs it and all that it leaves behind to their ends. */
static int run(char **program, int out)
{
        pid_t pid = fork();
        if (pid < 0)
                fail("fork");
        if (pid == 0) {
                dup2(out, 1);
                execvp(program[0], program);
                perror(program[0]);
                _exit(127);
        }
        int status = 0, s;
        for (pid_t p; (p = wait(&s)) > 0;)
                if (p == pid)
                        status = s;
        return status;
}

/* The container's first process. */
static void contain(const struct options *o, struct result *result)
{
        make_root(o);
        if (o->prepare) {
                int status = run((char *[]){ "sh", "-c", (char *)o->prepare, NULL }, 2);
                if (status) {
                        result->status = status;
                        return;
                }
        }
        double before = of_children();
        result->status = run(o->program, o->out);
        result->seconds = of_children() - before;
}

static struct options parse(int argc, char **argv)
{
        struct options o = { .n = 1 };
        for (int c; (c = getopt(argc, argv, "+n:b:p:")) != -1;) {
                if (c == 'n')
                        o.n = atoi(optarg);
                else if (c == 'p')
                        o.prepare = optarg;
                else if (c == 'b' && o.n_binds < BINDS && strchr(optarg, '='))
                        o.binds[o.n_binds++] = optarg;
                else
                        exit(2);
        }
        if (argc - optind < 3)
                exit(2);
        o.root = argv[optind];
        o.out = open(argv[optind + 1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (o.out < 0)
                fail("%s", argv[optind + 1]);
        o.program = argv + optind + 2;
        return o;
}

int main(int argc, char **argv)
{
        struct options o = parse(argc, argv);
        struct result *result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (result == MAP_FAILED)
                fail("mmap");
        make_environment();
        double sum = 0;
        for (int i = 0; i < o.n; i++) {
                int status;
                *result = (struct result){ .status = -1 };
                /* Like fork, and in namespaces of its own. */
                pid_t pid =
                        (pid_t)syscall(SYS_clone, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0);
                if (pid == 0) {
                        contain(&o, result);
                        _exit(0);
                }
                if (pid < 0 || waitpid(pid, &status, 0) != pid || result->status) {
                        fprintf(stderr, "container: %s failed (status %#x)\n", o.program[0], (unsigned)result->status);
                        return 1;
                }
                sum += result->seconds;
        }
        printf("%.6f\n", sum);
        return 0;
}
