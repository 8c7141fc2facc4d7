/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>

int array_grow(void *array, size_t n, size_t size)
{
        void **a = array;

        /* The capacity is the next power of two, so there is nothing to do unless n is one. */
        if (n & (n - 1))
                return 0;

        void *p = reallocarray(*a, n ? n * 2 : 1, size);
        if (!p)
                return -ENOMEM;
        *a = p;
        return 0;
}

int string_set(char **dst, const char *src)
{
        char *copy = NULL;

        if (src) {
                copy = strdup(src);
                if (!copy)
                        return -ENOMEM;
        }
        free(*dst);
        *dst = copy;
        return 0;
}

int string_format_list(char **ret, const char *format, va_list ap)
{
        if (vasprintf(ret, format, ap) >= 0)
                return 0;
        *ret = NULL;
        return -ENOMEM;
}

int string_format(char **ret, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        int r = string_format_list(ret, format, ap);
        va_end(ap);
        return r;
}

void string_make_printable(char *s)
{
        for (unsigned char *c = (unsigned char *)s; *c; c++)
                if (*c < ' ' || *c == 0x7f)
                        *c = '?';
                else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
                        c[0] = c[1] = '?';
}

/* The size of the UTF-8 character at p, or 0 where the bytes are none. Surrogates, and the code points that Unicode will never
 * assign, are no characters. */
static size_t character_size(const unsigned char *p)
{
        static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
        size_t n = p[0] < 0x80 ? 1 : (p[0] & 0xe0) == 0xc0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : (p[0] & 0xf8) == 0xf0 ? 4 : 0;
        uint32_t c = n == 1 ? p[0] : p[0] & (0x7fU >> n);

        for (size_t i = 1; i < n; i++) {
                if ((p[i] & 0xc0) != 0x80)
                        return 0;
                c = c << 6 | (p[i] & 0x3f);
        }
        if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) || (c >= 0xfdd0 && c < 0xfdf0) || (c & 0xfffe) == 0xfffe)
                return 0;
        return n;
}

void string_make_utf8(char *s)
{
        while (*s) {
                size_t n = character_size((unsigned char *)s);
                if (n == 0)
                        *s = '?';
                s += n ? n : 1;
        }
}

/* Reads up to size bytes, from place *at, or, where that is NULL, from where the file is read next: not all files have places. Returns how many,
 * or a negative errno. */
static ssize_t read_all(int fd, char *to, size_t size, const uint64_t *at)
{
        size_t done = 0;

        while (done < size) {
                ssize_t n = at ? pread(fd, to + done, size - done, (off_t)(*at + done)) : read(fd, to + done, size - done);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return read_errno();
                if (n == 0)
                        break;
                done += (size_t)n;
        }
        return (ssize_t)done;
}

int file_read_at(int dirfd, const char *name, size_t max, char **ret, size_t *ret_size)
{
        _cleanup_close_ int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0)
                return read_errno();
        /* O_NONBLOCK is for open(), which would wait until somebody opens the other end of a FIFO. Reading waits for what he
         * writes. */
        if (fcntl(fd, F_SETFL, O_RDONLY) < 0)
                return read_errno();

        /* One byte more than allowed, to notice a file that is too long; and one for the NUL. */
        _cleanup_free_ char *buf = malloc(max + 2);
        if (!buf)
                return -ENOMEM;

        ssize_t size = read_all(fd, buf, max + 1, NULL);
        if (size < 0)
                return (int)size;
        if ((size_t)size > max)
                return -EFBIG;

        buf[size] = '\0';
        *ret = TAKE_PTR(buf);
        if (ret_size)
                *ret_size = (size_t)size;
        return 0;
}

int fd_path(int fd, char **ret)
{
        char name[64], path[PATH_MAX];

        snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
        ssize_t n = readlink(name, path, sizeof(path) - 1);
        if (n < 0)
                return -errno;
        path[n] = '\0';
        return string_set(ret, path);
}

ssize_t fd_read_at(int fd, void *to, size_t size, uint64_t at)
{
        return read_all(fd, to, size, &at);
}

int fd_write_at(int fd, const void *from, size_t size, uint64_t at)
{
        for (size_t done = 0; done < size;) {
                ssize_t n = pwrite(fd, (const char *)from + done, size - done, (off_t)(at + done));
                if (n <= 0)
                        return n < 0 ? -errno : -ENOSPC;
                done += (size_t)n;
        }
        return 0;
}

static int write_all(int fd, const char *text, size_t size)
{
        while (size > 0) {
                ssize_t n = write(fd, text, size);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                text += n;
                size -= (size_t)n;
        }
        return 0;
}

bool file_is_temporary(const char *name)
{
        size_t digits = strncmp(name, ".#", 2) == 0 ? strspn(name + 2, "0123456789") : 0;

        return digits > 0 && name[2] != '0' && !name[2 + digits];
}

bool file_has_name(int fd, int dirfd, const char *name)
{
        struct stat open, named;

        return fstat(fd, &open) == 0 && fstatat(dirfd, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && open.st_dev == named.st_dev &&
               open.st_ino == named.st_ino;
}

/* Opens a file that is to be written, and locks it: the lock tells a file that is being written from one that was left behind.
 * The file may be there already, left by another process that had the same number. A new one may be opened by nobody else, who
 * could hold a lock on it otherwise. Returns a descriptor; -EWOULDBLOCK where another process has the file, in another PID
 * namespace perhaps; or another negative errno. */
static int open_locked(int dirfd, const char *name)
{
        _cleanup_close_ int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

        if (fd < 0)
                return -errno;
        /* Without locks, as on some file systems, the file is written all the same. */
        if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
                return -EWOULDBLOCK;
        /* Before it was locked here, another process may have removed the file, or given it its final name. */
        if (!file_has_name(fd, dirfd, name))
                return -EWOULDBLOCK;
        return ftruncate(fd, 0) < 0 || fchmod(fd, 0644) < 0 ? -errno : TAKE_FD(fd);
}

/* Opens and locks a temporary file that no other process uses, and makes *ret its name. That is short, so that it is possible
 * even where the file's final name is as long as a name can be. Returns like open_locked. */
static int open_temporary(int dirfd, char **ret)
{
        int fd = -EWOULDBLOCK;

        for (int i = 0; i < 100 && fd == -EWOULDBLOCK; i++) {
                free(*ret);
                int r = i == 0 ? string_format(ret, ".#%d", (int)getpid()) : string_format(ret, ".#%d%02d", (int)getpid(), i);
                fd = r < 0 ? r : open_locked(dirfd, *ret);
        }
        return fd;
}

int file_write_at(int dirfd, const char *name, const char *text)
{
        _cleanup_free_ char *temporary = NULL;
        _cleanup_close_ int fd = open_temporary(dirfd, &temporary);

        if (fd < 0)
                return fd;
        int r = write_all(fd, text, strlen(text));
        if (r >= 0 && (fsync(fd) < 0 || renameat(dirfd, temporary, dirfd, name) < 0))
                r = -errno;
        if (r < 0)
                (void)unlinkat(dirfd, temporary, 0);
        else if (fsync(dirfd) < 0)
                r = -errno;
        return r;
}

int file_remove_at(int dirfd, const char *name)
{
        return unlinkat(dirfd, name, 0) < 0 || fsync(dirfd) < 0 ? -errno : 0;
}

/* Creates one directory, so that it survives a power cut. */
static int make_directory(const char *path)
{
        if (mkdir(path, 0755) < 0)
                return errno == EEXIST ? 0 : -errno;

        _cleanup_free_ char *copy = strdup(path);
        if (!copy)
                return -ENOMEM;
        _cleanup_close_ int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int directory_open(int fd, DIR **ret)
{
        _cleanup_close_ int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (copy < 0)
                return -errno;
        DIR *d = fdopendir(copy);
        if (!d)
                return -errno;
        TAKE_FD(copy);
        *ret = d;
        return 0;
}

int mkdir_parents(const char *path)
{
        _cleanup_free_ char *copy = strdup(path);
        if (!copy)
                return -ENOMEM;

        for (char *p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
                *p = '\0';
                int r = make_directory(copy);
                if (r < 0)
                        return r;
                *p = '/';
        }
        return make_directory(copy);
}
