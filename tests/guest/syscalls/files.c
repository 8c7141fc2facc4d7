/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls about files, directories and file systems. */
#include "parts.h"
#include <dirent.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <utime.h>

/* ---- files ---- */

static void show_stat(const char *what, const struct stat *st)
{
        printf("%s: mode %o nlink %ld uid %u gid %u rdev %lx size %ld blksize %ld blocks %ld atime %ld.%09ld mtime %ld.%09ld\n",
               what, st->st_mode, (long)st->st_nlink, st->st_uid, st->st_gid, (long)st->st_rdev, (long)st->st_size,
               (long)st->st_blksize, (long)st->st_blocks, (long)st->st_atim.tv_sec, st->st_atim.tv_nsec, (long)st->st_mtim.tv_sec,
               st->st_mtim.tv_nsec);
}

static void contents(int fd)
{
        char buf[100] = { 0 };
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
}

static void status(int fd)
{
        struct stat st;
        struct statx sx;
        struct timespec times[2] = { { 1000000000, 123456789 }, { 1100000000, 987654321 } };
        char buf[100];
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
}

static void open_flags(void)
{
        struct stat st;
        char buf[1];
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
}

static void sizes_and_names(int fd)
{
        struct stat st;
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
}

static void attributes(int fd)
{
        char buf[100];
        SHOW(fsync(fd));
        SHOW(fdatasync(fd));
        SHOW(syncfs(fd));
        SHOW(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
        SHOW(setxattr("file", "user.test", "value", 5, 0));
        SHOW(getxattr("file", "user.test", buf, sizeof(buf)));
        SHOW(listxattr("file", buf, sizeof(buf)));
        SHOW(fchown(fd, getuid(), getgid()));
        SHOW(utime("file", NULL));
}

static void descriptors(int fd)
{
        SHOW(fcntl(fd, F_DUPFD_CLOEXEC, 100));
        SHOW(dup3(fd, 101, O_CLOEXEC));
        SHOW(dup2(fd, 102));
        SHOW(fcntl(101, F_GETFD));
        SHOW(syscall(SYS_close_range, 100, 200, 0));
        SHOW(fcntl(101, F_GETFD));
        SHOW(close(fd));
        SHOW(close(fd));
}

void files(void)
{
        umask(022);
        int fd = (int)DO(open("file", O_RDWR | O_CREAT | O_TRUNC, 0644));
        contents(fd);
        status(fd);
        open_flags();
        sizes_and_names(fd);
        attributes(fd);
        descriptors(fd);
}

/* ---- directories ---- */

static int by_name(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

void directories(void)
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

/* ---- locks, copies, inotify ---- */

void locks(void)
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

void copying(void)
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

void watching(void)
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

/* ---- file systems ---- */

void filesystems(void)
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
