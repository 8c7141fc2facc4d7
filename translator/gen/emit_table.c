/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: PREFIX_table.h and PREFIX_table.c: the encodings as data (enc.h). */
#include "emit.h"
#include <stdlib.h>
#include <string.h>

void emit_table_h(struct out *o)
{
        const char *p = o->t->prefix;
        fputs("#pragma once\n#include \"enc.h\"\n\n", o->f);
        fprintf(o->f, "extern const struct enc_table %s_table;\n\n", p);
        fputs("/* See enc_print and enc_random in enc.h. */\n", o->f);
        fprintf(o->f, "static inline int %s_print(char *buf, size_t n, uint32_t insn) {\n", p);
        fprintf(o->f, "        return enc_print(&%s_table, buf, n, insn);\n}\n", p);
        fprintf(o->f, "static inline uint32_t %s_random(unsigned op, uint64_t *rng) {\n", p);
        fprintf(o->f, "        return enc_random(&%s_table, op, rng);\n}\n", p);
}

/* Offset of a string in the pool, to which it is added when it is new. */
static unsigned string(struct out *o, const char *s)
{
        size_t n = strlen(s) + 1;
        for (unsigned at = 0; at < o->pooled; at += (unsigned)strlen(o->pool + at) + 1)
                if (!strcmp(o->pool + at, s))
                        return at;
        if (o->pooled + n > sizeof o->pool)
                abort();
        memcpy(o->pool + o->pooled, s, n);
        o->pooled += (unsigned)n;
        return o->pooled - (unsigned)n;
}

static void emit_strings(struct out *o)
{
        fputs("static const char strings[] =\n", o->f);
        for (unsigned at = 0; at < o->pooled; at += (unsigned)strlen(o->pool + at) + 1)
                fprintf(o->f, "        \"%s\\0\"\n", o->pool + at);
        fputs("        ;\n\n", o->f);
}

static void emit_fields(struct out *o)
{
        const struct table *t = o->t;
        fputs("static const struct enc_field fields[] = {\n", o->f);
        for (unsigned i = 0; i < t->n; i++)
                for (unsigned k = 0; k < t->enc[i].nfields; k++) {
                        const struct field *f = &t->enc[i].fields[k];
                        fprintf(o->f, "        { %u, %u, %u, %d },\n", string(o, f->name), f->pos, f->width, f->is_signed);
                }
        fputs("        { 0, 0, 0, 0 }\n};\n\n", o->f);
}

static void emit_encodings(struct out *o)
{
        const struct table *t = o->t;
        unsigned field = 0;
        fprintf(o->f, "static const struct enc enc[] = {\n        { 0, 0, %u, 0, 0, 0, 0 },\n", string(o, "none"));
        for (unsigned i = 0; i < t->n; i++) {
                const struct enc *e = &t->enc[i];
                fprintf(o->f, "        { 0x%x, 0x%x, %u, %u, %u, %u, %d },\n", e->prefer, e->ignored, string(o, e->name),
                        string(o, e->feature), field, e->nfields, e->constraint || in_first_match(t, e));
                field += e->nfields;
        }
        fputs("};\n\n", o->f);
}

void emit_table_c(struct out *o)
{
        const struct table *t = o->t;
        const char *p = t->prefix;
        fprintf(o->f, "#include \"%s_table.h\"\n#include \"%s_decode.h\"\n\n", p, p);
        emit_fields(o);
        emit_encodings(o);
        emit_strings(o);
        fprintf(o->f, "static unsigned identify(uint32_t insn) {\n        return %s_identify(insn);\n}\n\n", p);
        fprintf(o->f, "const struct enc_table %s_table = {\n        .strings = strings,\n        .enc = enc,\n", p);
        fprintf(o->f, "        .fields = fields,\n        .bits = %s_bits,\n        .count = %u,\n", p, t->n + 1);
        fprintf(o->f, "        .width = %u,\n        .identify = identify,\n", t->width);
        if (t->width == 16)
                fprintf(o->f, "        .has_second = %s_has_second,\n", p);
        fputs("};\n", o->f);
}
