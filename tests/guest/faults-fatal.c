/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf nightly=armhf-arm again=-opt_no-trace */
/* Faults that end the process: for want of a handler, because their signal is held back, or because there is no place for a frame. */
#include "fault-kinds.h"
#include <pthread.h>
#include <sys/resource.h>

/* Calls fn(arg) in a process that leaves no core, and returns how that ended. */
static int ending(void (*fn)(const struct kind *), const struct kind *arg)
{
        int st;
        pid_t pid = fork();
        if (pid == 0) {
                OK(prctl(PR_SET_DUMPABLE, 0));
                fn(arg);
                _exit(0);
        }
        CHECK(waitpid(pid, &st, 0) == pid);
        return st;
}

/* fn must be ended by each kind's signal. */
static void all_kill(void (*fn)(const struct kind *))
{
        set_up();
        for (unsigned k = 0; k < KINDS; k++) {
                int st = ending(fn, &kinds[k]);
                if (st != kinds[k].sig)
                        FAIL("signal %d: status %#x", kinds[k].sig, st);
        }
}

/* ---- processes that a fault ends ---- */

static void just_fault(const struct kind *k)
{
        k->fault();
}

TEST(default_action_of_a_fault_ends_the_process)
{
        all_kill(just_fault);
}

/* A signal that the kernel cannot hold back gets its default action (kernel/signal.c, force_sig_info_to_task()). */
static void fault_blocked(const struct kind *k)
{
        handle(k->sig, skip_it, 0);
        set_mask(SIG_BLOCK, k->sig);
        k->fault();
}

static void fault_ignored(const struct kind *k)
{
        signal(k->sig, SIG_IGN);
        k->fault();
}

TEST_NOT_ON_QEMU(fault_with_the_signal_blocked, "QEMU 7.2 loops")
{
        all_kill(fault_blocked);
}

TEST_NOT_ON_QEMU(fault_with_the_signal_ignored, "QEMU 7.2 loops")
{
        all_kill(fault_ignored);
}

static void *fault_in_thread(void *arg)
{
        set_mask(SIG_BLOCK, ((const struct kind *)arg)->sig);
        ((const struct kind *)arg)->fault();
        return NULL;
}

static void thread_faults(const struct kind *k)
{
        pthread_t t;
        handle(k->sig, skip_it, 0);
        EQ(pthread_create(&t, NULL, fault_in_thread, (void *)k), 0);
        pthread_join(t, NULL);
}

TEST_NOT_ON_QEMU(fault_of_a_thread_ends_all, "QEMU 7.2 loops")
{
        all_kill(thread_faults);
}

static void fault_again(int sig, siginfo_t *info, void *ctx)
{
        (void)sig, (void)info, (void)ctx;
        if (!handled++)
                in_handler->fault();
        skip(ctx);
}

static void fault_in_own_handler(const struct kind *k)
{
        in_handler = k;
        handle(k->sig, fault_again, 0);
        k->fault();
}

TEST_NOT_ON_QEMU(same_fault_in_a_handler, "QEMU 7.2 loops")
{
        all_kill(fault_in_own_handler);
}

static void fault_twice(const struct kind *k)
{
        handle(k->sig, skip_it, SA_RESETHAND);
        k->fault();
        EQ(handled, 1);
        k->fault();
}

static void fault_in_handler_reset(const struct kind *k)
{
        in_handler = k;
        handle(k->sig, fault_again, SA_RESETHAND | SA_NODEFER);
        k->fault();
}

TEST(handler_once)
{
        all_kill(fault_twice);
        all_kill(fault_in_handler_reset);
}

/* Whether the process leaves a core: as the limit says, and as the process says of itself. */
static void core_of(const struct kind *k, rlim_t limit, int dumpable, int code)
{
        siginfo_t info;
        pid_t pid = fork();
        if (pid == 0) {
                struct rlimit lim = { .rlim_cur = limit, .rlim_max = limit };
                int fd = open("/proc/self/coredump_filter", O_WRONLY);
                OK(write(fd, "0", 1)); /* a small one */
                OK(setrlimit(RLIMIT_CORE, &lim));
                OK(prctl(PR_SET_DUMPABLE, dumpable));
                k->fault();
                _exit(0);
        }
        OK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
        EQ(info.si_status, k->sig);
        EQ(info.si_code, code);
        int st;
        CHECK(waitpid(pid, &st, 0) == pid);
        EQ(!!WCOREDUMP(st), code == CLD_DUMPED);
}

TEST_NOT_ON_QEMU(cores, "QEMU 7.2 writes them itself and is ended by SIGBUS in that")
{
        char pattern[8] = "", folder[] = "/tmp/cores-XXXXXX";
        struct rlimit lim;
        set_up();
        int fd = open("/proc/sys/kernel/core_pattern", O_RDONLY);
        OK(read(fd, pattern, sizeof(pattern) - 1));
        OK(getrlimit(RLIMIT_CORE, &lim));
        if (strcmp(pattern, "core\n") || lim.rlim_max != RLIM_INFINITY)
                SKIP("cores go elsewhere (kernel.core_pattern), or there must be none (RLIMIT_CORE)");
        CHECK(mkdtemp(folder));
        OK(chdir(folder));
        for (unsigned k = 0; k < KINDS; k++) {
                core_of(&kinds[k], RLIM_INFINITY, 1, CLD_DUMPED);
                core_of(&kinds[k], RLIM_INFINITY, 0, CLD_KILLED);
                core_of(&kinds[k], 0, 1, CLD_KILLED);
        }
        OK(system("rm -f core core.*"));
        OK(rmdir(folder));
}

/* The mask is not restored here, so the second fault comes with its signal blocked. */
static void leave_with_the_mask(const struct kind *k)
{
        static volatile int jumps;
        handle(k->sig, leave, 0);
        sigsetjmp(env, 0);
        if (jumps++ < 2)
                k->fault();
}

TEST_NOT_ON_QEMU(siglongjmp_with_the_handlers_mask, "QEMU 7.2 loops")
{
        all_kill(leave_with_the_mask);
}

/* ---- frames that are not there ---- */

/* Where the frame of a signal cannot be written, SIGSEGV is raised. Its frame cannot be written here, either, so the process
 * ends. */
static void no_room_for_trap(const struct kind *k)
{
        (void)k;
        handle(SIGTRAP, skip_it, 0);
        handle(SIGSEGV, skip_it, 0);
        ON_THIS_STACK(BREAKPOINT, (uintptr_t)16);
}

/* The SIGSEGV of a frame that cannot be written has a stack of its own here. */
static void room_for_segv(int sig, siginfo_t *info, void *ctx)
{
        (void)ctx;
        _exit(sig == SIGSEGV && info->si_code == SI_KERNEL ? 40 : 41);
}

static void no_room_for_trap_but_for_segv(const struct kind *k)
{
        (void)k;
        use_altstack();
        handle(SIGTRAP, skip_it, 0);
        handle(SIGSEGV, room_for_segv, SA_ONSTACK);
        ON_THIS_STACK(BREAKPOINT, (uintptr_t)16);
}

TEST_NOT_ON_QEMU(no_room_for_the_frame, "QEMU 7.2 ends by the signal that had no room")
{
        EQ(ending(no_room_for_trap, NULL), SIGSEGV);
        EQ(ending(no_room_for_trap_but_for_segv, NULL), 40 << 8);
}

/* sigreturn with no frame at SP raises SIGSEGV. */
static void sigreturn_garbage(const struct kind *k)
{
        (void)k;
        ON_THIS_STACK(SIGRETURN, (uintptr_t)64);
}

TEST(sigreturn_of_garbage)
{
        EQ(ending(sigreturn_garbage, NULL), SIGSEGV);
}
