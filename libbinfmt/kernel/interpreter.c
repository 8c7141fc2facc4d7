/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "interpreter.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static int fail(int error, const char *reason, const char **ret_reason)
{
        *ret_reason = reason;
        return error;
}

static int fail_access(int error, const char **ret_reason)
{
        switch (error) {
        case ENOENT: return fail(-ENOENT, _("it is not installed"), ret_reason);
        case ENOTDIR: return fail(-ENOTDIR, _("a part of its path is not a directory"), ret_reason);
        case ELOOP: return fail(-ELOOP, _("its path is a loop of symbolic links"), ret_reason);
        case EACCES: return fail(-EACCES, _("it cannot be reached: permission denied"), ret_reason);
        default: return fail(-error, strerror(error), ret_reason);
        }
}

static int check_mode(const char *path, const char **ret_reason)
{
        struct statvfs fs;
        struct stat st;

        if (stat(path, &st) < 0)
                return fail_access(errno, ret_reason);
        if (S_ISDIR(st.st_mode))
                return fail(-EISDIR, _("it is a directory"), ret_reason);
        if (!S_ISREG(st.st_mode))
                return fail(-EACCES, _("it is not a regular file"), ret_reason);
        if (!(st.st_mode & 0111))
                return fail(-EACCES, _("it is not executable"), ret_reason);
        if (statvfs(path, &fs) == 0 && (fs.f_flag & ST_NOEXEC))
                return fail(-EACCES, _("its file system is mounted noexec"), ret_reason);
        return 0;
}

/* Whether the kernel can run the file itself, rather than through another entry or this very one. */
static int check_content(const char *path, const struct entry *format, const char **ret_reason)
{
        uint8_t head[ENTRY_SPAN_MAX] = {};

        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0 && errno == EACCES)
                return 0; /* executable and not readable, which is enough for the kernel */
        if (fd < 0)
                return fail_access(errno, ret_reason);

        ssize_t n = pread(fd, head, sizeof(head), 0);
        if (n < 0)
                return fail(-errno, _("it cannot be read"), ret_reason);
        if (n < 4 || (memcmp(head, "\177ELF", 4) != 0 && memcmp(head, "#!", 2) != 0))
                return fail(-ENOEXEC, _("it is neither an ELF program nor a script"), ret_reason);
        if (entry_matches(format, head, sizeof(head)))
                return fail(-ELOOP, _("it is itself a program of this format"), ret_reason);
        return 0;
}

int interpreter_check(const char *path, const struct entry *format, const char **ret_reason)
{
        if (format->type == ENTRY_HANDLER)
                return 0; /* only the kernel knows which there are */
        int r = check_mode(path, ret_reason);
        if (r < 0)
                return r;
        return check_content(path, format, ret_reason);
}

int interpreter_fingerprint(const char *path, char **ret)
{
        struct stat st;

        if (stat(path, &st) < 0)
                return -errno;
        return string_format(ret, "%ju:%ju:%jd:%jd.%09ld", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino, (intmax_t)st.st_size,
                             (intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}
