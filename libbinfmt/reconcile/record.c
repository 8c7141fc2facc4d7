/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "record.h"

#include <errno.h>
#include <fcntl.h>

#include "kernel/interpreter.h"

#define RECORD_MAX 8192

/* The file that says that everything was unregistered on purpose. No entry has such a name. */
#define UNREGISTERED_FILE ".#unregistered"

/* The whole record of an entry that vanished. Other records begin with an entry's line, and so with the character that separates
 * its fields. */
#define VANISHED "vanished\n"

void record_names_done(struct record_names *n)
{
        for (size_t i = 0; i < n->n; i++)
                free(n->items[i]);
        free(n->items);
        *n = (struct record_names){};
}

int record_open(const char *path)
{
        int r = mkdir_parents(path);

        if (r < 0)
                return r;
        _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        return TAKE_FD(fd);
}

int record_open_existing(const char *path)
{
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 ? -errno : fd;
}

/* What comes before the name of an image, in the third line of a record. */
#define IMAGE "image "

/* Makes the text of a record without an image. Its first line identifies the entry, and the second the interpreter's file as it was
 * when the entry was registered. */
static int format_plain(const struct entry *e, const char *fingerprint, char **ret)
{
        _cleanup_free_ char *line = NULL;

        /* The kernel does not show whether an entry was registered switched off, so that is left out. */
        struct entry plain = *e;
        plain.flags &= ~(unsigned)ENTRY_START_DISABLED;
        int r = entry_to_line(&plain, &line);
        return r < 0 ? r : string_format(ret, "%s\n%s\n", line, fingerprint);
}

static int format_record(const struct entry *e, bool registered, char **ret)
{
        _cleanup_free_ char *fingerprint = NULL;

        /* A BPF handler's name is no file. */
        int r = e->type == ENTRY_HANDLER || !registered ? -ENOENT : interpreter_fingerprint(e->interpreter, &fingerprint);
        if (r == -ENOMEM)
                return r;
        return format_plain(e, r < 0 ? "" : fingerprint, ret);
}

static bool same_first_line(const char *a, const char *b)
{
        size_t n = strcspn(a, "\n");

        return n == strcspn(b, "\n") && memcmp(a, b, n) == 0;
}

/* Whether a record is this text, perhaps with an image. */
static bool same_but_image(const char *have, const char *want)
{
        size_t n = strlen(want);

        return strncmp(have, want, n) == 0 && (!have[n] || strncmp(have + n, IMAGE, strlen(IMAGE)) == 0);
}

static bool compare(int fd, const struct entry *e, bool with_interpreter)
{
        _cleanup_free_ char *want = NULL, *have = NULL;

        if (fd < 0 || file_read_at(fd, e->name, RECORD_MAX, &have, NULL) < 0 || format_record(e, true, &want) < 0)
                return false;
        return with_interpreter ? same_but_image(have, want) : same_first_line(want, have);
}

bool record_is_ours(int fd, const struct entry *e)
{
        return compare(fd, e, false);
}

bool record_is_fresh(int fd, const struct entry *e)
{
        return fd < 0 || compare(fd, e, true);
}

static int write_record(int fd, const struct entry *e, bool registered)
{
        _cleanup_free_ char *text = NULL;

        if (fd < 0)
                return 0;
        int r = format_record(e, registered, &text);
        if (r < 0)
                return r;
        return file_write_at(fd, e->name, text);
}

int record_begin(int fd, const struct entry *e)
{
        return write_record(fd, e, false);
}

int record_write(int fd, const struct entry *e)
{
        return write_record(fd, e, true);
}

int record_write_image(int fd, const struct entry *e, const char *fingerprint, const char *image)
{
        _cleanup_free_ char *plain = NULL, *text = NULL;

        if (fd < 0)
                return -ENOENT;
        int r = format_plain(e, fingerprint, &plain);
        if (r >= 0)
                r = string_format(&text, "%s" IMAGE "%s\n", plain, image);
        return r < 0 ? r : file_write_at(fd, e->name, text);
}

char *record_image(int fd, const char *name)
{
        _cleanup_free_ char *text = NULL;

        if (fd < 0 || file_read_at(fd, name, RECORD_MAX, &text, NULL) < 0)
                return NULL;
        const char *second = strchr(text, '\n');
        const char *third = second ? strchr(second + 1, '\n') : NULL;
        if (!third || strncmp(third + 1, IMAGE, strlen(IMAGE)) != 0)
                return NULL;
        third += 1 + strlen(IMAGE);
        return strndup(third, strcspn(third, "\n"));
}

int record_forget(int fd, const char *name)
{
        if (fd >= 0 && unlinkat(fd, name, 0) < 0 && errno != ENOENT)
                return -errno;
        return 0;
}

bool record_is_vanished(int fd, const char *name)
{
        _cleanup_free_ char *text = NULL;

        return fd >= 0 && file_read_at(fd, name, RECORD_MAX, &text, NULL) >= 0 && streq(text, VANISHED);
}

int record_set_vanished(int fd, const char *name)
{
        if (fd < 0 || faccessat(fd, name, F_OK, 0) < 0 || record_is_vanished(fd, name))
                return 0;
        return file_write_at(fd, name, VANISHED);
}

int record_list(int fd, struct record_names *ret)
{
        _cleanup_(record_names_done) struct record_names names = {};
        _cleanup_closedir_ DIR *d = NULL;
        struct dirent *de;

        if (fd < 0)
                return 0;
        int r = directory_open(fd, &d);
        if (r < 0)
                return r;
        while ((de = readdir(d))) {
                if (entry_name_reason(de->d_name))
                        continue;
                if (array_grow(&names.items, names.n, sizeof(*names.items)) < 0)
                        return -ENOMEM;
                names.items[names.n] = strdup(de->d_name);
                if (!names.items[names.n])
                        return -ENOMEM;
                names.n++;
        }
        *ret = names;
        names = (struct record_names){};
        return 0;
}

int record_set_unregistered(int fd, bool unregistered)
{
        if (fd < 0)
                return 0;
        return unregistered ? file_write_at(fd, UNREGISTERED_FILE, "") : record_forget(fd, UNREGISTERED_FILE);
}

bool record_is_unregistered(int fd)
{
        return fd >= 0 && faccessat(fd, UNREGISTERED_FILE, F_OK, 0) == 0;
}
