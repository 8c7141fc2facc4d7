/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache-child.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>

#include "base/util.h"

enum {
        SLOW_NICE = 16, /* gets 29 parts where others get 1024: less than 3 percent of a machine that has enough to do */
        MODEST_NICE = 5,
};

static int compare(const void *a, const void *b)
{
        return *(const int *)a - *(const int *)b;
}

/* Closes all but the standard descriptors and those of the list: among them are locks, which would be held. */
static void close_others(const int *keep, size_t n)
{
        int sorted[8];
        unsigned from = 3;

        if (n > ARRAY_SIZE(sorted))
                _exit(EXIT_FAILURE);
        memcpy(sorted, keep, n * sizeof(*keep));
        qsort(sorted, n, sizeof(*sorted), compare);
        for (size_t i = 0; i < n; i++) {
                if (sorted[i] < (int)from)
                        continue;
                if (sorted[i] > (int)from)
                        (void)close_range(from, (unsigned)sorted[i] - 1, 0);
                from = (unsigned)sorted[i] + 1;
        }
        (void)close_range(from, ~0U, 0);
}

static void reset_signals(void)
{
        sigset_t none;

        for (int s = 1; s < SIGRTMIN; s++)
                if (s != SIGKILL && s != SIGSTOP)
                        (void)signal(s, SIG_DFL);
        sigemptyset(&none);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static int on_child(sd_event_source *source, const siginfo_t *si, void *userdata)
{
        struct child *c = userdata;

        (void)source;
        c->source = sd_event_source_disable_unref(c->source);
        c->timer = sd_event_source_disable_unref(c->timer);
        c->pid = 0;
        c->done(si->si_code == CLD_EXITED ? si->si_status : -1, c->userdata);
        return 0;
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct child *c = userdata;

        (void)source;
        (void)usec;
        (void)kill(c->pid, SIGKILL);
        return 0;
}

int child_start(struct child *c, sd_event *event, int (*work)(void *), void *argument, const int *keep, size_t n,
                uint64_t timeout)
{
        pid_t parent = getpid(), pid = fork();

        if (pid < 0)
                return -errno;
        if (pid == 0) {
                (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
                if (getppid() != parent)
                        _exit(EXIT_FAILURE);
                reset_signals();
                close_others(keep, n);
                _exit(work(argument));
        }
        c->pid = pid;
        int r = sd_event_add_child(event, &c->source, pid, WEXITED, on_child, c);
        if (r >= 0 && timeout > 0)
                r = sd_event_add_time_relative(event, &c->timer, CLOCK_MONOTONIC, timeout, 0, on_timeout, c);
        if (r < 0)
                child_stop(c);
        return r;
}

void child_stop(struct child *c)
{
        c->source = sd_event_source_disable_unref(c->source);
        c->timer = sd_event_source_disable_unref(c->timer);
        if (c->pid > 0) {
                (void)kill(c->pid, SIGKILL);
                (void)waitpid(c->pid, NULL, 0);
        }
        c->pid = 0;
}

/* ---- priorities ---- */

static void write_own(const char *name, int number)
{
        char text[16];
        _cleanup_close_ int fd = open(name, O_WRONLY | O_CLOEXEC);

        int n = snprintf(text, sizeof(text), "%d", number);
        if (fd >= 0)
                (void)!write(fd, text, (size_t)n);
}

/* The share of one of n CPUs that is the same part of all of them doubles with n, and three steps of niceness double it, too. */
static int find_niceness(int cpus)
{
        int nice = SLOW_NICE;

        for (; cpus > 1 && nice > MODEST_NICE; cpus /= 2)
                nice -= 3;
        return nice;
}

/* Where sessions share the CPUs (autogroup of sched(7)), what counts is the session's niceness, of all CPUs together; elsewhere it is the
 * process's. */
static void be_nice(int session, int process)
{
        (void)setsid();
        write_own("/proc/self/autogroup", session);
        (void)setpriority(PRIO_PROCESS, 0, process);
}

void child_give_way(void)
{
        const struct sched_param none = {};

        be_nice(SLOW_NICE, find_niceness(get_nprocs()));
        (void)sched_setscheduler(0, SCHED_BATCH, &none);
        (void)syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 7); /* IOPRIO_WHO_PROCESS, IOPRIO_CLASS_BE */
        /* Where memory runs out, this process ends, and nobody else does. */
        write_own("/proc/self/oom_score_adj", 1000);
}

void child_be_modest(void)
{
        be_nice(MODEST_NICE, MODEST_NICE);
}
