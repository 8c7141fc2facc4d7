/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format-file.h"

#include <errno.h>

#include "base/conf-files.h"
#include "base/escape.h"
#include "base/ini-file.h"

enum key {
        KEY_DESCRIPTION,
        KEY_PACKAGE,
        KEY_ENABLED,
        KEY_OFFSET,
        KEY_MAGIC,
        KEY_MASK,
        KEY_EXTENSION,
        KEY_FLAGS,
        KEY_INTERPRETER,
        KEY_USE,
        KEY_FOLLOWS,
        KEY_HANDLER,
        KEY_COUNT,
};

static const char *const key_names[KEY_COUNT] = {
        [KEY_DESCRIPTION] = "Description",
        [KEY_PACKAGE] = "Package",
        [KEY_ENABLED] = "Enabled",
        [KEY_OFFSET] = "Offset",
        [KEY_MAGIC] = "Magic",
        [KEY_MASK] = "Mask",
        [KEY_EXTENSION] = "Extension",
        [KEY_FLAGS] = "Flags",
        [KEY_INTERPRETER] = "Interpreter",
        [KEY_USE] = "Use",
        [KEY_FOLLOWS] = "Follows",
        [KEY_HANDLER] = "Handler",
};

struct loading {
        struct format *format;
        struct problems *problems;
        unsigned seen[KEY_COUNT]; /* the line where this file set the key */
        enum key last;
        size_t mask_size;
};

static int append_bytes(const char *text, uint8_t **bytes, size_t *size, const char **ret_reason)
{
        _cleanup_free_ uint8_t *more = NULL;
        size_t n;

        int r = unescape(text, &more, &n, ret_reason);
        if (r < 0)
                return r;

        uint8_t *joined = realloc(*bytes, *size + n + 1);
        if (!joined)
                return -ENOMEM;
        memcpy(joined + *size, more, n);
        *bytes = joined;
        *size += n;
        return 0;
}

/* Sets or continues a magic or mask. These may be long, so only they can go on over several lines. */
static int set_bytes(const struct ini_line *line, uint8_t **bytes, size_t *size, const char **ret_reason)
{
        if (!line->continuation) {
                free(*bytes);
                *bytes = NULL;
                *size = 0;
        }
        if (!*line->value)
                return 0;
        return append_bytes(line->value, bytes, size, ret_reason);
}

/* Adds an interpreter from "PRIORITY PATH". An empty value forgets those before it, so that a drop-in can start a list of its
 * own. */
static int set_interpreter(struct format *f, const struct ini_line *line, const char **ret_reason)
{
        char *path;
        long priority;

        if (!*line->value) {
                format_clear_candidates(f);
                return 0;
        }
        errno = 0;
        priority = strtol(line->value, &path, 10);
        if (path == line->value || *path != ' ' || errno || priority < -9999 || priority > 9999) {
                *ret_reason = _("this is a priority from -9999 to 9999, a space, and a path");
                return -EINVAL;
        }
        const struct candidate c = {
                .path = path + strspn(path, " "),
                .priority = (int)priority,
                .file = (char *)line->file,
                .line = line->number,
        };
        return format_add_candidate(f, &c);
}

/* Sets the interpreter that is to be used. An empty value leaves the choice to the priorities. */
static int set_use(struct format *f, const struct ini_line *line)
{
        f->use_line = line->number;
        if (string_set(&f->use_file, line->file) < 0)
                return -ENOMEM;
        return string_set(&f->use, *line->value ? line->value : NULL);
}

/* Sets the format that is followed. An empty value makes this a format of its own. */
static int set_follows(struct format *f, const struct ini_line *line, const char **ret_reason)
{
        *ret_reason = *line->value ? entry_name_reason(line->value) : NULL;
        if (*ret_reason)
                return -EINVAL;
        f->follows_line = line->number;
        if (string_set(&f->follows_file, line->file) < 0)
                return -ENOMEM;
        return string_set(&f->follows, *line->value ? line->value : NULL);
}

/* Sets the BPF handler, which stands in an interpreter's place and is the only one. */
static int set_handler(struct format *f, const struct ini_line *line)
{
        const struct candidate c = { .path = (char *)line->value, .file = (char *)line->file, .line = line->number };

        format_clear_candidates(f);
        f->entry.type = ENTRY_HANDLER;
        return format_add_candidate(f, &c);
}

static int set_key(struct loading *l, enum key key, const struct ini_line *line, const char **ret_reason)
{
        struct format *f = l->format;

        switch (key) {
        case KEY_DESCRIPTION: return string_set(&f->description, line->value);
        case KEY_PACKAGE: return string_set(&f->package, line->value);
        case KEY_ENABLED: *ret_reason = _("this is yes or no"); return parse_boolean(line->value, &f->enabled);
        case KEY_OFFSET:
                f->lines[ENTRY_FIELD_OFFSET] = line->number;
                return entry_parse_offset(line->value, &f->entry.offset, ret_reason);
        case KEY_MAGIC:
                f->lines[ENTRY_FIELD_MAGIC] = line->number;
                return set_bytes(line, &f->entry.magic, &f->entry.magic_size, ret_reason);
        case KEY_MASK:
                f->lines[ENTRY_FIELD_MASK] = line->number;
                return set_bytes(line, &f->entry.mask, &l->mask_size, ret_reason);
        case KEY_EXTENSION: f->lines[ENTRY_FIELD_EXTENSION] = line->number; return string_set(&f->entry.extension, line->value);
        case KEY_FLAGS:
                f->lines[ENTRY_FIELD_FLAGS] = line->number;
                return entry_parse_flags(line->value, &f->entry.flags, ret_reason);
        case KEY_INTERPRETER: f->lines[ENTRY_FIELD_INTERPRETER] = line->number; return set_interpreter(f, line, ret_reason);
        case KEY_USE: return set_use(f, line);
        case KEY_FOLLOWS: return set_follows(f, line, ret_reason);
        case KEY_HANDLER: return set_handler(f, line);
        default: return -EINVAL;
        }
}

/* Why a key may not stand here: a continuation has to continue the key of the line before, and only a list may come twice. NULL:
 * it may. */
static const char *placement_reason(const struct loading *l, enum key key, const struct ini_line *line)
{
        if (line->continuation && (l->last != key || (key != KEY_MAGIC && key != KEY_MASK)))
                return _("only Magic= and Mask= can go on over an indented line");
        if (!line->continuation && l->seen[key] && key != KEY_INTERPRETER)
                return _("this was set before in the same file");
        return NULL;
}

static int handle_line(const struct ini_line *line, void *userdata)
{
        struct loading *l = userdata;
        unsigned key = 0;

        if (!streq(line->section, "Format"))
                return ini_refuse_section(line, "Format", l->problems);
        while (key < KEY_COUNT && !streq(line->key, key_names[key]))
                key++;
        if (key == KEY_COUNT)
                return problems_add(l->problems, 0, line->file, line->number, "unknown key %s=", line->key);

        const char *reason = placement_reason(l, key, line);
        if (reason)
                return problems_add(l->problems, 0, line->file, line->number, "%s=: %s", line->key, reason);

        l->seen[key] = line->number;
        l->last = key;
        int r = set_key(l, key, line, &reason);
        return r == -EINVAL ? ini_refuse_value(line, reason, l->problems) : r;
}

/* Refuses the keys that a format has from the one that it follows. */
static int check_follows(const struct loading *l, const char *path)
{
        static const enum key theirs[] = { KEY_FLAGS, KEY_INTERPRETER, KEY_USE, KEY_HANDLER };

        for (size_t i = 0; i < ARRAY_SIZE(theirs) && l->format->follows; i++)
                if (l->seen[theirs[i]])
                        return problems_add(l->problems, -EINVAL, path, l->seen[theirs[i]],
                                            "%s=: a format that follows another (Follows=%s) has this from there",
                                            key_names[theirs[i]], l->format->follows);
        return 0;
}

/* Checks what only the file as a whole can tell. */
static int check_whole(struct loading *l, const char *path)
{
        struct format *f = l->format;

        bool handler = f->entry.type == ENTRY_HANDLER;

        int r = check_follows(l, path);
        if (r < 0)
                return r;
        if ((f->entry.magic && f->entry.extension) || (handler && (f->entry.magic || f->entry.extension)))
                return problems_add(l->problems, -EINVAL, path, f->lines[ENTRY_FIELD_EXTENSION],
                                    handler ? N_("a format has a magic or an extension or a handler, only one of them")
                                            : N_("a format has a magic or an extension, not both"));
        if (handler && l->seen[KEY_INTERPRETER])
                return problems_add(l->problems, -EINVAL, path, l->seen[KEY_INTERPRETER],
                                    "a format has a handler or interpreters, not both");
        if (!f->entry.magic && !f->entry.extension && !handler)
                return problems_add(l->problems, -EINVAL, path, f->lines[ENTRY_FIELD_MAGIC],
                                    "neither a magic nor an extension is given");
        if (f->entry.mask && l->mask_size != f->entry.magic_size)
                return problems_add(l->problems, -EINVAL, path, f->lines[ENTRY_FIELD_MASK],
                                    "the mask has %zu bytes and the magic %zu; they must be equally long", l->mask_size,
                                    f->entry.magic_size);

        if (!handler)
                f->entry.type = f->entry.extension ? ENTRY_EXTENSION : ENTRY_MAGIC;
        if (string_set(&f->file, path) < 0)
                return -ENOMEM;
        return format_check(f, l->problems);
}

static int load(const char *path, struct format *f, struct problems *problems)
{
        struct loading l = { .format = f, .problems = problems, .last = KEY_COUNT, .mask_size = f->entry.magic_size };
        size_t before = problems->n;

        _cleanup_fclose_ FILE *file = NULL;
        const char *reason;

        int r = conf_file_open(path, &file, &reason);
        if (r < 0)
                return problems_add(problems, r, path, 0, "%s", reason);
        r = ini_file_read(file, path, handle_line, &l, problems);
        if (r < 0)
                return problems_add(problems, r, path, 0, "%s", strerror(-r));
        if (problems->n > before)
                return -EINVAL;
        return check_whole(&l, path);
}

int format_file_load(const char *path, const char *name, struct format *ret, struct problems *problems)
{
        _cleanup_(format_done) struct format f = { .enabled = true };
        const char *reason = entry_name_reason(name);

        if (reason)
                return problems_add(problems, -EINVAL, path, 0, "%s", reason);
        if (string_set(&f.entry.name, name) < 0)
                return -ENOMEM;

        int r = load(path, &f, problems);
        if (r < 0)
                return r;
        *ret = f;
        f = (struct format){};
        return 0;
}

int format_file_apply(const char *path, struct format *f, struct problems *problems)
{
        _cleanup_(format_done) struct format changed = {};

        int r = format_copy(f, &changed);
        if (r < 0)
                return r;
        /* While the drop-in is read, a message names it and its lines, not those of the format's own file. */
        memset(changed.lines, 0, sizeof(changed.lines));
        format_forget_followed(&changed);
        r = load(path, &changed, problems);
        if (r < 0)
                return r;

        memcpy(changed.lines, f->lines, sizeof(changed.lines));
        r = string_set(&changed.file, f->file);
        if (r < 0)
                return r;
        format_done(f);
        *f = changed;
        changed = (struct format){};
        return 0;
}
