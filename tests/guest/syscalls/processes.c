/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls about processes: their limits, times and scheduling, prctl, IDs, and waiting for children. */
#include "parts.h"
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

void resources(void)
{
        struct rlimit lim = { 100, 200 }, old;
        struct rusage ru;
        struct sysinfo si;
        struct tms t;
        memset(&ru, 0x55, sizeof(ru));
        memset(&si, 0x55, sizeof(si));
        DO(setrlimit(RLIMIT_NOFILE, &lim));
        DO(getrlimit(RLIMIT_NOFILE, &old));
        printf("%ld %ld\n", (long)old.rlim_cur, (long)old.rlim_max);
        SHOW(prlimit(0, RLIMIT_CORE, NULL, &old));
        lim.rlim_cur = 300;
        SHOW(setrlimit(RLIMIT_NOFILE, &lim));
        SHOW(getrlimit(99, &lim));
        DO(getrusage(RUSAGE_SELF, &ru));
        printf("%d %d %d\n", ru.ru_utime.tv_usec<1000000, ru.ru_maxrss> 100, ru.ru_nsignals == 0);
        SHOW(getrusage(77, &ru));
        DO(sysinfo(&si));
        struct sysinfo again;
        sysinfo(&again);
        printf("%llu %d %d %lu\n", (unsigned long long)si.mem_unit * si.totalram, si.totalram == again.totalram, si.procs > 0,
               si.totalswap);
        DO(times(&t) == -1 ? -1 : 0);
        SHOW(getpriority(PRIO_PROCESS, 0));
        SHOW(setpriority(PRIO_PROCESS, 0, 5));
        SHOW(getpriority(PRIO_PROCESS, 0));
        SHOW(nice(1));
        SHOW(sched_getscheduler(0));
        struct sched_param sp = { 0 };
        SHOW(sched_getparam(0, &sp));
        SHOW(sched_get_priority_max(SCHED_FIFO));
        struct timespec ts = { 9, 9 };
        SHOW(clock_getres(CLOCK_MONOTONIC, &ts));
        N(ts.tv_nsec);
        SHOW(clock_gettime(12345, &ts));
        ts = (struct timespec){ 0, 2000000000 };
        SHOW(nanosleep(&ts, NULL));
        ts = (struct timespec){ 0, 1000 };
        SHOW(clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL));
        struct itimerval it = { { 5, 0 }, { 50, 0 } }, oit = { 0 };
        DO(setitimer(ITIMER_VIRTUAL, &it, NULL));
        DO(getitimer(ITIMER_VIRTUAL, &oit));
        printf("%ld %d\n", (long)oit.it_interval.tv_sec, oit.it_value.tv_sec >= 48);
        SHOW(getrandom(&t, 16, 0));
        SHOW(syscall(SYS_getrandom, &t, 16, 0xff));
        N(getpagesize());
        N(sysconf(_SC_NPROCESSORS_CONF));
        SHOW(syscall(99999));
        SHOW(syscall(-1L));
}

void control(void)
{
        char name[17] = { 0 };
        int v = 0;
        SHOW(prctl(PR_SET_NAME, "a-name-longer-than-fifteen"));
        SHOW(prctl(PR_GET_NAME, name));
        puts(name);
        SHOW(prctl(PR_SET_PDEATHSIG, SIGTERM));
        SHOW(prctl(PR_GET_PDEATHSIG, &v));
        N(v);
        SHOW(prctl(PR_GET_DUMPABLE));
        SHOW(prctl(PR_SET_CHILD_SUBREAPER, 1));
        SHOW(prctl(PR_GET_CHILD_SUBREAPER, &v));
        N(v);
        SHOW(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        SHOW(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
        SHOW(prctl(PR_GET_TIMERSLACK));
        SHOW(prctl(PR_CAPBSET_READ, 0));
        SHOW(prctl(67 /* PR_SET_MEMORY_MERGE */, 1, 0, 0, 0));
        SHOW(prctl(68 /* PR_GET_MEMORY_MERGE */, 0, 0, 0, 0));
        SHOW(prctl(77 /* PR_TIMER_CREATE_RESTORE_IDS */, 2, 0, 0, 0));
        SHOW(prctl(77, 1, 0, 0, 0));
        SHOW(prctl(77, 2, 0, 0, 0));
        SHOW(prctl(99999, 0, 0, 0, 0));
        struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct d[2] = { 0 };
        SHOW(syscall(SYS_capget, &h, d));
        printf("%x %x\n", d[0].effective, d[1].permitted);
        uid_t r, e, s;
        SHOW(getresuid(&r, &e, &s));
        printf("%u %u %u\n", r, e, s);
        gid_t groups[100];
        SHOW(getgroups(100, groups));
        SHOW(getpgid(0) == getpgrp());
        SHOW(setsid() == -1 ? errno : 0);
        SHOW(kill(999999999, 0));
        SHOW(getsid(0) > 0);
        struct utsname u;
        SHOW(uname(&u));
        printf("%s %s %s\n", u.sysname, u.nodename, u.release);
}

void waiting(void)
{
        int st = 0;
        siginfo_t info;
        struct rusage ru;
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0)
                _exit(300);
        printf("%d", wait4(pid, &st, 0, &ru) == pid);
        printf(" %x\n", st);
        pid = fork();
        if (pid == 0) {
                prctl(PR_SET_DUMPABLE, 0);
                abort();
        }
        memset(&info, 0, sizeof(info));
        SHOW(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
        printf("%d %d %d %d\n", info.si_signo, info.si_code, info.si_status, info.si_pid == pid);
        printf("%d", waitpid(pid, &st, 0) == pid);
        printf(" %x\n", st);
        SHOW(waitpid(-1, &st, WNOHANG));
        SHOW(waitid(P_ALL, 0, &info, 0));
}
