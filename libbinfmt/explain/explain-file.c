/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks what the kernel checks of each file before it looks for something that runs it. */
#include "explain-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/elf-machine.h"
#include "formats/package.h"

void subject_done(struct subject *s)
{
        closep(&s->fd);
        elf_file_done(&s->elf);
}

/* The same fault is one cause for the program and another for an interpreter. */
static enum cause cause_of(const struct subject *s, enum cause program, enum cause interpreter)
{
        return s->first ? program : interpreter;
}

/* Says that a directory on the way to the file may not be searched. The file may be there. */
static int refuse_unreachable(struct look *l, const struct subject *s)
{
        int r = refuse(l, -EACCES, cause_of(s, CAUSE_FILE_UNREACHABLE, CAUSE_INTERPRETER_UNREACHABLE), s->path,
                       "%s cannot be reached: this user may not search a directory on the way to it", s->path);
        return r < 0 ? r
                     : findings_remedy(&l->x->findings,
                                       "Let this user search those directories (chmod +x; namei -l %s%s shows which), "
                                       "or do it as a user who may, as root for example (sudo).",
                                       l->root.path, s->path);
}

static int refuse_missing(struct look *l, const struct subject *s, int error)
{
        const char *where = *l->root.path ? _(" in ") : "", *root = l->root.path;
        int r;

        if (s->pinned) {
                last_step(l)->kind = STEP_UNKNOWN;
                return findings_add(&l->x->findings, CAUSE_INTERPRETER_PINNED, s->path,
                                    "%s is not there any more (%s); the kernel still runs what it opened when the entry was "
                                    "registered",
                                    s->path, strerror(-error));
        }
        if (error == -EACCES)
                return refuse_unreachable(l, s);
        if (s->first) {
                r = refuse(l, error, CAUSE_FILE_MISSING, s->path, "%s cannot be opened%s%s: %s", s->path, where, root,
                           strerror(-error));
                return r < 0 ? r : findings_remedy(&l->x->findings, "Give the path of a file that exists.");
        }
        const struct step *before = &l->x->steps[l->x->n_steps - 2];
        /* Which distribution another root has is not looked at. */
        _cleanup_free_ char *what = *root ? strdup(s->path) : package_describe(s->path);
        if (!what)
                return -ENOMEM;
        r = refuse(l, error, CAUSE_INTERPRETER_MISSING, s->path,
                   "the interpreter %s of %s cannot be opened%s%s: %s, which is then said of the program", s->path, before->path,
                   where, root, strerror(-error));
        if (r < 0)
                return r;
        if (before->entry)
                return findings_remedy(&l->x->findings,
                                       "Install %s%s%s, or register the format %s with the flag F, which opens "
                                       "the interpreter beforehand.",
                                       what, *root ? _(" into ") : "", root, before->entry);
        return findings_remedy(&l->x->findings, "Install %s%s%s, or correct the first line of %s.", what,
                               *root ? _(" into ") : "", root, before->path);
}

/* Notes that an entry holds an older file of the interpreter. What that contains cannot be seen, and the file that has its name
 * now says nothing about it. */
static int note_stale(struct look *l, const struct subject *s)
{
        last_step(l)->kind = STEP_UNKNOWN;
        int r = findings_add(&l->x->findings, CAUSE_INTERPRETER_STALE, s->path,
                             "%s was replaced since the entry %s was registered, and the kernel still runs the old file", s->path,
                             s->stale->name);
        return r < 0 ? r
                     : findings_remedy(&l->x->findings, "Register it anew, to have the new file run: binfmtctl enable %s",
                                       s->stale->name);
}

static int check_regular(struct look *l, const struct subject *s, const struct stat *st)
{
        if (S_ISREG(st->st_mode))
                return 1;
        int r = refuse(l, -EACCES, cause_of(s, CAUSE_FILE_NOT_REGULAR, CAUSE_INTERPRETER_NOT_REGULAR), s->path, "%s is %s",
                       s->path, S_ISDIR(st->st_mode) ? _("a directory") : _("not a regular file"));
        return r < 0 ? r : findings_remedy(&l->x->findings, "Give the path of a program instead of %s.", s->path);
}

/* Notes set-uid and set-gid bits that have no effect. */
static int check_set_uid(struct look *l, const struct subject *s, const struct stat *st, const struct statvfs *fs)
{
        if (!s->first || !(st->st_mode & (S_ISUID | S_ISGID)) || !(fs->f_flag & ST_NOSUID))
                return 0;
        int r = findings_add(&l->x->findings, CAUSE_MOUNT_NOSUID, s->path,
                             "%s is set-uid or set-gid, which has no effect: its file system is mounted nosuid", s->path);
        return r < 0 ? r : findings_remedy(&l->x->findings, "Mount the file system of %s without nosuid.", s->path);
}

static int check_permission(struct look *l, const struct subject *s, int fd, const struct stat *st)
{
        struct statvfs fs = {};
        int r;

        if (fstatvfs(fd, &fs) == 0 && (fs.f_flag & ST_NOEXEC)) {
                r = refuse(l, -EACCES, cause_of(s, CAUSE_MOUNT_NOEXEC, CAUSE_INTERPRETER_NOEXEC), s->path,
                           "the file system of %s is mounted noexec", s->path);
                return r < 0 ? r
                             : findings_remedy(&l->x->findings,
                                               "Mount the file system of %s without noexec, or copy it to another.", s->path);
        }
        if (!(st->st_mode & 0111) || (faccessat(fd, "", X_OK, AT_EMPTY_PATH | AT_EACCESS) < 0 && errno == EACCES)) {
                r = refuse(l, -EACCES, cause_of(s, CAUSE_NOT_EXECUTABLE, CAUSE_INTERPRETER_NOT_EXECUTABLE), s->path,
                           "%s is not executable%s", s->path, st->st_mode & 0111 ? _(" for this user") : "");
                return r < 0 ? r : findings_remedy(&l->x->findings, "Make it executable: chmod +x %s%s", l->root.path, s->path);
        }
        r = check_set_uid(l, s, st, &fs);
        return r < 0 ? r : 1;
}

/* Says that a file cannot be read. It may be executable all the same, which is enough for the kernel, but not for us. */
static int refuse_unreadable(struct look *l, const struct subject *s, int error)
{
        if (!s->first) {
                last_step(l)->kind = STEP_UNKNOWN;
                return findings_add(&l->x->findings, CAUSE_INTERPRETER_UNREADABLE, s->path,
                                    "%s cannot be read (%s), so it is taken for a good program", s->path, strerror(-error));
        }
        int r = refuse(l, 0, CAUSE_FILE_UNREADABLE, s->path, "%s cannot be read: %s", s->path, strerror(-error));
        return r < 0 ? r : findings_remedy(&l->x->findings, "Ask again as a user who may read it, as root for example (sudo).");
}

static int read_head(struct subject *s)
{
        ssize_t n = pread(s->fd, s->head, sizeof(s->head), 0);

        if (n < 0)
                return -errno;
        s->size = (size_t)n;
        s->elf_error = elf_file_read(&(struct elf_source){ .fd = s->fd }, &s->elf, &s->elf_reason);
        s->is_elf = s->elf_error != -ENOEXEC;
        return s->elf_error == -ENOMEM ? -ENOMEM : 0;
}

static int describe(struct look *l, const struct subject *s)
{
        char **what = &last_step(l)->what;

        if (s->is_elf && s->elf_error == 0)
                return string_format(what, _("ELF program for %s, %d-bit, %s"), elf_machine_name(&s->elf), s->elf.is64 ? 64 : 32,
                                     s->elf.interpreter ? _("dynamically linked") : _("statically linked"));
        if (s->is_elf)
                return string_set(what, _("ELF file that is malformed"));
        if (s->size >= 2 && memcmp(s->head, "#!", 2) == 0)
                return string_set(what, _("script"));
        return string_set(what, s->size == 0 ? _("empty file") : _("neither an ELF program nor a script"));
}

int subject_open(struct look *l, struct subject *s)
{
        static const struct root machine = { .fd = -1, .path = (char *)"" };
        const struct root *root = s->pinned ? &machine : &l->root;
        struct stat st;

        _cleanup_close_ int fd = root_open_file(root, s->path, O_PATH);
        if (fd < 0)
                return refuse_missing(l, s, fd);
        if (s->stale)
                return note_stale(l, s);
        if (fstat(fd, &st) < 0)
                return -errno;
        int r = check_regular(l, s, &st);
        if (r > 0 && !s->pinned)
                r = check_permission(l, s, fd, &st);
        if (r <= 0)
                return r;
        s->fd = root_open_file(root, s->path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
        if (s->fd < 0)
                return refuse_unreadable(l, s, s->fd);
        r = read_head(s);
        if (r < 0)
                return r == -ENOMEM ? r : refuse_unreadable(l, s, r);
        r = describe(l, s);
        return r < 0 ? r : 1;
}
