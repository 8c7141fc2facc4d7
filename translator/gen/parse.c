/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: reading of tables. */
#include "gendec.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *trim(char *s)
{
        while (isspace((unsigned char)*s))
                s++;
        char *end = s + strlen(s);
        while (end > s && isspace((unsigned char)end[-1]))
                end--;
        *end = 0;
        return s;
}

/* Copies an identifier: a lower-case letter, then lower-case letters, digits and underscores. */
static bool copy_name(char dst[MAX_NAME], const char *s, size_t n)
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

/* Takes `width` bits below *pos; false when there are not that many left. */
static bool take_bits(unsigned *pos, unsigned width)
{
        if (width > *pos)
                return false;
        *pos -= width;
        return true;
}

static bool parse_bits(struct enc *e, const char *tok, unsigned *pos)
{
        bool ignored = tok[0] == '(';
        for (const char *s = tok + ignored; *s && *s != ')'; s++) {
                if (!take_bits(pos, 1))
                        return false;
                uint32_t bit = 1u << *pos, value = *s == '1' ? bit : 0;
                if (ignored) {
                        e->ignored |= bit;
                        e->prefer |= value;
                } else {
                        e->mask |= bit;
                        e->match |= value;
                }
        }
        return true;
}

static const char *parse_field(struct enc *e, const char *tok, unsigned *pos)
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
        if (!take_bits(pos, (unsigned)width))
                return "too many bits";
        f.width = (uint8_t)width;
        f.pos = (uint8_t)*pos;
        e->fields[e->nfields++] = f;
        return NULL;
}

static bool is_bits(const char *tok)
{
        size_t n = strlen(tok);
        if (tok[0] == '(')
                return n > 2 && strspn(tok + 1, "01") == n - 2 && tok[n - 1] == ')';
        return strspn(tok, "01") == n;
}

static void parse_pattern(struct table *t, struct enc *e, char *s)
{
        unsigned pos = t->width;
        char *save;
        for (char *tok = strtok_r(s, " \t", &save); tok; tok = strtok_r(NULL, " \t", &save)) {
                const char *wrong = NULL;
                if (strchr(tok, ':'))
                        wrong = parse_field(e, tok, &pos);
                else if (!is_bits(tok))
                        wrong = "not bits (01), ignored bits ((1)) or a field (name:width)";
                else if (!parse_bits(e, tok, &pos))
                        wrong = "too many bits";
                if (wrong) {
                        complain(t, e, "%s: %s", tok, wrong);
                        return;
                }
        }
        if (pos)
                complain(t, e, "%u bits instead of %u", t->width - pos, t->width);
}

/* Encodings with the same fields (names, widths, signs) have the same type of arguments. */
static bool same_fields(const struct enc *a, const struct enc *b)
{
        if (a->nfields != b->nfields)
                return false;
        for (unsigned i = 0; i < a->nfields; i++) {
                const struct field *f = &a->fields[i];
                unsigned j = 0;
                while (j < b->nfields && (strcmp(f->name, b->fields[j].name) || f->width != b->fields[j].width ||
                                          f->is_signed != b->fields[j].is_signed))
                        j++;
                if (j == b->nfields)
                        return false;
        }
        return true;
}

static struct enc *add(struct table *t)
{
        if (t->n == t->cap) {
                t->cap = t->cap ? 2 * t->cap : 256;
                t->enc = realloc(t->enc, t->cap * sizeof *t->enc);
                if (!t->enc)
                        abort();
        }
        struct enc *e = &t->enc[t->n];
        memset(e, 0, sizeof *e);
        return e;
}

/* `head` is "name pattern". */
static void parse_encoding(struct table *t, struct enc *e, char *head, char *feature, char *constraint)
{
        size_t n = strcspn(head, " \t");
        if (!copy_name(e->name, head, n) || !strcmp(e->name, "none")) {
                complain(t, e, "bad name '%.*s'", (int)n, head);
                return;
        }
        for (unsigned i = 0; i < t->n; i++)
                if (!strcmp(t->enc[i].name, e->name))
                        complain(t, e, "name used before, in %s:%u", t->enc[i].file, t->enc[i].line);
        parse_pattern(t, e, head + n);
        if (!feature || !copy_name(e->feature, feature, strlen(feature)))
                complain(t, e, "no or bad feature name");
        if (constraint && *constraint) {
                e->constraint = strcpy(xalloc(strlen(constraint) + 1), constraint);
                const char *wrong = expr_parse(e);
                if (wrong)
                        complain(t, e, "constraint: %s", wrong);
        }
        e->args_like = t->n;
        for (unsigned i = 0; i < t->n; i++)
                if (same_fields(&t->enc[i], e)) {
                        e->args_like = i;
                        break;
                }
        t->n++;
}

static void parse_line(struct table *t, const char *path, unsigned line, char *s)
{
        struct enc *e = add(t);
        e->file = path;
        e->line = line;
        char *feature = NULL, *constraint = NULL, *hash = strchr(s, '#');
        if (hash)
                *hash = 0;
        char *bar = strchr(s, '|');
        if (bar) {
                *bar = 0;
                feature = bar + 1;
                bar = strchr(feature, '|');
                if (bar) {
                        *bar = 0;
                        constraint = trim(bar + 1);
                }
                feature = trim(feature);
        }
        s = trim(s);
        if (*s)
                parse_encoding(t, e, s, feature, constraint);
        else if (feature)
                complain(t, e, "no encoding");
}

int parse_file(struct table *t, const char *path)
{
        FILE *f = fopen(path, "r");
        if (!f)
                return -errno;
        char *s = NULL;
        size_t cap = 0;
        unsigned line = 0;
        while (getline(&s, &cap, f) >= 0)
                parse_line(t, path, ++line, s);
        free(s);
        int r = ferror(f) ? -EIO : 0;
        fclose(f);
        return r;
}
