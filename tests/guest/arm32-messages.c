/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf nightly=armhf-arm
 * Messages on sockets and System V IPC as 32-bit Arm has them: struct iovec, msghdr and cmsghdr have words of 32 bits, and so have the
 * structures of IPC. */
#include "check.h"
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>

#define BAD ((void *)8)

struct time32 {
        int32_t sec, part;
};

/* ---- pieces of memory ---- */

TEST(vectors)
{
        int fds[2];
        char a[3] = "", b[40] = "";
        struct iovec out[3] = { { "ab", 2 }, { NULL, 0 }, { "cdef", 4 } }, in[2] = { { a, 3 }, { b, 40 } }, many[1025];
        OK(pipe(fds));
        EQ(syscall(SYS_writev, fds[1], out, 3), 6);
        EQ(syscall(SYS_readv, fds[0], in, 2), 6);
        CHECK(!memcmp(a, "abc", 3) && !memcmp(b, "def", 3));
        for (unsigned k = 0; k < 1025; k++)
                many[k] = (struct iovec){ "x", 1 };
        EQ(syscall(SYS_writev, fds[1], many, 1024), 1024);
        ERR(syscall(SYS_writev, fds[1], many, 1025), EINVAL);
        ERR(syscall(SYS_writev, fds[1], BAD, 1), EFAULT);
        out[0].iov_len = (size_t)-1;
        ERR(syscall(SYS_writev, fds[1], out, 3), EINVAL);
        EQ(syscall(SYS_vmsplice, fds[1], many, 5, 0), 5);
}

TEST_NOT_ON_QEMU(memory_of_a_process, "QEMU 7.2 does not know the calls")
{
        char b[5] = "";
        struct iovec here = { b, 4 }, there = { "peek", 4 };
        if (syscall(SYS_process_vm_readv, getpid(), &here, 1, &there, 1, 0) == -1 && errno == EPERM)
                SKIP("a sandbox refuses process_vm_readv(2)");
        EQ(syscall(SYS_process_vm_readv, getpid(), &here, 1, &there, 1, 0), 4);
        CHECK(!memcmp(b, "peek", 4));
        EQ(syscall(SYS_process_vm_writev, getpid(), &there, 1, &here, 1, 0), 4);
}

/* ---- messages ---- */

static int pair[2];

static void make_pair(int type)
{
        OK(socketpair(AF_UNIX, type, 0, pair));
}

TEST(one_message)
{
        char a[4] = "", b[20] = "", control[100];
        int fds[2] = { 0, 1 };
        make_pair(SOCK_DGRAM);
        struct iovec out[2] = { { "hel", 3 }, { "lo", 2 } }, in[2] = { { a, 4 }, { b, 20 } };
        struct msghdr m = { .msg_iov = out, .msg_iovlen = 2, .msg_control = control, .msg_controllen = CMSG_SPACE(sizeof(fds)) };
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        EQ(sizeof(m), 28);
        EQ(sizeof(*c), 12);
        *c = (struct cmsghdr){ CMSG_LEN(sizeof(fds)), SOL_SOCKET, SCM_RIGHTS };
        memcpy(CMSG_DATA(c), fds, sizeof(fds));
        EQ(sendmsg(pair[0], &m, 0), 5);
        m = (struct msghdr){ .msg_iov = in, .msg_iovlen = 2, .msg_control = control, .msg_controllen = sizeof(control) };
        EQ(recvmsg(pair[1], &m, MSG_CMSG_CLOEXEC), 5);
        CHECK(!memcmp(a, "hell", 4) && b[0] == 'o');
        EQ(m.msg_controllen, CMSG_SPACE(sizeof(fds)));
        EQ(m.msg_flags & MSG_CTRUNC, 0);
        c = CMSG_FIRSTHDR(&m);
        CHECK(c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(fds)));
        memcpy(fds, CMSG_DATA(c), sizeof(fds));
        EQ(fcntl(fds[0], F_GETFD), FD_CLOEXEC);
        EQ(fcntl(fds[1], F_GETFD), FD_CLOEXEC);
        ERR(sendmsg(pair[0], BAD, 0), EFAULT);
        EQ(send(pair[0], "q", 1, 0), 1);
        EQ(recv(pair[1], a, 4, 0), 1);
}

TEST_NOT_ON_QEMU(descriptors_that_do_not_fit, "QEMU does not close them")
{
        int fds[3] = { 0, 1, 2 };
        char control[100], x = 'x';
        make_pair(SOCK_DGRAM);
        struct iovec v = { &x, 1 };
        struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(sizeof(fds)) };
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        *c = (struct cmsghdr){ CMSG_LEN(sizeof(fds)), SOL_SOCKET, SCM_RIGHTS };
        memcpy(CMSG_DATA(c), fds, sizeof(fds));
        EQ(sendmsg(pair[0], &m, 0), 1);
        int next = dup(0);
        close(next);
        m.msg_controllen = CMSG_SPACE(sizeof(int));
        EQ(recvmsg(pair[1], &m, 0), 1);
        CHECK(m.msg_flags & MSG_CTRUNC);
        EQ(CMSG_FIRSTHDR(&m)->cmsg_len, CMSG_LEN(sizeof(int)));
        memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int));
        EQ(fds[0], next);
        ERR(fcntl(next + 1, F_GETFD), EBADF);
        EQ(dup(0), next + 1);
}

TEST_NOT_ON_QEMU(control_data_that_cannot_be_written, "QEMU says EFAULT")
{
        char *end = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + 4096, x = 'x';
        int on = 1;
        make_pair(SOCK_DGRAM);
        OK(mprotect(end, 4096, PROT_NONE));
        OK(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
        struct iovec v = { &x, 1 };
        char control[16];
        struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
        *(struct cmsghdr *)control = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
        memset(CMSG_DATA((struct cmsghdr *)control), 0, sizeof(int));
        EQ(sendmsg(pair[0], &m, 0), 1);
        m.msg_control = end - 16; /* there is room for the descriptor, and not for who has sent it */
        m.msg_controllen = 100;
        EQ(recvmsg(pair[1], &m, 0), 1);
        EQ(m.msg_flags, 0);
        EQ(m.msg_controllen, 16);
        EQ(CMSG_FIRSTHDR(&m)->cmsg_type, SCM_RIGHTS);
}

TEST_NOT_ON_QEMU(descriptors_are_looked_at_first, "QEMU looks at structures first")
{
        ERR(syscall(SYS_writev, -1, BAD, 1), EBADF);
        ERR(syscall(SYS_preadv, -1, BAD, 1, 0, 0), EBADF);
        ERR(sendmsg(-1, BAD, 0), EBADF);
        ERR(recvmsg(0x7fff, BAD, 0), EBADF);
        ERR(syscall(SYS_sendmmsg, -1, BAD, 4, 0), EBADF);
}

TEST_NOT_ON_QEMU(wrong_control_data, "QEMU sends what it can")
{
        char control[40] = "", x = 'x';
        make_pair(SOCK_DGRAM);
        struct iovec v = { &x, 1 };
        struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = 16 };
        struct cmsghdr *c = (struct cmsghdr *)control;
        *c = (struct cmsghdr){ 11, SOL_SOCKET, SCM_RIGHTS };
        ERR(sendmsg(pair[0], &m, 0), EINVAL);
        c->cmsg_len = 17;
        ERR(sendmsg(pair[0], &m, 0), EINVAL);
        m.msg_controllen = 4;
        ERR(sendmsg(pair[0], &m, 0), EINVAL);
        c->cmsg_len = 16;
        m.msg_controllen = 17; /* what is left over is a header that is too short */
        ERR(sendmsg(pair[0], &m, 0), EINVAL);
        m.msg_control = BAD;
        m.msg_controllen = 16;
        ERR(sendmsg(pair[0], &m, 0), EFAULT);
        m = (struct msghdr){ .msg_iov = BAD, .msg_iovlen = 1 };
        ERR(sendmsg(pair[0], &m, 0), EFAULT);
        m.msg_iovlen = 1025;
        ERR(sendmsg(pair[0], &m, 0), EMSGSIZE);
}

TEST(credentials_and_times)
{
        int on = 1;
        char control[200], x = 'x';
        make_pair(SOCK_DGRAM);
        OK(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
        OK(syscall(SYS_setsockopt, pair[1], SOL_SOCKET, 29 /* SO_TIMESTAMP, the old one */, &on, sizeof(on)));
        EQ(send(pair[0], "x", 1, 0), 1);
        struct iovec v = { &x, 1 };
        struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
        EQ(recvmsg(pair[1], &m, 0), 1);
        bool time = false, who = false;
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
                if (c->cmsg_type == SCM_CREDENTIALS) {
                        struct ucred u;
                        EQ(c->cmsg_len, CMSG_LEN(sizeof(u)));
                        memcpy(&u, CMSG_DATA(c), sizeof(u));
                        EQ(u.pid, getpid());
                        who = true;
                } else if (c->cmsg_type == 29) {
                        struct time32 t;
                        EQ(c->cmsg_len, CMSG_LEN(sizeof(t)));
                        memcpy(&t, CMSG_DATA(c), sizeof(t));
                        CHECK(t.sec > 1500000000 && t.part < 1000000);
                        time = true;
                }
        }
        CHECK(time && who);
}

TEST(several_messages)
{
        char buf[4][8] = { "" };
        struct iovec v[4] = { { "one", 3 }, { "two", 3 }, { "three", 5 }, { NULL, 0 } };
        struct mmsghdr m[4] = { 0 };
        make_pair(SOCK_DGRAM);
        EQ(sizeof(m[0]), 32);
        for (unsigned k = 0; k < 3; k++)
                m[k].msg_hdr = (struct msghdr){ .msg_iov = &v[k], .msg_iovlen = 1 };
        EQ(syscall(SYS_sendmmsg, pair[0], m, 3, 0), 3);
        EQ(m[2].msg_len, 5);
        for (unsigned k = 0; k < 4; k++) {
                v[k] = (struct iovec){ buf[k], 8 };
                m[k].msg_hdr = (struct msghdr){ .msg_iov = &v[k], .msg_iovlen = 1 };
        }
        struct time32 t = { 5, 0 };
        EQ(syscall(SYS_recvmmsg, pair[1], m, 2, 0, &t), 2);
        CHECK(t.sec == 4 || t.sec == 5);
        CHECK(!memcmp(buf[1], "two", 3) && m[1].msg_len == 3);
        EQ(syscall(SYS_recvmmsg, pair[1], m, 4, MSG_DONTWAIT, NULL), 1);
        CHECK(!memcmp(buf[0], "three", 5) && m[0].msg_len == 5);
        ERR(syscall(SYS_recvmmsg, pair[1], m, 4, MSG_DONTWAIT, NULL), EAGAIN);
        ERR(syscall(SYS_sendmmsg, pair[1], BAD, 4, 0), EFAULT);
}

TEST_NOT_ON_QEMU(several_messages_with_wide_times, "QEMU 7.2 does not know it")
{
        char buf[8];
        struct iovec v = { buf, 8 };
        struct mmsghdr m = { .msg_hdr = { .msg_iov = &v, .msg_iovlen = 1 } };
        make_pair(SOCK_DGRAM);
        EQ(send(pair[0], "abc", 3, 0), 3);
        struct {
                int64_t sec;
                uint32_t nsec, rubbish;
        } wide = { 5, 0, 0x55 };
        EQ(syscall(SYS_recvmmsg_time64, pair[1], &m, 1, 0, &wide), 1);
        EQ(m.msg_len, 3);
        CHECK(wide.sec == 4 || wide.sec == 5);
}

/* ---- options ---- */

TEST(timeouts)
{
        struct time32 t = { 1, 500000 }, got = { 0, 0 };
        socklen_t size = sizeof(got);
        make_pair(SOCK_STREAM);
        OK(syscall(SYS_setsockopt, pair[0], SOL_SOCKET, 20 /* SO_RCVTIMEO, the old one */, &t, sizeof(t)));
        OK(syscall(SYS_getsockopt, pair[0], SOL_SOCKET, 20, &got, &size));
        CHECK(got.sec == 1 && got.part >= 500000 && size == sizeof(got));
        t = (struct time32){ 0, 20000 };
        OK(syscall(SYS_setsockopt, pair[0], SOL_SOCKET, 20, &t, sizeof(t)));
        char c;
        ERR(recv(pair[0], &c, 1, 0), EAGAIN);
        ERR(syscall(SYS_setsockopt, pair[0], SOL_SOCKET, 20, &t, 4), EINVAL);
        ERR(syscall(SYS_setsockopt, pair[0], SOL_SOCKET, 20, &t, -1), EINVAL);
        ERR(syscall(SYS_setsockopt, pair[0], SOL_SOCKET, 20, BAD, 8), EFAULT);
        if (!getenv("GUEST_ORACLE")) /* QEMU does not know the option */
                ERR(syscall(SYS_getsockopt, pair[0], SOL_IP, MCAST_MSFILTER, (char[200]){ 0 }, &(int){ 136 }), EOPNOTSUPP);
}

TEST_NOT_ON_QEMU(wide_timeouts, "QEMU takes them for short ones")
{
        struct time32 t = { 1, 500000 };
        struct {
                int64_t sec, usec;
        } wide = { 0, 0 };
        socklen_t size = sizeof(wide);
        make_pair(SOCK_STREAM);
        OK(syscall(SYS_setsockopt, pair[0], SOL_SOCKET, 20, &t, sizeof(t)));
        OK(syscall(SYS_getsockopt, pair[0], SOL_SOCKET, 66 /* SO_RCVTIMEO */, &wide, &size));
        CHECK(wide.sec == 1 && wide.usec >= 500000);
}

TEST(filters)
{
        struct sock_filter all[] = { { 0x06 /* BPF_RET | BPF_K */, 0, 0, 3 } }; /* the first three bytes */
        struct sock_fprog f = { .len = 1, .filter = all };
        char buf[10];
        make_pair(SOCK_DGRAM);
        OK(setsockopt(pair[1], SOL_SOCKET, SO_ATTACH_FILTER, &f, sizeof(f)));
        EQ(send(pair[0], "12345", 5, 0), 5);
        EQ(recv(pair[1], buf, 10, 0), 3);
        ERR(setsockopt(pair[1], SOL_SOCKET, SO_ATTACH_FILTER, &f, 4), EINVAL);
}

TEST(multicast_groups)
{
        int s = (int)OK(socket(AF_INET, SOCK_DGRAM, 0));
        struct group_req g = { .gr_interface = 1 };
        struct sockaddr_in *to = (struct sockaddr_in *)&g.gr_group;
        *to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(0xe0000101) };
        EQ(sizeof(g), 132);
        if (setsockopt(s, IPPROTO_IP, MCAST_JOIN_GROUP, &g, sizeof(g)) < 0)
                SKIP("no multicast here: %s", strerror(errno));
        ERR(setsockopt(s, IPPROTO_IP, MCAST_JOIN_GROUP, &g, sizeof(g)), EADDRINUSE);
        OK(setsockopt(s, IPPROTO_IP, MCAST_LEAVE_GROUP, &g, sizeof(g)));
        ERR(setsockopt(s, IPPROTO_IP, MCAST_JOIN_GROUP, &g, 10), EINVAL);
}

/* ---- System V IPC ---- */

#define IPC64 0x100

TEST(semaphores)
{
        int id = (int)OK(semget(IPC_PRIVATE, 2, 0600));
        struct {
                struct {
                        int32_t key;
                        uint32_t uid, gid, cuid, cgid;
                        uint16_t mode, pad, seq, pad2;
                        uint32_t unused[2];
                } perm;
                uint32_t otime, otime_high, ctime, ctime_high, nsems, unused[2];
                uint32_t behind;
        } ds = { .behind = 0x12345678 };
        OK(syscall(SYS_semctl, id, 0, IPC_STAT | IPC64, &ds));
        CHECK(ds.nsems == 2 && (ds.perm.mode & 0777) == 0600 && ds.ctime > 1500000000 && ds.ctime_high == 0 && ds.otime == 0);
        EQ(ds.behind, 0x12345678);
        ds.perm.mode = 0640;
        OK(syscall(SYS_semctl, id, 0, IPC_SET | IPC64, &ds));
        OK(syscall(SYS_semctl, id, 0, IPC_STAT | IPC64, &ds));
        EQ(ds.perm.mode & 0777, 0640);
        OK(syscall(SYS_semctl, id, 1, SETVAL | IPC64, 5));
        EQ(syscall(SYS_semctl, id, 1, GETVAL | IPC64), 5);
        struct sembuf take = { 0, -1, 0 };
        struct time32 t = { 0, 20000000 };
        ERR(syscall(SYS_semtimedop, id, &take, 1, &t), EAGAIN);
        struct {
                int64_t sec;
                uint32_t nsec, rubbish;
        } wide = { 0, 20000000, 7 };
        ERR(syscall(SYS_semtimedop_time64, id, &take, 1, &wide), EAGAIN);
        take.sem_num = 1;
        OK(syscall(SYS_semop, id, &take, 1));
        ERR(syscall(SYS_semctl, id, 0, IPC_STAT | IPC64, BAD), EFAULT);
        OK(syscall(SYS_semctl, id, 0, IPC_RMID | IPC64));
}

TEST(messages)
{
        int id = (int)OK(msgget(IPC_PRIVATE, 0600));
        struct {
                int32_t type;
                char text[16];
        } m = { 7, "hello" };
        struct {
                char perm[36];
                uint32_t times[6], cbytes, qnum, qbytes;
                int32_t lspid, lrpid;
                uint32_t unused[2], behind;
        } ds = { .behind = 0x12345678 };
        OK(syscall(SYS_msgsnd, id, &m, 5, 0));
        m.type = 9;
        OK(syscall(SYS_msgsnd, id, &m, 3, 0));
        OK(syscall(SYS_msgctl, id, IPC_STAT | IPC64, &ds));
        CHECK(ds.qnum == 2 && ds.cbytes == 8 && ds.lspid == getpid() && ds.times[0] > 1500000000 && ds.times[1] == 0);
        EQ(ds.behind, 0x12345678);
        memset(&m, 0, sizeof(m));
        EQ(syscall(SYS_msgrcv, id, &m, 16, -8, 0), 5); /* a type up to 8 */
        CHECK(m.type == 7 && !memcmp(m.text, "hello", 5) && !m.text[5]);
        ERR(syscall(SYS_msgrcv, id, &m, 2, 0, 0), E2BIG);
        EQ(syscall(SYS_msgrcv, id, &m, 2, 0, MSG_NOERROR), 2);
        ERR(syscall(SYS_msgrcv, id, &m, 16, 0, IPC_NOWAIT), ENOMSG);
        m.type = 0;
        ERR(syscall(SYS_msgsnd, id, &m, 5, 0), EINVAL);
        ERR(syscall(SYS_msgsnd, id, BAD, 5, 0), EFAULT);
        ERR(syscall(SYS_msgsnd, id, &m, -1, 0), EINVAL);
        OK(syscall(SYS_msgctl, id, IPC_RMID | IPC64, NULL));
}

TEST(shared_memory)
{
        int id = (int)OK(shmget(IPC_PRIVATE, 10000, 0600));
        struct {
                char perm[36];
                uint32_t segsz, times[6];
                int32_t cpid, lpid;
                uint32_t nattch, unused[2], behind;
        } ds = { .behind = 0x12345678 };
        char *p = shmat(id, NULL, 0), *q = shmat(id, NULL, SHM_RDONLY);
        CHECK(p != (void *)-1 && q != (void *)-1 && p != q);
        p[9999] = 'z';
        EQ(q[9999], 'z');
        OK(syscall(SYS_shmctl, id, IPC_STAT | IPC64, &ds));
        CHECK(ds.segsz == 10000 && ds.nattch == 2 && ds.cpid == getpid() && ds.times[0] > 1500000000);
        EQ(ds.behind, 0x12345678);
        OK(shmdt(q));
        OK(shmdt(p));
        struct {
                uint32_t max, min, mni, seg, all, unused[4];
        } info;
        CHECK(syscall(SYS_shmctl, 0, IPC_INFO | IPC64, &info) >= 0);
        CHECK(info.min == 1 && info.mni >= 1);
        OK(syscall(SYS_shmctl, id, IPC_RMID | IPC64, NULL));
}

TEST_NOT_ON_QEMU(limit_of_shared_memory, "QEMU cuts it")
{
        struct {
                uint32_t max, min, mni, seg, all, unused[4];
        } info;
        CHECK(syscall(SYS_shmctl, 0, IPC_INFO | IPC64, &info) >= 0);
        CHECK(info.max <= INT32_MAX);
}
