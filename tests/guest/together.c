/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf no-qemu */
/* Threads that map memory, run new code, start threads, fork and set limits, all at the same time. The translator's locks are
 * used by all of them: each must get on, and find its memory and its limits as it left them. */
#include "memory.h"
#include "words.h"
#include <pthread.h>
#include <sys/resource.h>

enum { SECONDS = 3, PAGE = 4096 };

static volatile bool stop;

/* A thread that calls round() again and again, and how often it did. */
struct worker {
        void (*round)(void);
        uint64_t rounds;
};

static void *work(void *arg)
{
        struct worker *w = arg;
        for (; !stop; w->rounds++)
                w->round();
        return NULL;
}

static void *nothing(void *arg)
{
        return arg;
}

static void start_a_thread(void)
{
        pthread_t t;
        EQ(pthread_create(&t, NULL, nothing, NULL), 0);
        pthread_join(t, NULL);
}

static void run_new_code(void)
{
        static const uint32_t code[2] = { MOVZ_X0(42), RET };
        char *p = map(4 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
        memcpy(p, code, sizeof(code));
        __builtin___clear_cache(p, p + sizeof(code));
        EQ(((int (*)(void))entry(p))(), 42);
        p[3 * PAGE] = 9;
        OK(mprotect(p, 4 * PAGE, PROT_READ | PROT_EXEC));
        OK(madvise(p + 2 * PAGE, PAGE, MADV_DONTNEED));
        p = mremap(p, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
        CHECK(p != MAP_FAILED);
        EQ(p[3 * PAGE], 9);
        EQ(((int (*)(void))entry(p))(), 42);
        OK(munmap(p, 8 * PAGE));
}

static void fork_and_go_on(void)
{
        pid_t pid = fork();
        if (pid == 0) {
                start_a_thread();
                run_new_code();
                _exit(0);
        }
        check_child(pid, 0);
        pid = vfork();
        if (pid == 0) {
                execl("/nonexistent", "x", NULL);
                _exit(0);
        }
        check_child(pid, 0);
}

static void set_limits(void)
{
        static uint64_t n;
        struct rlimit lim;
        struct rusage use;
        OK(getrlimit(RLIMIT_AS, &lim));
        lim.rlim_cur = (UINT64_C(2) << 30) + (++n % 1000) * PAGE;
        OK(setrlimit(RLIMIT_AS, &lim));
        uint64_t want = lim.rlim_cur;
        OK(getrlimit(RLIMIT_AS, &lim));
        EQ(lim.rlim_cur, want);
        OK(getrusage(RUSAGE_SELF, &use));
}

static void read_maps(void)
{
        char buf[4096];
        int fd = OK(open("/proc/self/maps", O_RDONLY));
        while (OK(read(fd, buf, sizeof(buf))) > 0)
                ;
        OK(close(fd));
}

TEST(all_at_once)
{
        static struct worker workers[] = { { start_a_thread, 0 }, { run_new_code, 0 }, { run_new_code, 0 },
                                           { fork_and_go_on, 0 }, { set_limits, 0 },   { read_maps, 0 } };
        enum { N = sizeof(workers) / sizeof(workers[0]) };
        pthread_t t[N];
        for (int k = 0; k < N; k++)
                EQ(pthread_create(&t[k], NULL, work, &workers[k]), 0);
        sleep(SECONDS);
        stop = true;
        for (int k = 0; k < N; k++) {
                EQ(pthread_join(t[k], NULL), 0);
                CHECK(workers[k].rounds > 5);
        }
}
