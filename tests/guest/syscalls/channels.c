/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls about pipes, sockets and terminals, and about waiting for data from them. */
#include "parts.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <termios.h>

void polling(void)
{
        int p[2], ev, ep;
        struct epoll_event e = { .events = EPOLLIN | EPOLLET, .data.u64 = 0x1122334455667788 }, got[4];
        memset(got, 0, sizeof(got));
        DO(pipe2(p, O_NONBLOCK | O_CLOEXEC));
        SHOW(read(p[0], got, 1));
        ev = (int)DO(eventfd(3, EFD_SEMAPHORE | EFD_NONBLOCK));
        ep = (int)DO(epoll_create1(EPOLL_CLOEXEC));
        N(sizeof(struct epoll_event) > 8);
        DO(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
        SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
        e.data.u64 = 0x99aabbccddeeff00;
        DO(epoll_ctl(ep, EPOLL_CTL_ADD, ev, &e));
        int n = (int)SHOW(epoll_wait(ep, got, 4, 0));
        printf("%x %llx\n", got[0].events, (long long)got[0].data.u64);
        SHOW(write(p[1], "abc", 3));
        e.events = EPOLLIN, e.data.u64 = 42;
        DO(epoll_ctl(ep, EPOLL_CTL_MOD, ev, &e));
        n = (int)SHOW(epoll_wait(ep, got, 4, 1000));
        uint64_t sum = 0;
        for (int k = 0; k < n; k++)
                sum += got[k].data.u64;
        printf("%llx\n", (long long)sum);
        DO(epoll_ctl(ep, EPOLL_CTL_DEL, ev, NULL));
        SHOW(epoll_ctl(ep, EPOLL_CTL_DEL, ev, NULL));
        uint64_t v;
        SHOW(read(ev, &v, 8));
        N(v);
        struct pollfd pf[3] = { { p[0], POLLIN, 0 }, { p[1], POLLOUT, 0 }, { 999, POLLIN, 0 } };
        SHOW(poll(pf, 3, 0));
        printf("%x %x %x\n", pf[0].revents, pf[1].revents, pf[2].revents);
        fd_set rd;
        struct timeval tv = { 0, 1000 };
        FD_ZERO(&rd);
        FD_SET(p[0], &rd);
        FD_SET(ev, &rd);
        SHOW(select(ev + 1, &rd, NULL, NULL, &tv));
        int avail = 0;
        SHOW(ioctl(p[0], FIONREAD, &avail));
        N(avail);
        SHOW(fcntl(p[1], F_SETPIPE_SZ, 65536));
        SHOW(fcntl(p[1], F_GETPIPE_SZ));
        close(p[0]);
        signal(SIGPIPE, SIG_IGN);
        SHOW(write(p[1], "x", 1));
}

/* ---- sockets ---- */

static void descriptor_in_a_message(const int sv[2])
{
        int fd;
        char text[64] = { 0 }, control[200];
        int file = memfd_create("passed", 0);
        if (write(file, "content", 7) != 7)
                abort();
        struct iovec iov = { "fd", 2 };
        struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(sizeof(int)) };
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        *c = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(c), &file, sizeof(int));
        SHOW(sendmsg(sv[0], &m, 0));
        iov = (struct iovec){ text, sizeof(text) };
        m.msg_controllen = sizeof(control);
        SHOW(recvmsg(sv[1], &m, MSG_CMSG_CLOEXEC));
        c = CMSG_FIRSTHDR(&m);
        printf("%s %d %d %d\n", text, c->cmsg_level, c->cmsg_type, (int)(c->cmsg_len - CMSG_LEN(0)));
        memcpy(&fd, CMSG_DATA(c), sizeof(int));
        SHOW(pread(fd, text, 7, 0));
        SHOW(fcntl(fd, F_GETFD));
}

static void socket_options(const int sv[2])
{
        int on = 1;
        DO(setsockopt(sv[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
        struct ucred cred;
        socklen_t len = sizeof(cred);
        DO(getsockopt(sv[0], SOL_SOCKET, SO_PEERCRED, &cred, &len));
        printf("%d %d %d\n", cred.pid == getpid(), cred.uid == getuid(), (int)len);
        struct timeval tv = { 1, 500000 }, back = { 0, 0 };
        DO(setsockopt(sv[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
        len = sizeof(back);
        DO(getsockopt(sv[0], SOL_SOCKET, SO_RCVTIMEO, &back, &len));
        printf("%ld %d\n", (long)back.tv_sec, len == sizeof(back));
}

static void stream(const int sv[2])
{
        char text[64];
        SHOW(send(sv[0], "x", 1, MSG_DONTWAIT));
        SHOW(recv(sv[1], text, 10, MSG_PEEK));
        SHOW(recv(sv[1], text, 10, MSG_DONTWAIT));
        SHOW(recv(sv[1], text, 10, MSG_DONTWAIT));
        DO(shutdown(sv[0], SHUT_WR));
        SHOW(recv(sv[1], text, 10, 0));
}

static void tcp(void)
{
        int on = 1;
        char text[64] = { 0 };
        socklen_t len;
        int s = (int)DO(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), t, u;
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        DO(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
        DO(bind(s, (struct sockaddr *)&a, sizeof(a)));
        DO(listen(s, 5));
        len = sizeof(a);
        DO(getsockname(s, (struct sockaddr *)&a, &len));
        t = (int)DO(socket(AF_INET, SOCK_STREAM, 0));
        DO(connect(t, (struct sockaddr *)&a, sizeof(a)));
        u = (int)DO(accept4(s, (struct sockaddr *)&a, &len, SOCK_NONBLOCK));
        printf("%s %d nonblock %d\n", inet_ntoa(a.sin_addr), (int)len, !!(fcntl(u, F_GETFL) & O_NONBLOCK));
        DO(setsockopt(t, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
        SHOW(send(t, "over tcp", 8, MSG_NOSIGNAL));
        struct pollfd pf = { u, POLLIN, 0 };
        poll(&pf, 1, 1000);
        SHOW(recv(u, text, sizeof(text), 0));
        puts(text);
        struct mmsghdr mm[2] = { { .msg_hdr = { .msg_iov = &(struct iovec){ "one", 3 }, .msg_iovlen = 1 } },
                                 { .msg_hdr = { .msg_iov = &(struct iovec){ "three", 5 }, .msg_iovlen = 1 } } };
        SHOW(sendmmsg(t, mm, 2, 0));
        printf("%u %u\n", mm[0].msg_len, mm[1].msg_len);
}

static void datagrams(void)
{
        char text[64];
        struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t len;
        int d = (int)DO(socket(AF_INET, SOCK_DGRAM, 0));
        DO(bind(d, (struct sockaddr *)&a, sizeof(a)));
        len = sizeof(a);
        DO(getsockname(d, (struct sockaddr *)&a, &len));
        SHOW(sendto(d, "datagram", 8, 0, (struct sockaddr *)&a, sizeof(a)));
        SHOW(recvfrom(d, text, sizeof(text), MSG_TRUNC, (struct sockaddr *)&a, &len));
        SHOW(connect(d, (struct sockaddr *)&a, 3));
        struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "socket" };
        int us = socket(AF_UNIX, SOCK_DGRAM, 0);
        DO(bind(us, (struct sockaddr *)&un, sizeof(un)));
        SHOW(bind(us, (struct sockaddr *)&un, sizeof(un)));
        unlink("socket");
        SHOW(socket(99, 0, 0));
}

void sockets(void)
{
        int sv[2];
        DO(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
        descriptor_in_a_message(sv);
        socket_options(sv);
        stream(sv);
        tcp();
        datagrams();
}

/* ---- terminals ---- */

void terminal(void)
{
        struct winsize ws = { 0 }, set = { 30, 100, 7, 8 };
        struct termios tio;
        int m = (int)DO(posix_openpt(O_RDWR | O_NOCTTY)), s;
        DO(grantpt(m));
        DO(unlockpt(m));
        s = (int)DO(open(ptsname(m), O_RDWR | O_NOCTTY));
        DO(ioctl(m, TIOCSWINSZ, &set));
        DO(ioctl(s, TIOCGWINSZ, &ws));
        printf("%d %d %d %d\n", ws.ws_row, ws.ws_col, ws.ws_xpixel, ws.ws_ypixel);
        memset(&tio, 0, sizeof(tio));
        DO(tcgetattr(s, &tio));
        printf("%x %x %x %x %d %d %d %d\n", tio.c_iflag, tio.c_oflag, tio.c_cflag, tio.c_lflag, tio.c_cc[VINTR], tio.c_cc[VMIN],
               cfgetospeed(&tio), isatty(s));
        cfmakeraw(&tio);
        DO(tcsetattr(s, TCSANOW, &tio));
        SHOW(write(m, "raw\n", 4));
        char buf[10] = { 0 };
        SHOW(read(s, buf, sizeof(buf)));
        DO(tcflush(s, TCIOFLUSH));
        SHOW(ioctl(s, 0xdeadbeef, 0));
        SHOW(isatty(open("/dev/null", O_RDONLY)));
}
