/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: patterns. */
#include "gendec.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define TOP 32 /* patterns begin with bit 31 */

/* Where the next bits of a pattern go: below `pos`; or, when the pattern fills open bits of another one, to the highest of
 * `open`. */
struct place {
        bool filling;
        unsigned pos;
        uint32_t open;
};

bool copy_name(char dst[MAX_NAME], const char *s, size_t n)
{
        if (n == 0 || n >= MAX_NAME || !islower((unsigned char)s[0]))
                return false;
        for (size_t i = 0; i < n; i++)
                if (!islower((unsigned char)s[i]) && !isdigit((unsigned char)s[i]) && s[i] != '_')
                        return false;
        memcpy(dst, s, n);
        dst[n] = 0;
        return true;
}

/* Takes `width` adjacent bits and sets p->pos to the lowest. Returns what is wrong, or NULL. */
static const char *take_bits(struct place *p, unsigned width)
{
        if (!p->filling) {
                if (width > p->pos)
                        return "too many bits";
                p->pos -= width;
                return NULL;
        }
        if (!p->open)
                return "too many bits";
        unsigned top = 32 - (unsigned)__builtin_clz(p->open);
        if (width > top)
                return "too many bits";
        uint32_t group = (uint32_t)(((uint64_t)1 << width) - 1) << (top - width);
        if ((p->open & group) != group)
                return "the open bits that it would fill are not adjacent";
        p->open &= ~group;
        p->pos = top - width;
        return NULL;
}

static const char *parse_bits(struct enc *e, const char *tok, struct place *p)
{
        bool ignored = tok[0] == '(';
        for (const char *s = tok + ignored; *s && *s != ')'; s++) {
                const char *wrong = take_bits(p, 1);
                if (wrong)
                        return wrong;
                uint32_t bit = 1u << p->pos, value = *s == '1' ? bit : 0;
                if (*s == '.') {
                        p->open |= bit;
                } else if (ignored) {
                        e->ignored |= bit;
                        e->prefer |= value;
                } else {
                        e->mask |= bit;
                        e->match |= value;
                }
        }
        return NULL;
}

/* Inserts the field behind those of higher positions. */
static void add_field(struct enc *e, const struct field *f)
{
        unsigned i = e->nfields++;
        for (; i > 0 && e->fields[i - 1].pos < f->pos; i--)
                e->fields[i] = e->fields[i - 1];
        e->fields[i] = *f;
}

static const char *parse_field(struct enc *e, const char *tok, struct place *p)
{
        const char *colon = strchr(tok, ':');
        struct field f = { 0 };
        if (!copy_name(f.name, tok, (size_t)(colon - tok)))
                return "bad field name";
        for (unsigned i = 0; i < e->nfields; i++)
                if (!strcmp(e->fields[i].name, f.name))
                        return "field occurs twice";
        if (e->nfields == MAX_FIELDS)
                return "too many fields";
        f.is_signed = colon[1] == 's';
        char *end;
        unsigned long width = strtoul(colon + 1 + f.is_signed, &end, 10);
        if (*end || width < 1 || width > 31 || (f.is_signed && width < 2))
                return "bad field width";
        const char *wrong = take_bits(p, (unsigned)width);
        if (wrong)
                return wrong;
        f.width = (uint8_t)width;
        f.pos = (uint8_t)p->pos;
        add_field(e, &f);
        return NULL;
}

static bool is_bits(const char *tok, bool filling)
{
        size_t n = strlen(tok);
        if (tok[0] == '(')
                return n > 2 && strspn(tok + 1, "01") == n - 2 && tok[n - 1] == ')';
        return strspn(tok, filling ? "01" : "01.") == n;
}

static bool parse_tokens(struct table *t, struct enc *e, const char *pattern, struct place *p)
{
        char *s = xstrdup(pattern), *save;
        const char *wrong = NULL;
        for (char *tok = strtok_r(s, " \t", &save); tok && !wrong; tok = strtok_r(NULL, " \t", &save)) {
                if (strchr(tok, ':'))
                        wrong = parse_field(e, tok, p);
                else if (!is_bits(tok, p->filling))
                        wrong = "not bits (01), ignored bits ((1)) or a field (name:width)";
                else
                        wrong = parse_bits(e, tok, p);
                if (wrong)
                        complain(t, e, "%s: %s", tok, wrong);
        }
        free(s);
        return !wrong;
}

void parse_pattern(struct table *t, struct enc *e, const char *pattern, const char *filling)
{
        struct place p = { .pos = TOP };
        if (!parse_tokens(t, e, pattern, &p))
                return;
        e->bits = TOP - p.pos;
        if (e->bits != 32 && !(t->width == 16 && e->bits == 16))
                complain(t, e, t->width == 16 ? "%u bits instead of 16 or 32" : "%u bits instead of 32", e->bits);
        p.filling = true;
        if (filling && !parse_tokens(t, e, filling, &p))
                return;
        if (p.open)
                complain(t, e, "%d bits are left open", __builtin_popcount(p.open));
}

bool parse_unit(const char *pattern, uint32_t *ret_mask, uint32_t *ret_match)
{
        unsigned pos = TOP;
        *ret_mask = *ret_match = 0;
        for (const char *s = pattern; *s; s++) {
                if (*s == ' ' || *s == '\t')
                        continue;
                if (!strchr("01.", *s) || pos == TOP - 16)
                        return false;
                pos--;
                *ret_mask |= *s == '.' ? 0 : 1u << pos;
                *ret_match |= *s == '1' ? 1u << pos : 0;
        }
        return pos == TOP - 16;
}
