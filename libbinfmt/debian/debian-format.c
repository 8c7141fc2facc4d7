/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debian-format.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>

#include "base/escape.h"

#define BLANKS " \t\r\v\f"

/* The keys of a format file: the names of the fields, and "extension", which sets the magic and the type. */
enum { KEY_EXTENSION = DEBIAN_FIELD_COUNT, KEY_COUNT };

static const char *const keys[KEY_COUNT] = {
        [DEBIAN_PACKAGE] = "package",   [DEBIAN_TYPE] = "type",
        [DEBIAN_OFFSET] = "offset",     [DEBIAN_MAGIC] = "magic",
        [DEBIAN_MASK] = "mask",         [DEBIAN_INTERPRETER] = "interpreter",
        [DEBIAN_DETECTOR] = "detector", [DEBIAN_CREDENTIALS] = "credentials",
        [DEBIAN_PRESERVE] = "preserve", [DEBIAN_FIX_BINARY] = "fix_binary",
        [KEY_EXTENSION] = "extension",
};

void debian_format_done(struct debian_format *f)
{
        free(f->name);
        for (size_t i = 0; i < DEBIAN_FIELD_COUNT; i++)
                free(f->fields[i]);
        *f = (struct debian_format){};
}

const char *debian_field_to_string(enum debian_field field)
{
        return keys[field];
}

int debian_format_set(struct debian_format *f, enum debian_field field, const char *value)
{
        return string_set(&f->fields[field], value);
}

int debian_format_complete(struct debian_format *f)
{
        if (!f->fields[DEBIAN_OFFSET] && debian_format_set(f, DEBIAN_OFFSET, "0") < 0)
                return -ENOMEM;
        for (size_t i = 0; i < DEBIAN_FIELD_COUNT; i++)
                if (!f->fields[i] && debian_format_set(f, i, "") < 0)
                        return -ENOMEM;
        return 0;
}

bool debian_format_is_local(const struct debian_format *f)
{
        return streq(f->fields[DEBIAN_PACKAGE], DEBIAN_LOCAL_PACKAGE);
}

/* A format file that is being read. */
struct reader {
        const char *file;
        struct debian_format format;
        unsigned lines[KEY_COUNT]; /* that set each key, 0 where none did */
        struct problems *problems;
};

static int find_key(const char *text, size_t size)
{
        for (int i = 0; i < KEY_COUNT; i++)
                if (i != DEBIAN_TYPE && strlen(keys[i]) == size && strncasecmp(keys[i], text, size) == 0)
                        return i;
        return -1;
}

/* Reads one line, which has no newline; the text is changed. Returns 0, -EINVAL with a problem noted, or -ENOMEM. */
static int read_line(struct reader *r, char *line, unsigned number)
{
        char *key = line + strspn(line, BLANKS), *value = key + strcspn(key, BLANKS);
        size_t key_size = (size_t)(value - key), size;

        if (*key == '\0' || *key == '#')
                return 0;
        value += strspn(value, BLANKS);
        for (size = strlen(value); size > 0 && strchr(BLANKS, value[size - 1]); size--)
                value[size - 1] = '\0';

        int which = find_key(key, key_size);
        if (which < 0)
                return problems_add(r->problems, 0, r->file, number, "\"%.*s\" is not a key of a format file",
                                    key_size < 40 ? (int)key_size : 40, key);
        if (!*value)
                return problems_add(r->problems, 0, r->file, number, "%s has no value: the line counts for nothing", keys[which]);
        r->lines[which] = number;
        return debian_format_set(&r->format, which == KEY_EXTENSION ? DEBIAN_MAGIC : (enum debian_field)which, value);
}

/* Reads all lines. Returns 0, -EINVAL where one of them was wrong, or -ENOMEM. */
static int read_lines(struct reader *r, char *text)
{
        unsigned number = 0;
        int result = 0;

        for (char *line = text, *end; line; line = end) {
                end = strchr(line, '\n');
                if (end)
                        *end++ = '\0';
                int error = read_line(r, line, ++number);
                if (error == -ENOMEM)
                        return error;
                if (error < 0)
                        result = error;
        }
        return result;
}

static int wrong(const struct reader *r, int which, const char *reason)
{
        return problems_add(r->problems, -EINVAL, r->file, r->lines[which], "%s", reason);
}

/* Checks which keys there are; their values do not matter. Returns 0, or -EINVAL with a problem noted. */
static int check_keys(const struct reader *r)
{
        const unsigned *lines = r->lines;

        if (!lines[DEBIAN_PACKAGE])
                return wrong(r, DEBIAN_PACKAGE, _("required 'package' line missing"));
        if (!lines[DEBIAN_INTERPRETER])
                return wrong(r, DEBIAN_INTERPRETER, _("required 'interpreter' line missing"));
        if (lines[DEBIAN_MAGIC] && lines[KEY_EXTENSION])
                return wrong(r, KEY_EXTENSION, _("a format has either a magic or an extension, not both"));
        if (!lines[DEBIAN_MAGIC] && !lines[KEY_EXTENSION])
                return wrong(r, KEY_EXTENSION, _("a format needs a line \"magic BYTES\" or \"extension NAME\""));
        if (lines[KEY_EXTENSION] && lines[DEBIAN_MASK])
                return wrong(r, DEBIAN_MASK, _("a mask is for a magic, not for an extension"));
        if (lines[KEY_EXTENSION] && lines[DEBIAN_OFFSET])
                return wrong(r, DEBIAN_OFFSET, _("an offset is for a magic, not for an extension"));
        return 0;
}

/* Completes and checks what was read. */
static int finish(struct reader *r, const char *name)
{
        _cleanup_(entry_done) struct entry e = {};
        struct debian_format *f = &r->format;
        enum debian_field field;
        const char *reason;

        int error = check_keys(r);
        if (error < 0)
                return error;
        memcpy(f->lines, r->lines, sizeof(f->lines));
        if (r->lines[KEY_EXTENSION])
                f->lines[DEBIAN_MAGIC] = r->lines[KEY_EXTENSION];
        if (string_set(&f->name, name) < 0 ||
            debian_format_set(f, DEBIAN_TYPE, r->lines[KEY_EXTENSION] ? "extension" : "magic") < 0 ||
            debian_format_complete(f) < 0)
                return -ENOMEM;
        error = debian_format_make_entry(f, &e, &field, &reason);
        return error == -EINVAL ? problems_add(r->problems, error, r->file, f->lines[field], "%s", reason) : error;
}

int debian_format_parse(const char *text, size_t size, const char *name, const char *file, struct debian_format *ret,
                        struct problems *problems)
{
        struct reader r = { .file = file, .problems = problems };

        if (memchr(text, 0, size))
                return problems_add(problems, -EINVAL, file, 0, "it contains a NUL byte: it is not a format file");
        char *copy = strndup(text, size);
        if (!copy)
                return -ENOMEM;
        int error = read_lines(&r, copy);
        free(copy);
        if (error >= 0)
                error = finish(&r, name);
        if (error >= 0)
                *ret = r.format;
        else
                debian_format_done(&r.format);
        return error;
}

int debian_format_load(const char *path, const char *name, struct debian_format *ret, struct problems *problems)
{
        _cleanup_free_ char *text = NULL;
        size_t size;

        int r = file_read_at(AT_FDCWD, path, DEBIAN_FILE_MAX, &text, &size);
        if (r < 0)
                return problems_add(problems, r, path, 0, "%s", strerror(-r));
        return debian_format_parse(text, size, name, path, ret, problems);
}

/* Which field of Debian's is at fault where entry_check names a part of the entry. */
static const enum debian_field fields_of_entry[ENTRY_FIELD_COUNT] = {
        [ENTRY_FIELD_NAME] = DEBIAN_PACKAGE, /* no field has the name */
        [ENTRY_FIELD_OFFSET] = DEBIAN_OFFSET,     [ENTRY_FIELD_MAGIC] = DEBIAN_MAGIC,
        [ENTRY_FIELD_MASK] = DEBIAN_MASK,         [ENTRY_FIELD_EXTENSION] = DEBIAN_MAGIC,
        [ENTRY_FIELD_FLAGS] = DEBIAN_CREDENTIALS, [ENTRY_FIELD_INTERPRETER] = DEBIAN_INTERPRETER,
};

/* A format that is being turned into an entry. */
struct maker {
        const struct debian_format *format;
        struct entry entry;
        enum debian_field field; /* at fault */
        const char *reason;
};

static int refuse(struct maker *m, enum debian_field field, const char *reason)
{
        m->field = field;
        m->reason = reason;
        return -EINVAL;
}

static int make_flags(struct maker *m)
{
        static const struct {
                enum debian_field field;
                enum entry_flag flag;
        } flags[] = { { DEBIAN_CREDENTIALS, ENTRY_CREDENTIALS },
                      { DEBIAN_PRESERVE, ENTRY_PRESERVE_ARGV0 },
                      { DEBIAN_FIX_BINARY, ENTRY_FIX_BINARY } };

        for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
                const char *value = m->format->fields[flags[i].field];
                if (streq(value, "yes"))
                        m->entry.flags |= flags[i].flag;
                else if (!streq(value, "no") && *value)
                        return refuse(m, flags[i].field, _("credentials, preserve and fix_binary are yes or no"));
        }
        return 0;
}

static int make_bytes(struct maker *m, enum debian_field field, uint8_t **ret, size_t *ret_size)
{
        int r = unescape_as_kernel(m->format->fields[field], ret, ret_size, &m->reason);

        return r == -EINVAL ? refuse(m, field, m->reason) : r;
}

static int make_magic(struct maker *m)
{
        char *const *fields = m->format->fields;
        size_t mask_size = 0;

        if (*fields[DEBIAN_OFFSET] && entry_parse_offset(fields[DEBIAN_OFFSET], &m->entry.offset, &m->reason) < 0)
                return refuse(m, DEBIAN_OFFSET, m->reason);
        int r = make_bytes(m, DEBIAN_MAGIC, &m->entry.magic, &m->entry.magic_size);
        if (r < 0 || !*fields[DEBIAN_MASK])
                return r;
        r = make_bytes(m, DEBIAN_MASK, &m->entry.mask, &mask_size);
        if (r >= 0 && mask_size != m->entry.magic_size)
                return refuse(m, DEBIAN_MASK, _("mask and magic differ in length"));
        return r;
}

static int make_entry(struct maker *m)
{
        const struct debian_format *f = m->format;
        const char *type = f->fields[DEBIAN_TYPE], *detector = f->fields[DEBIAN_DETECTOR];
        enum entry_field field;
        int r;

        if (!streq(type, "magic") && !streq(type, "extension"))
                return refuse(m, DEBIAN_TYPE, _("the type is neither magic nor extension"));
        m->entry.type = streq(type, "magic") ? ENTRY_MAGIC : ENTRY_EXTENSION;
        if (string_set(&m->entry.name, f->name) < 0 || string_set(&m->entry.interpreter, f->fields[DEBIAN_INTERPRETER]) < 0)
                return -ENOMEM;
        r = make_flags(m);
        if (r >= 0 && m->entry.type == ENTRY_MAGIC)
                r = make_magic(m);
        else if (r >= 0)
                r = string_set(&m->entry.extension, f->fields[DEBIAN_MAGIC]);
        if (r < 0)
                return r;
        if (*detector && *detector != '/')
                return refuse(m, DEBIAN_DETECTOR, _("a detector needs an absolute path"));
        r = entry_check(&m->entry, &field, &m->reason);
        return r == -EINVAL ? refuse(m, fields_of_entry[field], m->reason) : r;
}

int debian_format_make_entry(const struct debian_format *f, struct entry *ret, enum debian_field *ret_field,
                             const char **ret_reason)
{
        struct maker m = { .format = f };

        int r = make_entry(&m);
        if (r >= 0) {
                *ret = m.entry;
                return r;
        }
        entry_done(&m.entry);
        *ret_field = m.field;
        *ret_reason = m.reason;
        return r;
}
