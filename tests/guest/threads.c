/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: dynamic again=-tb-size_300000 */
/* Threads and processes: pthreads and what they are made of, fork, vfork, spawn, exec in the midst of threads. */
#include "check.h"
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <time.h>

extern char **environ;

#define P(call) EQ(call, 0)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static volatile int stop;
static uint64_t counter;
static __thread uint64_t tls_zero, tls_init = 0x1234567890;
static __thread char tls_big[5000];

static void *count_under_mutex(void *arg)
{
        for (int k = 0; k < 20000; k++) {
                pthread_mutex_lock(&mutex);
                counter++;
                pthread_mutex_unlock(&mutex);
        }
        return (char *)arg + 1;
}

TEST(mutex_and_join)
{
        pthread_t th[4];
        for (uintptr_t k = 0; k < 4; k++)
                P(pthread_create(&th[k], NULL, count_under_mutex, (void *)(k * 10)));
        for (uintptr_t k = 0; k < 4; k++) {
                void *r;
                P(pthread_join(th[k], &r));
                EQ(r, k * 10 + 1);
        }
        EQ(counter, 80000);
}

static void *check_tls(void *arg)
{
        uint64_t who = (uint64_t)arg;
        EQ(tls_zero, 0);
        EQ(tls_init, 0x1234567890);
        for (size_t k = 0; k < sizeof(tls_big); k++)
                EQ(tls_big[k], 0);
        tls_zero = who;
        tls_init += who;
        memset(tls_big, (int)who, sizeof(tls_big));
        for (int k = 0; k < 20; k++) {
                sched_yield();
                EQ(tls_zero, who);
                EQ(tls_init, 0x1234567890 + who);
                EQ(tls_big[4999], (char)who);
        }
        return NULL;
}

TEST(hundred_threads_with_tls)
{
        pthread_t th[100];
        for (uintptr_t k = 0; k < 100; k++)
                P(pthread_create(&th[k], NULL, check_tls, (void *)(k + 1)));
        for (uintptr_t k = 0; k < 100; k++)
                P(pthread_join(th[k], NULL));
        EQ(tls_init, 0x1234567890);
}

TEST(threads_one_after_the_other)
{
        for (uintptr_t k = 0; k < 300; k++) {
                pthread_t th;
                P(pthread_create(&th, NULL, check_tls, (void *)(k & 0x7f)));
                P(pthread_join(th, NULL));
        }
}

static volatile int turn;
static void *ping(void *arg)
{
        int me = (int)(uintptr_t)arg;
        for (int k = 0; k < 2000; k++) {
                pthread_mutex_lock(&mutex);
                while (turn != me)
                        pthread_cond_wait(&cond, &mutex);
                turn = !me;
                pthread_cond_broadcast(&cond);
                pthread_mutex_unlock(&mutex);
        }
        return NULL;
}

TEST(condition_variable)
{
        pthread_t th[2];
        for (uintptr_t k = 0; k < 2; k++)
                P(pthread_create(&th[k], NULL, ping, (void *)k));
        for (uintptr_t k = 0; k < 2; k++)
                P(pthread_join(th[k], NULL));
        EQ(turn, 0);
        struct timespec ts;
        clock_gettime(CLOCK_REALTIME, &ts);
        ts.tv_nsec += 10000000;
        if (ts.tv_nsec >= 1000000000)
                ts.tv_sec++, ts.tv_nsec -= 1000000000;
        pthread_mutex_lock(&mutex);
        EQ(pthread_cond_timedwait(&cond, &mutex, &ts), ETIMEDOUT);
        pthread_mutex_unlock(&mutex);
}

TEST(semaphores_barriers_rwlocks)
{
        sem_t sem;
        OK(sem_init(&sem, 0, 0));
        OK(sem_post(&sem));
        OK(sem_wait(&sem));
        ERR(sem_trywait(&sem), EAGAIN);
        pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
        P(pthread_rwlock_rdlock(&rw));
        EQ(pthread_rwlock_trywrlock(&rw), EBUSY);
        P(pthread_rwlock_unlock(&rw));
        P(pthread_rwlock_wrlock(&rw));
}

static pthread_mutex_t robust;
static void *die_with_lock(void *arg)
{
        pthread_mutex_lock(&robust);
        return arg;
}

TEST_NOT_ON_QEMU(robust_mutex, "QEMU has no robust lists")
{
        pthread_mutexattr_t attr;
        pthread_t th;
        pthread_mutexattr_init(&attr);
        P(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST));
        P(pthread_mutex_init(&robust, &attr));
        P(pthread_create(&th, NULL, die_with_lock, NULL));
        P(pthread_join(th, NULL));
        EQ(pthread_mutex_lock(&robust), EOWNERDEAD);
        P(pthread_mutex_consistent(&robust));
        P(pthread_mutex_unlock(&robust));
}

TEST_NOT_ON_QEMU(robust_and_shared_between_processes, "QEMU has no robust lists")
{
        pthread_mutex_t *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        pthread_mutexattr_t attr;
        pthread_mutexattr_init(&attr);
        P(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST));
        P(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
        P(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT));
        P(pthread_mutex_init(m, &attr));
        pid_t pid = fork();
        if (pid == 0) {
                pthread_mutex_lock(m);
                _exit(5);
        }
        check_child(pid, 5);
        EQ(pthread_mutex_lock(m), EOWNERDEAD);
}

static void *spin(void *arg)
{
        while (!stop)
                counter++;
        return arg;
}

static volatile pid_t handled_by;
static void who_am_i(int sig)
{
        (void)sig;
        handled_by = gettid();
}

static pid_t spinner_tid;
static void *spin_and_tell(void *arg)
{
        __atomic_store_n(&spinner_tid, gettid(), __ATOMIC_SEQ_CST);
        return spin(arg);
}

TEST(signal_for_one_thread)
{
        pthread_t th;
        signal(SIGUSR1, who_am_i);
        P(pthread_create(&th, NULL, spin_and_tell, NULL));
        while (!__atomic_load_n(&spinner_tid, __ATOMIC_SEQ_CST))
                sched_yield();
        for (int k = 0; k < 200; k++) {
                handled_by = 0;
                P(pthread_kill(th, SIGUSR1));
                while (!handled_by)
                        sched_yield();
                EQ(handled_by, spinner_tid);
        }
        handled_by = 0;
        raise(SIGUSR1);
        EQ(handled_by, gettid());
        stop = 1;
        P(pthread_join(th, NULL));
        EQ(pthread_kill(pthread_self(), 0), 0);
}

static volatile int cleaned;
static void clean(void *arg)
{
        cleaned += (int)(uintptr_t)arg;
}
static void *block_in_read(void *arg)
{
        char c;
        pthread_cleanup_push(clean, (void *)7);
        if (read((int)(uintptr_t)arg, &c, 1))
                return NULL;
        pthread_cleanup_pop(0);
        return NULL;
}

static void *spin_cancel(void *arg)
{
        pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
        pthread_cleanup_push(clean, (void *)100);
        for (;;)
                counter++;
        pthread_cleanup_pop(0);
        return arg;
}

TEST(cancellation)
{
        int p[2];
        pthread_t th;
        void *r;
        OK(pipe(p));
        P(pthread_create(&th, NULL, block_in_read, (void *)(uintptr_t)p[0]));
        usleep(20000);
        P(pthread_cancel(th));
        P(pthread_join(th, &r));
        CHECK(r == PTHREAD_CANCELED);
        EQ(cleaned, 7);
        for (int k = 0; k < 20; k++) {
                P(pthread_create(&th, NULL, spin_cancel, NULL));
                usleep(500);
                P(pthread_cancel(th));
                P(pthread_join(th, &r));
                CHECK(r == PTHREAD_CANCELED);
        }
}

static pthread_key_t key;
static volatile int destroyed;
static void destroy(void *arg)
{
        destroyed += (int)(uintptr_t)arg;
}
static void *use_key(void *arg)
{
        pthread_setspecific(key, arg);
        if (arg == (void *)3)
                pthread_exit((void *)33);
        return pthread_getspecific(key);
}

TEST(keys_and_exit)
{
        P(pthread_key_create(&key, destroy));
        for (uintptr_t k = 1; k < 5; k++) {
                pthread_t th;
                void *r;
                P(pthread_create(&th, NULL, use_key, (void *)k));
                P(pthread_join(th, &r));
                EQ(r, k == 3 ? 33 : k);
        }
        EQ(destroyed, 1 + 2 + 3 + 4);
}

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

/* ---- clone and futex as they are ---- */

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
        uint32_t other = 0;
        ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 1, &ms), EAGAIN);
        ERR(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &ms), ETIMEDOUT);
        ERR(syscall(SYS_futex, (char *)&word + 1, FUTEX_WAIT, 0, &ms), EINVAL);
        EQ(syscall(SYS_futex, &word, FUTEX_WAKE, 100), 0);
        for (int k = 0; k < 3; k++)
                P(pthread_create(&th[k], NULL, futex_waiter, NULL));
        usleep(20000);
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
        EQ(len, 24);
        CHECK(head != NULL);
        ERR(syscall(SYS_set_robust_list, head, 23), EINVAL);
        long r = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
        if (r > 0 && (r & MEMBARRIER_CMD_PRIVATE_EXPEDITED)) {
                OK(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
                OK(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
        }
}

/* The stack of a thread ends in a guard: an overflow is a SIGSEGV, told on the alternate stack. */
static volatile uint64_t overflow_at;
static void on_overflow(int sig, siginfo_t *info, void *ctx)
{
        (void)sig, (void)ctx;
        overflow_at = (uint64_t)info->si_addr;
        _exit(31);
}

__attribute__((noipa)) static int recurse(int n)
{
        volatile char room[200];
        room[0] = (char)n;
        return n < 0 ? 0 : recurse(n + 1) + room[0];
}

static void *overflow(void *arg)
{
        static char alt[16384];
        stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };
        struct sigaction act = { .sa_sigaction = on_overflow, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        sigaltstack(&ss, NULL);
        sigaction(SIGSEGV, &act, NULL);
        recurse(1);
        return arg;
}

TEST(stack_overflow_in_a_thread)
{
        pid_t pid = fork();
        if (pid == 0) {
                pthread_t th;
                pthread_attr_t attr;
                pthread_attr_init(&attr);
                pthread_attr_setstacksize(&attr, 128 * 1024);
                P(pthread_create(&th, &attr, overflow, NULL));
                pthread_join(th, NULL);
                _exit(1);
        }
        check_child(pid, 31);
}

TEST(detached_threads)
{
        pthread_attr_t attr;
        pthread_attr_init(&attr);
        pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
        counter = 0;
        for (int k = 0; k < 10; k++) {
                pthread_t th;
                P(pthread_create(&th, &attr, count_under_mutex, NULL));
        }
        for (;;) {
                pthread_mutex_lock(&mutex);
                uint64_t now = counter;
                pthread_mutex_unlock(&mutex);
                if (now == 200000)
                        break;
                usleep(1000);
        }
}
