/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line that registers an entry, read as the kernel reads it: ":name:type:offset:magic:mask:interpreter:flags". */
#include "binfmt-d.h"

#include <ctype.h>
#include <errno.h>

#include "base/escape.h"

#define TOO_SHORT _("the line ends before all of its seven fields")

/* The rest of the line, from which fields are taken off. */
struct rest {
        char *p;
        char delimiter;
};

static int refuse(const char *reason, const char **ret_reason)
{
        *ret_reason = reason;
        return -EINVAL;
}

/* Takes off the field up to the next delimiter; NULL where there is no delimiter any more. */
static char *next_field(struct rest *r)
{
        char *field = r->p, *end = strchr(field, r->delimiter);

        if (!end)
                return NULL;
        *end = '\0';
        r->p = end + 1;
        return field;
}

/* Takes off a field of bytes up to the next delimiter; NULL where there is none. The digits behind \x are no delimiters, even
 * where a letter or a digit is the delimiter. */
static char *next_escaped(struct rest *r)
{
        char *field = r->p, *p = field;

        while (*p && *p != r->delimiter)
                p += p[0] == '\\' && p[1] == 'x' ? 2 + strnlen(p + 2, 2) : 1;
        if (!*p)
                return NULL;
        *p = '\0';
        r->p = p + 1;
        return field;
}

/* Takes off the type. It is one letter, which may be the delimiter as well. */
static char *next_type(struct rest *r)
{
        char *type = r->p;

        if (!*type || type[1] != r->delimiter)
                return next_field(r);
        type[1] = '\0';
        r->p = type + 2;
        return type;
}

/* Takes off a field of bytes; an empty one is NULL. */
static int next_bytes(struct rest *r, uint8_t **ret, size_t *ret_size, const char **ret_reason)
{
        const char *field = next_escaped(r);

        if (!field)
                return refuse(TOO_SHORT, ret_reason);
        return *field ? unescape_as_kernel(field, ret, ret_size, ret_reason) : 0;
}

static int parse_magic(struct rest *rest, struct entry *e, const char **ret_reason)
{
        char *offset = next_field(rest);
        size_t mask_size = 0;

        if (!offset)
                return refuse(TOO_SHORT, ret_reason);
        int r = *offset ? entry_parse_offset(offset, &e->offset, ret_reason) : 0;
        if (r >= 0)
                r = next_bytes(rest, &e->magic, &e->magic_size, ret_reason);
        if (r >= 0)
                r = next_bytes(rest, &e->mask, &mask_size, ret_reason);
        if (r < 0)
                return r;
        if (e->mask && mask_size != e->magic_size)
                return refuse(_("magic and mask are not equally long"), ret_reason);
        return 0;
}

/* Reads what a handler has for offset, magic and mask: nothing. The handler's name is in the interpreter's field. */
static int parse_handler(struct rest *rest, const char **ret_reason)
{
        for (int i = 0; i < 3; i++) {
                const char *field = next_field(rest);
                if (!field)
                        return refuse(TOO_SHORT, ret_reason);
                if (*field)
                        return refuse(_("offset, magic and mask must be empty for the type B"), ret_reason);
        }
        return 0;
}

/* Reads the extension, between an offset and a mask that the kernel ignores. Here it knows no \xHH. */
static int parse_extension(struct rest *rest, struct entry *e, const char **ret_reason)
{
        const char *offset = next_field(rest), *extension = offset ? next_field(rest) : NULL;

        if (!extension || !next_field(rest))
                return refuse(TOO_SHORT, ret_reason);
        return string_set(&e->extension, extension);
}

static int parse_type(struct rest *rest, struct entry *e, const char **ret_reason)
{
        const char *type = next_type(rest);

        if (!type)
                return refuse(TOO_SHORT, ret_reason);
        if (streq(type, "M")) {
                e->type = ENTRY_MAGIC;
                return parse_magic(rest, e, ret_reason);
        }
        if (streq(type, "E")) {
                e->type = ENTRY_EXTENSION;
                return parse_extension(rest, e, ret_reason);
        }
        if (streq(type, "B")) {
                e->type = ENTRY_HANDLER;
                return parse_handler(rest, ret_reason);
        }
        return refuse(_("the type is neither M (magic) nor E (extension) nor B (BPF handler)"), ret_reason);
}

static int parse_fields(struct rest *rest, struct entry *e, const char **ret_reason)
{
        enum entry_field field;

        const char *name = next_field(rest);
        if (!name)
                return refuse(TOO_SHORT, ret_reason);
        int r = string_set(&e->name, name);
        if (r >= 0)
                r = parse_type(rest, e, ret_reason);
        if (r < 0)
                return r;
        const char *interpreter = next_field(rest);
        if (!interpreter)
                return refuse(TOO_SHORT, ret_reason);
        r = string_set(&e->interpreter, interpreter);
        if (r >= 0)
                r = entry_parse_flags(rest->p, &e->flags, ret_reason);
        return r < 0 ? r : entry_check(e, &field, ret_reason);
}

static int refuse_delimiter(const char **ret_reason)
{
        return refuse(_("the line does not start with a delimiter, such as a colon"), ret_reason);
}

int binfmt_line_parse(const char *line, struct entry *ret, const char **ret_reason)
{
        _cleanup_(entry_done) struct entry e = {};
        _cleanup_free_ char *copy = strdup(line);

        if (!copy)
                return -ENOMEM;
        /* Without this check the NUL at the end of the string would be the delimiter, and what is in memory behind it the
         * fields. */
        if (!*line)
                return refuse_delimiter(ret_reason);
        struct rest rest = { .p = copy + 1, .delimiter = *copy };
        int r = parse_fields(&rest, &e, ret_reason);
        /* Any byte can be the delimiter. But where the line makes no sense with a letter for its delimiter, that was not meant to
         * be one. */
        if (r == -EINVAL && (isalnum((unsigned char)*line) || *line == '\\'))
                return refuse_delimiter(ret_reason);
        if (r < 0)
                return r;
        *ret = e;
        e = (struct entry){};
        return 0;
}
