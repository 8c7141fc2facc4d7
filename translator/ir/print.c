/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IR as text, for -d ir: one line an instruction, `r12 = ADD.64 r3, r7`. No libc. */
#include "ir.h"

struct line {
        char s[160];
        size_t n;
};

static void put_str(struct line *l, const char *s)
{
        while (*s && l->n < sizeof(l->s) - 1)
                l->s[l->n++] = *s++;
}

static void put_hex(struct line *l, uint64_t v)
{
        char b[19];
        size_t k = sizeof(b);
        b[--k] = 0;
        do
                b[--k] = "0123456789abcdef"[v & 15];
        while ((v >>= 4) && k > 2);
        b[--k] = 'x';
        b[--k] = '0';
        put_str(l, b + k);
}

static void put_dec(struct line *l, int64_t v)
{
        char b[24];
        size_t k = sizeof(b);
        uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
        b[--k] = 0;
        do
                b[--k] = (char)('0' + u % 10);
        while (u /= 10);
        if (v < 0)
                b[--k] = '-';
        put_str(l, b + k);
}

static void put_operand(struct line *l, const struct ir *ir, ref r, bool *first)
{
        if (!r)
                return;
        put_str(l, *first ? " " : ", ");
        *first = false;
        if (ir->ins[r].op == IR_CONST) {
                put_str(l, "#");
                put_hex(l, (uint64_t)ir->ins[r].imm);
        } else {
                put_str(l, "r");
                put_dec(l, r);
        }
}

static void print_ins(struct line *l, const struct ir *ir, ref r)
{
        static const char *const width[] = { ".8", ".16", ".32", ".64", ".128" };
        const struct ir_ins *i = &ir->ins[r];
        const struct ir_opinfo *info = &ir_opinfo[i->op];
        bool first = true;
        put_str(l, "  ");
        if (info->res != '-') {
                put_str(l, "r");
                put_dec(l, r);
                put_str(l, " = ");
        }
        put_str(l, info->name);
        put_str(l, width[i->sz > 4 ? 4 : i->sz]);
        if (i->op == IR_CONST || i->op == IR_PCREL) {
                put_str(l, " ");
                put_hex(l, (uint64_t)i->imm);
                return;
        }
        if (i->op == IR_LIVEIN || i->op == IR_LIVEINX || i->op == IR_LIVEINF || i->op == IR_PUT) {
                put_str(l, " ");
                put_str(l, ir->guest->slots[i->disp].name);
                first = false;
        }
        put_operand(l, ir, i->a, &first);
        if (i->op != IR_PUT)
                put_operand(l, ir, i->b, &first);
        put_operand(l, ir, i->c, &first);
        if (i->imm && i->op != IR_PUT) {
                put_str(l, "  disp=");
                put_dec(l, i->disp);
                put_str(l, " aux=");
                put_dec(l, i->aux);
                if (i->aux2 || i->aux3) {
                        put_str(l, ",");
                        put_dec(l, i->aux2);
                        put_str(l, ",");
                        put_dec(l, i->aux3);
                }
        }
}

void ir_print(const struct ir *ir, ir_out *out, void *ctx)
{
        for (ref r = 1; r < ir->n; r++) {
                struct line l = { .n = 0 };
                if (ir->ins[r].op == IR_INSN) {
                        put_str(&l, " ");
                        put_hex(&l, ir->pc + (uint64_t)(int64_t)ir->ins[r].disp);
                        put_str(&l, ":");
                } else if (ir->ins[r].op != IR_NOP) {
                        print_ins(&l, ir, r);
                } else {
                        continue;
                }
                l.s[l.n++] = '\n';
                out(ctx, l.s, l.n);
        }
}
