/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: no-qemu again=-opt_no-trace */
/* System calls with pointers that have a tag. The kernel refuses them unless the thread asked for them. In calls about ranges of
 * addresses it always takes them, and as the address of a new mapping never (Documentation/arch/arm64/tagged-address-abi.rst).
 * Also what HWAddressSanitizer, which needs tags, does at its start. QEMU is left out, because version 7.2 has no
 * PR_SET_TAGGED_ADDR_CTRL. (Addresses of 32-bit ARM have no tags.) */
#include "check.h"
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <termios.h>
#include <time.h>

#ifndef PR_SET_TAGGED_ADDR_CTRL
#define PR_SET_TAGGED_ADDR_CTRL 55
#define PR_GET_TAGGED_ADDR_CTRL 56
#endif
#define TAG(p) ((void *)((uint64_t)(p) | UINT64_C(0x5a) << 56))
/* syscall() does not look at the pointers that it passes on, and GCC does not know what they are for. */
#define SYS(...) syscall(__VA_ARGS__)

static char *page;
static int fd[2];

static void set_up(bool enable)
{
        page = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(page != MAP_FAILED);
        OK(pipe(fd));
        if (enable)
                OK(prctl(PR_SET_TAGGED_ADDR_CTRL, 1, 0, 0, 0));
}

static int state(void)
{
        return prctl(PR_GET_TAGGED_ADDR_CTRL, 0, 0, 0, 0);
}

TEST(control)
{
        EQ(state(), 0);
        ERR(prctl(PR_SET_TAGGED_ADDR_CTRL, 2, 0, 0, 0), EINVAL); /* a bit of MTE, which the CPU here does not have */
        ERR(prctl(PR_SET_TAGGED_ADDR_CTRL, 1, 1, 0, 0), EINVAL);
        ERR(prctl(PR_SET_TAGGED_ADDR_CTRL, 1, 0, 1, 0), EINVAL);
        ERR(prctl(PR_SET_TAGGED_ADDR_CTRL, 1, 0, 0, 1), EINVAL);
        ERR(prctl(PR_GET_TAGGED_ADDR_CTRL, 1, 0, 0, 0), EINVAL);
        ERR(prctl(PR_GET_TAGGED_ADDR_CTRL, 0, 0, 0, 1), EINVAL);
        EQ(state(), 0);
        OK(prctl(PR_SET_TAGGED_ADDR_CTRL, 1, 0, 0, 0));
        EQ(state(), 1);
        OK(prctl(PR_SET_TAGGED_ADDR_CTRL, 0, 0, 0, 0));
        EQ(state(), 0);
}

static void *state_of_thread(void *arg)
{
        (void)arg;
        uintptr_t before = (uintptr_t)state();
        prctl(PR_SET_TAGGED_ADDR_CTRL, !before, 0, 0, 0);
        return (void *)before;
}

TEST(of_a_thread_and_inherited)
{
        pthread_t th;
        void *r;
        int st;
        for (int on = 0; on < 2; on++) {
                OK(prctl(PR_SET_TAGGED_ADDR_CTRL, on, 0, 0, 0));
                EQ(pthread_create(&th, NULL, state_of_thread, NULL), 0);
                EQ(pthread_join(th, &r), 0);
                EQ((uintptr_t)r, on);
                EQ(state(), on);
                pid_t pid = fork();
                if (pid == 0)
                        _exit(state());
                CHECK(waitpid(pid, &st, 0) == pid);
                EQ(WEXITSTATUS(st), on);
        }
}

TEST(refused_otherwise)
{
        struct timespec ts;
        struct stat st;
        set_up(false);
        struct iovec v = { TAG(page), 4 };
        memcpy(page, "/", 2);
        ERR(SYS(SYS_write, fd[1], TAG(page), 4), EFAULT);
        ERR(SYS(SYS_writev, fd[1], &v, 1), EFAULT);
        ERR(SYS(SYS_clock_gettime, 0, TAG(&ts)), EFAULT);
        ERR(SYS(SYS_newfstatat, AT_FDCWD, TAG(page), &st, 0), EFAULT);
        ERR(SYS(SYS_newfstatat, AT_FDCWD, page, TAG(&st), 0), EFAULT);
        ERR(SYS(SYS_rt_sigprocmask, 0, NULL, TAG(page), 8), EFAULT);
        ERR(SYS(SYS_uname, TAG(page)), EFAULT);
}

static void ranges(void)
{
        unsigned char vec[4];
        OK(SYS(SYS_mprotect, TAG(page), 4096, PROT_READ));
        OK(SYS(SYS_mprotect, TAG(page), 4096, PROT_READ | PROT_WRITE));
        OK(SYS(SYS_madvise, TAG(page), 4096, MADV_NORMAL));
        page[0] = 1;
        OK(SYS(SYS_madvise, TAG(page), 4096, MADV_DONTNEED));
        EQ(page[0], 0);
        OK(SYS(SYS_mincore, TAG(page), 4096, vec));
        OK(SYS(SYS_msync, TAG(page), 4096, MS_ASYNC));
        OK(SYS(SYS_mlock, TAG(page), 4096));
        OK(SYS(SYS_munlock, TAG(page), 4096));
        EQ(SYS(SYS_mremap, TAG(page + 8192), 4096, 4096, 0, 0), page + 8192);
        OK(SYS(SYS_munmap, TAG(page + 4096), 4096));
        ERR(SYS(SYS_mincore, page + 4096, 4096, vec), ENOMEM);
}

TEST(ranges_of_addresses)
{
        set_up(false);
        ranges();
}

TEST(ranges_when_enabled)
{
        set_up(true);
        ranges();
}

TEST(never_of_new_mappings)
{
        set_up(true);
        void *now = sbrk(0);
        EQ(SYS(SYS_brk, TAG(now)), now);
        ERR(SYS(SYS_mmap, TAG(page), 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), ENOMEM);
        ERR(SYS(SYS_mremap, page, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, TAG(page + 8192)), EINVAL);
        ERR(SYS(SYS_shmdt, TAG(page)), EINVAL);
}

TEST(data_when_enabled)
{
        struct timespec ts = { 0, 1000 };
        struct stat st;
        int n = 0;
        set_up(true);
        strcpy(page, "/dev");
        EQ(SYS(SYS_write, fd[1], TAG(page), 4), 4);
        OK(SYS(SYS_ioctl, fd[0], FIONREAD, TAG(&n)));
        EQ(n, 4);
        EQ(SYS(SYS_read, fd[0], TAG(page + 100), 10), 4);
        EQ(memcmp(page + 100, "/dev", 4), 0);
        OK(SYS(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, TAG(&ts), NULL));
        OK(SYS(SYS_newfstatat, AT_FDCWD, TAG(page), TAG(&st), 0));
        CHECK(S_ISDIR(st.st_mode));
        int dir = OK(SYS(SYS_openat, AT_FDCWD, TAG(page), O_RDONLY));
        CHECK(OK(SYS(SYS_getdents64, dir, TAG(page + 1000), 4096)) > 0);
        OK(SYS(SYS_prctl, PR_SET_NAME, TAG("tagged"), 0, 0, 0));
        OK(SYS(SYS_prctl, PR_GET_NAME, TAG(page), 0, 0, 0));
        EQ(strcmp(page, "tagged"), 0);
        struct flock lock = { .l_type = F_RDLCK };
        OK(SYS(SYS_fcntl, dir, F_GETLK, TAG(&lock)));
        struct pollfd p = { fd[0], POLLIN, 0 };
        EQ(SYS(SYS_ppoll, TAG(&p), 1, TAG(&ts), NULL, 8), 0);
        EQ(SYS(SYS_lseek, OK(memfd_create("f", 0)), UINT64_C(0x5a) << 56, SEEK_SET),
           UINT64_C(0x5a) << 56); /* the offset is no pointer */
}

TEST(pointers_in_structures)
{
        set_up(true);
        sigset_t *set = (sigset_t *)(page + 512);
        sigemptyset(set);
        memcpy(page, "0123456789", 10);
        struct iovec out[2] = { { TAG(page), 4 }, { page + 4, 6 } }, in[2] = { { page + 100, 5 }, { TAG(page + 105), 5 } };
        EQ(SYS(SYS_writev, fd[1], TAG(out), 2), 10);
        EQ(SYS(SYS_readv, fd[0], in, 2), 10);
        EQ(memcmp(page + 100, "0123456789", 10), 0);
        EQ(out[0].iov_base, TAG(page));

        int s[2];
        struct sockaddr_storage from;
        char control[64];
        OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
        struct msghdr m = { .msg_iov = TAG(out), .msg_iovlen = 2 };
        EQ(SYS(SYS_sendmsg, s[0], TAG(&m), 0), 10);
        struct msghdr r = { .msg_name = TAG(&from),
                            .msg_namelen = sizeof(from),
                            .msg_iov = in,
                            .msg_iovlen = 1,
                            .msg_control = TAG(control),
                            .msg_controllen = sizeof(control) };
        memset(page + 100, 0, 10);
        EQ(SYS(SYS_recvmsg, s[1], &r, 0), 5);
        EQ(memcmp(page + 100, "01234\0", 6), 0);
        EQ(r.msg_flags, MSG_TRUNC);
        EQ(r.msg_namelen, 0);
        EQ(r.msg_controllen, 0);
        EQ(r.msg_name, TAG(&from));

        struct mmsghdr mm[2] = { { .msg_hdr = m }, { .msg_hdr = m } };
        EQ(SYS(SYS_sendmmsg, s[0], mm, 2, 0), 2);
        EQ(mm[0].msg_len, 10);
        EQ(mm[1].msg_len, 10);
        mm[0].msg_hdr = mm[1].msg_hdr = (struct msghdr){ .msg_iov = TAG(in), .msg_iovlen = 2 };
        mm[0].msg_len = mm[1].msg_len = 0;
        EQ(SYS(SYS_recvmmsg, s[1], TAG(mm), 2, 0, NULL), 2);
        EQ(mm[0].msg_len + mm[1].msg_len, 20);

        struct timespec ts = { 0, 1000 };
        struct {
                const void *set;
                size_t size;
        } mask = { TAG(set), 8 };
        EQ(SYS(SYS_pselect6, 0, NULL, NULL, NULL, TAG(&ts), TAG(&mask)), 0);
}

/* ---- a message that another thread changes while it is copied ---- */

enum { WAITING = 9, MANY = 1024 };
static int pairs[WAITING][2];
static char letter;
static struct iovec many[MANY];
static struct msghdr changing = { .msg_iov = many };

static void *wait_for_message(void *pair)
{
        struct iovec v = { TAG(&letter), 1 };
        struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
        OK(prctl(PR_SET_TAGGED_ADDR_CTRL, 1, 0, 0, 0));
        EQ(SYS(SYS_recvmsg, ((int *)pair)[0], TAG(&m), 0), 1);
        EQ(m.msg_namelen, 0);
        EQ(m.msg_iov, &v);
        return NULL;
}

static void *change_message(void *end)
{
        while (!__atomic_load_n((bool *)end, __ATOMIC_RELAXED))
                for (unsigned k = 0; k < 40; k++)
                        __atomic_store_n(&changing.msg_iovlen, k < 20 ? 1 : MANY, __ATOMIC_RELAXED);
        return NULL;
}

/* The copies of other threads' messages are not overwritten: of the first one, whose place is free again, and behind it. */
TEST(message_that_grows_while_it_is_copied)
{
        pthread_t waiting[WAITING], changer;
        bool end = false;
        set_up(true);
        for (unsigned k = 0; k < MANY; k++)
                many[k] = (struct iovec){ TAG(&letter), 1 };
        for (unsigned k = 0; k < WAITING; k++) {
                OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pairs[k]));
                EQ(pthread_create(&waiting[k], NULL, wait_for_message, pairs[k]), 0);
                usleep(10000);
        }
        OK(write(pairs[0][1], "", 1));
        pthread_join(waiting[0], NULL);
        EQ(pthread_create(&changer, NULL, change_message, &end), 0);
        for (unsigned k = 0; k < 150000; k++)
                (void)SYS(SYS_sendmsg, pairs[0][1], TAG(&changing), MSG_DONTWAIT);
        __atomic_store_n(&end, true, __ATOMIC_RELAXED);
        pthread_join(changer, NULL);
        for (unsigned k = 1; k < WAITING; k++) {
                OK(write(pairs[k][1], "", 1));
                pthread_join(waiting[k], NULL);
        }
}

TEST(clone_writes_through_tags)
{
        struct {
                uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
        } args = { .flags = CLONE_PIDFD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, .exit_signal = SIGCHLD };
        set_up(true);
        int *out = (int *)page;
        args.pidfd = (uint64_t)TAG(out);
        args.child_tid = (uint64_t)TAG(out + 1);
        args.parent_tid = (uint64_t)TAG(out + 2);
        long pid = OK(SYS(SYS_clone3, TAG(&args), sizeof(args)));
        if (pid == 0)
                _exit(out[1] != getpid());
        EQ(out[2], pid);
        EQ(fcntl(out[0], F_GETFD), FD_CLOEXEC);
        check_child((pid_t)pid, 0);
        pid = OK(SYS(SYS_clone, CLONE_PARENT_SETTID | SIGCHLD, 0, TAG(out + 3), 0, 0));
        if (pid == 0)
                _exit(0);
        EQ(out[3], pid);
        check_child((pid_t)pid, 0);
}

TEST(arguments_of_a_program)
{
        set_up(true);
        char *const env[] = { TAG("TAGGED=yes"), NULL };
        char *const argv[] = { "sh", TAG("-c"), TAG("test $TAGGED$0 = yesword"), TAG("word"), NULL };
        pid_t pid = fork();
        if (pid == 0) {
                SYS(SYS_execve, TAG("/bin/sh"), TAG(argv), TAG(env));
                _exit(9);
        }
        check_child(pid, 0);
}

/* What HWAddressSanitizer does: it maps a shadow of the whole address space, a byte for each 16, puts tags there and into
 * pointers, uses memory through those, and reports a wrong tag by a trap. */
static volatile int traps;
static void on_trap(int sig, siginfo_t *info, void *ctx)
{
        (void)sig, (void)ctx;
        traps += info->si_code == TRAP_BRKPT;
        _exit(traps == 1 ? 0 : 1);
}

TEST(as_a_sanitizer_does)
{
        char here;
        uint64_t top = UINT64_C(1) << (64 - __builtin_clzll((uint64_t)&here)), size = top >> 4;
        set_up(true);
        uint8_t *shadow = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        CHECK(shadow != MAP_FAILED);
        OK(madvise(shadow, size, MADV_DONTDUMP));
        struct sigaction act = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };
        OK(sigaction(SIGTRAP, &act, NULL));
        for (unsigned k = 0; k < 256; k++) {
                uint64_t at = (uint64_t)page + 16 * k;
                shadow[at >> 4] = (uint8_t)(k * 37);
                volatile uint64_t *p = (uint64_t *)(at | (uint64_t)(uint8_t)(k * 37) << 56);
                *p = k;
                EQ(*(volatile uint64_t *)at, k);
                if ((uint64_t)p >> 56 != shadow[(uint64_t)p << 8 >> 12])
                        FAIL("tag of %p", (void *)p);
                EQ(SYS(SYS_write, fd[1], p, 8), 8);
        }
        OK(SYS(SYS_munmap, TAG(shadow), size));
        __asm__ volatile("brk #0x910");
        FAIL("no trap");
}

/* The first tag that is used is one of the few things for which all threads must be out of translated code. */
TEST(first_after_a_vfork_child_was_killed)
{
        static volatile int spins, value = 7;
        int p[2];
        OK(pipe(p));
        pid_t killer = fork();
        if (killer == 0) {
                pid_t victim;
                if (read(p[0], &victim, sizeof(victim)) != sizeof(victim) || usleep(50000) || kill(victim, SIGKILL))
                        _exit(1);
                _exit(0);
        }
        pid_t pid = vfork();
        if (pid == 0) {
                pid_t me = getpid();
                if (write(p[1], &me, sizeof(me)) == sizeof(me))
                        for (;;)
                                spins++;
                _exit(1);
        }
        int status;
        EQ(waitpid(pid, &status, 0), pid);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        check_child(killer, 0);
        EQ(*(volatile int *)((uintptr_t)&value | UINT64_C(0x35) << 56), 7);
}
