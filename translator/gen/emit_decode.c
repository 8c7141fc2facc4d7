/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: PREFIX_decode.h and PREFIX_decode.c, which tell the encoding of a word. */
#include "emit.h"

void emit_decode_h(struct out *o)
{
        const struct table *t = o->t;
        const char *p = t->prefix;
        fputs("#pragma once\n#include <stdbool.h>\n#include <stdint.h>\nstruct lift;\n\n", o->f);
        fprintf(o->f, "enum %s_op {\n        %s_none,\n", p, o->upper);
        for (unsigned i = 0; i < t->n; i++)
                fprintf(o->f, "        %s_%s,\n", o->upper, t->enc[i].name);
        fprintf(o->f, "        %s_OP_COUNT\n};\n\n", o->upper);
        fprintf(o->f, "/* The encoding that matches the word, or %s_none. */\n", o->upper);
        fprintf(o->f, "enum %s_op %s_identify(uint32_t insn);\n", p, p);
        fputs("/* Lifts the word. False when no encoding matches or its lifter refuses. */\n", o->f);
        fprintf(o->f, "bool %s_lift(struct lift *l, uint32_t insn);\n", p);
        if (t->width == 16) {
                fputs("/* Does a second unit follow the one in the upper half? */\n", o->f);
                fprintf(o->f, "bool %s_has_second(uint32_t insn);\n", p);
        }
        fprintf(o->f, "extern const uint32_t %s_bits[][2]; /* mask and match by op */\n", p);
}

/* Writes the function that tells whether a word with the fixed bits of an encoding satisfies its constraint. It is not to be
 * inlined: most encodings have no constraint, and for those PREFIX_identify would save registers for nothing. */
static void emit_check(struct out *o)
{
        const struct table *t = o->t;
        fputs("static __attribute__((noinline)) bool check(unsigned op, uint32_t insn) {\n        switch (op) {\n", o->f);
        for (unsigned i = 0; i < t->n; i++) {
                const struct enc *e = &t->enc[i];
                if (!e->constraint)
                        continue;
                fprintf(o->f, "        case %s_%s: return ", o->upper, e->name);
                expr_emit(o->f, e, e->constraint, t->prefix);
                fputs(";\n", o->f);
        }
        fputs("        default: (void) insn; return true;\n        }\n}\n\n", o->f);
}

static void emit_has_second(struct out *o)
{
        const struct table *t = o->t;
        fprintf(o->f, "bool %s_has_second(uint32_t insn) {\n        (void) insn;\n        return false", t->prefix);
        for (unsigned i = 0; i < t->nseconds; i++)
                fprintf(o->f, " ||\n               (insn & 0x%08x) == 0x%08x", t->second[i].mask, t->second[i].match);
        fputs(";\n}\n\n", o->f);
}

static void emit_numbers(struct out *o, const char *type, const char *name, const uint16_t *v, unsigned n)
{
        fprintf(o->f, "static const %s %s[] = {", type, name);
        for (unsigned i = 0; i < n; i++)
                fprintf(o->f, "%s0x%x,", i % 16 ? " " : "\n        ", v[i]);
        fputs("\n};\n\n", o->f);
}

static void emit_tree(struct out *o)
{
        const struct tree *tree = o->tree;
        fputs("static const struct node { uint16_t base; uint8_t shift; uint8_t mask; } node[] = {\n", o->f);
        for (unsigned i = 1; i < tree->nodes; i++)
                fprintf(o->f, "        { 0x%x, %u, 0x%x },\n", tree->node[i].base, tree->node[i].shift,
                        (1u << tree->node[i].width) - 1);
        fputs("        { 0, 0, 0 }\n};\n\n", o->f);
        emit_numbers(o, "uint16_t", "next", tree->next, tree->nexts);
        emit_numbers(o, "uint16_t", "leaf", tree->leaves, tree->nleaves);
}

static void emit_identify(struct out *o)
{
        const struct tree *tree = o->tree;
        const char *p = o->t->prefix;
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
        fprintf(o->f, "                    (!(*c & 0x%x) || check(op, insn)))\n", CONSTRAINED);
        fprintf(o->f, "                        return (enum %s_op) op;\n", p);
        fprintf(o->f, "                if (*c & 0x%x)\n                        return %s_none;\n        }\n}\n", LAST, o->upper);
}

void emit_decode_c(struct out *o)
{
        const struct table *t = o->t;
        fprintf(o->f, "#include \"%s_decode.h\"\n\n", t->prefix);
        fprintf(o->f, "const uint32_t %s_bits[][2] = {\n        { 0, 1 },\n", t->prefix);
        for (unsigned i = 0; i < t->n; i++)
                fprintf(o->f, "        { 0x%08x, 0x%08x },\n", t->enc[i].mask, t->enc[i].match);
        fputs("};\n\n", o->f);
        if (t->width == 16)
                emit_has_second(o);
        emit_check(o);
        emit_tree(o);
        emit_identify(o);
}
