/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf nightly=armhf-arm
 * System calls about processes and signals as 32-bit Arm has them: those that only it has, structures of 32 bits, signal sets of 32 and
 * 64 bits, siginfo. */
#include "check.h"
#include <linux/capability.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <ucontext.h>

#define BAD ((void *)8)
#define NR_CACHEFLUSH 0xf0002
#define NR_SET_TLS 0xf0005
#define NR_GET_TLS 0xf0006

/* ---- calls of Arm's own ---- */

static uint32_t thread_pointer(void)
{
        return (uint32_t)(uintptr_t)__builtin_thread_pointer();
}

TEST(thread_register)
{
        uint32_t was = thread_pointer(), other;
        /* nothing between may use thread-local memory */
        register long nr __asm__("r7"), a __asm__("r0");
        a = 0x12345670, nr = NR_SET_TLS;
        __asm__ volatile("svc 0\n\tmrc p15, 0, %1, c13, c0, 3" : "+r"(a), "=&r"(other) : "r"(nr) : "memory");
        a = (long)was;
        __asm__ volatile("svc 0" : "+r"(a) : "r"(nr) : "memory");
        EQ(other, 0x12345670);
        EQ(a, 0);
        EQ(thread_pointer(), was);
}

TEST_NOT_ON_QEMU(reading_the_thread_register, "QEMU's is of the CPU's own kernel")
{
        EQ((uint32_t)syscall(NR_GET_TLS), thread_pointer());
}

TEST(flushing_the_cache)
{
        uint32_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(code != MAP_FAILED);
        for (unsigned k = 0; k < 10; k++) {
                code[0] = 0xe3a00000 | k; /* mov r0, #k */
                code[1] = 0xe12fff1e;     /* bx lr */
                OK(syscall(NR_CACHEFLUSH, code, code + 2, 0));
                EQ(((int (*)(void))code)(), k);
        }
}

TEST_NOT_ON_QEMU(flushing_wrong_ranges, "QEMU does nothing at all")
{
        ERR(syscall(NR_CACHEFLUSH, 0x20000, 0x10000, 0), EINVAL);
        ERR(syscall(NR_CACHEFLUSH, 0x10000, 0x10004, 1), EINVAL);
}

static volatile int got_signal, got_code;
static void *volatile got_addr;
static void note(int sig, siginfo_t *info, void *uc)
{
        (void)uc;
        got_signal = sig;
        got_code = info->si_code;
        got_addr = info->si_addr;
}

TEST_NOT_ON_QEMU(unknown_numbers, "QEMU says ENOSYS")
{
        struct sigaction sa = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };
        OK(sigaction(SIGILL, &sa, NULL));
        ERR(syscall(0xf0007), ENOSYS);
        ERR(syscall(0xf07ff), ENOSYS);
        ERR(syscall(5000), ENOSYS);
        ERR(syscall(-1), ENOSYS);
        ERR(syscall(17), ENOSYS);
        ERR(syscall(82), ENOSYS);
        EQ(got_signal, 0);
        syscall(0xf0800);
        EQ(got_signal, SIGILL);
        EQ(got_code, 4 /* ILL_ILLTRP */);
}

TEST(breakpoint)
{
        struct sigaction sa = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };
        OK(sigaction(SIGTRAP, &sa, NULL));
        pid_t pid = fork();
        if (pid == 0) {
                signal(SIGTRAP, SIG_DFL);
                syscall(0xf0001);
                _exit(1);
        }
        int st;
        OK(waitpid(pid, &st, 0));
        CHECK(WIFSIGNALED(st) && WTERMSIG(st) == SIGTRAP);
}

/* ---- processes ---- */

TEST_NOT_ON_QEMU(fork_and_vfork, "QEMU copies memory in vfork")
{
        pid_t pid = (pid_t)syscall(SYS_fork);
        if (pid == 0)
                _exit(getppid() > 1 ? 3 : 4);
        struct {
                int32_t times[4], counts[14], behind;
        } ru = { .behind = 0x1234567 };
        int st;
        EQ(syscall(SYS_wait4, pid, &st, 0, &ru), pid);
        EQ(st, 3 << 8);
        CHECK(ru.times[0] == 0 && ru.counts[0] > 100 && ru.behind == 0x1234567);
        memset(&ru, 0x77, sizeof(ru));
        volatile int shared = 0;
        pid = vfork();
        if (pid == 0) {
                shared = 1;
                _exit(5);
        }
        EQ(shared, 1);
        struct {
                int32_t signo, err, code, pid, uid, status, rest[26];
        } info;
        memset(&info, 0x55, sizeof(info));
        EQ(syscall(SYS_waitid, P_PID, pid, &info, WEXITED, &ru), 0);
        CHECK(info.signo == SIGCHLD && info.err == 0 && info.code == CLD_EXITED && info.pid == pid && info.status == 5);
        CHECK(ru.times[0] == 0 && ru.behind == 0x77777777);
        ERR(syscall(SYS_waitid, P_PID, pid, &info, WEXITED, NULL), ECHILD);
        ERR(syscall(SYS_wait4, pid, &st, 0, &ru), ECHILD);
        OK(syscall(SYS_getrusage, RUSAGE_SELF, &ru));
        CHECK(ru.counts[0] > 100 && ru.times[1] < 1000000);
        ERR(syscall(SYS_getrusage, 77, &ru), EINVAL);
        ERR(syscall(SYS_getrusage, RUSAGE_SELF, BAD), EFAULT);
}

TEST_NOT_ON_QEMU(waitid_writes_six_members, "QEMU writes all")
{
        struct {
                int32_t signo, err, code, pid, uid, status, rest[26];
        } info;
        pid_t pid = fork();
        if (pid == 0)
                for (;;)
                        pause();
        memset(&info, 0x55, sizeof(info));
        EQ(syscall(SYS_waitid, P_PID, pid, &info, WEXITED | WNOHANG, NULL), 0);
        CHECK(info.signo == 0 && info.pid == 0 && info.status == 0);
        EQ(info.rest[0], 0x55555555);
        OK(kill(pid, SIGKILL));
        EQ(syscall(SYS_waitid, P_PID, pid, &info, WEXITED, NULL), 0);
        CHECK(info.code == CLD_KILLED && info.status == SIGKILL);
        EQ(info.rest[0], 0x55555555);
        ERR(syscall(SYS_waitid, P_PID, pid, &info, WEXITED, NULL), ECHILD); /* where there is no child, too */
        CHECK(info.signo == 0 && info.code == 0 && info.pid == 0 && info.status == 0);
        ERR(syscall(SYS_waitid, P_PID, pid, BAD, WEXITED, NULL), EFAULT);
}

TEST(limits)
{
        struct {
                uint32_t cur, max;
        } r, was;
        struct {
                uint64_t cur, max;
        } w;
        OK(syscall(SYS_ugetrlimit, RLIMIT_CPU, &was));
        OK(syscall(SYS_prlimit64, 0, RLIMIT_CPU, NULL, &w));
        EQ(was.cur, w.cur > UINT32_MAX ? UINT32_MAX : w.cur);
        r.cur = 1000000, r.max = was.max;
        OK(syscall(SYS_setrlimit, RLIMIT_CPU, &r));
        OK(syscall(SYS_prlimit64, 0, RLIMIT_CPU, NULL, &w));
        EQ(w.cur, 1000000);
        if (was.max == UINT32_MAX) {
                EQ(w.max, UINT64_MAX);
                r.cur = UINT32_MAX;
                OK(syscall(SYS_setrlimit, RLIMIT_CPU, &r));
                OK(syscall(SYS_prlimit64, 0, RLIMIT_CPU, NULL, &w));
                EQ(w.cur, UINT64_MAX);
        }
        ERR(syscall(SYS_setrlimit, RLIMIT_CPU, BAD), EFAULT);
        ERR(syscall(SYS_ugetrlimit, 99, &r), EINVAL);
        r.cur = 2, r.max = 1;
        ERR(syscall(SYS_setrlimit, RLIMIT_CPU, &r), EINVAL);
}

TEST(processors)
{
        uint32_t set[64], one = 0;
        memset(set, 0, sizeof(set));
        long r = OK(syscall(SYS_sched_getaffinity, 0, sizeof(set), set));
        CHECK(r > 0 && r % 4 == 0 && set[0]);
        if (sysconf(_SC_NPROCESSORS_CONF) <= 32) {
                EQ(syscall(SYS_sched_getaffinity, 0, 4, &one), 4);
                EQ(one, set[0]);
        }
        OK(syscall(SYS_sched_setaffinity, 0, 4, set));
        ERR(syscall(SYS_sched_getaffinity, 0, 3, set), EINVAL);
}

TEST_NOT_ON_QEMU(system_information, "QEMU cuts bytes")
{
        struct {
                int32_t uptime;
                uint32_t loads[3], ram[4], swap[2];
                uint16_t procs, pad;
                uint32_t high[2], unit, fill[2], behind;
        } s = { .behind = 0x12345678 };
        OK(syscall(SYS_sysinfo, &s));
        uint64_t bytes = (uint64_t)s.ram[0] * s.unit;
        CHECK(s.behind == 0x12345678 && s.procs > 0 && (s.unit == 1 || s.unit == 4096));
        unsigned long kib = 0;
        FILE *f = fopen("/proc/meminfo", "r");
        CHECK(f && fscanf(f, "MemTotal: %lu", &kib) == 1);
        CHECK(bytes >> 10 >= kib - 4 && bytes >> 10 <= kib + 4);
        struct utsname u;
        OK(uname(&u));
        CHECK(!strncmp(u.machine, "armv", 4));
        EQ(syscall(SYS_nice, 0), 0);
}

TEST_NOT_ON_QEMU(priorities, "QEMU returns the new one")
{
        int was = getpriority(PRIO_PROCESS, 0);
        EQ(syscall(SYS_nice, 3), 0);
        EQ(getpriority(PRIO_PROCESS, 0), was + 3 > 19 ? 19 : was + 3);
        EQ(syscall(SYS_nice, 100), 0);
        EQ(getpriority(PRIO_PROCESS, 0), 19);
}

/* ---- signals ---- */

TEST_NOT_ON_QEMU(old_signal_calls, "QEMU changes the last 32 signals, too")
{
        struct {
                void (*handler)(int, siginfo_t *, void *);
                uint32_t mask, flags;
                void *restorer;
        } act = { note, 1u << (SIGUSR2 - 1), SA_SIGINFO | SA_RESTART, NULL }, old;
        OK(syscall(SYS_sigaction, SIGUSR1, &act, NULL));
        OK(syscall(SYS_sigaction, SIGUSR1, NULL, &old));
        CHECK(old.handler == note && old.mask == act.mask && old.flags == act.flags);
        ERR(syscall(SYS_sigaction, SIGKILL, &act, NULL), EINVAL);
        uint32_t set = 1u << (SIGUSR1 - 1), was = 1;
        uint64_t rt = 1ull << 40, all = 0;
        OK(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &rt, NULL, 8));
        OK(syscall(SYS_sigprocmask, SIG_SETMASK, &set, &was));
        EQ(was, 0);
        OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &all, 8));
        EQ(all, rt | set); /* of the last 32 signals nothing changes */
        OK(kill(getpid(), SIGUSR1));
        OK(syscall(SYS_sigpending, &was));
        EQ(was, set);
        EQ(got_signal, 0);
        ERR(syscall(SYS_sigsuspend, 0, 0, 0), EINTR);
        EQ(got_signal, SIGUSR1);
        ERR(syscall(SYS_sigprocmask, 99, &set, NULL), EINVAL);
}

TEST(alternate_stack)
{
        struct {
                uint32_t sp;
                int32_t flags;
                uint32_t size;
        } s = { (uint32_t)(uintptr_t)malloc(8192), 0, 8192 }, old;
        OK(syscall(SYS_sigaltstack, NULL, &old));
        EQ(old.flags, SS_DISABLE);
        OK(syscall(SYS_sigaltstack, &s, NULL));
        OK(syscall(SYS_sigaltstack, NULL, &old));
        CHECK(old.sp == s.sp && old.flags == 0 && old.size == 8192);
        s.size = 2047;
        ERR(syscall(SYS_sigaltstack, &s, NULL), ENOMEM);
        s.size = 2048;
        OK(syscall(SYS_sigaltstack, &s, NULL));
        s.flags = 7;
        ERR(syscall(SYS_sigaltstack, &s, NULL), EINVAL);
}

TEST(queued_signals)
{
        uint64_t mask = 1ull << (SIGUSR1 - 1);
        siginfo_t out = { .si_code = -77 }, in;
        out.si_pid = 1234;
        out.si_uid = 99;
        out.si_value.sival_ptr = (void *)0x89abcdef;
        OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8));
        OK(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &out));
        EQ(syscall(SYS_rt_sigtimedwait, &mask, &in, NULL, 8), SIGUSR1);
        CHECK(in.si_signo == SIGUSR1 && in.si_code == -77 && in.si_pid == 1234 && in.si_uid == 99);
        EQ((uintptr_t)in.si_value.sival_ptr, 0x89abcdef);
        OK(syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGUSR1, &out));
        EQ(syscall(SYS_rt_sigtimedwait, &mask, &in, NULL, 8), SIGUSR1);
        EQ((uintptr_t)in.si_value.sival_ptr, 0x89abcdef);
}

TEST_NOT_ON_QEMU(queued_signal_with_another_number, "QEMU passes other members")
{
        uint64_t mask = 1ull << (SIGCHLD - 1);
        siginfo_t out = { .si_signo = SIGUSR1, .si_code = CLD_KILLED }, in;
        out.si_pid = 1234;
        out.si_uid = 99;
        out.si_status = 9;
        out.si_utime = 5;
        out.si_stime = 6;
        OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8));
        OK(syscall(SYS_rt_sigqueueinfo, getpid(), SIGCHLD, &out));
        EQ(syscall(SYS_rt_sigtimedwait, &mask, &in, NULL, 8), SIGCHLD);
        CHECK(in.si_signo == SIGCHLD && in.si_code == CLD_KILLED && in.si_pid == 1234 && in.si_uid == 99 && in.si_status == 9);
        CHECK(in.si_utime == 5 && in.si_stime == 6);
}

TEST_NOT_ON_QEMU(signals_by_pidfd, "QEMU 7.2 does not convert siginfo")
{
        uint64_t mask = 1ull << (SIGUSR1 - 1);
        siginfo_t out = { .si_signo = SIGUSR1, .si_code = SI_QUEUE }, in;
        out.si_value.sival_int = 42;
        OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8));
        int fd = (int)OK(syscall(434 /* pidfd_open */, getpid(), 0));
        OK(syscall(424 /* pidfd_send_signal */, fd, SIGUSR1, &out, 0));
        EQ(syscall(SYS_rt_sigtimedwait, &mask, &in, NULL, 8), SIGUSR1);
        CHECK(in.si_code == SI_QUEUE && in.si_value.sival_int == 42);
        OK(syscall(424, fd, SIGUSR1, NULL, 0));
        ERR(syscall(424, fd, SIGUSR1, BAD, 0), EFAULT);
}

TEST(signal_of_a_child)
{
        uint64_t mask = 1ull << (SIGCHLD - 1);
        siginfo_t in;
        OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8));
        pid_t pid = fork();
        if (pid == 0)
                _exit(11);
        EQ(syscall(SYS_rt_sigtimedwait, &mask, &in, NULL, 8), SIGCHLD);
        CHECK(in.si_code == CLD_EXITED && in.si_pid == pid && in.si_status == 11 && in.si_uid == getuid());
        CHECK(in.si_utime >= 0 && in.si_utime < 100);
}

/* ---- robust futexes ---- */

struct head {
        uint32_t next;
        int32_t offset;
        uint32_t pending;
};
struct lock {
        struct head head; /* must be a list of its own process's memory; what it leads to is shared */
        uint32_t entry, word, word2;
};

static struct lock *make_lock(void)
{
        struct lock *l = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        CHECK(l != MAP_FAILED);
        l->head.next = (uint32_t)(uintptr_t)&l->entry;
        l->entry = (uint32_t)(uintptr_t)&l->head;
        l->head.offset = (int32_t)offsetof(struct lock, word) - (int32_t)offsetof(struct lock, entry);
        return l;
}

TEST_NOT_ON_QEMU(robust_lists, "QEMU does not know them")
{
        struct lock *l = make_lock();
        uint32_t *got, size;
        ERR(syscall(SYS_set_robust_list, &l->head, 24), EINVAL);
        pid_t pid = fork();
        if (pid == 0) {
                OK(syscall(SYS_set_robust_list, &l->head, 12));
                OK(syscall(SYS_get_robust_list, 0, &got, &size));
                CHECK(got == (uint32_t *)&l->head && size == 12);
                __atomic_store_n(&l->word, (uint32_t)getpid() | FUTEX_WAITERS, __ATOMIC_SEQ_CST);
                usleep(50000);
                _exit(3);
        }
        while (!__atomic_load_n(&l->word, __ATOMIC_SEQ_CST))
                usleep(1000);
        uint32_t held = (uint32_t)pid | FUTEX_WAITERS;
        long r = syscall(SYS_futex, &l->word, FUTEX_WAIT, held, NULL);
        CHECK(r == 0 || errno == EAGAIN);
        EQ(l->word, FUTEX_WAITERS | FUTEX_OWNER_DIED);
        check_child(pid, 3);
        /* one that is not on the list yet, and the lists of threads */
        l->word = 0;
        pid = fork();
        if (pid == 0) {
                l->head.next = (uint32_t)(uintptr_t)&l->head;
                l->head.pending = (uint32_t)(uintptr_t)&l->entry;
                OK(syscall(SYS_set_robust_list, &l->head, 12));
                l->word = (uint32_t)getpid();
                syscall(SYS_exit, 0);
        }
        check_child(pid, 0);
        EQ(l->word, FUTEX_OWNER_DIED);
        l->word = 77; /* another's */
        pid = fork();
        if (pid == 0) {
                OK(syscall(SYS_set_robust_list, &l->head, 12));
                _exit(0);
        }
        check_child(pid, 0);
        EQ(l->word, 77);
        pid = fork(); /* a list that cannot be read */
        if (pid == 0) {
                OK(syscall(SYS_set_robust_list, BAD, 12));
                _exit(0);
        }
        check_child(pid, 0);
}

/* ---- mutexes of the C library, which are made of these ---- */

static pthread_mutex_t *mutex;

static void *lock_it(void *arg)
{
        EQ(pthread_mutex_lock(mutex), 0);
        if (arg)
                pause();
        return NULL;
}

/* Waits for the mutex, whose owner must have died. */
static void take_over(void)
{
        struct timespec t;
        OK(clock_gettime(CLOCK_REALTIME, &t));
        t.tv_sec += 10;
        EQ(pthread_mutex_timedlock(mutex, &t), EOWNERDEAD);
        EQ(pthread_mutex_consistent(mutex), 0);
        EQ(pthread_mutex_unlock(mutex), 0);
}

static void make_mutex(int protocol)
{
        pthread_mutexattr_t attr;
        mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        CHECK(mutex != MAP_FAILED);
        pthread_mutexattr_init(&attr);
        pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
        pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
        pthread_mutexattr_setprotocol(&attr, protocol);
        EQ(pthread_mutex_init(mutex, &attr), 0);
}

static void robust_mutexes(int protocol)
{
        pthread_t thread;
        make_mutex(protocol);
        EQ(pthread_create(&thread, NULL, lock_it, NULL), 0);
        EQ(pthread_join(thread, NULL), 0);
        take_over();
        pid_t pid = fork();
        if (pid == 0) {
                lock_it(NULL);
                _exit(1);
        }
        check_child(pid, 1);
        take_over();
        pid = fork(); /* the process ends, and another of its threads has the mutex */
        if (pid == 0) {
                EQ(pthread_create(&thread, NULL, lock_it, mutex), 0);
                while (pthread_mutex_trylock(mutex) == 0) {
                        pthread_mutex_unlock(mutex);
                        usleep(1000);
                }
                _exit(2);
        }
        check_child(pid, 2);
        take_over();
        pid = fork(); /* a fault ends it */
        if (pid == 0) {
                lock_it(NULL);
                *(volatile int *)BAD = 0;
        }
        int st;
        OK(waitpid(pid, &st, 0));
        CHECK(WIFSIGNALED(st) && WTERMSIG(st) == SIGSEGV);
        take_over();
        pid = fork(); /* a child in the same memory ends, which has nothing to do with the thread of its parent */
        if (pid == 0) {
                EQ(pthread_create(&thread, NULL, lock_it, mutex), 0);
                while (pthread_mutex_trylock(mutex) == 0) {
                        pthread_mutex_unlock(mutex);
                        usleep(1000);
                }
                pid = vfork();
                if (pid == 0)
                        _exit(3);
                check_child(pid, 3);
                EQ(pthread_mutex_trylock(mutex), EBUSY);
                _exit(4);
        }
        check_child(pid, 4);
        take_over();
}

TEST_NOT_ON_QEMU(robust_mutexes, "QEMU has no robust lists")
{
        robust_mutexes(PTHREAD_PRIO_NONE);
}

TEST_NOT_ON_QEMU(robust_mutexes_that_inherit_priority, "as above")
{
        robust_mutexes(PTHREAD_PRIO_INHERIT);
}

static volatile int turns;

static void *take_and_give(void *arg)
{
        (void)arg;
        for (; turns >= 0; turns++) {
                if (pthread_mutex_lock(mutex) == EOWNERDEAD)
                        pthread_mutex_consistent(mutex);
                pthread_mutex_unlock(mutex);
        }
        return NULL;
}

/* A thread takes a mutex while its process ends: it belongs to nobody then, or to one who has died. */
TEST_NOT_ON_QEMU(robust_mutex_that_is_taken_in_the_end, "as above")
{
        make_mutex(PTHREAD_PRIO_NONE);
        for (int k = 0; k < 300; k++) {
                pid_t pid = fork();
                if (pid == 0) {
                        pthread_t thread;
                        EQ(pthread_create(&thread, NULL, take_and_give, NULL), 0);
                        while (turns < k)
                                ;
                        _exit(0);
                }
                check_child(pid, 0);
                struct timespec t;
                OK(clock_gettime(CLOCK_REALTIME, &t));
                t.tv_sec += 10;
                int r = pthread_mutex_timedlock(mutex, &t);
                if (r == EOWNERDEAD)
                        r = pthread_mutex_consistent(mutex);
                EQ(r, 0);
                EQ(pthread_mutex_unlock(mutex), 0);
        }
}
