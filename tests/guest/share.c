/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: again=-opt_no-share
 * What a program must not notice of the descriptor and the mapping through which processes share translations (each test
 * is a child of a process that forked: they are there). */
#include "check.h"
#include <dirent.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define NUMBER 1019

static void fork_once(void)
{
        pid_t pid = fork();
        if (pid == 0)
                _exit(0);
        int status;
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

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
                fork_once();
                CHECK(count(lists[k], &found) == before && !found);
        }
}

TEST(own_descriptor_of_that_number_is_listed)
{
        bool found;
        CHECK(dup2(0, NUMBER) == NUMBER);
        count("/proc/self/fd", &found);
        CHECK(found);
        fork_once();
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
        fork_once();
        CHECK(close(NUMBER) == -1 && errno == EBADF);
        CHECK(fstat(NUMBER, &s) == -1 && errno == EBADF);
        CHECK(read(NUMBER, &c, 1) == -1 && errno == EBADF);
        CHECK(write(NUMBER, &c, 1) == -1 && errno == EBADF);
        CHECK(dup(NUMBER) == -1 && errno == EBADF);
        CHECK(dup2(NUMBER, 5) == -1 && errno == EBADF);
        CHECK(fcntl(NUMBER, F_GETFD) == -1 && errno == EBADF);
        CHECK(fcntl(NUMBER, F_DUPFD, 0) == -1 && errno == EBADF);
        CHECK(ftruncate(NUMBER, 0) == -1 && errno == EBADF);
        CHECK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, NUMBER, 0) == MAP_FAILED && errno == EBADF);
        CHECK(poll(&p, 1, 0) >= 0);
}

TEST(close_range_goes_around)
{
        fork_once();
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
        fork_once();
}

TEST(not_in_the_list_of_mappings)
{
        char line[600];
        fork_once();
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

/* A file of 64 MB is made at the first fork; here the limit is lower. The first fork of a program is that of check.h, so: again, in
 * a new program. */
TEST_NOT_ON_QEMU(no_signal_for_a_large_file, "started by hand, it does not execute guest programs")
{
        if (getenv("SHARE_TEST_LIMITED")) {
                signal(SIGXFSZ, on_xfsz);
                fork_once();
                return;
        }
        CHECK(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 4096, 4096 }) == 0);
        fork_once();
        setenv("SHARE_TEST_LIMITED", "1", 1);
        pid_t pid = fork();
        if (pid == 0) {
                int null = open("/dev/null", O_WRONLY);
                dup2(null, 1);
                execl("/proc/self/exe", "share", "no_signal_for_a_large_file", NULL);
                _exit(127);
        }
        int status;
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* The limit of descriptors is lower than our number. */
TEST(few_descriptors)
{
        CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 20, 20 }) == 0);
        fork_once();
        int fd, n = 0;
        while ((fd = dup(0)) >= 0)
                n++;
        CHECK(errno == EMFILE && n >= 10 && n < 18);
        fork_once();
}

/* All numbers up to the limit are the program's, ours too. */
TEST(every_descriptor)
{
        struct rlimit r;
        CHECK(getrlimit(RLIMIT_NOFILE, &r) == 0);
        r.rlim_cur = 1100;
        if (setrlimit(RLIMIT_NOFILE, &r))
                SKIP("the hard limit of descriptors is below 1100");
        for (int fd = 3; fd < 1100; fd++)
                CHECK(dup2(0, fd) == fd);
        fork_once();
        struct stat a, b;
        CHECK(fstat(0, &a) == 0 && fstat(NUMBER, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev);
}

/* Code that is there only after the fork, at an address where other code was before. */
TEST(code_that_changes)
{
        uint32_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(code != MAP_FAILED);
        for (unsigned k = 0; k < 40; k++) {
                code[0] = 0x52800000 | (k % 3) << 5; /* mov w0, #k % 3 */
                code[1] = 0xd65f03c0;                /* ret */
                __builtin___clear_cache((char *)code, (char *)(code + 2));
                CHECK(((int (*)(void))(uintptr_t)code)() == (int)(k % 3));
                if (k % 10 == 9)
                        fork_once();
        }
}
