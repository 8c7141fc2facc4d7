/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Printing of instruction words (see enc.h). */
#include "enc.h"

struct out {
        char *buf;
        size_t n, len;
};

static void put(struct out *o, char c)
{
        if (o->len + 1 < o->n)
                o->buf[o->len++] = c;
}

static void put_string(struct out *o, const char *s)
{
        while (*s)
                put(o, *s++);
}

static void put_number(struct out *o, uint32_t v, unsigned base, unsigned min_digits)
{
        char digits[12];
        unsigned k = 0;
        do {
                digits[k++] = "0123456789abcdef"[v % base];
                v /= base;
        } while (v || k < min_digits);
        while (k)
                put(o, digits[--k]);
}

static void put_field(struct out *o, const struct enc_table *t, const struct enc_field *f, uint32_t insn)
{
        uint32_t v = insn >> f->pos & ((1u << f->width) - 1);
        put(o, ' ');
        put_string(o, t->strings + f->name);
        put(o, '=');
        if (f->is_signed && v >> (f->width - 1)) {
                put(o, '-');
                v = (1u << f->width) - v;
        }
        if (f->width > 5 && v > 9) {
                put_string(o, "0x");
                put_number(o, v, 16, 1);
        } else {
                put_number(o, v, 10, 1);
        }
}

int enc_print(const struct enc_table *t, char *buf, size_t n, uint32_t insn)
{
        struct out o = { .buf = buf, .n = n };
        unsigned op = t->identify(insn);
        if (op) {
                const struct enc *e = &t->enc[op];
                put_string(&o, enc_name(t, op));
                for (unsigned i = e->nfields; i-- > 0;)
                        put_field(&o, t, &t->fields[e->field + i], insn);
        } else {
                put_string(&o, ".inst 0x");
                if (t->has_second && !t->has_second(insn))
                        put_number(&o, insn >> 16, 16, 4);
                else
                        put_number(&o, insn, 16, 8);
        }
        if (n)
                buf[o.len] = 0;
        return (int)o.len;
}
