/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: native */
/* System calls and the layouts of their structures: what this prints must be what the same program prints when it is
 * compiled for this machine. Nothing here depends on times, process ids or addresses. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

/* Shows the result of a call, with the name of the error. */
static long show(long r, const char *what)
{
        if (r == -1)
                printf("%s: %s\n", what, strerrorname_np(errno));
        else
                printf("%s = %ld\n", what, r);
        return r;
}
/* Only whether it succeeded. */
static long worked(long r, const char *what)
{
        if (r == -1)
                printf("%s: %s\n", what, strerrorname_np(errno));
        else
                printf("%s: ok\n", what);
        return r;
}
#define SHOW(call) show((long)(call), #call)
#define DO(call) worked((long)(call), #call)
#define N(value) printf("%s: %lld\n", #value, (long long)(value))

static void show_stat(const char *what, const struct stat *st)
{
        printf("%s: mode %o nlink %ld uid %u gid %u rdev %lx size %ld blksize %ld blocks %ld atime %ld.%09ld mtime %ld.%09ld\n",
               what, st->st_mode, (long)st->st_nlink, st->st_uid, st->st_gid, (long)st->st_rdev, (long)st->st_size,
               (long)st->st_blksize, (long)st->st_blocks, (long)st->st_atim.tv_sec, st->st_atim.tv_nsec, (long)st->st_mtim.tv_sec,
               st->st_mtim.tv_nsec);
}

static void files(void)
{
        struct stat st;
        struct statx sx;
        struct timespec times[2] = { { 1000000000, 123456789 }, { 1100000000, 987654321 } };
        char buf[100] = { 0 };
        umask(022);
        int fd = (int)DO(open("file", O_RDWR | O_CREAT | O_TRUNC, 0644));
        SHOW(write(fd, "0123456789", 10));
        SHOW(pwrite(fd, "abc", 3, 20));
        SHOW(lseek(fd, 0, SEEK_END));
        SHOW(lseek(fd, -5, SEEK_CUR));
        SHOW(lseek(fd, -50, SEEK_CUR));
        SHOW(pread(fd, buf, 50, 15));
        struct iovec iov[2] = { { "xy", 2 }, { "z", 1 } }, in[2] = { { buf, 4 }, { buf + 50, 10 } };
        SHOW(pwritev(fd, iov, 2, 2));
        SHOW(preadv(fd, in, 2, 0));
        printf("%.4s %.10s\n", buf, buf + 50);
        DO(futimens(fd, times));
        DO(fstat(fd, &st));
        show_stat("fstat", &st);
        DO(chmod("file", 04751));
        DO(stat("file", &st));
        show_stat("stat", &st);
        DO(symlink("file", "link"));
        DO(lstat("link", &st));
        printf("link: %o %ld\n", st.st_mode, (long)st.st_size);
        DO(stat("/dev/null", &st));
        printf("null: %o %lx\n", st.st_mode, (long)st.st_rdev);
        DO(statx(AT_FDCWD, "file", 0, STATX_ALL, &sx));
        printf("statx: %o %u %u %u %llu %llu %lld.%09u %x\n", sx.stx_mode, sx.stx_nlink, sx.stx_uid, sx.stx_gid, sx.stx_size,
               sx.stx_blocks, (long long)sx.stx_mtime.tv_sec, sx.stx_mtime.tv_nsec, sx.stx_blksize);
        SHOW(readlink("link", buf, sizeof(buf)));
        SHOW(open("link", O_RDONLY | O_NOFOLLOW));
        SHOW(open("file", O_RDONLY | O_DIRECTORY));
        SHOW(open("file", O_RDWR | O_CREAT | O_EXCL, 0600));
        SHOW(open("nothing", O_RDONLY));
        SHOW(open("file/x", O_RDONLY));
        int dfd = (int)DO(open("file", O_RDONLY | O_DIRECT | O_LARGEFILE | O_SYNC | O_NOATIME | O_CLOEXEC));
        if (dfd >= 0) {
                printf("direct %d sync %d noatime %d append %d cloexec %d\n", !!(fcntl(dfd, F_GETFL) & O_DIRECT),
                       (fcntl(dfd, F_GETFL) & O_SYNC) == O_SYNC, !!(fcntl(dfd, F_GETFL) & O_NOATIME),
                       !!(fcntl(dfd, F_GETFL) & O_APPEND), fcntl(dfd, F_GETFD));
                DO(fcntl(dfd, F_SETFL, O_APPEND | O_NONBLOCK));
                printf("append %d nonblock %d direct %d\n", !!(fcntl(dfd, F_GETFL) & O_APPEND),
                       !!(fcntl(dfd, F_GETFL) & O_NONBLOCK), !!(fcntl(dfd, F_GETFL) & O_DIRECT));
        }
        int tmp = (int)DO(open(".", O_RDWR | O_TMPFILE, 0600));
        SHOW(write(tmp, "x", 1));
        int path = (int)DO(open("link", O_PATH | O_NOFOLLOW));
        DO(fstat(path, &st));
        printf("O_PATH: %o\n", st.st_mode);
        SHOW(read(path, buf, 1));
        SHOW(ftruncate(fd, 5));
        SHOW(truncate("file", 7));
        SHOW(posix_fallocate(fd, 0, 5000));
        DO(fstat(fd, &st));
        N(st.st_size);
        SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
        SHOW(access("file", X_OK));
        SHOW(access("nothing", F_OK));
        SHOW(faccessat(AT_FDCWD, "link", F_OK, AT_SYMLINK_NOFOLLOW));
        DO(link("file", "file2"));
        DO(rename("file2", "file3"));
        SHOW(renameat2(AT_FDCWD, "file3", AT_FDCWD, "link", RENAME_NOREPLACE));
        SHOW(renameat2(AT_FDCWD, "file3", AT_FDCWD, "link", RENAME_EXCHANGE));
        DO(unlink("link"));
        DO(unlink("file3"));
        SHOW(unlink("file3"));
        SHOW(fsync(fd));
        SHOW(fdatasync(fd));
        SHOW(syncfs(fd));
        SHOW(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
        SHOW(setxattr("file", "user.test", "value", 5, 0));
        SHOW(getxattr("file", "user.test", buf, sizeof(buf)));
        SHOW(listxattr("file", buf, sizeof(buf)));
        SHOW(fchown(fd, getuid(), getgid()));
        SHOW(utime("file", NULL));
        SHOW(fcntl(fd, F_DUPFD_CLOEXEC, 100));
        SHOW(dup3(fd, 101, O_CLOEXEC));
        SHOW(dup2(fd, 102));
        SHOW(fcntl(101, F_GETFD));
        SHOW(syscall(SYS_close_range, 100, 200, 0));
        SHOW(fcntl(101, F_GETFD));
        SHOW(close(fd));
        SHOW(close(fd));
}

static int by_name(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static void directories(void)
{
        char cwd[4096], name[300];
        char *names[400];
        int n = 0;
        DO(mkdir("dir", 0700));
        SHOW(mkdir("dir", 0700));
        for (int k = 0; k < 300; k++) {
                snprintf(name, sizeof(name), "dir/a-file-with-a-name-of-some-length-%d", k);
                close(open(name, O_CREAT | O_WRONLY, 0600));
        }
        DO(mkdir("dir/sub", 0700));
        DIR *d = opendir("dir");
        for (struct dirent *e; (e = readdir(d)); n++) {
                snprintf(name, sizeof(name), "%s %d", e->d_name, e->d_type);
                names[n] = strdup(name);
        }
        qsort(names, (size_t)n, sizeof(char *), by_name);
        for (int k = 0; k < n; k++)
                puts(names[k]);
        rewinddir(d);
        closedir(d);
        int dir = (int)DO(open("dir", O_RDONLY | O_DIRECTORY));
        char raw[64];
        SHOW(syscall(SYS_getdents64, dir, raw, 10));
        SHOW(openat(dir, "none", O_RDONLY));
        DO(mkdirat(dir, "sub2", 0755));
        SHOW(unlinkat(dir, "sub2", 0));
        DO(unlinkat(dir, "sub2", AT_REMOVEDIR));
        SHOW(rmdir("dir"));
        DO(fchdir(dir));
        DO(chdir("sub"));
        DO(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
        puts(cwd + strlen(cwd) - 8);
        SHOW(getcwd(cwd, 3) ? 0 : -1);
        DO(chdir("../.."));
        for (int k = 0; k < 300; k++) {
                snprintf(name, sizeof(name), "dir/a-file-with-a-name-of-some-length-%d", k);
                unlink(name);
        }
        rmdir("dir/sub");
        DO(rmdir("dir"));
}

static void locks(void)
{
        int fd = (int)DO(open("lock", O_RDWR | O_CREAT, 0600));
        struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 20 };
        DO(fcntl(fd, F_SETLK, &fl));
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
                struct flock q = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 15 };
                DO(fcntl(fd, F_GETLK, &q));
                printf("type %d start %ld len %ld ours %d\n", q.l_type, (long)q.l_start, (long)q.l_len, q.l_pid == getppid());
                q.l_type = F_RDLCK, q.l_pid = 0;
                SHOW(fcntl(fd, F_SETLK, &q));
                fflush(stdout);
                _exit(0);
        }
        waitpid(pid, NULL, 0);
        fl.l_pid = 0;
        DO(fcntl(fd, F_OFD_GETLK, &fl));
        printf("type %d pid %d\n", fl.l_type, fl.l_pid == getpid());
        DO(flock(fd, LOCK_EX | LOCK_NB));
        int other = open("lock", O_RDWR);
        SHOW(flock(other, LOCK_EX | LOCK_NB));
        unlink("lock");
}

static void polling(void)
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

static void sockets(void)
{
        int sv[2], fd, on = 1;
        char text[64] = { 0 }, control[200];
        DO(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
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
        printf("%s %d %d %d\n", text, c->cmsg_level, c->cmsg_type, (int)c->cmsg_len);
        memcpy(&fd, CMSG_DATA(c), sizeof(int));
        SHOW(pread(fd, text, 7, 0));
        SHOW(fcntl(fd, F_GETFD));
        DO(setsockopt(sv[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
        struct ucred cred;
        socklen_t len = sizeof(cred);
        DO(getsockopt(sv[0], SOL_SOCKET, SO_PEERCRED, &cred, &len));
        printf("%d %d %d\n", cred.pid == getpid(), cred.uid == getuid(), (int)len);
        struct timeval tv = { 1, 500000 }, back = { 0, 0 };
        DO(setsockopt(sv[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
        len = sizeof(back);
        DO(getsockopt(sv[0], SOL_SOCKET, SO_RCVTIMEO, &back, &len));
        printf("%ld %d\n", (long)back.tv_sec, (int)len);
        SHOW(send(sv[0], "x", 1, MSG_DONTWAIT));
        SHOW(recv(sv[1], text, 10, MSG_PEEK));
        SHOW(recv(sv[1], text, 10, MSG_DONTWAIT));
        SHOW(recv(sv[1], text, 10, MSG_DONTWAIT));
        DO(shutdown(sv[0], SHUT_WR));
        SHOW(recv(sv[1], text, 10, 0));

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
        memset(text, 0, sizeof(text));
        SHOW(recv(u, text, sizeof(text), 0));
        puts(text);
        struct mmsghdr mm[2] = { { .msg_hdr = { .msg_iov = &(struct iovec){ "one", 3 }, .msg_iovlen = 1 } },
                                 { .msg_hdr = { .msg_iov = &(struct iovec){ "three", 5 }, .msg_iovlen = 1 } } };
        SHOW(sendmmsg(t, mm, 2, 0));
        printf("%u %u\n", mm[0].msg_len, mm[1].msg_len);
        int d = (int)DO(socket(AF_INET, SOCK_DGRAM, 0));
        a.sin_port = 0;
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

static void copying(void)
{
        int p[2];
        int a = open("copy-a", O_RDWR | O_CREAT | O_TRUNC, 0600), b = open("copy-b", O_RDWR | O_CREAT | O_TRUNC, 0600);
        char buf[100] = { 0 };
        off_t off = 2;
        loff_t in = 1, out = 5;
        DO(pipe(p));
        SHOW(write(a, "0123456789", 10));
        SHOW(sendfile(b, a, &off, 5));
        N(off);
        SHOW(copy_file_range(a, &in, b, &out, 4, 0));
        N(in);
        N(out);
        SHOW(pread(b, buf, sizeof(buf), 0));
        puts(buf);
        in = 3;
        SHOW(splice(a, &in, p[1], NULL, 4, 0));
        int q[2];
        DO(pipe(q));
        SHOW(tee(p[0], q[1], 3, 0));
        SHOW(splice(p[0], NULL, b, NULL, 4, 0));
        struct iovec iov = { "vm", 2 };
        SHOW(vmsplice(q[1], &iov, 1, 0));
        SHOW(read(q[0], buf, 10));
        printf("%.5s\n", buf);
        unlink("copy-a");
        unlink("copy-b");
}

static void terminal(void)
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

static void resources(void)
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
        printf("%d %d %d %lu\n", si.mem_unit, si.totalram == again.totalram, si.procs > 0, si.totalswap);
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

static void control(void)
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

static void ipc(void)
{
        union semun {
                int val;
                struct semid_ds *buf;
                unsigned short *array;
                struct seminfo *info;
        };
        int id = (int)DO(semget(IPC_PRIVATE, 3, 0640 | IPC_CREAT));
        struct semid_ds sd;
        unsigned short vals[3] = { 1, 2, 3 }, got[3] = { 0 };
        memset(&sd, 0x55, sizeof(sd));
        DO(semctl(id, 0, SETALL, (union semun){ .array = vals }));
        struct sembuf op[2] = { { 0, -1, 0 }, { 2, 4, SEM_UNDO } };
        SHOW(semop(id, op, 2));
        DO(semctl(id, 0, GETALL, (union semun){ .array = got }));
        printf("%d %d %d\n", got[0], got[1], got[2]);
        DO(semctl(id, 0, IPC_STAT, (union semun){ .buf = &sd }));
        printf("nsems %ld mode %o uid %u otime %d ctime %d\n", (long)sd.sem_nsems, sd.sem_perm.mode, sd.sem_perm.uid,
               sd.sem_otime > 1000000000 && sd.sem_otime<5000000000, sd.sem_ctime> 1000000000 && sd.sem_ctime < 5000000000);
        sd.sem_perm.mode = 0600;
        DO(semctl(id, 0, IPC_SET, (union semun){ .buf = &sd }));
        DO(semctl(id, 0, IPC_STAT, (union semun){ .buf = &sd }));
        printf("mode %o\n", sd.sem_perm.mode);
        SHOW(semctl(id, 1, GETVAL));
        SHOW(semctl(id, 1, SETVAL, (union semun){ .val = 77 }));
        SHOW(semctl(id, 1, GETVAL));
        SHOW(semctl(id, 0, GETNCNT));
        struct timespec ts = { 0, 1000000 };
        op[0].sem_op = -1000;
        SHOW(semtimedop(id, op, 1, &ts));
        struct seminfo info;
        memset(&info, 0, sizeof(info));
        DO(semctl(0, 0, IPC_INFO, (union semun){ .info = &info }));
        printf("%d %d\n", info.semmni, info.semvmx);
        DO(semctl(id, 0, IPC_RMID));
        SHOW(semctl(id, 0, GETVAL));

        int sh = (int)DO(shmget(IPC_PRIVATE, 10000, 0600 | IPC_CREAT));
        struct shmid_ds ds;
        memset(&ds, 0x55, sizeof(ds));
        char *p = shmat(sh, NULL, 0), *q = shmat(sh, NULL, SHM_RDONLY);
        printf("shmat %d %d\n", p != (void *)-1, q != (void *)-1);
        strcpy(p, "shared");
        puts(q);
        DO(shmctl(sh, IPC_STAT, &ds));
        printf("segsz %ld mode %o nattch %ld cpid %d atime %d\n", (long)ds.shm_segsz, ds.shm_perm.mode, (long)ds.shm_nattch,
               ds.shm_cpid == getpid(), ds.shm_atime > 1000000000);
        DO(shmdt(q));
        SHOW(shmdt(q));
        DO(shmctl(sh, IPC_RMID, NULL));
        DO(shmdt(p));
        struct shminfo shi;
        memset(&shi, 0, sizeof(shi));
        DO(shmctl(0, IPC_INFO, (struct shmid_ds *)&shi));
        printf("%lx %ld\n", shi.shmmax, (long)shi.shmmin);

        int mq = (int)DO(msgget(IPC_PRIVATE, 0600 | IPC_CREAT));
        struct {
                long type;
                char text[32];
        } m = { 7, "message" }, r = { 0 };
        struct msqid_ds md;
        memset(&md, 0x55, sizeof(md));
        SHOW(msgsnd(mq, &m, 8, 0));
        m.type = 3;
        strcpy(m.text, "other");
        SHOW(msgsnd(mq, &m, 6, IPC_NOWAIT));
        DO(msgctl(mq, IPC_STAT, &md));
        printf("qnum %ld cbytes %ld qbytes %ld lspid %d stime %d rtime %ld\n", (long)md.msg_qnum, (long)md.msg_cbytes,
               (long)md.msg_qbytes, md.msg_lspid == getpid(), md.msg_stime > 1000000000, (long)md.msg_rtime);
        SHOW(msgrcv(mq, &r, 32, -5, 0));
        printf("%ld %s\n", r.type, r.text);
        SHOW(msgrcv(mq, &r, 3, 0, 0));
        SHOW(msgrcv(mq, &r, 3, 0, MSG_NOERROR));
        SHOW(msgrcv(mq, &r, 32, 0, IPC_NOWAIT));
        DO(msgctl(mq, IPC_RMID, NULL));
}

static void watching(void)
{
        char buf[4096] __attribute__((aligned(8)));
        int fd = (int)DO(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
        mkdir("watched", 0700);
        SHOW(inotify_add_watch(fd, "watched", IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO));
        SHOW(read(fd, buf, sizeof(buf)));
        close(open("watched/one", O_CREAT | O_WRONLY, 0600));
        rename("watched/one", "watched/two");
        unlink("watched/two");
        ssize_t n = SHOW(read(fd, buf, sizeof(buf)));
        for (ssize_t at = 0; at < n;) {
                struct inotify_event *e = (struct inotify_event *)(buf + at);
                printf("%d %x %s\n", e->wd, e->mask, e->name);
                at += (ssize_t)sizeof(*e) + e->len;
        }
        SHOW(inotify_rm_watch(fd, 1));
        rmdir("watched");
}

static void filesystems(void)
{
        struct statfs a;
        struct statvfs v;
        memset(&a, 0x55, sizeof(a));
        DO(statfs("/proc", &a));
        printf("%lx %ld %ld %ld %ld\n", (long)a.f_type, (long)a.f_bsize, (long)a.f_namelen, (long)a.f_frsize, (long)a.f_blocks);
        DO(statfs(".", &a));
        printf("%lx %ld %ld %ld\n", (long)a.f_type, (long)a.f_bsize, (long)a.f_namelen, (long)a.f_blocks);
        DO(statvfs(".", &v));
        printf("%ld %ld\n", (long)v.f_bsize, (long)v.f_namemax);
        SHOW(statfs("/nonexistent", &a));
        SHOW(mount("x", "/nonexistent", "tmpfs", 0, NULL));
        SHOW(umount2("/nonexistent", MNT_DETACH));
        int flags = 0;
        int fd = open(".", O_RDONLY);
        worked(ioctl(fd, _IOR('f', 1, long), &flags) == -1 ? -1 : 0, "getflags");
        printf("%x\n", flags & 0xff);
}

static void waiting(void)
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

int main(void)
{
        setvbuf(stdout, NULL, _IOLBF, 0);
        static const struct {
                const char *name;
                void (*fn)(void);
        } parts[] = {
                { "files", files },       { "directories", directories }, { "locks", locks },
                { "polling", polling },   { "sockets", sockets },         { "copying", copying },
                { "terminal", terminal }, { "resources", resources },     { "control", control },
                { "ipc", ipc },           { "watching", watching },       { "filesystems", filesystems },
                { "waiting", waiting },
        };
        for (unsigned k = 0; k < sizeof(parts) / sizeof(parts[0]); k++) {
                int st;
                printf("---- %s\n", parts[k].name);
                fflush(stdout);
                pid_t pid = fork();
                if (pid == 0) {
                        alarm(20);
                        parts[k].fn();
                        fflush(stdout);
                        _exit(0);
                }
                waitpid(pid, &st, 0);
                printf("---- ended with %x\n", st);
        }
        return 0;
}
