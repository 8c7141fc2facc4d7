/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>

/* Longest text of an entry: two lines of 512 digits, a path and little else. */
#define ENTRY_TEXT_MAX 16384

static int open_command(int fd, const char *name)
{
        int file = openat(fd, name, O_WRONLY | O_CLOEXEC);

        return file < 0 ? -errno : file;
}

/* One write is one command to the kernel, so it is never repeated for a rest. */
static int write_command(int file, const char *command)
{
        size_t size = strlen(command);

        ssize_t n = write(file, command, size);
        if (n < 0)
                return -errno;
        return (size_t)n == size ? 0 : -EIO;
}

/* Whether the kernel may have an entry of this name. Other programs choose names that binfmtd refuses. */
static bool is_entry(const char *name)
{
        return *name && !strchr(name, '/') && !streq(name, ".") && !streq(name, "..") && !streq(name, "register") &&
               !streq(name, "status");
}

int kernel_read(int fd, const char *name, struct entry *ret)
{
        _cleanup_free_ char *text = NULL;

        if (!is_entry(name))
                return -ENOENT;
        int r = file_read_at(fd, name, ENTRY_TEXT_MAX, &text, NULL);
        if (r < 0)
                return r;
        return entry_from_text(name, text, ret);
}

int kernel_list(int fd, struct entries *ret)
{
        _cleanup_(entries_done) struct entries list = {};
        _cleanup_closedir_ DIR *d = NULL;
        struct dirent *de;

        int r = directory_open(fd, &d);
        if (r < 0)
                return r;
        while ((de = readdir(d))) {
                if (!is_entry(de->d_name))
                        continue;
                if (array_grow(&list.items, list.n, sizeof(*list.items)) < 0)
                        return -ENOMEM;
                r = kernel_read(fd, de->d_name, &list.items[list.n]);
                if (r == -ENOENT || r == -EBADMSG)
                        continue; /* removed just now, or of a kind that a newer kernel brought */
                if (r < 0)
                        return r;
                list.items[list.n].rank = list.n;
                list.n++;
        }
        *ret = list;
        list = (struct entries){};
        return 0;
}

int kernel_enabled(int fd)
{
        _cleanup_free_ char *text = NULL;

        int r = file_read_at(fd, "status", 64, &text, NULL);
        if (r < 0)
                return r;
        return streq(text, "enabled\n");
}

int kernel_enable_all(int fd)
{
        _cleanup_close_ int file = open_command(fd, "status");

        if (file < 0)
                return file;
        return kernel_enabled(fd) == 0 ? write_command(file, "1") : 0;
}

static const char *open_reason(int error)
{
        switch (error) {
        case EACCES:
        case EPERM: return _("writing to binfmt_misc takes root of the user namespace that it belongs to");
        case EROFS: return _("binfmt_misc is mounted read-only");
        default: return strerror(error);
        }
}

/* What the kernel's answer to a line means. Everything else that it could refuse was checked before, so that a line
 * with something that is new in Linux 7.3 is the trial that tells whether the kernel knows it. */
static const char *register_reason(const struct entry *e, int error)
{
        if (error == EINVAL && e->type == ENTRY_HANDLER)
                return _("the kernel does not accept it: BPF handlers came with Linux 7.3");
        if (error == EINVAL && e->flags & (ENTRY_TRANSPARENT | ENTRY_LOADER))
                return _("the kernel does not accept it: the flags T and L came with Linux 7.3");
        if (error == ENOENT && e->type == ENTRY_HANDLER)
                return _("no BPF handler of that name is loaded");
        switch (error) {
        case EEXIST: return _("an entry of this name exists");
        case ENOENT: return _("the interpreter does not exist");
        case ENOTDIR: return _("a part of the interpreter's path is not a directory");
        case ELOOP: return _("the interpreter's path is a loop of symbolic links");
        case ETXTBSY: return _("the interpreter is being written to; try again when that is done");
        case EACCES: return _("the kernel may not execute the interpreter");
        case EINVAL: return _("the kernel does not accept it");
        default: return strerror(error);
        }
}

static int register_line(int fd, const struct entry *e, const char **ret_reason)
{
        _cleanup_free_ char *line = NULL;

        int r = entry_to_line(e, &line);
        if (r < 0) {
                *ret_reason = strerror(-r);
                return r;
        }
        _cleanup_close_ int file = open_command(fd, "register");
        if (file < 0) {
                *ret_reason = open_reason(-file);
                return file;
        }
        r = write_command(file, line);
        if (r < 0)
                *ret_reason = register_reason(e, -r);
        return r;
}

int kernel_register(int fd, const struct entry *e, const char **ret_reason)
{
        enum entry_field field;
        int r;

        /* The temporary name is refused to everybody else. */
        if (!streq(e->name, ENTRY_TEMPORARY_NAME)) {
                r = entry_check(e, &field, ret_reason);
                if (r == -EINVAL)
                        return r;
        }
        r = register_line(fd, e, ret_reason);
        if (r != -EINVAL || !(e->flags & ENTRY_START_DISABLED))
                return r;

        /* A kernel that does not know the flag D gets the entry without it, and is told right afterwards to switch the entry
         * off. */
        struct entry plain = *e;
        plain.flags &= ~(unsigned)ENTRY_START_DISABLED;
        r = register_line(fd, &plain, ret_reason);
        return r < 0 ? r : kernel_set_enabled(fd, e->name, false);
}

static int write_entry(int fd, const char *name, const char *command)
{
        /* The same command to "status" would remove or disable everybody's entries. */
        if (!is_entry(name))
                return -EINVAL;
        _cleanup_close_ int file = open_command(fd, name);
        if (file < 0)
                return file;
        return write_command(file, command);
}

int kernel_remove(int fd, const char *name)
{
        int r = write_entry(fd, name, "-1");

        return r == -ENOENT ? 0 : r;
}

int kernel_set_enabled(int fd, const char *name, bool enabled)
{
        return write_entry(fd, name, enabled ? "1" : "0");
}
