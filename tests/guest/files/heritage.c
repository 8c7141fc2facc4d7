/* SPDX-License-Identifier: GPL-2.0-or-later */
/* heritage PROGRAM...: prints what it has from the program that executed it, changes some of it, and executes the first program with
 * the others as arguments. With START in its environment it is the first program of all, which makes what is handed on: descriptors of
 * several kinds with something in them, signals, limits and times. What the programs of a chain print does not depend on the machines that
 * they are for. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#define _TIME_BITS 64
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Descriptors have fixed numbers. */
enum { FILE_ = 10, DIRECTORY, EVENTS, POLL, TIMER, SIGNALS, SOCKET, OTHER_END, MEMORY, LOCKED };

#define MARK UINT64_C(0x1122334455667788)
#define OK(call) ok((long)(call), #call)

static long ok(long r, const char *what)
{
        if (r == -1) {
                printf("%s: %s\n", what, strerror(errno));
                exit(1);
        }
        return r;
}

static void put_at(int number, int fd)
{
        OK(fd);
        OK(dup2(fd, number));
        close(fd);
}

/* ---- messages ---- */

union control {
        struct cmsghdr head;
        char bytes[200];
};

static void send_message(uint64_t number)
{
        union control c = { 0 };
        struct iovec v = { &number, sizeof(number) };
        struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = CMSG_SPACE(2 * sizeof(int)) };
        struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        *h = (struct cmsghdr){ .cmsg_len = CMSG_LEN(2 * sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(h), (int[]){ FILE_, MEMORY }, 2 * sizeof(int));
        OK(sendmsg(SOCKET, &m, 0));
}

static void receive_message(void)
{
        union control c = { 0 };
        uint64_t number = 0;
        struct iovec v = { &number, sizeof(number) };
        struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = &c, .msg_controllen = sizeof(c) };
        OK(recvmsg(OTHER_END, &m, 0));
        printf("message %d flags %x", (int)(number - MARK), m.msg_flags);
        for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h)) {
                if (h->cmsg_type == SCM_CREDENTIALS) {
                        struct ucred *who = (struct ucred *)(void *)CMSG_DATA(h);
                        printf(" from %s, uid %d", who->pid == getpid() ? "this process" : "another one", (int)who->uid);
                }
                if (h->cmsg_type != SCM_RIGHTS)
                        continue;
                int fd[2];
                struct stat s[4];
                memcpy(fd, CMSG_DATA(h), sizeof(fd));
                OK(fstat(fd[0], &s[0]) | fstat(fd[1], &s[1]) | fstat(FILE_, &s[2]) | fstat(MEMORY, &s[3]));
                printf(" with %s", s[0].st_ino == s[2].st_ino && s[1].st_ino == s[3].st_ino ? "both files" : "something else");
                close(fd[0]);
                close(fd[1]);
        }
        puts("");
        send_message(number + 1);
}

/* ---- descriptors ---- */

static int queue(void)
{
        return (int)OK(msgget((key_t)atoi(getenv("QUEUE")), 0600));
}

struct message {
        long type;
        char text[8];
};

static void start_descriptors(void)
{
        char text[20];
        struct epoll_event e = { .events = EPOLLIN, .data.u64 = MARK };
        struct itimerspec at = { .it_value.tv_sec = 1000, .it_interval.tv_nsec = 7000 };
        struct message first = { 5, "first" };
        sigset_t usr2;
        int pair[2], one = 1;
        put_at(FILE_, open("file", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0640));
        OK(write(FILE_, "abcdefghij", 10));
        OK(lseek(FILE_, 0, SEEK_SET));
        struct flock lock = { .l_type = F_WRLCK, .l_start = INT64_C(0x123456789), .l_len = 5 };
        put_at(LOCKED, open("locked", O_RDWR | O_CREAT, 0600));
        OK(fcntl(LOCKED, F_SETLK, &lock));
        OK(fcntl(FILE_, F_SETSIG, SIGRTMIN + 3));
        OK(mkdir("directory", 0700));
        put_at(DIRECTORY, open("directory", O_RDONLY | O_DIRECTORY));
        for (int k = 0; k < 12; k++) {
                sprintf(text, "entry-%d", k);
                close((int)OK(openat(DIRECTORY, text, O_CREAT | O_WRONLY, 0600)));
        }
        put_at(EVENTS, eventfd(3, 0));
        put_at(POLL, epoll_create1(0));
        OK(epoll_ctl(POLL, EPOLL_CTL_ADD, EVENTS, &e));
        put_at(TIMER, timerfd_create(CLOCK_MONOTONIC, 0));
        OK(timerfd_settime(TIMER, 0, &at, NULL));
        sigemptyset(&usr2);
        sigaddset(&usr2, SIGUSR2);
        put_at(SIGNALS, signalfd(-1, &usr2, 0));
        OK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
        put_at(SOCKET, pair[0]);
        put_at(OTHER_END, pair[1]);
        OK(setsockopt(OTHER_END, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)));
        OK(setsockopt(OTHER_END, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){ 5, 400000 }, sizeof(struct timeval)));
        put_at(MEMORY, memfd_create("memory", MFD_ALLOW_SEALING));
        OK(ftruncate(MEMORY, INT64_C(0x100000005)));
        OK(fcntl(MEMORY, F_ADD_SEALS, F_SEAL_SHRINK));
        sprintf(text, "%d", 0x42000000 | (getpid() & 0xffffff));
        OK(setenv("QUEUE", text, 1));
        OK(msgsnd((int)OK(msgget((key_t)atoi(text), IPC_CREAT | 0600)), &first, sizeof(first.text), 0));
        send_message(MARK);
        /* These two are seen by no program that is executed. */
        OK(open("file", O_RDONLY | O_CLOEXEC));
        OK(timer_create(CLOCK_MONOTONIC, NULL, &(timer_t){ 0 }));
}

/* The numbers of the entries, told by their order in the folder, are those of a native program that has read as many. */
static void read_entry(void)
{
        static char buffer[64], text[100];
        long n = OK(syscall(SYS_getdents64, DIRECTORY, buffer, 32));
        snprintf(text, sizeof(text), "%s", n ? buffer + 19 : "end");
        int fd = (int)OK(dup(DIRECTORY));
        DIR *d = fdopendir(fd);
        int left = 0;
        off_t at = lseek(DIRECTORY, 0, SEEK_CUR);
        while (d && readdir(d))
                left++;
        closedir(d);
        printf("directory %s, %d left\n", !strncmp(text, "entry-", 6) || *text == '.' ? "entry" : text, left);
        OK(lseek(DIRECTORY, at, SEEK_SET));
}

static void show_file(void)
{
        char c = 0;
        struct flock lock = { .l_type = F_WRLCK, .l_start = 0, .l_len = 0 };
        struct stat s;
        OK(read(FILE_, &c, 1));
        OK(fstat(MEMORY, &s));
        printf("file %c at %lld, %s, signal %d; %llx bytes, seals %x\n", c, (long long)lseek(FILE_, 0, SEEK_CUR),
               fcntl(FILE_, F_GETFL) & O_APPEND ? "append" : "write", fcntl(FILE_, F_GETSIG) - SIGRTMIN, (long long)s.st_size,
               (unsigned)fcntl(MEMORY, F_GET_SEALS));
        fflush(stdout);
        pid_t parent = getpid(), pid = (pid_t)OK(fork());
        if (pid == 0) { /* record locks are the process's, which has executed other programs since */
                OK(fcntl(LOCKED, F_GETLK, &lock));
                printf("lock of %s at %llx, %lld bytes\n", lock.l_pid == parent ? "the parent" : "somebody",
                       (long long)lock.l_start, (long long)lock.l_len);
                fflush(stdout);
                _exit(0);
        }
        OK(waitpid(pid, NULL, 0));
        pid = (pid_t)OK(fork()); /* with the second one, translations are handed down */
        if (pid == 0)
                _exit(0);
        OK(waitpid(pid, NULL, 0));
}

static void show_descriptors(void)
{
        struct epoll_event e = { 0 };
        struct itimerspec left;
        struct timeval timeout;
        socklen_t size = sizeof(timeout);
        struct message m;
        uint64_t count = 0;
        printf("descriptors");
        for (int fd = 0; fd < 2000; fd++)
                if (fcntl(fd, F_GETFD) >= 0)
                        printf(" %d%s", fd, fcntl(fd, F_GETFD) ? "!" : "");
        puts("");
        show_file();
        read_entry();
        OK(epoll_wait(POLL, &e, 1, 0));
        OK(read(EVENTS, &count, sizeof(count)));
        printf("events %x %s, count %d\n", e.events, e.data.u64 == MARK ? "marked" : "not marked", (int)count);
        count++;
        OK(write(EVENTS, &count, sizeof(count)));
        OK(timerfd_gettime(TIMER, &left));
        printf("timer %s, every %ld ns\n", left.it_value.tv_sec > 900 && left.it_value.tv_sec <= 1000 ? "runs" : "does not run",
               (long)left.it_interval.tv_nsec);
        OK(getsockopt(OTHER_END, SOL_SOCKET, SO_RCVTIMEO, &timeout, &size));
        printf("timeout %d.%06d\n", (int)timeout.tv_sec, (int)timeout.tv_usec);
        receive_message();
        OK(msgrcv(queue(), &m, sizeof(m.text), 5, IPC_NOWAIT));
        printf("queue %ld %s\n", m.type, m.text);
        m.text[0]++;
        OK(msgsnd(queue(), &m, sizeof(m.text), 0));
}

/* ---- signals and what else a process has ---- */

static void start_process(void)
{
        sigset_t set;
        struct rlimit64 limits[] = { { UINT64_C(0x500000000), UINT64_C(0x600000000) },
                                     { 1 << 29, 3u << 30 },
                                     { 900 << 20, RLIM64_INFINITY } };
        sigemptyset(&set);
        sigaddset(&set, SIGUSR2);
        sigaddset(&set, SIGTRAP);
        sigaddset(&set, SIGRTMIN + 1);
        sigaddset(&set, SIGRTMAX);
        OK(sigprocmask(SIG_SETMASK, &set, NULL));
        signal(SIGHUP, SIG_IGN);
        signal(SIGSEGV, SIG_IGN);
        signal(SIGUSR1, exit);
        OK(sigqueue(getpid(), SIGUSR2, (union sigval){ .sival_int = 77 }));
        OK(sigqueue(getpid(), SIGRTMIN + 1,
                    (union sigval){ .sival_ptr = (void *)(uintptr_t)MARK })); /* its lower half is what all see */
        OK(kill(getpid(), SIGTRAP));
        OK(setitimer(ITIMER_REAL, &(struct itimerval){ .it_value.tv_sec = 500, .it_interval.tv_usec = 9 }, NULL));
        OK(sigaltstack(&(stack_t){ .ss_sp = malloc(1 << 16), .ss_size = 1 << 16 }, NULL));
        OK(syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, &limits[0], NULL));
        OK(syscall(SYS_prlimit64, 0, RLIMIT_AS, &limits[1], NULL));
        OK(syscall(SYS_prlimit64, 0, RLIMIT_DATA, &limits[2], NULL));
        OK(prctl(PR_SET_NAME, "renamed"));
        OK(prctl(PR_SET_TIMERSLACK, 123456));
        OK(prctl(PR_SET_PDEATHSIG, SIGTERM));
        OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
        OK(setpriority(PRIO_PROCESS, 0, 3));
        personality(ADDR_NO_RANDOMIZE | SHORT_INODE); /* a sandbox may refuse it */
        umask(027);
}

static void show_signals(void)
{
        sigset_t blocked, pending, one;
        struct signalfd_siginfo told;
        siginfo_t info;
        stack_t stack;
        struct itimerval alarm;
        OK(sigprocmask(SIG_SETMASK, NULL, &blocked));
        OK(sigpending(&pending));
        printf("signals");
        for (int s = 1; s <= 64; s++) {
                struct sigaction a;
                if (s == 32 || s == 33 || sigaction(s, NULL, &a))
                        continue;
                bool is_blocked = sigismember(&blocked, s), is_pending = sigismember(&pending, s);
                if (is_blocked || is_pending || a.sa_handler != SIG_DFL)
                        printf(" %d%s%s%s", s, is_blocked ? "b" : "", is_pending ? "p" : "",
                               a.sa_handler == SIG_IGN   ? "i"
                               : a.sa_handler == SIG_DFL ? ""
                                                         : "h");
        }
        sigemptyset(&one);
        sigaddset(&one, SIGRTMIN + 1);
        OK(sigtimedwait(&one, &info, &(struct timespec){ 0, 0 }));
        OK(read(SIGNALS, &told, sizeof(told)));
        printf("; queued %d %d %d; read %d %d %d\n", info.si_value.sival_int, info.si_code, info.si_pid == getpid(), told.ssi_int,
               told.ssi_code, told.ssi_pid == (uint32_t)getpid());
        OK(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = info.si_value.sival_int - 1 }));
        OK(sigqueue(getpid(), SIGUSR2, (union sigval){ .sival_int = told.ssi_int + 1 }));
        OK(sigaltstack(NULL, &stack));
        OK(getitimer(ITIMER_REAL, &alarm));
        printf("stack %s, alarm %s every %d us\n", stack.ss_flags & SS_DISABLE ? "none" : "one",
               alarm.it_value.tv_sec > 400 ? "runs" : "does not run", (int)alarm.it_interval.tv_usec);
}

static void show_process(void)
{
        static const int which[] = { RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_NOFILE };
        int death = 0, reaper = 0;
        char name[16];
        FILE *f = fopen("/proc/self/personality", "r");
        char text[20] = "?";
        show_signals();
        printf("limits");
        for (unsigned k = 0; k < sizeof(which) / sizeof(which[0]); k++) {
                struct rlimit64 l;
                OK(syscall(SYS_prlimit64, 0, which[k], NULL, &l));
                printf(" %llx/%llx", (unsigned long long)l.rlim_cur, (unsigned long long)l.rlim_max);
        }
        OK(prctl(PR_GET_PDEATHSIG, &death));
        OK(prctl(PR_GET_CHILD_SUBREAPER, &reaper));
        OK(prctl(PR_GET_NAME, name));
        mode_t mask = umask(0);
        umask(mask);
        if (!f || !fgets(text, sizeof(text), f))
                strcpy(text, "unknown\n");
        printf("\n%s, slack %d, death %d, reaper %d, priority %d, personality %x %.8s, umask %o\n", name,
               prctl(PR_GET_TIMERSLACK), death, reaper, getpriority(PRIO_PROCESS, 0), (unsigned)personality(0xffffffff), text,
               mask);
        if (f)
                fclose(f);
}

int main(int argc, char **argv)
{
        if (getenv("START")) {
                unsetenv("START");
                start_descriptors();
                start_process();
        } else {
                show_descriptors();
                show_process();
        }
        fflush(stdout);
        if (argc > 1)
                execv(argv[1], argv + 1);
        else
                msgctl(queue(), IPC_RMID, NULL);
        return argc > 1;
}
