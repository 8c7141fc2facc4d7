/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "entry.h"

#include <errno.h>

const char *entry_type_to_string(enum entry_type t)
{
        static const char *const names[ENTRY_TYPE_COUNT] = {
                [ENTRY_MAGIC] = "magic", [ENTRY_EXTENSION] = "extension", [ENTRY_HANDLER] = "bpf"
        };
        return names[t];
}

void entry_done(struct entry *e)
{
        free(e->name);
        free(e->magic);
        free(e->mask);
        free(e->extension);
        free(e->interpreter);
        *e = (struct entry){};
}

void entries_done(struct entries *e)
{
        for (size_t i = 0; i < e->n; i++)
                entry_done(&e->items[i]);
        free(e->items);
        *e = (struct entries){};
}

static int bytes_copy(const uint8_t *bytes, size_t size, uint8_t **ret)
{
        if (!bytes)
                return 0;

        uint8_t *copy = malloc(size + 1);
        if (!copy)
                return -ENOMEM;
        *ret = memcpy(copy, bytes, size);
        return 0;
}

int entry_copy(const struct entry *e, struct entry *ret)
{
        _cleanup_(entry_done) struct entry copy = {
                .type = e->type,
                .flags = e->flags,
                .offset = e->offset,
                .magic_size = e->magic_size,
                .enabled = e->enabled,
        };

        if (string_set(&copy.name, e->name) < 0 || string_set(&copy.extension, e->extension) < 0 ||
            string_set(&copy.interpreter, e->interpreter) < 0 || bytes_copy(e->magic, e->magic_size, &copy.magic) < 0 ||
            bytes_copy(e->mask, e->magic_size, &copy.mask) < 0)
                return -ENOMEM;

        *ret = copy;
        copy = (struct entry){};
        return 0;
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

void entries_sort(struct entries *e)
{
        if (e->n > 1)
                qsort(e->items, e->n, sizeof(*e->items), compare_names);
        e->sorted = true;
}

const struct entry *entries_find(const struct entries *e, const char *name)
{
        const struct entry key = { .name = (char *)name };

        if (e->sorted)
                return e->n > 0 ? bsearch(&key, e->items, e->n, sizeof(*e->items), compare_names) : NULL;
        for (size_t i = 0; i < e->n; i++)
                if (streq(e->items[i].name, name))
                        return &e->items[i];
        return NULL;
}

static unsigned mask_byte(const struct entry *e, size_t i)
{
        return e->mask ? e->mask[i] : 0xff;
}

static bool magic_equal(const struct entry *a, const struct entry *b)
{
        if (a->offset != b->offset || a->magic_size != b->magic_size)
                return false;
        for (size_t i = 0; i < a->magic_size; i++)
                if (a->magic[i] != b->magic[i] || mask_byte(a, i) != mask_byte(b, i))
                        return false;
        return true;
}

static unsigned effective_flags(unsigned flags)
{
        return flags & (ENTRY_CREDENTIALS | ENTRY_TRANSPARENT) ? flags | ENTRY_OPEN_BINARY : flags;
}

bool entry_same_files(const struct entry *a, const struct entry *b)
{
        if (a->type != b->type)
                return false;
        return a->type == ENTRY_MAGIC ? magic_equal(a, b) : streq_null(a->extension, b->extension);
}

bool entry_matches_alike(const struct entry *a, const struct entry *b)
{
        /* The kernel does not show whether an entry was registered switched off. */
        return ((effective_flags(a->flags) ^ effective_flags(b->flags)) & ~(unsigned)ENTRY_START_DISABLED) == 0 &&
               entry_same_files(a, b);
}

bool entry_equal(const struct entry *a, const struct entry *b)
{
        return streq_null(a->name, b->name) && streq_null(a->interpreter, b->interpreter) && entry_matches_alike(a, b);
}

bool entry_matches(const struct entry *e, const uint8_t *head, size_t size)
{
        if (e->type != ENTRY_MAGIC)
                return false;
        for (size_t i = 0; i < e->magic_size; i++) {
                size_t at = e->offset + i;
                if (((at < size ? head[at] : 0) ^ e->magic[i]) & mask_byte(e, i))
                        return false;
        }
        return true;
}

int entry_parse_offset(const char *text, unsigned *ret, const char **ret_reason)
{
        const char *p = *text == '+' ? text + 1 : text;
        unsigned value = 0;

        if (!*p) {
                *ret_reason = _("an offset is a decimal number");
                return -EINVAL;
        }
        for (; *p; p++) {
                if (*p < '0' || *p > '9') {
                        *ret_reason = _("an offset is a decimal number, without a sign, a prefix or anything else");
                        return -EINVAL;
                }
                value = value * 10 + (unsigned)(*p - '0');
                if (value > ENTRY_SPAN_MAX) {
                        *ret_reason = _("the kernel looks at the first 256 bytes of a file only");
                        return -EINVAL;
                }
        }
        *ret = value;
        return 0;
}

static const struct {
        char letter;
        enum entry_flag flag;
} flag_letters[] = {
        { 'P', ENTRY_PRESERVE_ARGV0 }, { 'O', ENTRY_OPEN_BINARY }, { 'C', ENTRY_CREDENTIALS },    { 'F', ENTRY_FIX_BINARY },
        { 'T', ENTRY_TRANSPARENT },    { 'L', ENTRY_LOADER },      { 'D', ENTRY_START_DISABLED },
};

int entry_parse_flags(const char *text, unsigned *ret, const char **ret_reason)
{
        unsigned flags = 0;

        for (const char *p = text; *p; p++) {
                size_t i = 0;
                while (i < ARRAY_SIZE(flag_letters) && flag_letters[i].letter != *p)
                        i++;
                if (i == ARRAY_SIZE(flag_letters)) {
                        *ret_reason = _("flags are capital letters out of POCFTLD");
                        return -EINVAL;
                }
                flags |= flag_letters[i].flag;
        }
        *ret = flags;
        return 0;
}

char *entry_format_flags(unsigned flags, char *buf)
{
        char *p = buf;

        for (size_t i = 0; i < ARRAY_SIZE(flag_letters); i++)
                if (effective_flags(flags) & flag_letters[i].flag)
                        *p++ = flag_letters[i].letter;
        *p = '\0';
        return buf;
}
