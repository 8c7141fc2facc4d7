/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf again=-opt_no-share */
/* A process hands translations down to its children in a file, from its second fork on: the file's descriptor has number NUMBER
 * and is inherited. A program must not notice that descriptor, nor the file's mappings. */
/* Whatever the times of the files are that it is given. */
#define _FILE_OFFSET_BITS 64
#define _TIME_BITS 64
#include "check.h"
#include "words.h"
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define NUMBER 1019
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

static void fork_twice(void)
{
        for (unsigned k = 0; k < 2; k++) {
                pid_t pid = fork();
                if (pid == 0)
                        _exit(0);
                int status;
                CHECK(waitpid(pid, &status, 0) == pid && status == 0);
        }
}

/* Returns the number of entries of a folder; *ret_found: one of them is NUMBER. */
static unsigned count(const char *directory, bool *ret_found)
{
        DIR *d = opendir(directory);
        unsigned n = 0;
        CHECK(d);
        *ret_found = false;
        for (struct dirent *e; (e = readdir(d)); n++)
                if (!strcmp(e->d_name, "1019"))
                        *ret_found = true;
        closedir(d);
        return n;
}

TEST(not_in_the_list_of_descriptors)
{
        static const char *const lists[] = { "/proc/self/fd", "/proc/self/fdinfo", "/proc/thread-self/fd" };
        for (unsigned k = 0; k < 3; k++) {
                bool found;
                unsigned before = count(lists[k], &found);
                CHECK(!found);
                fork_twice();
                CHECK(count(lists[k], &found) == before && !found);
        }
}

TEST(own_descriptor_of_that_number_is_listed)
{
        bool found;
        CHECK(dup2(0, NUMBER) == NUMBER);
        count("/proc/self/fd", &found);
        CHECK(found);
        fork_twice();
        count("/proc/self/fd", &found);
        CHECK(found);
        CHECK(close(NUMBER) == 0);
        CHECK(close(NUMBER) == -1 && errno == EBADF);
}

TEST(calls_say_ebadf)
{
        struct stat s;
        char c;
        struct pollfd p = { .fd = 0 };
        fork_twice();
        CHECK(close(NUMBER) == -1 && errno == EBADF);
        CHECK(fstat(NUMBER, &s) == -1 && errno == EBADF);
        CHECK(read(NUMBER, &c, 1) == -1 && errno == EBADF);
        CHECK(write(NUMBER, &c, 1) == -1 && errno == EBADF);
        CHECK(dup(NUMBER) == -1 && errno == EBADF);
        CHECK(dup2(NUMBER, 5) == -1 && errno == EBADF);
        CHECK(fcntl(NUMBER, F_GETFD) == -1 && errno == EBADF);
        CHECK(fcntl(NUMBER, F_DUPFD, 0) == -1 && errno == EBADF);
        CHECK(fcntl(NUMBER, F_DUPFD_CLOEXEC, NUMBER - 1) == -1 && errno == EBADF);
        CHECK(dup3(NUMBER, 5, O_CLOEXEC) == -1 && errno == EBADF);
        CHECK(sendfile(1, NUMBER, NULL, 1) == -1 && errno == EBADF);
        CHECK(copy_file_range(NUMBER, NULL, NUMBER, NULL, 1, 0) == -1 && errno == EBADF);
        CHECK(epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, NUMBER, &(struct epoll_event){ 0 }) == -1 && errno == EBADF);
        CHECK(ftruncate(NUMBER, 0) == -1 && errno == EBADF);
        CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, NUMBER, 0) == MAP_FAILED && errno == EBADF);
        CHECK(poll(&p, 1, 0) >= 0);
}

TEST(close_range_goes_around)
{
        fork_twice();
        int low = dup(0), high = fcntl(0, F_DUPFD, NUMBER + 1);
        CHECK(low > 2);
        if (high > 0)
                CHECK(high > NUMBER);
        CHECK(syscall(SYS_close_range, 3u, ~0u, 0) == 0);
        CHECK(close(low) == -1 && errno == EBADF);
        CHECK(close(high) == -1 && errno == EBADF);
        CHECK(syscall(SYS_close_range, NUMBER, NUMBER, 0) == 0);
        CHECK(syscall(SYS_close_range, 5u, 4u, 0) == -1 && errno == EINVAL);
        CHECK(syscall(SYS_close_range, NUMBER, NUMBER, 1u << 30) == -1 && errno == EINVAL);
        CHECK(syscall(SYS_close_range, 3u, ~0u, 1u << 30) == -1 && errno == EINVAL);
        fork_twice();
}

TEST(not_in_the_list_of_mappings)
{
        char line[600];
        fork_twice();
        FILE *f = fopen("/proc/self/maps", "r");
        CHECK(f);
        while (fgets(line, sizeof(line), f))
                CHECK(!strstr(line, "memfd"));
        fclose(f);
}

static void on_xfsz(int sig)
{
        (void)sig;
        _exit(9);
}

/* For tests that must do something before the file is made: check.h has forked already when a test begins. Executes this program
 * anew, with that test only and with nothing handed down to it, and waits for it. Returns true in the new program, false in the
 * old one. */
static bool in_new_program(const char *name)
{
        if (getenv("SHARE_TEST_NEW"))
                return true;
        setenv("SHARE_TEST_NEW", "1", 1);
        pid_t pid = fork();
        if (pid == 0) {
                int null = open("/dev/null", O_WRONLY);
                dup2(null, 1);
                dup2(null, NUMBER); /* the number is another file's then, so nothing is handed down */
                close(NUMBER);
                execl("/proc/self/exe", "share", name, NULL);
                _exit(127);
        }
        int status;
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
        return false;
}
#define IN_NEW_PROGRAM "started by hand, it does not execute guest programs"

TEST_NOT_ON_QEMU(no_signal_for_a_large_file, IN_NEW_PROGRAM)
{
        CHECK(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 4096, 4096 }) == 0);
        signal(SIGXFSZ, on_xfsz);
        fork_twice();
        in_new_program("no_signal_for_a_large_file");
}

TEST_NOT_ON_QEMU(close_range_of_that_number_alone, IN_NEW_PROGRAM)
{
        if (!in_new_program("close_range_of_that_number_alone"))
                return;
        EQ(dup2(0, NUMBER + 1), NUMBER + 1);
        fork_twice();
        EQ(syscall(SYS_close_range, NUMBER, NUMBER, 0), 0);
        EQ(fcntl(NUMBER + 1, F_GETFD), 0);
}

/* ---- processes that share memory, but not the table of descriptors, or the other way round ---- */

static char child_stack[65536] __attribute__((aligned(16)));

static int take_number(void *unused)
{
        (void)unused;
        _exit(dup2(0, NUMBER) != NUMBER);
}

/* Makes a child, which shares with its parent what `flags` say, and lets it use the number for a descriptor of its own. */
static void child_takes_number(int flags)
{
        int status;
        fork_twice();
        pid_t pid = clone(take_number, child_stack + sizeof(child_stack), flags | SIGCHLD, NULL);
        CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
}

TEST(child_of_vfork_takes_number)
{
        bool found;
        child_takes_number(CLONE_VM | CLONE_VFORK);
        count("/proc/self/fd", &found);
        CHECK(!found);
        CHECK(fcntl(NUMBER, F_GETFD) == -1 && errno == EBADF);
}

TEST_NOT_ON_QEMU(child_with_the_same_table_takes_number, "it knows no CLONE_FILES without CLONE_VM")
{
        child_takes_number(CLONE_FILES);
        EQ(fcntl(NUMBER, F_GETFD), 0);
        EQ(close(NUMBER), 0);
        fork_twice();
        CHECK(fcntl(NUMBER, F_GETFD) == -1 && errno == EBADF);
}

static void *take_number_alone(void *close_range)
{
        if (close_range)
                CHECK(syscall(SYS_close_range, ~0u, ~0u, 2 /* CLOSE_RANGE_UNSHARE */) == 0);
        else if (unshare(CLONE_FILES) == -1 && errno == EPERM)
                return NULL; /* a sandbox refuses unshare; close_range(), which does the same, is tried too */
        EQ(dup2(0, NUMBER), NUMBER);
        return NULL;
}

TEST(thread_with_another_table_takes_number)
{
        for (unsigned k = 0; k < 2; k++) {
                pthread_t thread;
                bool found;
                fork_twice();
                CHECK(pthread_create(&thread, NULL, take_number_alone, k ? &thread : NULL) == 0 &&
                      pthread_join(thread, NULL) == 0);
                count("/proc/self/fd", &found);
                CHECK(!found);
                CHECK(fcntl(NUMBER, F_GETFD) == -1 && errno == EBADF);
        }
}

static volatile bool number_is_taken, has_forked;

static int fork_when_number_is_taken(void *unused)
{
        (void)unused;
        while (!number_is_taken)
                sched_yield();
        fork_twice();
        has_forked = true;
        pause();
        return 0;
}

/* A process and its child share memory, but not the table of descriptors. The child makes a file; the number is free in its
 * table. In the parent's table the number is another descriptor's, whose close-on-exec flag must work as ever. */
TEST_NOT_ON_QEMU(close_on_exec_of_that_number, IN_NEW_PROGRAM)
{
        if (getenv("SHARE_TEST_EXECUTED")) {
                CHECK(fcntl(NUMBER, F_GETFD) == -1 && errno == EBADF);
                return;
        }
        if (!in_new_program("close_on_exec_of_that_number"))
                return;
        CHECK(prctl(PR_SET_DUMPABLE, 0) == 0); /* so that this process makes no file, only its child does */
        pid_t pid = clone(fork_when_number_is_taken, child_stack + sizeof(child_stack), CLONE_VM | SIGCHLD, NULL);
        CHECK(pid > 0 && prctl(PR_SET_DUMPABLE, 1) == 0);
        EQ(dup3(0, NUMBER, O_CLOEXEC), NUMBER);
        number_is_taken = true;
        while (!has_forked)
                sched_yield();
        int flags = fcntl(NUMBER, F_GETFD), status;
        setenv("SHARE_TEST_EXECUTED", "1", 1);
        pid_t executes = fork();
        if (executes == 0) {
                execl("/proc/self/exe", "share", "close_on_exec_of_that_number", NULL);
                _exit(127);
        }
        CHECK(waitpid(executes, &status, 0) == executes);
        kill(pid, SIGKILL);
        EQ(flags, FD_CLOEXEC);
        EQ(status, 0);
}

/* A program that Landlock restricts may not be able to read what was read before: it gets no translations of that. */
TEST_NOT_ON_QEMU(not_handed_down_after_landlock, IN_NEW_PROGRAM)
{
        enum { READ_FILE = 4 };
        const uint64_t handled = READ_FILE;
        if (getenv("SHARE_TEST_EXECUTED")) {
                CHECK(open("/proc/self/fd/1019", O_RDONLY) == -1 && errno == ENOENT);
                return;
        }
        if (!in_new_program("not_handed_down_after_landlock"))
                return;
        int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0), status;
        if (rules < 0)
                SKIP("no Landlock here");
        struct {
                uint64_t allowed;
                int32_t fd;
        } __attribute__((packed)) rule = { READ_FILE, open("/", O_PATH) };
        CHECK(syscall(SYS_landlock_add_rule, rules, 1, &rule, 0) == 0);
        fork_twice();
        setenv("SHARE_TEST_EXECUTED", "1", 1);
        pid_t pid = fork();
        if (pid == 0) {
                if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_landlock_restrict_self, rules, 0))
                        _exit(126);
                execl("/proc/self/exe", "share", "not_handed_down_after_landlock", NULL);
                _exit(127);
        }
        CHECK(waitpid(pid, &status, 0) == pid);
        EQ(status, 0);
}

static volatile bool stop;
static volatile int free_number;
static volatile unsigned times_seen;

static void *look_at_free_number(void *unused)
{
        while (!stop)
                times_seen += syscall(SYS_fcntl, free_number, F_GETFD) != -1;
        return unused;
}

/* While a thread forks, no other thread sees the file come at the lowest free number. */
TEST_NOT_ON_QEMU(not_seen_while_it_is_made, IN_NEW_PROGRAM)
{
        pthread_t thread;
        if (!in_new_program("not_seen_while_it_is_made"))
                return;
        free_number = dup(0);
        close(free_number);
        CHECK(pthread_create(&thread, NULL, look_at_free_number, NULL) == 0);
        usleep(20000);
        fork_twice();
        stop = true;
        CHECK(pthread_join(thread, NULL) == 0);
        EQ((int)times_seen, 0);
}

/* The limit of descriptors is below NUMBER. */
TEST(few_descriptors)
{
        CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 20, 20 }) == 0);
        fork_twice();
        int fd, n = 0;
        while ((fd = dup(0)) >= 0)
                n++;
        CHECK(errno == EMFILE && n >= 10 && n < 18);
        fork_twice();
}

/* The program uses all numbers up to the limit, NUMBER too. */
TEST(every_descriptor)
{
        struct rlimit r;
        CHECK(getrlimit(RLIMIT_NOFILE, &r) == 0);
        r.rlim_cur = 1100;
        if (setrlimit(RLIMIT_NOFILE, &r))
                SKIP("the hard limit of descriptors is below 1100");
        for (int fd = 3; fd < 1100; fd++)
                CHECK(dup2(0, fd) == fd);
        fork_twice();
        struct stat a, b;
        CHECK(fstat(0, &a) == 0 && fstat(NUMBER, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev);
}

/* Takes descriptors until there are no more. Their numbers must have no gap, not at NUMBER either, and reach the limit. take()
 * stores one or two new descriptors and returns how many; -1: error. */
static void take_all(int (*take)(int *, int *), int limit)
{
        int fd[2], expected = 3, n;
        CHECK(syscall(SYS_close_range, 3u, ~0u, 0) == 0);
        CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ (rlim_t)limit, (rlim_t)limit }) == 0);
        fork_twice();
        while ((n = take(&fd[0], &fd[1])) > 0)
                for (int k = 0; k < n; k++)
                        EQ(fd[k], expected++);
        CHECK(errno == EMFILE);
        CHECK(limit - expected < 2);
}

static int take_dup(int *a, int *b)
{
        (void)b;
        *a = dup(0);
        return *a < 0 ? -1 : 1;
}

static int take_pipe(int *a, int *b)
{
        int fd[2], r = pipe(fd);
        *a = fd[0], *b = fd[1];
        return r < 0 ? -1 : 2;
}

static int take_socketpair(int *a, int *b)
{
        int fd[2], r = socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
        *a = fd[0], *b = fd[1];
        return r < 0 ? -1 : 2;
}

/* Takes pidfds by getsockopt, which puts the descriptor into memory and does not return it. */
static int take_peer(int *a, int *b)
{
        static int pair[2] = { -1, -1 };
        socklen_t size = sizeof(*a);
        if (pair[0] < 0)
                return take_socketpair(&pair[0], &pair[1]) > 0 ? (*a = pair[0], *b = pair[1], 2) : -1;
        return getsockopt(pair[0], SOL_SOCKET, SO_PEERPIDFD, a, &size) ? -1 : 1;
}

TEST(all_numbers_by_getsockopt)
{
        int fd[2], peer;
        socklen_t size = sizeof(peer);
        CHECK(take_socketpair(&fd[0], &fd[1]) == 2);
        if (getsockopt(fd[0], SOL_SOCKET, SO_PEERPIDFD, &peer, &size))
                SKIP("no SO_PEERPIDFD (before Linux 6.5)");
        take_all(take_peer, 1024);
}

TEST(all_numbers_by_dup)
{
        take_all(take_dup, 1024);
}
TEST(all_numbers_by_pipe)
{
        take_all(take_pipe, 1024);
}
TEST(all_numbers_by_socketpair)
{
        take_all(take_socketpair, 1024);
}

TEST(number_asked_for)
{
        fork_twice();
        EQ(fcntl(0, F_DUPFD, NUMBER), NUMBER);
        EQ(fcntl(0, F_DUPFD_CLOEXEC, NUMBER - 1), NUMBER - 1);
        EQ(fcntl(0, F_DUPFD, NUMBER - 1), NUMBER + 1);
}

static int program = -1;

/* A thread that tries to execute a program for arm64 again and again. It fails, because the arguments have too many bytes. */
static void *fail_to_execute(void *arg)
{
        char *argv[] = { "share", arg, arg, arg, arg, arg, arg, arg, arg, arg, arg,
                         arg,     arg, arg, arg, arg, arg, arg, arg, arg, NULL };
        while (!stop)
                if (program >= 0 ? fexecve(program, argv, environ) == 0 : execv("/proc/self/exe", argv) == 0 || errno != E2BIG)
                        abort();
        return NULL;
}

/* Runs a program of the host. Returns true if it has a descriptor that it must not have: NUMBER, or 1018, which is that of a
 * program that is executed by its descriptor (linux/execve.c). */
static bool native_program_has_it(void)
{
        pid_t pid = vfork();
        if (pid == 0) {
                execl("/bin/sh", "sh", "-c", "test -e /proc/self/fd/1019 || test -e /proc/self/fd/1018", NULL);
                _exit(127);
        }
        int status = -1;
        CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) <= 1);
        return WEXITSTATUS(status) == 0;
}

/* False in a root file system for arm64, which has no programs of the host. */
static bool has_native_programs(void)
{
        enum { MACHINE = 18, EM_X86_64_ = 62 };
        unsigned char head[20] = "";
        int fd = open("/bin/sh", O_RDONLY);
        bool all = fd >= 0 && read(fd, head, sizeof(head)) == (ssize_t)sizeof(head);
        close(fd);
        return all && head[MACHINE] == EM_X86_64_;
}

static void fail_while_native_programs_start(void)
{
        if (!has_native_programs())
                SKIP("there are no programs of the machine's own here");
        char *large = malloc(130000);
        pthread_t thread;
        fork_twice();
        CHECK(!native_program_has_it());
        memset(large, 'x', 129999);
        large[129999] = 0;
        CHECK(setrlimit(RLIMIT_STACK, &(struct rlimit){ 1 << 20, RLIM_INFINITY }) == 0); /* arguments may have a quarter of it */
        CHECK(pthread_create(&thread, NULL, fail_to_execute, large) == 0);
        for (unsigned k = 0; k < 100; k++)
                CHECK(!native_program_has_it());
        stop = true;
        CHECK(pthread_join(thread, NULL) == 0);
}

TEST(not_inherited_by_native_programs)
{
        fail_while_native_programs_start();
}

/* The program that is executed is a file without a name, and its descriptor is closed on exec. */
TEST(descriptor_of_program_not_inherited_by_native_programs)
{
        char bytes[65536];
        int from = open("/proc/self/exe", O_RDONLY);
        program = memfd_create("program", MFD_CLOEXEC);
        CHECK(from >= 0 && program >= 0);
        for (ssize_t n; (n = read(from, bytes, sizeof(bytes))) > 0;)
                CHECK(write(program, bytes, (size_t)n) == n);
        fail_while_native_programs_start();
}

/* Code that was handed down must not run once other code is at its address. */
TEST(code_that_changes)
{
        uint32_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(code != MAP_FAILED);
        for (unsigned k = 0; k < 40; k++) {
                code[0] = MOVZ_X0(k % 3);
                code[1] = RET;
                __builtin___clear_cache((char *)code, (char *)(code + 2));
                CHECK(((int (*)(void))entry(code))() == (int)(k % 3));
                if (k % 10 == 9)
                        fork_twice();
        }
}
