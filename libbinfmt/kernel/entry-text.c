/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An entry as the kernel's text: the line that registers it, and what its file shows afterwards. */
#include "entry.h"

#include <errno.h>

#include "base/escape.h"

/* The kernel takes the line's first byte as the delimiter; nothing in the line may contain it unescaped, and only
 * magic and mask can be escaped. */
static char pick_delimiter(const struct entry *e)
{
        for (const char *p = ":|,;!%&+=~^@#*?"; *p; p++)
                if (!strchr(e->name, *p) && !strchr(e->interpreter, *p) && (!e->extension || !strchr(e->extension, *p)))
                        return *p;
        return '\0';
}

static int magic_line(const struct entry *e, char d, const char *flags, char **ret)
{
        _cleanup_free_ char *magic = escape_needed(e->magic, e->magic_size, d), *mask = NULL;

        mask = e->mask ? escape_needed(e->mask, e->magic_size, d) : strdup("");
        if (!magic || !mask)
                return -ENOMEM;
        return string_format(ret, "%c%s%cM%c%u%c%s%c%s%c%s%c%s", d, e->name, d, d, e->offset, d, magic, d, mask, d,
                             e->interpreter, d, flags);
}

int entry_to_line(const struct entry *e, char **ret)
{
        char flags[ENTRY_FLAGS_MAX], d = pick_delimiter(e);
        _cleanup_free_ char *line = NULL;
        int r;

        if (!d)
                return -E2BIG;

        entry_format_flags(e->flags, flags);
        if (e->type == ENTRY_MAGIC)
                r = magic_line(e, d, flags, &line);
        else if (e->type == ENTRY_HANDLER)
                r = string_format(&line, "%c%s%cB%c%c%c%c%s%c%s", d, e->name, d, d, d, d, d, e->interpreter, d, flags);
        else
                r = string_format(&line, "%c%s%cE%c%c%s%c%c%s%c%s", d, e->name, d, d, d, e->extension, d, d, e->interpreter, d,
                                  flags);
        if (r < 0)
                return r;
        if (strlen(line) > ENTRY_LINE_MAX)
                return -E2BIG;
        *ret = TAKE_PTR(line);
        return 0;
}

static int parse_hex(const char *hex, uint8_t **ret, size_t *ret_size)
{
        size_t n = strlen(hex) / 2;
        _cleanup_free_ uint8_t *bytes = malloc(n + 1);

        if (!bytes)
                return -ENOMEM;
        if (n == 0 || strlen(hex) % 2 != 0)
                return -EBADMSG;
        for (size_t i = 0; i < n; i++) {
                int used = 0;
                if (sscanf(hex + 2 * i, "%2hhx%n", &bytes[i], &used) != 1 || used != 2)
                        return -EBADMSG;
        }
        *ret = TAKE_PTR(bytes);
        *ret_size = n;
        return 0;
}

static unsigned parse_kernel_flags(const char *text)
{
        unsigned flags = 0, one;
        const char *reason;

        for (const char *p = text; *p; p++)
                flags |= entry_parse_flags((char[2]){ *p }, &one, &reason) < 0 ? ENTRY_UNKNOWN_FLAG : one;
        return flags;
}

/* Reads one line of the kernel's text. A line that a newer kernel added is passed over. */
static int parse_kernel_line(char *line, struct entry *e, size_t *mask_size)
{
        char *value = strchr(line, ' ');

        if (streq(line, "enabled"))
                e->enabled = true;
        if (!value)
                return 0;
        *value++ = '\0';

        if (streq(line, "bpf"))
                e->type = ENTRY_HANDLER;
        if (streq(line, "interpreter") || streq(line, "bpf"))
                return string_set(&e->interpreter, value);
        if (streq(line, "flags:"))
                e->flags = parse_kernel_flags(value);
        if (streq(line, "offset"))
                e->offset = (unsigned)strtoul(value, NULL, 10);
        if (streq(line, "magic") && !e->magic)
                return parse_hex(value, &e->magic, &e->magic_size);
        if (streq(line, "mask") && !e->mask)
                return parse_hex(value, &e->mask, mask_size);
        if (streq(line, "extension"))
                return string_set(&e->extension, *value == '.' ? value + 1 : value);
        return 0;
}

int entry_from_text(const char *name, const char *text, struct entry *ret)
{
        _cleanup_(entry_done) struct entry e = {};
        _cleanup_free_ char *copy = strdup(text);
        char *state = NULL;
        size_t mask_size = 0;

        if (!copy || string_set(&e.name, name) < 0)
                return -ENOMEM;

        for (char *line = strtok_r(copy, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
                int r = parse_kernel_line(line, &e, &mask_size);
                if (r < 0)
                        return r;
        }
        if (e.extension)
                e.type = ENTRY_EXTENSION;
        if (!e.interpreter || (e.type == ENTRY_MAGIC && !e.magic) || (e.mask && mask_size != e.magic_size))
                return -EBADMSG;

        *ret = e;
        e = (struct entry){};
        return 0;
}
