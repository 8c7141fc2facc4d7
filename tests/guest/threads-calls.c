/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf dynamic again=-tb-size_300000 */
/* The system calls that libpthread is built on, made directly: clone, clone3, futex, affinity, robust lists, membarrier. */
#include "threads.h"
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <time.h>

static int child_returns(void *arg)
{
        *(volatile int *)arg = 5;
        return 6;
}

TEST_NOT_ON_QEMU(clone_flags, "QEMU makes CLONE_VM a fork")
{
        static char stack[65536] __attribute__((aligned(16)));
        static volatile int v;
        static pid_t ptid, ctid;
        pid_t pid = clone(child_returns, stack + sizeof(stack), SIGCHLD, (void *)&v);
        check_child(pid, 6);
        EQ(v, 0);
        pid = clone(child_returns, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, (void *)&v);
        check_child(pid, 6);
        EQ(v, 5);
        v = 0;
        pid = clone(child_returns, stack + sizeof(stack),
                    CLONE_VM | CLONE_FILES | CLONE_FS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, (void *)&v, &ptid,
                    NULL, &ctid);
        OK(pid);
        EQ(ptid, pid);
        check_child(pid, 6);
        EQ(v, 5);
        ERR(clone(child_returns, stack + sizeof(stack), CLONE_THREAD, NULL), EINVAL);
        ERR(clone(child_returns, stack + sizeof(stack), CLONE_SIGHAND, NULL), EINVAL);
        pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, NULL, NULL, NULL);
        if (pid == 0)
                _exit(8);
        check_child(pid, 8);
}

TEST_NOT_ON_QEMU(clone3_and_pidfd, "QEMU 7.2 has no clone3")
{
        int fd = -1;
        struct clone_args a = { .flags = CLONE_PIDFD, .exit_signal = SIGCHLD, .pidfd = (uintptr_t)&fd };
        pid_t pid = (pid_t)syscall(SYS_clone3, &a, sizeof(a));
        if (pid == -1 && errno == ENOSYS)
                SKIP("no clone3");
        if (pid == 0)
                _exit(8);
        CHECK(fd >= 0);
        siginfo_t info;
        OK(waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
        EQ(info.si_status, 8);
}

static uint32_t word;
static void *futex_waiter(void *arg)
{
        (void)arg;
        while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 0)
                syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL);
        return NULL;
}

TEST(futex)
{
        struct timespec ms = { .tv_nsec = 1000000 };
        pthread_t th[3];
        uint32_t other = 0, meeting = 0;
        ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 1, &ms), EAGAIN);
        ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &ms), ETIMEDOUT);
        ERR(syscall(SYS_futex, (char *)&word + 1, FUTEX_WAIT, 0, &ms), EINVAL);
        EQ(syscall(SYS_futex, &word, FUTEX_WAKE, 100), 0);
        for (int k = 0; k < 3; k++)
                P(pthread_create(&th[k], NULL, futex_waiter, NULL));
        /* move the threads to another futex, without waking them, until all three waited, and back */
        for (long n = 0; n < 3; sched_yield())
                n += OK(syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE_PRIVATE, 0, 100, &meeting, 0));
        EQ(syscall(SYS_futex, &meeting, FUTEX_CMP_REQUEUE_PRIVATE, 0, 100, &word, 0), 3);
        EQ(syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE_PRIVATE, 1, 100, &other, 0), 3);
        __atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
        syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 100);
        syscall(SYS_futex, &other, FUTEX_WAKE_PRIVATE, 100);
        for (int k = 0; k < 3; k++)
                P(pthread_join(th[k], NULL));
}

TEST(cpu_and_affinity)
{
        unsigned cpu = ~0u, node = ~0u;
        cpu_set_t set;
        OK(syscall(SYS_getcpu, &cpu, &node, NULL));
        CHECK(cpu < 4096 && node < 1024);
        CHECK(sched_getcpu() >= 0);
        OK(sched_getaffinity(0, sizeof(set), &set));
        CHECK(CPU_COUNT(&set) >= 1);
        cpu_set_t one;
        CPU_ZERO(&one);
        for (int k = 0; k < CPU_SETSIZE; k++)
                if (CPU_ISSET(k, &set)) {
                        CPU_SET(k, &one);
                        OK(sched_setaffinity(0, sizeof(one), &one));
                        EQ(sched_getcpu(), k);
                        break;
                }
}

TEST_NOT_ON_QEMU(robust_list_and_membarrier, "QEMU has no robust lists")
{
        void *head = NULL;
        size_t len = 0;
        OK(syscall(SYS_get_robust_list, 0, &head, &len));
        EQ(len, 3 * sizeof(long));
        CHECK(head != NULL);
        ERR(syscall(SYS_set_robust_list, head, len - 1), EINVAL);
        long r = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
        if (r > 0 && (r & MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
                OK(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
                OK(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
        }
}
