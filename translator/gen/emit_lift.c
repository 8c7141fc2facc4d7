/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: PREFIX_args.h, PREFIX_lift.c and PREFIX_missing.c: the lifters, their arguments, and what calls them. */
#include "emit.h"
#include <string.h>

static void emit_prototype(struct out *o, const char *name, const char *args)
{
        const char *p = o->t->prefix;
        fprintf(o->f, "typedef struct %s_arg_%s %s_args_of_%s;\n", p, args, p, name);
        fprintf(o->f, "bool lift_%s_%s(struct lift *l, const %s_args_of_%s *a);\n", p, name, p, name);
}

/* Is the set that of a lifter with its name which no encoding here has? Another instruction set's may have it. */
static bool is_lifter_elsewhere(const struct table *t, const struct args *a)
{
        for (unsigned i = 0; i < t->nlifters; i++)
                if (!strcmp(t->lifter[i].name, a->name))
                        return false;
        return !a->own;
}

void emit_args_h(struct out *o)
{
        const struct table *t = o->t;
        const char *p = t->prefix;
        fputs("#pragma once\n#include <stdbool.h>\n#include <stdint.h>\n", o->f);
        for (unsigned i = 0; i < t->nincludes; i++)
                fprintf(o->f, "#include %s\n", t->include[i]);
        fputs("struct lift;\n\n/* Arguments: of an argument set, or of the lifter with this name. */\n", o->f);
        for (unsigned i = 0; i < t->nargs; i++) {
                const struct args *a = &t->args[i];
                fprintf(o->f, "struct %s_arg_%s {", p, a->name);
                for (unsigned k = 0; k < a->n; k++)
                        fprintf(o->f, " %s %s;", a->arg[k].type, a->arg[k].name);
                fputs(a->n ? " };\n" : " char none; };\n", o->f);
        }
        fputs("\n/* Lifters: false, and nothing emitted, when the word is UNDEFINED. */\n", o->f);
        for (unsigned i = 0; i < t->nlifters; i++)
                emit_prototype(o, t->lifter[i].name, t->args[t->lifter[i].args].name);
        for (unsigned i = 0; i < t->nargs; i++)
                if (is_lifter_elsewhere(t, &t->args[i]))
                        emit_prototype(o, t->args[i].name, t->args[i].name);
}

/* The value of an argument: what the table says, or else the field with its name. */
static void emit_value(struct out *o, const struct enc *e, const struct args *a, unsigned i)
{
        const char *type = a->arg[i].type;
        fprintf(o->f, "                .%s = ", a->arg[i].name);
        if (a->own || !e->values[i])
                fprintf(o->f, "(%s)(", type);
        if (e->values[i]) {
                expr_emit(o->f, e, e->values[i], o->t->lifters);
        } else {
                unsigned k = 0;
                while (strcmp(e->fields[k].name, a->arg[i].name))
                        k++;
                field_emit(o->f, &e->fields[k]);
        }
        fputs(a->own || !e->values[i] ? "),\n" : ",\n", o->f);
}

/* Writes the function that lifts words of an encoding. It is not to be inlined: PREFIX_lift would save the registers that any of
 * them needs. */
static void emit_encoding(struct out *o, const struct enc *e)
{
        const struct table *t = o->t;
        const char *of = t->lifters;
        const struct lifter *l = &t->lifter[e->lifter];
        const struct args *a = &t->args[l->args];
        fprintf(o->f, "static __attribute__((noinline)) bool lift_%s(struct lift *l, uint32_t insn) {\n", e->name);
        fprintf(o->f, "        (void) insn;\n        const struct %s_arg_%s a = {\n", of, a->name);
        for (unsigned k = 0; k < a->n; k++)
                emit_value(o, e, a, k);
        if (!a->n)
                fputs("                .none = 0,\n", o->f);
        fprintf(o->f, "        };\n        return lift_%s_%s(l, &a);\n}\n\n", of, l->name);
}

void emit_lift_c(struct out *o)
{
        const struct table *t = o->t;
        const char *p = t->prefix;
        fprintf(o->f, "#include \"%s_decode.h\"\n#include \"%s_args.h\"\n\n", p, t->lifters);
        for (unsigned i = 0; i < t->n; i++)
                emit_encoding(o, &t->enc[i]);
        fprintf(o->f, "bool %s_lift(struct lift *l, uint32_t insn) {\n        switch (%s_identify(insn)) {\n", p, p);
        for (unsigned i = 0; i < t->n; i++)
                fprintf(o->f, "        case %s_%s: return lift_%s(l, insn);\n", o->upper, t->enc[i].name, t->enc[i].name);
        fputs("        default: return false;\n        }\n}\n", o->f);
}

static void emit_missing(struct out *o, const char *name)
{
        const char *p = o->t->prefix;
        fprintf(o->f,
                "__attribute__((weak)) bool lift_%s_%s(struct lift *l, const %s_args_of_%s *a) {\n"
                "        (void) l;\n        (void) a;\n        return false;\n}\n",
                p, name, p, name);
}

void emit_missing_c(struct out *o)
{
        const struct table *t = o->t;
        const char *p = t->prefix;
        fputs("/* Stands in for lifters that are not written yet: their encodings are UNDEFINED. */\n", o->f);
        fprintf(o->f, "#include \"%s_args.h\"\n\n", p);
        for (unsigned i = 0; i < t->nlifters; i++)
                emit_missing(o, t->lifter[i].name);
        for (unsigned i = 0; i < t->nargs; i++)
                if (is_lifter_elsewhere(t, &t->args[i]))
                        emit_missing(o, t->args[i].name);
}
