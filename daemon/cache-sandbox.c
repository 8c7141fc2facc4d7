/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache-sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/util.h"

enum {
        CPU_SECONDS = 120,
        MEMORY = 1 << 30, /* beyond guest file and output, of which each process maps what it needs */
        FILES = 64,
        PROCESSES = 16,
        NOBODY = 65534,
};

/* Users that nobody is (systemd, "Users, Groups, UIDs and GIDs": unused). The worker's is its own as long as it runs: of two
 * processes of one user each can write into the other. */
#define USERS_FROM 2100000000u
#define USERS 40000000u

/* What a worker calls, and what a program without a libc may call at its start. All else fails with EPERM. */
static const int calls[] = {
        SYS_arch_prctl,
        SYS_brk,
        SYS_clock_gettime,
        SYS_clone,
        SYS_close,
        SYS_close_range,
        SYS_dup,
        SYS_execveat,
        SYS_exit,
        SYS_exit_group,
        SYS_fallocate,
        SYS_fcntl,
        SYS_fork,
        SYS_fstat,
        SYS_ftruncate,
        SYS_futex,
        SYS_getegid,
        SYS_geteuid,
        SYS_getgid,
        SYS_getpid,
        SYS_getppid,
        SYS_getrandom,
        SYS_gettid,
        SYS_getuid,
        SYS_lseek,
        SYS_madvise,
        SYS_mmap,
        SYS_mprotect,
        SYS_mremap,
        SYS_munmap,
        SYS_newfstatat,
        SYS_pread64,
        SYS_prctl,
        SYS_prlimit64,
        SYS_pwrite64,
        SYS_read,
        SYS_restart_syscall,
        SYS_rseq,
        SYS_rt_sigaction,
        SYS_rt_sigprocmask,
        SYS_rt_sigreturn,
        SYS_sched_getaffinity,
        SYS_sched_yield,
        SYS_seccomp,
        SYS_set_robust_list,
        SYS_set_tid_address,
        SYS_setitimer,
        SYS_sigaltstack,
        SYS_uname,
        SYS_vfork,
        SYS_wait4,
        SYS_waitid,
        SYS_write,
};

/* Lets through the calls of the list, made by 64-bit instructions. */
static int filter_calls(void)
{
        struct sock_filter code[ARRAY_SIZE(calls) + 8];
        size_t n = 0, at;

        code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
        at = n;
        for (size_t i = 0; i < ARRAY_SIZE(calls); i++, n++)
                code[n] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i],
                                                       (uint8_t)(at + ARRAY_SIZE(calls) - n), 0);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        const struct sock_fprog program = { .len = (unsigned short)n, .filter = code };
        return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -errno : 0;
}

static int limit(int what, uint64_t value)
{
        const struct rlimit l = { .rlim_cur = value, .rlim_max = value };

        return setrlimit(what, &l) < 0 ? -errno : 0;
}

static int set_limits(uint64_t budget)
{
        const struct {
                int what;
                uint64_t value;
        } limits[] = {
                { RLIMIT_AS, MEMORY + (512ULL << 20) + 2 * budget },
                { RLIMIT_CPU, CPU_SECONDS },
                { RLIMIT_FSIZE, budget },
                { RLIMIT_NOFILE, FILES },
                { RLIMIT_CORE, 0 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
                int r = limit(limits[i].what, limits[i].value);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Becomes a user that nobody else is; where this namespace has no such user, nobody. Where it has neither, all rights are given up
 * all the same. */
static int drop_rights(void)
{
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        const struct __user_cap_data_struct none[2] = {};
        uid_t own = USERS_FROM + (uid_t)getpid() % USERS;

        (void)setgroups(0, NULL);
        bool is_own = setresgid(own, own, own) == 0 && setresuid(own, own, own) == 0;
        if (!is_own && setresgid(NOBODY, NOBODY, NOBODY) == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
                return -errno;
        if (is_own) {
                int r = limit(RLIMIT_NPROC, PROCESSES);
                if (r < 0)
                        return r;
        }
        return syscall(SYS_capset, &header, none) < 0 ? -errno : 0;
}

/* Makes guest and output the descriptors 3 and 4, the program 5, and closes all else. */
static int place_files(const struct sandbox *s, int null)
{
        int high[3] = { fcntl(s->guest, F_DUPFD, 10), fcntl(s->output, F_DUPFD, 10), fcntl(s->program, F_DUPFD, 10) };

        for (int i = 0; i < 3 && null >= 0; i++) /* without it they are what the daemon has */
                if (dup2(null, i) < 0)
                        return -errno;
        for (int i = 0; i < 3; i++)
                if (high[i] < 0 || dup2(high[i], 3 + i) < 0)
                        return -errno;
        if (close_range(6, ~0U, 0) < 0 || fcntl(5, F_SETFD, FD_CLOEXEC) < 0)
                return -errno;
        return 0;
}

static int confine(const struct sandbox *s)
{
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        if (s->empty >= 0 && (fchdir(s->empty) < 0 || chroot(".") < 0) && errno != EPERM)
                return -errno;
        int r = place_files(s, null);
        if (r >= 0)
                r = set_limits(s->budget);
        if (r >= 0)
                r = drop_rights();
        if (r < 0)
                return r;
        /* Another user's id forgets this. */
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                return -errno;
        return filter_calls();
}

static void be_worker(const struct sandbox *s)
{
        char option[60];
        char *const argv[] = { (char *)"binfmt-translator", option, NULL }, *const none[] = { NULL };

        snprintf(option, sizeof(option), "--cache-worker=%" PRIu64, s->budget);
        if (confine(s) >= 0)
                (void)syscall(SYS_execveat, 5, "", argv, none, AT_EMPTY_PATH);
        _exit(126);
}

int sandbox_run(const struct sandbox *s)
{
        static const int namespaces[] = { CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWPID };
        int status;

        /* What the machine does not allow is done without. The process that comes next is the first one of the PID namespace:
         * all others there end with it. */
        for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
                (void)unshare(namespaces[i]);
        pid_t pid = fork();
        if (pid < 0)
                return -errno;
        if (pid == 0)
                be_worker(s);
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -ETIME;
}
