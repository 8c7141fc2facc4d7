/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf dynamic again=-tb-size_300000 */
/* Threads of one process, as pthreads: their variables, locks, signals, cancellation and stacks. */
#include "threads.h"
#include <semaphore.h>
#include <time.h>

static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

/* ---- start, end, variables ---- */

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

/* ---- locks ---- */

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

/* ---- signals, cancellation, overflow ---- */

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

/* A thread's stack ends in a guard page. An overflow raises SIGSEGV, whose handler runs on the alternate stack. */
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
