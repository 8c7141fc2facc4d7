/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link `exe` of a process: what calls that follow it, change it or execute it find there. */
#include "parts.h"
#include <linux/openat2.h>
#include <sys/inotify.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

/* ---- the link itself, and calls that follow it ---- */

void links(const char *d, const char *what)
{
        char exe[PATH_MAX], l[PATH_MAX], copy[PATH_MAX];
        struct stat s;
        struct statx x;
        struct statfs f, g;
        snprintf(exe, sizeof(exe), "%s/exe", d);
        fact(says_me(l, readlink(exe, l, sizeof(l))), "%s: readlink", what);
        int dirfd = open(d, O_PATH), link = openat(dirfd, "exe", O_PATH | O_NOFOLLOW);
        fact(says_me(l, readlinkat(dirfd, "exe", l, sizeof(l))), "%s: readlinkat", what);
        fact(says_me(l, readlinkat(link, "", l, sizeof(l))), "%s: readlinkat of the link's descriptor", what);
        fact(fstatat(link, "", &s, AT_EMPTY_PATH) == 0 && S_ISLNK(s.st_mode), "%s: its descriptor is a link", what);
        fact(fstatat(dirfd, "exe", &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(s.st_mode), "%s: lstat", what);
        fact(fstatat(dirfd, "exe", &s, 0) == 0 && is_me(&s), "%s: fstatat", what);
        fact(stat(exe, &s) == 0 && is_me(&s), "%s: stat", what);
        fact(statx(dirfd, "exe", 0, STATX_INO, &x) == 0 && x.stx_ino == s.st_ino, "%s: statx", what);
        snprintf(copy, sizeof(copy), "%s/copy", dir);
        fact(symlink(exe, copy) == 0 && stat(copy, &s) == 0 && is_me(&s), "%s: stat of a link to it", what);
        fact(fstat(open(copy, O_PATH), &s) == 0 && is_me(&s), "%s: O_PATH of a link to it", what);
        unlink(copy);
        fact(statfs(exe, &f) == 0 && statfs(me, &g) == 0 && f.f_type == g.f_type &&
                     !memcmp(&f.f_fsid, &g.f_fsid, sizeof(g.f_fsid)),
             "%s: statfs", what);
        fact(close(link) == 0 && access(exe, X_OK) == 0, "%s: access", what);
        if (strcmp(what, "second")) /* there the file is of a mount in another namespace, and cannot be linked */
                fact(linkat(dirfd, "exe", AT_FDCWD, copy, AT_SYMLINK_FOLLOW) == 0 && stat(copy, &s) == 0 && is_me(&s),
                     "%s: linkat", what);
        unlink(copy);
        printf("%s: open to write: %s\n", what, open(exe, O_WRONLY) < 0 ? strerror(errno) : "done");
        printf("%s: truncate: %s\n", what, truncate(exe, 0) < 0 ? strerror(errno) : "done");
        printf("%s: open not to follow: %s\n", what, open(exe, O_RDONLY | O_NOFOLLOW) < 0 ? strerror(errno) : "done");
        strcat(exe, "/");
        printf("%s: as a directory: %s\n", what, open(exe, O_RDONLY) < 0 ? strerror(errno) : "done");
        struct open_how how = { .flags = O_RDONLY, .resolve = RESOLVE_NO_MAGICLINKS };
        printf("%s: without magic links: %s\n", what,
               syscall(SYS_openat2, dirfd, "exe", &how, sizeof(how)) < 0 ? strerror(errno) : "done");
        close(dirfd);
}

/* ---- calls that change what the link leads to, or watch it ---- */
void changes(const char *d, const char *what)
{
        char exe[PATH_MAX], value[8] = "";
        struct timespec times[2] = { { .tv_sec = 1000000 }, { .tv_sec = 1000001 } };
        struct stat s;
        snprintf(exe, sizeof(exe), "%s/exe", d);
        fact(utimensat(AT_FDCWD, exe, times, 0) == 0 && stat(me, &s) == 0 && s.st_mtime == 1000001, "%s: utimensat", what);
        fact(chmod(exe, 0711) == 0 && stat(me, &s) == 0 && (s.st_mode & 0777) == 0711, "%s: chmod", what);
        fact(chmod(me, 0755) == 0 && chown(exe, 1, 2) == 0 && stat(me, &s) == 0 && s.st_uid == 1 && s.st_gid == 2 &&
                     chown(me, 0, 0) == 0,
             "%s: chown", what);
        printf("%s: setxattr: %s\n", what, setxattr(exe, "user.test", "1", 1, 0) ? strerror(errno) : "done");
        fact(getxattr(me, "user.test", value, 8) == 1 && getxattr(exe, "user.test", value, 8) == 1, "%s: getxattr", what);
        fact(listxattr(exe, text, sizeof(text)) > 0 && memmem(text, sizeof(text), "user.test", 10), "%s: listxattr", what);
        fact(removexattr(exe, "user.test") == 0 && getxattr(me, "user.test", value, 8) < 0, "%s: removexattr", what);
        memset(text, 0, 100);
        int watch = inotify_init1(IN_NONBLOCK);
        fact(inotify_add_watch(watch, exe, IN_OPEN) > 0 && close(open(me, O_RDONLY)) == 0 && read(watch, text, 100) > 0,
             "%s: inotify", what);
        close(watch);
        struct {
                struct file_handle h;
                char bytes[MAX_HANDLE_SZ];
        } a = { .h.handle_bytes = MAX_HANDLE_SZ }, b = a;
        int mount;
        fact(name_to_handle_at(AT_FDCWD, exe, &a.h, &mount, AT_SYMLINK_FOLLOW) == 0 &&
                     name_to_handle_at(AT_FDCWD, me, &b.h, &mount, 0) == 0 && !memcmp(&a, &b, sizeof(a)),
             "%s: name_to_handle_at", what);
}

/* ---- executing it ---- */

static void executes(const char *what, int dirfd, const char *name, int flags)
{
        char *argv[] = { "x", "child", (char *)what, NULL };
        fflush(stdout);
        if (fork() == 0) {
                syscall(SYS_execveat, dirfd, name, argv, environ, flags);
                printf("%s: %s\n", what, strerror(errno));
                fflush(stdout);
                _exit(1);
        }
        wait(NULL);
}

void execution(const char *d)
{
        char link[PATH_MAX], exe[PATH_MAX];
        snprintf(exe, sizeof(exe), "%s/exe", d);
        snprintf(link, sizeof(link), "%s/prog", dir);
        int dirfd = open(d, O_PATH);
        executes("a name", AT_FDCWD, exe, 0);
        executes("a directory", dirfd, "exe", 0);
        executes("no link to follow", dirfd, "exe", AT_SYMLINK_NOFOLLOW);
        if (symlink(exe, link) == 0)
                executes("a symbolic link", AT_FDCWD, link, 0);
        unlink(link);
        int fd = openat(dirfd, "exe", O_RDONLY | O_CLOEXEC);
        executes("a descriptor", fd, "", AT_EMPTY_PATH);
        close(fd), close(dirfd);
}
