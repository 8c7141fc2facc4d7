/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf dynamic again=-tb-size_300000 */
/* What processes with threads do: fork, exit and exec while other threads run. And vfork and posix_spawn. */
#include "threads.h"
#include <spawn.h>

extern char **environ;

TEST(fork_with_threads_running)
{
        pthread_t th[3];
        for (int k = 0; k < 3; k++)
                P(pthread_create(&th[k], NULL, k == 2 ? count_under_mutex : spin, NULL));
        for (int k = 0; k < 100; k++) {
                pid_t pid = fork();
                if (pid == 0) {
                        pthread_t t2;
                        void *r;
                        pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
                        pthread_mutex_lock(&own);
                        char *p = malloc(10000);
                        memset(p, k, 10000);
                        if (k % 10 == 0 && (pthread_create(&t2, NULL, check_tls, (void *)1) || pthread_join(t2, &r)))
                                _exit(1);
                        _exit(p[77] == (char)k ? 9 : 2);
                }
                check_child(pid, 9);
        }
        stop = 1;
        for (int k = 0; k < 3; k++)
                P(pthread_join(th[k], NULL));
}

static void *forker(void *arg)
{
        for (int k = 0; k < 20; k++) {
                pid_t pid = fork();
                if (pid == 0)
                        _exit(4);
                check_child(pid, 4);
        }
        return arg;
}

TEST(fork_from_several_threads)
{
        pthread_t th[4];
        for (int k = 0; k < 4; k++)
                P(pthread_create(&th[k], NULL, forker, NULL));
        for (int k = 0; k < 4; k++)
                P(pthread_join(th[k], NULL));
}

TEST(exit_group_with_threads_running)
{
        for (int k = 0; k < 20; k++) {
                pid_t pid = fork();
                if (pid == 0) {
                        pthread_t th;
                        for (int n = 0; n < 5; n++)
                                pthread_create(&th, NULL, spin, NULL);
                        exit(11);
                }
                check_child(pid, 11);
        }
}

static void *exit_all(void *arg)
{
        usleep(2000);
        exit((int)(uintptr_t)arg);
}

TEST(exit_by_another_thread)
{
        pid_t pid = fork();
        if (pid == 0) {
                pthread_t th;
                pthread_create(&th, NULL, exit_all, (void *)12);
                spin(NULL);
        }
        check_child(pid, 12);
}

static void *outlive(void *arg)
{
        (void)arg;
        usleep(20000);
        _exit(13);
}

TEST(main_thread_ends_first)
{
        pid_t pid = fork();
        if (pid == 0) {
                pthread_t th;
                pthread_create(&th, NULL, outlive, NULL);
                pthread_exit(NULL);
        }
        check_child(pid, 13);
}

static void *exec_true(void *arg)
{
        execl("/proc/self/exe", "x", "none", NULL);
        return arg;
}

TEST_NOT_ON_QEMU(exec_by_another_thread, "execve would need QEMU registered")
{
        pid_t pid = fork();
        if (pid == 0) {
                pthread_t th[3];
                pthread_create(&th[0], NULL, spin, NULL);
                pthread_create(&th[1], NULL, exec_true, NULL);
                spin(NULL);
        }
        check_child(pid, 0);
}

TEST_NOT_ON_QEMU(vfork_and_exec, "execve would need QEMU registered")
{
        volatile int shared = 1;
        pid_t pid = vfork();
        if (pid == 0) {
                shared = 2;
                execl("/proc/self/exe", "x", "none", NULL);
                _exit(1);
        }
        check_child(pid, 0);
        EQ(shared, 2);
        pid = vfork();
        if (pid == 0) {
                shared = 3;
                _exit(21);
        }
        check_child(pid, 21);
        EQ(shared, 3);
        pid = vfork();
        if (pid == 0) {
                execl("/nonexistent", "x", NULL);
                shared = errno;
                _exit(22);
        }
        check_child(pid, 22);
        EQ(shared, ENOENT);
}

#if defined(__aarch64__) || defined(__ARM_FP) /* elsewhere software computes, which rounds to nearest */
static void round_upward(void)
{
        const uintptr_t fpcr = 1 << 22;
#ifdef __aarch64__
        __asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
#else
        __asm__ volatile("vmsr fpscr, %0" : : "r"(fpcr));
#endif
}

__attribute__((noinline)) static double third(void)
{
        volatile double x = 3;
        x = 1 / x; /* here, and nowhere else */
        return x;
}

TEST(rounding_stays_over_vfork)
{
        double nearest = third();
        round_upward();
        double upward = third();
        CHECK(upward > nearest);
        for (int k = 0; k < 3; k++) {
                pid_t pid = vfork();
                if (pid == 0)
                        _exit(third() == upward ? 9 : 1);
                check_child(pid, 9);
                CHECK(third() == upward);
        }
}
#endif

TEST_NOT_ON_QEMU(posix_spawn_with_actions, "execve would need QEMU registered")
{
        posix_spawn_file_actions_t fa;
        pid_t pid;
        int p[2];
        char text[100];
        char *argv[] = { "x", "none", NULL };
        OK(pipe(p));
        posix_spawn_file_actions_init(&fa);
        posix_spawn_file_actions_adddup2(&fa, p[1], 1);
        P(posix_spawn(&pid, "/proc/self/exe", &fa, NULL, argv, environ));
        check_child(pid, 0);
        EQ(read(p[0], text, sizeof(text)), 5);
        CHECK(!memcmp(text, "done\n", 5));
        EQ(posix_spawn(&pid, "/nonexistent", &fa, NULL, argv, environ), ENOENT);
}
