/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf nightly=armhf-arm
 * System calls about files as 32-bit Arm has them: structures and offsets of 32 bits, numbers of 64 bits in pairs of registers, user
 * IDs of 16 bits. What the kernel does otherwise for a program without 64-bit offsets. */
#include "arm32-stat.h"
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>

#define BIG (UINT64_C(5) << 30) /* more than 32 bits */
#define LOW(x) (uint32_t)(x)
#define HIGH(x) (uint32_t)((uint64_t)(x) >> 32)
#define LARGEFILE 0400000
#define BAD ((void *)8)

/* A new file with a hole before its last byte, number `size` - 1. */
static int sparse(const char *name, uint64_t size)
{
        int fd = (int)OK(open(name, O_RDWR | O_CREAT | O_TRUNC | LARGEFILE, 0640));
        EQ(syscall(SYS_ftruncate64, fd, 0, LOW(size), HIGH(size)), 0);
        return fd;
}

static char *directory(void)
{
        static char name[] = "/tmp/arm32-files-XXXXXX";
        CHECK(mkdtemp(name));
        OK(chdir(name));
        return name;
}

static void leave(char *name)
{
        char command[100];
        OK(chdir("/"));
        snprintf(command, sizeof(command), "rm -rf %s", name);
        EQ(system(command), 0);
}

/* ---- offsets ---- */

TEST(offsets_of_64_bits_are_in_pairs)
{
        char *dir = directory(), c = 0;
        int fd = sparse("f", BIG);
        struct kernel_stat64 s;
        OK(syscall(SYS_fstat64, fd, &s));
        EQ(s.size, BIG);
        EQ(syscall(SYS_pwrite64, fd, "xy", 2, 0, LOW(BIG - 1), HIGH(BIG - 1)), 2);
        EQ(syscall(SYS_pread64, fd, &c, 1, 0, LOW(BIG), HIGH(BIG)), 1);
        EQ(c, 'y');
        struct iovec v[2] = { { "ab", 2 }, { "c", 1 } }, w = { &c, 1 };
        EQ(syscall(SYS_pwritev, fd, v, 2, LOW(BIG + 7), HIGH(BIG + 7)), 3);
        EQ(syscall(SYS_preadv, fd, &w, 1, LOW(BIG + 9), HIGH(BIG + 9)), 1);
        EQ(c, 'c');
        int64_t at = 0;
        EQ(syscall(SYS__llseek, fd, HIGH(BIG + 1), LOW(BIG + 1), &at, SEEK_SET), 0);
        EQ(at, BIG + 1);
        EQ(read(fd, &c, 1), 1);
        EQ(c, 0);
        EQ(syscall(SYS_fallocate, fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, LOW(BIG), HIGH(BIG), 1, 0), 0);
        EQ(syscall(SYS_pread64, fd, &c, 1, 0, LOW(BIG), HIGH(BIG)), 1);
        EQ(c, 0);
        EQ(syscall(SYS_truncate64, "f", 0, LOW(BIG + 4), HIGH(BIG + 4)), 0);
        OK(syscall(SYS_fstat64, fd, &s));
        EQ(s.size, BIG + 4);
        EQ(syscall(SYS_readahead, fd, 0, LOW(BIG), HIGH(BIG), 4096), 0);
        EQ(syscall(SYS_arm_fadvise64_64, fd, 4 /* POSIX_FADV_DONTNEED */, LOW(BIG), HIGH(BIG), 4, 0), 0);
        ERR(syscall(SYS_arm_fadvise64_64, fd, 99, LOW(BIG), HIGH(BIG), 4, 0), EINVAL);
        EQ(syscall(SYS_arm_sync_file_range, fd, 2, LOW(BIG), HIGH(BIG), 4, 0), 0);
        ERR(syscall(SYS_arm_sync_file_range, fd, 0x100, LOW(BIG), HIGH(BIG), 4, 0), EINVAL);
        leave(dir);
}

TEST_NOT_ON_QEMU(preadv2_and_pwritev2, "QEMU 7.2 does not know them")
{
        char *dir = directory(), c = 0;
        int fd = sparse("f", BIG);
        struct iovec v[2] = { { "ab", 2 }, { "c", 1 } }, w = { &c, 1 };
        EQ(syscall(SYS_pwritev2, fd, v, 2, LOW(BIG + 7), HIGH(BIG + 7), 0), 3);
        EQ(syscall(SYS_preadv2, fd, &w, 1, LOW(BIG + 8), HIGH(BIG + 8), 0), 1);
        EQ(c, 'b');
        EQ(lseek64(fd, (off64_t)BIG + 9, SEEK_SET), (off64_t)BIG + 9);
        EQ(syscall(SYS_preadv2, fd, &w, 1, -1, -1, 0), 1); /* at the position of the file */
        EQ(c, 'c');
        leave(dir);
}

TEST(offsets_of_32_bits_are_signed)
{
        char *dir = directory();
        int fd = sparse("f", 100);
        EQ(syscall(SYS_lseek, fd, 90, SEEK_SET), 90);
        EQ(syscall(SYS_lseek, fd, -20, SEEK_CUR), 70);
        EQ(syscall(SYS_lseek, fd, -1, SEEK_END), 99);
        ERR(syscall(SYS_lseek, fd, -1, SEEK_SET), EINVAL);
        ERR(syscall(SYS_ftruncate, fd, -1), EINVAL);
        ERR(syscall(SYS_truncate, "f", -1), EINVAL);
        EQ(syscall(SYS_ftruncate, fd, 50), 0);
        EQ(syscall(SYS_lseek, fd, 0, SEEK_END), 50);
        leave(dir);
}

TEST_NOT_ON_QEMU(large_offsets_do_not_fit, "QEMU cuts them")
{
        char *dir = directory();
        int fd = sparse("f", BIG);
        ERR(syscall(SYS_lseek, fd, 0, SEEK_END), EOVERFLOW);
        leave(dir);
}

TEST_NOT_ON_QEMU(mmap2_counts_pages, "QEMU 7.2 cuts the offset")
{
        char *dir = directory();
        int fd = sparse("f", BIG + 4096);
        EQ(syscall(SYS_pwrite64, fd, "z", 1, 0, LOW(BIG + 1), HIGH(BIG + 1)), 1);
        char *p = (char *)OK(syscall(SYS_mmap2, 0, 4096, PROT_READ, MAP_SHARED, fd, (uint32_t)(BIG >> 12)));
        EQ(p[1], 'z');
        leave(dir);
}

TEST(sendfile_offsets)
{
        char *dir = directory(), buf[4] = "";
        int in = sparse("in", BIG), out = sparse("out", 0);
        EQ(syscall(SYS_pwrite64, in, "abcd", 4, 0, 10, 0), 4);
        int32_t narrow = 10;
        EQ(syscall(SYS_sendfile, out, in, &narrow, 2), 2);
        EQ(narrow, 12);
        int64_t wide = 11;
        EQ(syscall(SYS_sendfile64, out, in, &wide, 2), 2);
        EQ(wide, 13);
        EQ(pread(out, buf, 4, 0), 4);
        CHECK(!memcmp(buf, "abbc", 4));
        ERR(syscall(SYS_sendfile, out, in, BAD, 2), EFAULT);
        leave(dir);
}

TEST_NOT_ON_QEMU(sendfile_at_the_end_of_offsets, "QEMU cuts the offset")
{
        char *dir = directory();
        int in = sparse("in", BIG), out = sparse("out", 0), wrong = (int)OK(open(dir, O_RDONLY));
        int32_t offset = INT32_MAX - 2;
        EQ(syscall(SYS_sendfile, out, in, &offset, 10), 2);
        EQ(offset, INT32_MAX);
        ERR(syscall(SYS_sendfile, out, in, &offset, 10), EOVERFLOW);
        EQ(offset, INT32_MAX);
        ERR(syscall(SYS_sendfile, wrong, in, &offset, 10), EBADF); /* it is looked at first */
        leave(dir);
}

/* ---- programs without 64-bit offsets ---- */

TEST_NOT_ON_QEMU(large_files_want_a_flag, "QEMU passes the flag as it is, and the host needs none")
{
        char *dir = directory();
        close(sparse("f", BIG));
        ERR(syscall(SYS_open, "f", O_RDONLY), EOVERFLOW);
        ERR(syscall(SYS_openat, AT_FDCWD, "f", O_RDONLY), EOVERFLOW);
        OK(syscall(SYS_open, "f", O_RDONLY | LARGEFILE));
        OK(syscall(SYS_openat, AT_FDCWD, "f", O_RDONLY | LARGEFILE));
        OK(syscall(SYS_open, "f", O_PATH));
        OK(truncate("f", INT32_MAX));
        OK(syscall(SYS_open, "f", O_RDONLY));
        leave(dir);
}

TEST(stat_structures)
{
        char *dir = directory();
        struct kernel_stat64 s, l;
        struct kernel_stat n;
        close(sparse("f", 12345));
        OK(symlink("f", "l"));
        OK(syscall(SYS_stat64, "l", &s));
        OK(syscall(SYS_lstat64, "l", &l));
        EQ(s.mode, S_IFREG | 0640);
        EQ(l.mode, S_IFLNK | 0777);
        EQ(s.size, 12345);
        EQ(l.size, 1);
        EQ(s.nlink, 1);
        EQ(s.ino32, LOW(s.ino));
        struct statx x;
        OK(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &x));
        EQ(x.stx_ino, s.ino);
        EQ(x.stx_mtime.tv_sec, s.times[2]);
        EQ(x.stx_mtime.tv_nsec, s.times[3]);
        EQ(x.stx_blocks, s.blocks);
        OK(syscall(SYS_fstatat64, AT_FDCWD, "l", &l, AT_SYMLINK_NOFOLLOW));
        EQ(l.mode, S_IFLNK | 0777);
        if (s.ino == s.ino32) {
                OK(syscall(SYS_stat, "f", &n));
                EQ(n.mode, s.mode);
                EQ(n.ino, s.ino);
                EQ(n.size, 12345);
                EQ(n.times[2], s.times[2]);
                OK(syscall(SYS_lstat, "l", &n));
                EQ(n.mode, S_IFLNK | 0777);
                OK(syscall(SYS_fstat, open("f", O_RDONLY), &n));
                EQ(n.size, 12345);
        }
        ERR(syscall(SYS_stat64, "f", BAD), EFAULT);
        leave(dir);
}

/* A kernel that leaves them as the memory was says nonsense of one socket in a thousand, and more after other programs have run. */
TEST_NOT_ON_QEMU(times_of_sockets_fit_into_32_bits, "QEMU shows what the kernel has")
{
        for (unsigned n = 0; n < 3000; n++) {
                int pair[2];
                struct statx x;
                OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
                for (unsigned k = 0; k < 2; k++) {
                        OK(statx(pair[k], "", AT_EMPTY_PATH, STATX_BASIC_STATS, &x));
                        EQ(x.stx_mode & S_IFMT, S_IFSOCK);
                        EQ(x.stx_atime.tv_sec, (int32_t)x.stx_atime.tv_sec);
                        EQ(x.stx_mtime.tv_sec, (int32_t)x.stx_mtime.tv_sec);
                        EQ(x.stx_ctime.tv_sec, (int32_t)x.stx_ctime.tv_sec);
                }
                if (n % 3 || n > 200)
                        close(pair[0]), close(pair[1]);
        }
}

TEST_NOT_ON_QEMU(stat_of_large_files, "QEMU cuts the size")
{
        char *dir = directory();
        struct kernel_stat n;
        close(sparse("f", BIG));
        ERR(syscall(SYS_stat, "f", &n), EOVERFLOW);
        leave(dir);
}

TEST(statfs_structures)
{
        struct {
                uint32_t type, bsize;
                uint64_t blocks, bfree, bavail, files, ffree;
                int32_t fsid[2];
                uint32_t namelen, frsize, flags, spare[4];
        } __attribute__((packed, aligned(4))) wide;
        struct {
                uint32_t type, bsize, blocks, bfree, bavail, files, ffree;
                int32_t fsid[2];
                uint32_t namelen, frsize, flags, spare[4];
        } narrow;
        EQ(sizeof(wide), 84);
        memset(&wide, 0xff, sizeof(wide));
        OK(syscall(SYS_statfs64, "/proc", 84, &wide));
        EQ(wide.type, 0x9fa0);
        EQ(wide.namelen, 255);
        EQ(wide.bsize, 4096);
        OK(syscall(SYS_statfs64, "/proc", 88, &wide));
        int fd = (int)OK(open("/proc", O_RDONLY));
        OK(syscall(SYS_fstatfs64, fd, 84, &wide));
        OK(syscall(SYS_statfs, "/proc", &narrow));
        EQ(narrow.type, 0x9fa0);
        EQ(narrow.bsize, wide.bsize);
        EQ(narrow.frsize, wide.frsize);
        EQ(narrow.flags, wide.flags);
        OK(syscall(SYS_fstatfs, fd, &narrow));
        EQ(narrow.namelen, 255);
        ERR(syscall(SYS_statfs64, "/proc", 84, BAD), EFAULT);
}

TEST_NOT_ON_QEMU(statfs64_looks_at_the_size, "QEMU does not")
{
        char buf[88];
        ERR(syscall(SYS_statfs64, "/proc", 80, buf), EINVAL);
        ERR(syscall(SYS_fstatfs64, 0, 128, buf), EINVAL);
}

/* ---- locks ---- */

struct lock32 {
        int16_t type, whence;
        int32_t start, len, pid;
};
struct lock64 {
        int16_t type, whence;
        int64_t start, len;
        int32_t pid;
};

TEST(record_locks)
{
        char *dir = directory();
        int fd = sparse("f", 100);
        struct lock64 far = { .type = F_WRLCK, .start = (int64_t)BIG, .len = 10 };
        struct lock32 near = { .type = F_WRLCK, .start = 10, .len = 5 };
        OK(syscall(SYS_fcntl64, fd, 13 /* F_SETLK64 */, &far));
        OK(syscall(SYS_fcntl64, fd, 6 /* F_SETLK */, &near));
        pid_t parent = getpid(), pid = fork();
        if (pid == 0) {
                struct lock64 l = { .type = F_RDLCK, .start = 0, .len = 0 };
                OK(syscall(SYS_fcntl64, fd, 12 /* F_GETLK64 */, &l));
                EQ(l.type, F_WRLCK);
                EQ(l.start, 10);
                EQ(l.len, 5);
                EQ(l.pid, parent);
                l = (struct lock64){ .type = F_RDLCK, .start = 100 };
                OK(syscall(SYS_fcntl64, fd, 12, &l));
                EQ(l.start, BIG);
                struct lock32 n = { .type = F_RDLCK, .start = 0, .len = 20 };
                OK(syscall(SYS_fcntl, fd, 5 /* F_GETLK */, &n));
                EQ(n.start, 10);
                EQ(n.len, 5);
                ERR(syscall(SYS_fcntl64, fd, 6, &n), EAGAIN);
                ERR(syscall(SYS_fcntl64, fd, 6, BAD), EFAULT);
                ERR(syscall(SYS_fcntl64, fd, 14 /* F_SETLKW64 */, BAD), EFAULT);
                _exit(5);
        }
        check_child(pid, 5);
        struct lock64 ofd = { .type = F_RDLCK, .start = 0, .len = 0 };
        ERR(syscall(SYS_fcntl64, fd, 37 /* F_OFD_SETLK */, &ofd), EAGAIN);
        leave(dir);
}

TEST_NOT_ON_QEMU(record_locks_that_do_not_fit, "QEMU cuts the offset, and takes 64-bit locks in both calls")
{
        char *dir = directory();
        int fd = sparse("f", 100);
        struct lock64 far = { .type = F_WRLCK, .start = (int64_t)BIG, .len = 10 };
        OK(syscall(SYS_fcntl64, fd, 13, &far));
        ERR(syscall(SYS_fcntl, fd, 13, &far), EINVAL);
        ERR(syscall(SYS_fcntl, fd, 37, &far), EINVAL);
        pid_t pid = fork();
        if (pid == 0) {
                struct lock32 n = { .type = F_RDLCK, .start = 0, .len = 0 };
                ERR(syscall(SYS_fcntl64, fd, 5, &n), EOVERFLOW);
                _exit(5);
        }
        check_child(pid, 5);
        leave(dir);
}

/* ---- the rest ---- */

TEST(old_names_of_calls)
{
        char *dir = directory(), buf[20] = "";
        OK(syscall(SYS_creat, "a", 0600));
        OK(syscall(SYS_link, "a", "b"));
        OK(syscall(SYS_rename, "b", "c"));
        OK(syscall(SYS_symlink, "c", "d"));
        EQ(syscall(SYS_readlink, "d", buf, sizeof(buf)), 1);
        OK(syscall(SYS_mkdir, "e", 0700));
        OK(syscall(SYS_rmdir, "e"));
        OK(syscall(SYS_chmod, "a", 0644));
        OK(syscall(SYS_access, "a", R_OK));
        OK(syscall(SYS_mknod, "p", S_IFIFO | 0600, 0));
        OK(syscall(SYS_unlink, "p"));
        ERR(syscall(SYS_access, "p", R_OK), ENOENT);
        int fds[2];
        OK(syscall(SYS_pipe, fds));
        EQ(syscall(SYS_dup2, fds[0], 100), 100);
        OK(syscall(SYS_chown, "a", 0xffff, 0xffff));
        OK(syscall(SYS_lchown, "d", 0xffff, 0xffff));
        OK(syscall(SYS_fchown, fds[0], 0xffff, 0xffff));
        OK(syscall(SYS_chown32, "a", -1, -1));
        leave(dir);
}

TEST_NOT_ON_QEMU(user_ids_of_16_bits, "QEMU cuts them in struct stat")
{
        if (geteuid())
                SKIP("not as root");
        char *dir = directory();
        struct kernel_stat64 s;
        struct kernel_stat n;
        close(sparse("f", 1));
        if (syscall(SYS_chown32, "f", 100000, 70000) == -1 && errno == EINVAL) {
                leave(dir);
                SKIP("a user namespace that has no such ids");
        }
        OK(syscall(SYS_chown, "f", 0xffff, 5));
        OK(syscall(SYS_stat64, "f", &s));
        EQ(s.uid, 100000);
        EQ(s.gid, 5);
        if (syscall(SYS_stat, "f", &n) == 0)
                EQ(n.uid, 65534);
        gid_t wide[2] = { 7, 100000 };
        uint16_t narrow[3];
        OK(syscall(SYS_setgroups32, 2, wide));
        EQ(syscall(SYS_getgroups, 3, narrow), 2);
        CHECK(narrow[0] == 7 && narrow[1] == 65534);
        narrow[1] = 9;
        OK(syscall(SYS_setgroups, 2, narrow));
        EQ(syscall(SYS_getgroups32, 2, wide), 2);
        CHECK(wide[0] == 7 && wide[1] == 9);
        leave(dir);
        OK(syscall(SYS_setresgid32, 1000, 100000, 2000));
        uint16_t r, e, v;
        OK(syscall(SYS_getresgid, &r, &e, &v));
        CHECK(r == 1000 && e == 65534 && v == 2000);
        OK(syscall(SYS_setresuid, 0xffff, 3000, 0xffff));
        EQ(syscall(SYS_geteuid), 3000);
        EQ(syscall(SYS_getuid32), 0);
}

TEST(commands_with_the_size_of_a_long)
{
        char *dir = directory();
        int fd = sparse("f", 1), flags = -1;
        if (ioctl(fd, _IOR('f', 1, long), &flags) < 0)
                CHECK(errno == ENOTTY || errno == EOPNOTSUPP);
        else
                CHECK(flags != -1);
        leave(dir);
}

TEST(tunnels)
{
        struct ifreq r = { .ifr_name = "arm32-%d", .ifr_flags = IFF_TUN | IFF_NO_PI };
        int fd = open("/dev/net/tun", O_RDWR);
        if (fd < 0 || unshare(CLONE_NEWNET) < 0)
                SKIP("no tunnels here: %s", strerror(errno));
        ERR(ioctl(fd, TUNGETIFF, &r), EBADFD);
        ERR(ioctl(fd, TUNSETIFF, BAD), EFAULT);
        if (ioctl(fd, TUNSETIFF, &r) < 0)
                SKIP("none can be made: %s", strerror(errno));
        CHECK(!strcmp(r.ifr_name, "arm32-0"));
        memset(&r, 0, sizeof(r));
        OK(ioctl(fd, TUNGETIFF, &r));
        CHECK(!strcmp(r.ifr_name, "arm32-0") && (r.ifr_flags & 0x0fff) == IFF_TUN);
}

TEST(interfaces)
{
        int s = (int)OK(socket(AF_INET, SOCK_DGRAM, 0));
        struct {
                struct ifreq r;
                uint32_t behind[2];
        } q = { .behind = { 0x12345678, 0x9abcdef0 } };
        EQ(sizeof(q.r), 32);
        strcpy(q.r.ifr_name, "lo");
        OK(ioctl(s, SIOCGIFINDEX, &q.r));
        int index = q.r.ifr_ifindex;
        CHECK(index > 0);
        OK(ioctl(s, SIOCGIFFLAGS, &q.r));
        CHECK(q.r.ifr_flags & IFF_LOOPBACK);
        OK(ioctl(s, SIOCGIFHWADDR, &q.r));
        OK(ioctl(s, SIOCGIFMTU, &q.r));
        CHECK(q.r.ifr_mtu > 1000);
        q.r.ifr_ifindex = index;
        OK(ioctl(s, SIOCGIFNAME, &q.r));
        CHECK(!strcmp(q.r.ifr_name, "lo"));
        EQ(q.behind[0], 0x12345678);
        EQ(q.behind[1], 0x9abcdef0);
        struct ifreq list[32];
        struct ifconf c = { .ifc_len = 0 };
        OK(ioctl(s, SIOCGIFCONF, &c));
        int all = c.ifc_len;
        EQ(all % (int)sizeof(list[0]), 0);
        c = (struct ifconf){ .ifc_len = sizeof(list), .ifc_req = list };
        OK(ioctl(s, SIOCGIFCONF, &c));
        EQ(c.ifc_len, all);
        strcpy(q.r.ifr_name, "none");
        ERR(ioctl(s, SIOCGIFFLAGS, &q.r), ENODEV);
        ERR(ioctl(s, SIOCGIFFLAGS, BAD), EFAULT);
}

/* ---- memory that another process changes meanwhile ---- */

static volatile bool over;
static uint16_t *volatile length_of_first;
static volatile uint16_t false_length;

static void *change_length(void *arg)
{
        while (!over)
                *length_of_first = false_length;
        return arg;
}

/* The entries of a directory are in memory that somebody else writes, too: nothing behind them is touched. */
TEST(entries_that_are_changed)
{
        enum { ROUNDS = 3000, RECLEN = 16 };
        char *p = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *end = p + 2 * 4096;
        int fd = OK(open("/usr/bin", O_RDONLY | O_DIRECTORY));
        CHECK(p != MAP_FAILED);
        long n = OK(syscall(SYS_getdents64, fd, p, 4096)); /* as many bytes each time */
        char *at = end - n;
        pthread_t thread;
        length_of_first = (uint16_t *)(at + RECLEN);
        false_length = (uint16_t)(n - 10);
        EQ(pthread_create(&thread, NULL, change_length, NULL), 0);
        for (int k = 0; k < ROUNDS; k++) {
                memset(end, 0x5a, 16);
                OK(lseek(fd, 0, SEEK_SET));
                EQ(syscall(SYS_getdents64, fd, at, n), n);
                for (unsigned i = 0; i < 16; i++)
                        EQ(end[i], 0x5a);
        }
        over = true;
        EQ(pthread_join(thread, NULL), 0);
}
