/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: constraints. The text goes to the generated C as it is; here it is evaluated, to find overlaps. */
#include "gendec.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum kind {
        NUMBER,
        FIELD,
        NOT,
        INVERT,
        NEGATE,
        OR_ELSE,
        AND_THEN,
        OR,
        XOR,
        AND,
        EQ,
        NE,
        LE,
        GE,
        LT,
        GT,
        SHL,
        SHR,
        ADD,
        SUB,
        MUL
};

struct expr {
        enum kind kind;
        int64_t value; /* NUMBER, or index of the FIELD */
        struct expr *a, *b;
};

/* Binary operators; the longer ones first. Precedence as in C. */
static const struct op_info {
        char text[3];
        enum kind kind;
        unsigned prec;
} operators[] = {
        { "||", OR_ELSE, 1 }, { "&&", AND_THEN, 2 }, { "==", EQ, 6 }, { "!=", NE, 6 },  { "<=", LE, 7 }, { ">=", GE, 7 },
        { "<<", SHL, 8 },     { ">>", SHR, 8 },      { "|", OR, 3 },  { "^", XOR, 4 },  { "&", AND, 5 }, { "<", LT, 7 },
        { ">", GT, 7 },       { "+", ADD, 9 },       { "-", SUB, 9 }, { "*", MUL, 10 },
};

struct parser {
        struct enc *e;
        const char *s;
        const char *error;
};

static struct expr *binary(struct parser *p, unsigned min_prec);

static void skip_space(struct parser *p)
{
        while (isspace((unsigned char)*p->s))
                p->s++;
}

static struct expr *new_expr(enum kind kind, struct expr *a, struct expr *b)
{
        struct expr *x = xalloc(sizeof *x);
        x->kind = kind;
        x->a = a;
        x->b = b;
        return x;
}

static struct expr *field_ref(struct parser *p)
{
        size_t n = strspn(p->s, "abcdefghijklmnopqrstuvwxyz0123456789_");
        for (unsigned i = 0; i < p->e->nfields; i++) {
                const struct field *f = &p->e->fields[i];
                if (strlen(f->name) != n || strncmp(f->name, p->s, n))
                        continue;
                struct expr *x = new_expr(FIELD, NULL, NULL);
                x->value = i;
                p->e->used |= ((1u << f->width) - 1) << f->pos;
                p->s += n;
                return x;
        }
        p->error = "names something that is not a field";
        return NULL;
}

static struct expr *primary(struct parser *p)
{
        skip_space(p);
        char c = *p->s;
        if (c == '(') {
                p->s++;
                struct expr *x = binary(p, 1);
                skip_space(p);
                if (*p->s != ')')
                        p->error = p->error ? p->error : "')' expected";
                else
                        p->s++;
                return x;
        }
        if (isdigit((unsigned char)c)) {
                struct expr *x = new_expr(NUMBER, NULL, NULL);
                char *end;
                x->value = strtol(p->s, &end, 0);
                p->s = end;
                return x;
        }
        if (islower((unsigned char)c))
                return field_ref(p);
        if (c == '!' || c == '~' || c == '-') {
                p->s++;
                return new_expr(c == '!' ? NOT : c == '~' ? INVERT : NEGATE, primary(p), NULL);
        }
        p->error = "operand expected";
        return NULL;
}

static const struct op_info *next_operator(struct parser *p)
{
        skip_space(p);
        for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
                if (!strncmp(p->s, operators[i].text, strlen(operators[i].text)))
                        return &operators[i];
        return NULL;
}

static struct expr *binary(struct parser *p, unsigned min_prec)
{
        struct expr *a = primary(p);
        for (;;) {
                const struct op_info *op = next_operator(p);
                if (p->error || !op || op->prec < min_prec)
                        return a;
                p->s += strlen(op->text);
                struct expr *b = binary(p, op->prec + 1);
                a = new_expr(op->kind, a, b);
        }
}

const char *expr_parse(struct enc *e)
{
        struct parser p = { .e = e, .s = e->constraint };
        e->expr = binary(&p, 1);
        if (!p.error && *p.s)
                p.error = "unexpected text after it";
        if (p.error)
                e->expr = NULL;
        return p.error;
}

int64_t field_value(const struct field *f, uint32_t insn)
{
        int64_t v = insn >> f->pos & ((1u << f->width) - 1);
        if (f->is_signed && v >> (f->width - 1))
                v -= (int64_t)1 << f->width;
        return v;
}

static int64_t arithmetic(enum kind kind, int64_t a, int64_t b)
{
        switch (kind) {
        case OR: return a | b;
        case XOR: return a ^ b;
        case AND: return a & b;
        case SHL: return (int64_t)((uint64_t)a << (b & 63));
        case SHR: return a >> (b & 63);
        case ADD: return a + b;
        case SUB: return a - b;
        default: return a * b;
        }
}

static int64_t eval(const struct enc *e, const struct expr *x, uint32_t insn)
{
        if (x->kind == NUMBER)
                return x->value;
        if (x->kind == FIELD)
                return field_value(&e->fields[x->value], insn);
        int64_t a = eval(e, x->a, insn);
        if (x->kind == OR_ELSE)
                return a || eval(e, x->b, insn);
        if (x->kind == AND_THEN)
                return a && eval(e, x->b, insn);
        int64_t b = x->b ? eval(e, x->b, insn) : 0;
        switch (x->kind) {
        case NOT: return !a;
        case INVERT: return ~a;
        case NEGATE: return -a;
        case EQ: return a == b;
        case NE: return a != b;
        case LE: return a <= b;
        case GE: return a >= b;
        case LT: return a < b;
        case GT: return a > b;
        default: return arithmetic(x->kind, a, b);
        }
}

bool expr_holds(const struct enc *e, uint32_t insn)
{
        return !e->expr || eval(e, e->expr, insn);
}
