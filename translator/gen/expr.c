/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: expressions. They become C; those of constraints are also evaluated here, to find overlaps. */
#include "gendec.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum kind {
        NUMBER,
        FIELD,
        CONSTANT, /* of C, or &function: only its text is known */
        CALL,     /* of a C function; its arguments are a list of LIST: a is one, b what follows it */
        LIST,
        CHOICE, /* a ? b->a : b->b, where b is a LIST */
        CONCAT, /* a, then the field b */
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
        char *text;    /* CONSTANT, CALL */
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
        bool is_value;  /* not a constraint */
        bool no_concat; /* between ? and : */
};

static struct expr *choice(struct parser *p);

static void skip_space(struct parser *p)
{
        while (isspace((unsigned char)*p->s))
                p->s++;
}

static bool fail(struct parser *p, const char *error)
{
        if (!p->error)
                p->error = error;
        return false;
}

/* Takes the character when it is the next one. */
static bool take(struct parser *p, char c)
{
        skip_space(p);
        if (*p->s != c)
                return false;
        p->s++;
        return true;
}

static struct expr *new_expr(enum kind kind, struct expr *a, struct expr *b)
{
        struct expr *x = xalloc(sizeof *x);
        x->kind = kind;
        x->a = a;
        x->b = b;
        return x;
}

struct expr *expr_and(struct expr *a, struct expr *b)
{
        return a ? new_expr(AND_THEN, a, b) : b;
}

/* The next n characters, as the text of an expression. */
static struct expr *symbol(struct parser *p, enum kind kind, size_t n)
{
        struct expr *x = new_expr(kind, NULL, NULL);
        x->text = xalloc(n + 1);
        memcpy(x->text, p->s, n);
        p->s += n;
        return x;
}

static size_t name_length(const char *s)
{
        return strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
}

static struct expr *field_ref(struct parser *p)
{
        skip_space(p);
        size_t n = name_length(p->s);
        for (unsigned i = 0; i < p->e->nfields; i++) {
                const struct field *f = &p->e->fields[i];
                if (strlen(f->name) != n || strncmp(f->name, p->s, n))
                        continue;
                struct expr *x = new_expr(FIELD, NULL, NULL);
                x->value = i;
                if (!p->is_value)
                        p->e->used |= ((1u << f->width) - 1) << f->pos;
                p->s += n;
                return x;
        }
        fail(p, "names something that is not a field");
        return NULL;
}

/* A field, or several that are concatenated. */
static struct expr *fields(struct parser *p)
{
        struct expr *x = field_ref(p);
        unsigned width = x ? p->e->fields[x->value].width : 0;
        while (!p->error && !p->no_concat && take(p, ':')) {
                struct expr *low = field_ref(p);
                if (!low)
                        break;
                const struct field *f = &p->e->fields[low->value];
                if (f->is_signed)
                        fail(p, "only the first field of a concatenation may be signed");
                if ((width += f->width) > 31)
                        fail(p, "a concatenation of more than 31 bits");
                x = new_expr(CONCAT, x, low);
        }
        return x;
}

static struct expr *call(struct parser *p)
{
        struct expr *x = symbol(p, CALL, name_length(p->s)), **end = &x->a;
        take(p, '(');
        while (!p->error) {
                *end = new_expr(LIST, choice(p), NULL);
                end = &(*end)->b;
                if (take(p, ')'))
                        break;
                if (!take(p, ','))
                        fail(p, "',' or ')' expected");
        }
        return x;
}

static struct expr *parenthesised(struct parser *p)
{
        bool outside = p->no_concat;
        p->no_concat = false;
        struct expr *x = choice(p);
        p->no_concat = outside;
        if (!take(p, ')'))
                fail(p, "')' expected");
        return x;
}

static struct expr *number(struct parser *p)
{
        struct expr *x = new_expr(NUMBER, NULL, NULL);
        char *end;
        x->value = strtol(p->s, &end, 0);
        p->s = end;
        return x;
}

static struct expr *primary(struct parser *p)
{
        if (take(p, '('))
                return parenthesised(p);
        size_t n = name_length(p->s);
        char c = *p->s;
        if (isdigit((unsigned char)c))
                return number(p);
        if (p->is_value && islower((unsigned char)c) && p->s[n] == '(')
                return call(p);
        if (p->is_value && isupper((unsigned char)c))
                return symbol(p, CONSTANT, n);
        if (p->is_value && c == '&' && islower((unsigned char)p->s[1]))
                return symbol(p, CONSTANT, 1 + name_length(p->s + 1));
        if (isalpha((unsigned char)c))
                return fields(p);
        if (c == '!' || c == '~' || c == '-') {
                p->s++;
                return new_expr(c == '!' ? NOT : c == '~' ? INVERT : NEGATE, primary(p), NULL);
        }
        fail(p, "operand expected");
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

static struct expr *choice(struct parser *p)
{
        struct expr *x = binary(p, 1);
        if (p->error || !p->is_value || !take(p, '?'))
                return x;
        bool outside = p->no_concat;
        p->no_concat = true;
        struct expr *yes = choice(p);
        p->no_concat = outside;
        if (!take(p, ':'))
                fail(p, "':' expected");
        return new_expr(CHOICE, x, new_expr(LIST, yes, choice(p)));
}

static struct expr *parse(struct enc *e, const char *text, bool is_value, const char **ret_wrong)
{
        struct parser p = { .e = e, .s = text, .is_value = is_value };
        struct expr *x = choice(&p);
        skip_space(&p);
        if (*p.s)
                fail(&p, "unexpected text after it");
        *ret_wrong = p.error;
        return p.error ? NULL : x;
}

struct expr *expr_constraint(struct enc *e, const char *text, const char **ret_wrong)
{
        return parse(e, text, false, ret_wrong);
}

struct expr *expr_value(struct enc *e, const char *text, const char **ret_wrong)
{
        return parse(e, text, true, ret_wrong);
}

/* ---- evaluation: of constraints, which have no constants of C, calls and choices ---- */

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
        if (x->kind == CONCAT)
                return a * ((int64_t)1 << e->fields[x->b->value].width) + eval(e, x->b, insn);
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
        return !e->constraint || eval(e, e->constraint, insn);
}

/* ---- output ---- */

void field_emit(FILE *f, const struct field *field)
{
        if (field->is_signed)
                fprintf(f, "((int32_t)(insn << %d) >> %d)", 32 - field->pos - field->width, 32 - field->width);
        else
                fprintf(f, "(int)(insn >> %u & 0x%xu)", field->pos, (1u << field->width) - 1);
}

static void emit_call(FILE *f, const struct enc *e, const struct expr *x, const char *prefix)
{
        fprintf(f, "%s_%s(", prefix, x->text);
        for (const struct expr *l = x->a; l; l = l->b) {
                expr_emit(f, e, l->a, prefix);
                fputs(l->b ? ", " : ")", f);
        }
}

static const char *operator_text(enum kind kind)
{
        size_t i = 0;
        while (operators[i].kind != kind)
                i++;
        return operators[i].text;
}

/* Both operands with a text between them, in parentheses. */
static void emit_two(FILE *f, const struct enc *e, const struct expr *x, const char *prefix, const char *between)
{
        fputc('(', f);
        expr_emit(f, e, x->a, prefix);
        fprintf(f, " %s ", between);
        expr_emit(f, e, x->b, prefix);
        fputc(')', f);
}

static void emit_choice(FILE *f, const struct enc *e, const struct expr *x, const char *prefix)
{
        fputc('(', f);
        expr_emit(f, e, x->a, prefix);
        fputs(" ? ", f);
        expr_emit(f, e, x->b->a, prefix);
        fputs(" : ", f);
        expr_emit(f, e, x->b->b, prefix);
        fputc(')', f);
}

static void emit_one(FILE *f, const struct enc *e, const struct expr *x, const char *prefix, char op)
{
        fprintf(f, "%c(", op);
        expr_emit(f, e, x->a, prefix);
        fputc(')', f);
}

void expr_emit(FILE *f, const struct enc *e, const struct expr *x, const char *prefix)
{
        char text[40];
        switch (x->kind) {
        case NUMBER: fprintf(f, "%lld", (long long)x->value); break;
        case FIELD: field_emit(f, &e->fields[x->value]); break;
        case CONSTANT: fputs(x->text, f); break;
        case CALL: emit_call(f, e, x, prefix); break;
        case CHOICE: emit_choice(f, e, x, prefix); break;
        case CONCAT:
                snprintf(text, sizeof text, "* %d |", 1 << e->fields[x->b->value].width);
                emit_two(f, e, x, prefix, text);
                break;
        case NOT: emit_one(f, e, x, prefix, '!'); break;
        case INVERT: emit_one(f, e, x, prefix, '~'); break;
        case NEGATE: emit_one(f, e, x, prefix, '-'); break;
        default: emit_two(f, e, x, prefix, operator_text(x->kind)); break;
        }
}
