/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf nightly=armhf-arm
 * Directories as programs of 32-bit Arm read them: offsets have 31 bits, and getdents(2) has inode numbers of 32. directories32.sh runs
 * this in many file systems. */
#include "arm32-stat.h"
#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Reads a directory by getdents(2) or getdents64(2), and each entry once more from where the one before it says it is. */
static unsigned read_twice(int dir, bool wide)
{
        static char names[3000][20];
        static int64_t offsets[3000];
        char buf[1000];
        unsigned n = 0;
        long r;
        while ((r = OK(syscall(wide ? SYS_getdents64 : SYS_getdents, dir, buf, sizeof(buf)))) > 0)
                for (long k = 0; k < r; n++) {
                        const char *e = buf + k;
                        uint16_t length;
                        memcpy(&length, e + (wide ? 16 : 8), 2);
                        if (wide)
                                memcpy(&offsets[n], e + 8, 8);
                        else
                                offsets[n] = *(const int32_t *)(e + 4);
                        CHECK(offsets[n] >= 0 && offsets[n] <= INT32_MAX);
                        snprintf(names[n], sizeof(names[n]), "%s", e + (wide ? 19 : 10));
                        unsigned char type = (unsigned char)(wide ? e[18] : e[length - 1]);
                        CHECK(type == DT_DIR || type == DT_REG || type == DT_UNKNOWN);
                        CHECK(type == DT_UNKNOWN || (type == DT_DIR) == (names[n][0] == '.'));
                        k += length;
                }
        for (unsigned k = n - 1; k >= 1; k--) {
                int64_t at = -1;
                if (k & 1)
                        EQ(syscall(SYS_lseek, dir, (int32_t)offsets[k - 1], SEEK_SET), offsets[k - 1]);
                else
                        OK(syscall(SYS__llseek, dir, 0, (uint32_t)offsets[k - 1], &at, SEEK_SET));
                if (!(k & 1))
                        EQ(at, offsets[k - 1]);
                CHECK(OK(syscall(wide ? SYS_getdents64 : SYS_getdents, dir, buf, sizeof(buf))) > 0);
                CHECK(!strcmp(buf + (wide ? 19 : 10), names[k]));
        }
        return n;
}

static void directories_in(const char *where)
{
        char name[100];
        OK(chdir(where));
        snprintf(name, sizeof(name), "arm32-%d", getpid());
        OK(mkdir(name, 0700));
        OK(chdir(name));
        for (unsigned k = 0; k < 1000; k++) {
                snprintf(name, sizeof(name), "file-%u", k);
                close((int)OK(open(name, O_CREAT | O_RDWR, 0600)));
        }
        int dir = (int)OK(open(".", O_RDONLY | O_DIRECTORY));
        EQ(read_twice(dir, true), 1002);
        OK(lseek(dir, 0, SEEK_SET));
        struct stat64 s;
        OK(fstat64(dir, &s));
        if (s.st_ino <= UINT32_MAX)
                EQ(read_twice(dir, false), 1002);
        DIR *d = opendir(".");
        unsigned n = 0;
        errno = 0;
        while (readdir(d))
                n++;
        EQ(errno, 0);
        EQ(n, 1002);
        rewinddir(d);
        CHECK(readdir(d));
        long second = telldir(d);
        char *expected = strdup(readdir(d)->d_name);
        CHECK(readdir(d));
        seekdir(d, second);
        CHECK(!strcmp(readdir(d)->d_name, expected));
        closedir(d);
        for (unsigned k = 0; k < 1000; k++) {
                snprintf(name, sizeof(name), "file-%u", k);
                OK(unlink(name));
        }
        snprintf(name, sizeof(name), "../arm32-%d", getpid());
        OK(rmdir(name));
}

TEST_NOT_ON_QEMU(directories, "QEMU gives numbers that do not fit into 32 bits")
{
        const char *where = getenv("DIRECTORIES_IN");
        directories_in(where ? where : "/tmp");
}

TEST_NOT_ON_QEMU(directories_in_memory, "as above")
{
        directories_in("/dev/shm");
}

/* A directory that has a file whose inode number has more than 32 bits: overlayfs makes such of those of two file systems. */
static void large_inodes(void)
{
        static const char *const names[] = { "low", "up", "all" };
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("low", "/tmp", "tmpfs", 0, NULL) < 0 || chdir("/tmp") < 0)
                SKIP("no file systems can be mounted: %s", strerror(errno));
        for (unsigned k = 0; k < 3; k++)
                OK(mkdir(names[k], 0700));
        OK(mount("up", "up", "tmpfs", 0, NULL));
        OK(mkdir("up/up", 0700));
        OK(mkdir("up/work", 0700));
        close((int)OK(open("low/file", O_CREAT | O_RDWR, 0600)));
        if (mount("all", "all", "overlay", 0, "xino=on,lowerdir=low,upperdir=up/up,workdir=up/work") < 0)
                SKIP("overlayfs cannot be mounted: %s", strerror(errno));
        OK(chdir("all"));
}

TEST_NOT_ON_QEMU(inode_numbers_of_64_bits, "QEMU cuts them")
{
        struct kernel_stat64 s;
        struct kernel_stat old;
        struct statx x;
        char buf[1000];
        large_inodes();
        OK(syscall(SYS_stat64, "file", &s));
        OK(statx(AT_FDCWD, "file", 0, STATX_INO, &x));
        EQ(s.ino, x.stx_ino);
        EQ(s.ino32, (uint32_t)x.stx_ino);
        if (s.ino <= UINT32_MAX)
                SKIP("overlayfs makes no large numbers");
        ERR(syscall(SYS_stat, "file", &old), EOVERFLOW);
        DIR *d = opendir(".");
        bool found = false;
        for (struct dirent64 *e; (e = readdir64(d));)
                found |= e->d_ino == s.ino;
        CHECK(found);
        int dir = (int)OK(open(".", O_RDONLY | O_DIRECTORY));
        while (syscall(SYS_getdents, dir, buf, sizeof(buf)) > 0)
                ;
        ERR(syscall(SYS_getdents, dir, buf, sizeof(buf)), EOVERFLOW); /* it stays before the entry */
}
