/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "match.h"

#include <errno.h>

/* So many bytes that are equal make a file resemble those that an entry is for: as many as "\177ELF" has. */
#define NEAR_BYTES 4

void match_done(struct match *m)
{
        free(m->bytes);
        *m = (struct match){};
}

static uint8_t mask_at(const struct entry *e, size_t i)
{
        return e->mask ? e->mask[i] : 0xff;
}

static int match_magic(const struct entry *e, const uint8_t *head, size_t size, struct match *ret)
{
        struct match m = { .bytes = calloc(e->magic_size + 1, sizeof(*m.bytes)), .n = e->magic_size };

        if (!m.bytes)
                return -ENOMEM;
        m.first_difference = m.n;
        for (size_t i = 0; i < m.n; i++) {
                size_t at = e->offset + i;
                bool in_file = at < size;
                struct match_byte *b = &m.bytes[i];
                *b = (struct match_byte){ .offset = (unsigned)at,
                                          .file = in_file ? head[at] : 0,
                                          .mask = mask_at(e, i),
                                          .magic = e->magic[i],
                                          .in_file = in_file };
                b->equal = ((b->file ^ b->magic) & b->mask) == 0;
                if (!b->equal && m.first_difference == m.n)
                        m.first_difference = i;
                if (b->mask && m.first_difference == m.n)
                        m.n_compared++;
        }
        m.matches = m.first_difference == m.n;
        *ret = m;
        return 0;
}

int match_entry(const struct entry *e, const uint8_t *head, size_t size, const char *path, struct match *ret)
{
        if (e->type == ENTRY_MAGIC)
                return match_magic(e, head, size < ENTRY_SPAN_MAX ? size : ENTRY_SPAN_MAX, ret);

        if (e->type == ENTRY_HANDLER) {
                *ret = (struct match){}; /* the BPF program cannot be asked */
                return 0;
        }
        /* The kernel takes the last dot of the whole path, even where that is in a directory's name. */
        const char *dot = strrchr(path, '.');
        *ret = (struct match){ .matches = dot && streq(dot + 1, e->extension) };
        return 0;
}

bool match_is_near(const struct match *m)
{
        return !m->matches && m->n_compared >= NEAR_BYTES;
}

bool entries_overlap(const struct entry *a, const struct entry *b)
{
        if (a->type != b->type)
                return false; /* one goes by the name and one by the contents: their order is meant to tell them apart */
        if (a->type == ENTRY_HANDLER)
                return false; /* only the BPF programs know */
        if (a->type == ENTRY_EXTENSION)
                return streq(a->extension, b->extension);

        for (size_t i = 0; i < a->magic_size; i++) {
                size_t at = a->offset + i;
                if (at < b->offset || at - b->offset >= b->magic_size)
                        continue;
                size_t j = at - b->offset;
                if ((a->magic[i] ^ b->magic[j]) & mask_at(a, i) & mask_at(b, j))
                        return false;
        }
        return true;
}

/* Whether b's magic demands of a file at least what this byte of a's magic does. */
static bool covers_byte(const struct entry *a, size_t i, const struct entry *b)
{
        size_t at = a->offset + i;
        uint8_t mask = mask_at(a, i);

        if (mask == 0)
                return true;
        if (at < b->offset || at - b->offset >= b->magic_size)
                return false;
        size_t j = at - b->offset;
        return (mask & ~mask_at(b, j)) == 0 && ((a->magic[i] ^ b->magic[j]) & mask) == 0;
}

bool entry_covers(const struct entry *a, const struct entry *b)
{
        if (a->type != ENTRY_MAGIC)
                return entries_overlap(a, b);
        if (b->type != ENTRY_MAGIC)
                return false;
        for (size_t i = 0; i < a->magic_size; i++)
                if (!covers_byte(a, i, b))
                        return false;
        return true;
}
