/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: output. */
#include "gendec.h"
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct out {
        const struct table *t;
        FILE *f;
        char upper[MAX_NAME]; /* the prefix in upper case */
        unsigned pooled;      /* bytes of the string pool so far */
        char pool[0x10000];
};

/* ---- PREFIX_decode.h ---- */

static const char *type_of(const struct field *f)
{
        static const char *const types[2][3] = { { "uint8_t", "uint16_t", "uint32_t" }, { "int8_t", "int16_t", "int32_t" } };
        return types[f->is_signed][f->width <= 8 ? 0 : f->width <= 16 ? 1 : 2];
}

static void emit_args(struct out *o, unsigned op)
{
        const char *p = o->t->prefix;
        const struct enc *e = &o->t->enc[op];
        if (e->args_like != op) {
                fprintf(o->f, "#define %s_arg_%s %s_arg_%s\n", p, e->name, p, o->t->enc[e->args_like].name);
                return;
        }
        fprintf(o->f, "struct %s_arg_%s {", p, e->name);
        for (unsigned i = 0; i < e->nfields; i++)
                fprintf(o->f, " %s %s;", type_of(&e->fields[i]), e->fields[i].name);
        fputs(e->nfields ? " };\n" : " char none; };\n", o->f);
}

static void emit_decode_h(struct out *o)
{
        const struct table *t = o->t;
        const char *p = t->prefix;
        fputs("#pragma once\n#include <stdbool.h>\n#include <stdint.h>\nstruct lift;\n\n", o->f);
        fprintf(o->f, "enum %s_op {\n        %s_none,\n", p, o->upper);
        for (unsigned i = 0; i < t->n; i++)
                fprintf(o->f, "        %s_%s,\n", o->upper, t->enc[i].name);
        fprintf(o->f, "        %s_OP_COUNT\n};\n\n", o->upper);
        fputs("/* Fields of the encodings. Those with the same fields share a type. */\n", o->f);
        for (unsigned i = 0; i < t->n; i++)
                emit_args(o, i);
        fputs("\n/* Lifters: false, and nothing emitted, when the encoding is UNDEFINED. */\n", o->f);
        for (unsigned i = 0; i < t->n; i++)
                fprintf(o->f, "bool lift_%s_%s(struct lift *l, const struct %s_arg_%s *a);\n", p, t->enc[i].name, p,
                        t->enc[i].name);
        fprintf(o->f, "\n/* The encoding that matches the word, or %s_none. */\n", o->upper);
        fprintf(o->f, "enum %s_op %s_identify(uint32_t insn);\n", p, p);
        fputs("/* Lifts the word; *ret_op is its encoding. False when none matches or its lifter refuses. */\n", o->f);
        fprintf(o->f, "bool %s_lift(struct lift *l, uint32_t insn, enum %s_op *ret_op);\n", p, p);
        fputs("/* Does the word, which has the fixed bits of encoding op, satisfy its constraint? */\n", o->f);
        fprintf(o->f, "bool %s_check(unsigned op, uint32_t insn);\n", p);
        fprintf(o->f, "extern const uint32_t %s_bits[][2]; /* mask and match by op */\n", p);
}

/* ---- PREFIX_decode.c ---- */

static void emit_value(struct out *o, const struct field *f)
{
        if (f->is_signed)
                fprintf(o->f, "(int32_t)(insn << %d) >> %d", 32 - f->pos - f->width, 32 - f->width);
        else
                fprintf(o->f, "insn >> %u & 0x%xu", f->pos, (1u << f->width) - 1);
}

static void emit_check(struct out *o)
{
        const struct table *t = o->t;
        fprintf(o->f, "bool %s_check(unsigned op, uint32_t insn) {\n        switch (op) {\n", t->prefix);
        for (unsigned i = 0; i < t->n; i++) {
                const struct enc *e = &t->enc[i];
                if (!e->expr)
                        continue;
                fprintf(o->f, "        case %s_%s: {\n", o->upper, e->name);
                for (unsigned k = 0; k < e->nfields; k++) {
                        if (!(e->used & 1u << e->fields[k].pos))
                                continue;
                        fprintf(o->f, "                const int %s = (int)(", e->fields[k].name);
                        emit_value(o, &e->fields[k]);
                        fputs(");\n", o->f);
                }
                fprintf(o->f, "                return %s;\n        }\n", e->constraint);
        }
        fputs("        default:\n                (void) insn;\n                return true;\n        }\n}\n\n", o->f);
}

static void emit_numbers(struct out *o, const char *type, const char *name, const uint16_t *v, unsigned n)
{
        fprintf(o->f, "static const %s %s[] = {", type, name);
        for (unsigned i = 0; i < n; i++)
                fprintf(o->f, "%s0x%x,", i % 16 ? " " : "\n        ", v[i]);
        fputs("\n};\n\n", o->f);
}

static void emit_decode_c(struct out *o, const struct tree *tree)
{
        const struct table *t = o->t;
        const char *p = t->prefix;
        fprintf(o->f, "#include \"%s_decode.h\"\n\n", p);
        fprintf(o->f, "const uint32_t %s_bits[][2] = {\n        { 0, 1 },\n", p);
        for (unsigned i = 0; i < t->n; i++)
                fprintf(o->f, "        { 0x%08x, 0x%08x },\n", t->enc[i].mask, t->enc[i].match);
        fputs("};\n\n", o->f);
        emit_check(o);
        fputs("static const struct node { uint16_t base; uint8_t shift; uint8_t mask; } node[] = {\n", o->f);
        for (unsigned i = 1; i < tree->nodes; i++)
                fprintf(o->f, "        { 0x%x, %u, 0x%x },\n", tree->node[i].base, tree->node[i].shift,
                        (1u << tree->node[i].width) - 1);
        fputs("        { 0, 0, 0 }\n};\n\n", o->f);
        emit_numbers(o, "uint16_t", "next", tree->next, tree->nexts);
        emit_numbers(o, "uint16_t", "leaf", tree->leaves, tree->nleaves);
        fprintf(o->f, "enum %s_op %s_identify(uint32_t insn) {\n", p, p);
        fprintf(o->f, "        unsigned n = next[insn >> %u & 0x%x];\n", tree->node[0].shift, (1u << tree->node[0].width) - 1);
        fprintf(o->f, "        while (!(n & 0x%x)) {\n", LEAF);
        fputs("                const struct node *d = &node[n - 1];\n"
              "                n = next[d->base + (insn >> d->shift & d->mask)];\n"
              "        }\n",
              o->f);
        fprintf(o->f, "        for (const uint16_t *c = &leaf[n & 0x%x];; c++) {\n", LEAF - 1);
        fprintf(o->f, "                unsigned op = *c & 0x%x;\n", CONSTRAINED - 1);
        fprintf(o->f, "                if ((insn & %s_bits[op][0]) == %s_bits[op][1] &&\n", p, p);
        fprintf(o->f, "                    (!(*c & 0x%x) || %s_check(op, insn)))\n", CONSTRAINED, p);
        fprintf(o->f, "                        return (enum %s_op) op;\n", p);
        fprintf(o->f, "                if (*c & 0x%x)\n                        return %s_none;\n        }\n}\n", LAST, o->upper);
}

/* ---- PREFIX_lift.c, PREFIX_missing.c ---- */

static void emit_lift_c(struct out *o)
{
        const struct table *t = o->t;
        const char *p = t->prefix;
        fprintf(o->f, "#include \"%s_decode.h\"\n\n", p);
        fprintf(o->f, "bool %s_lift(struct lift *l, uint32_t insn, enum %s_op *ret_op) {\n", p, p);
        fprintf(o->f, "        enum %s_op op = %s_identify(insn);\n        *ret_op = op;\n        switch (op) {\n", p, p);
        for (unsigned i = 0; i < t->n; i++) {
                const struct enc *e = &t->enc[i];
                fprintf(o->f, "        case %s_%s: {\n                const struct %s_arg_%s a = {\n", o->upper, e->name, p,
                        e->name);
                for (unsigned k = 0; k < e->nfields; k++) {
                        const struct field *f = &e->fields[k];
                        fprintf(o->f, "                        .%s = (%s)(", f->name, type_of(f));
                        emit_value(o, f);
                        fputs("),\n", o->f);
                }
                if (!e->nfields)
                        fputs("                        .none = 0,\n", o->f);
                fprintf(o->f, "                };\n                return lift_%s_%s(l, &a);\n        }\n", p, e->name);
        }
        fputs("        default:\n                return false;\n        }\n}\n", o->f);
}

static void emit_missing_c(struct out *o)
{
        const struct table *t = o->t;
        fputs("/* Stands in for lifters that are not written yet: their encodings are UNDEFINED. */\n", o->f);
        fprintf(o->f, "#include \"%s_decode.h\"\n\n", t->prefix);
        for (unsigned i = 0; i < t->n; i++)
                fprintf(o->f,
                        "__attribute__((weak)) bool lift_%s_%s(struct lift *l, const struct %s_arg_%s *a) {\n"
                        "        (void) l;\n        (void) a;\n        return false;\n}\n",
                        t->prefix, t->enc[i].name, t->prefix, t->enc[i].name);
}

/* ---- PREFIX_table.h, PREFIX_table.c ---- */

static void emit_table_h(struct out *o)
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
                        string(o, e->feature), field, e->nfields, e->expr != NULL);
                field += e->nfields;
        }
        fputs("};\n\n", o->f);
}

static void emit_table_c(struct out *o)
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
        fprintf(o->f, "        .width = %u,\n        .identify = identify,\n        .check = %s_check,\n};\n", t->width, p);
}

/* ---- files ---- */

static int open_out(struct out *o, const char *dir, const char *suffix)
{
        char path[4096];
        if (snprintf(path, sizeof path, "%s/%s_%s", dir, o->t->prefix, suffix) >= (int)sizeof path)
                return -ENAMETOOLONG;
        o->f = fopen(path, "w");
        if (!o->f)
                return -errno;
        fputs("/* Made by gendec. */\n", o->f);
        return 0;
}

static int close_out(struct out *o)
{
        int failed = ferror(o->f);
        return fclose(o->f) || failed ? -EIO : 0;
}

int emit_all(const struct table *t, const struct tree *tree, const char *dir)
{
        static void (*const files[])(struct out *) = { emit_decode_h, emit_lift_c, emit_missing_c, emit_table_h, emit_table_c };
        static const char *const suffixes[] = { "decode.h", "lift.c", "missing.c", "table.h", "table.c" };
        static struct out o;
        o.t = t;
        if (strlen(t->prefix) >= sizeof o.upper)
                return -ENAMETOOLONG;
        for (unsigned i = 0; t->prefix[i]; i++)
                o.upper[i] = (char)toupper((unsigned char)t->prefix[i]);
        for (unsigned i = 0; i < sizeof files / sizeof files[0]; i++) {
                int r = open_out(&o, dir, suffixes[i]);
                if (r < 0)
                        return r;
                files[i](&o);
                r = close_out(&o);
                if (r < 0)
                        return r;
        }
        int r = open_out(&o, dir, "decode.c");
        if (r < 0)
                return r;
        emit_decode_c(&o, tree);
        return close_out(&o);
}
