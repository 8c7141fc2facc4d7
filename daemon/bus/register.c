/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "internal.h"

#include <errno.h>
#include <limits.h>
#include <sys/mman.h>

#include "formats/format-file.h"
#include "formats/format-text.h"

#define INTERPRETERS_MAX 64
#define STRING_MAX 4096

static int invalid(sd_bus_error *error, const char *key, const char *reason)
{
        return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "%s: %s", key, reason);
}

static int read_string(sd_bus_message *call, char **ret)
{
        const char *text;

        int r = sd_bus_message_read(call, "v", "s", &text);
        if (r < 0)
                return r;
        return strlen(text) > STRING_MAX ? -EMSGSIZE : string_set(ret, text);
}

/* Reads a variant of bytes. There must be *size of them, unless that is 0. */
static int read_bytes(sd_bus_message *call, uint8_t **bytes, size_t *size)
{
        const void *data;
        size_t n;

        int r = sd_bus_message_enter_container(call, 'v', "ay");
        if (r >= 0)
                r = sd_bus_message_read_array(call, 'y', &data, &n);
        if (r >= 0)
                r = sd_bus_message_exit_container(call);
        if (r < 0)
                return r;
        if (n == 0 || n > ENTRY_SPAN_MAX || (*size > 0 && n != *size))
                return -EMSGSIZE;
        free(*bytes);
        *bytes = malloc(n);
        if (!*bytes)
                return -ENOMEM;
        memcpy(*bytes, data, n);
        *size = n;
        return 0;
}

static int read_interpreters(sd_bus_message *call, struct format *f)
{
        struct candidate c = {};
        const char *path;
        int r;

        r = sd_bus_message_enter_container(call, 'v', "a(si)");
        if (r >= 0)
                r = sd_bus_message_enter_container(call, 'a', "(si)");
        if (r < 0)
                return r;
        while ((r = sd_bus_message_read(call, "(si)", &path, &c.priority)) > 0) {
                if (f->n_candidates >= INTERPRETERS_MAX || strlen(path) > STRING_MAX)
                        return -EMSGSIZE;
                c.path = (char *)path;
                r = format_add_candidate(f, &c);
                if (r < 0)
                        return r;
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(call);
        return r < 0 ? r : sd_bus_message_exit_container(call);
}

static int read_flags(sd_bus_message *call, struct format *f)
{
        const char *text, *reason;

        int r = sd_bus_message_read(call, "v", "s", &text);
        return r < 0 ? r : entry_parse_flags(text, &f->entry.flags, &reason);
}

static int read_enabled(sd_bus_message *call, struct format *f)
{
        int enabled;

        int r = sd_bus_message_read(call, "v", "b", &enabled);
        if (r >= 0)
                f->enabled = enabled;
        return r;
}

/* A format that is being read. Magic and mask may come in either order. */
struct reading {
        struct format *format;
        size_t mask_size;
};

static int read_key(sd_bus_message *call, const char *key, struct reading *reading)
{
        struct format *f = reading->format;
        struct entry *e = &f->entry;

        if (streq(key, "Description"))
                return read_string(call, &f->description);
        if (streq(key, "Package"))
                return read_string(call, &f->package);
        if (streq(key, "Enabled"))
                return read_enabled(call, f);
        if (streq(key, "Magic"))
                return read_bytes(call, &e->magic, &e->magic_size);
        if (streq(key, "Mask"))
                return read_bytes(call, &e->mask, &reading->mask_size);
        if (streq(key, "Offset"))
                return sd_bus_message_read(call, "v", "u", &e->offset);
        if (streq(key, "Extension"))
                return read_string(call, &e->extension);
        if (streq(key, "Flags"))
                return read_flags(call, f);
        if (streq(key, "Interpreters"))
                return read_interpreters(call, f);
        return -ENOENT;
}

static int read_keys(sd_bus_message *call, struct format *f, sd_bus_error *error)
{
        struct reading reading = { .format = f };
        const char *key = "format";
        int r;

        r = sd_bus_message_enter_container(call, 'a', "{sv}");
        while (r >= 0 && (r = sd_bus_message_enter_container(call, 'e', "sv")) > 0) {
                r = sd_bus_message_read(call, "s", &key);
                if (r >= 0)
                        r = read_key(call, key, &reading);
                if (r == -ENOENT)
                        return invalid(error, key, "there is no such key");
                if (r == -ENOMEM)
                        return r;
                if (r < 0)
                        return invalid(error, key, "it is not of the right type, or out of range");
                r = sd_bus_message_exit_container(call);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(call);
        if (r < 0)
                return r;
        if (f->entry.mask && reading.mask_size != f->entry.magic_size)
                return invalid(error, "Mask", "it must be as long as the magic");
        f->entry.type = f->entry.extension ? ENTRY_EXTENSION : ENTRY_MAGIC;
        return 0;
}

static bool same_format(const struct format *a, const struct format *b)
{
        struct entry one = a->entry, other = b->entry;

        one.interpreter = other.interpreter = (char *)"";
        if (!entry_equal(&one, &other) || !streq_null(a->description, b->description) || !streq_null(a->package, b->package) ||
            a->enabled != b->enabled || a->n_candidates != b->n_candidates)
                return false;
        for (size_t i = 0; i < a->n_candidates; i++)
                if (!streq(a->candidates[i].path, b->candidates[i].path) ||
                    a->candidates[i].priority != b->candidates[i].priority)
                        return false;
        return true;
}

/* Reads the text as the file that it is to become: what is stored is then what was asked for, and nothing broken. */
static int check_text(const char *name, const char *text, const struct format *f, sd_bus_error *error)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(format_done) struct format again = {};
        _cleanup_free_ char *path = NULL;
        _cleanup_close_ int fd = memfd_create("format", MFD_CLOEXEC);

        if (fd < 0)
                return -errno;
        size_t size = strlen(text);
        if (write(fd, text, size) != (ssize_t)size || string_format(&path, "/proc/self/fd/%d", fd) < 0)
                return -ENOMEM;
        int r = format_file_load(path, name, &again, &problems);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                return invalid(error, name, problems.n > 0 ? problems.items[0].text : "it cannot be used");
        if (!same_format(f, &again))
                return invalid(error, name, "one of the strings cannot stand in a file of configuration");
        return 0;
}

int bus_read_register(sd_bus_message *call, struct format *ret, char **ret_text, bool *ret_replace, sd_bus_error *error)
{
        _cleanup_(format_done) struct format f = { .enabled = true };
        _cleanup_free_ char *text = NULL;
        const char *name;
        int replace;

        int r = sd_bus_message_read(call, "s", &name);
        if (r < 0)
                return r;
        const char *reason = entry_name_reason(name);
        if (!reason && (name[0] == '.' || strlen(name) > NAME_MAX - strlen(".conf.d")))
                reason = "this is no name of a file";
        if (reason)
                return invalid(error, "name", reason);
        if (string_set(&f.entry.name, name) < 0)
                return -ENOMEM;
        r = read_keys(call, &f, error);
        if (r < 0)
                return r;
        r = sd_bus_message_read(call, "b", &replace);
        if (r >= 0)
                r = format_to_text(&f, "Registered through org.binfmtd.Manager1.", &text);
        if (r >= 0)
                r = check_text(name, text, &f, error);
        if (r < 0)
                return r;
        *ret_text = TAKE_PTR(text);
        *ret_replace = replace;
        *ret = f;
        f = (struct format){};
        return 0;
}
