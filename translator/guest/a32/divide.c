/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cores without UDIV divide in software, and all cores do so with numbers of 64 bits: libgcc's __udivmoddi4 is this loop, in C, where
 * the quotient comes into r from the right while the remainder goes to the left:
 *
 *      do r = r >= y ? ((r - y) << 1) + 1 : r << 1; while (--k);
 *
 * What GCC makes of it is the same in A32 and T32, but for the registers:
 *
 *      one:  subs lo, lo, ylo;  sbc hi, hi, yhi;  adds lo, lo, lo;  adc hi, hi, hi;  adds lo, lo, #1;  adc hi, hi, #0
 *            subs k, k, #1;     beq end
 *      head: cmp lo, ylo;       sbcs t, hi, yhi;  bcs one
 *            adds lo, lo, lo;   adc hi, hi, hi;   subs k, k, #1;   bne head
 *      end:
 *
 * A turn asks for a bit that cannot be predicted, and so takes longer than a division on the host. Where `head` is lifted, a helper
 * does all turns but one, and the last one is done without a branch. It leaves t and the flags as the guest's code does. */
#include "divide.h"
#include "thumb.h"

/* ---- reading the loop ---- */

enum step_op { STEP_ADD, STEP_ADC, STEP_SUB, STEP_SBC };

/* An instruction that adds or subtracts: d = n op m. */
struct step {
        uint8_t op, d, n, m;
        bool immediate, sets; /* m is the operand itself; it sets the flags */
};

/* Finds what bits 24:21 of A32, or of T32's instructions of 32 bits, stand for (enum step_op). */
static bool find_op(const uint8_t codes[4], unsigned code, struct step *s)
{
        for (unsigned k = 0; k < 4; k++)
                if (codes[k] == code) {
                        s->op = (uint8_t)k;
                        return true;
                }
        return false;
}

static bool a32_step(uint32_t insn, struct step *s)
{
        static const uint8_t codes[4] = { 4, 5, 2, 6 };
        s->immediate = insn & 1u << 25;
        s->sets = insn & 1u << 20;
        s->d = insn >> 12 & 15;
        s->n = insn >> 16 & 15;
        s->m = s->immediate ? insn & 0xff : insn & 15;
        if (insn >> 26 != CC_AL << 2 || (s->immediate ? insn & 0xf00 : insn & 0xff0))
                return false;
        return find_op(codes, insn >> 21 & 15, s);
}

static bool t32_step(uint32_t insn, struct step *s)
{
        static const uint8_t codes[4] = { 8, 10, 13, 11 };
        bool shifted = insn & 0x70f0;
        s->immediate = (insn & 0xfa008000) == 0xf0000000;
        s->sets = insn & 1u << 20;
        s->d = insn >> 8 & 15;
        s->n = insn >> 16 & 15;
        s->m = s->immediate ? insn & 0xff : insn & 15;
        if (s->immediate ? insn & 1u << 26 || insn & 0x7000 : (insn & 0xfe000000) != 0xea000000 || shifted)
                return false;
        return find_op(codes, insn >> 21 & 15, s);
}

static bool t16_step(unsigned insn, struct step *s)
{
        unsigned low = insn & 7, next = insn >> 3 & 7, high = insn >> 6 & 7;

        *s = (struct step){ .sets = true, .d = (uint8_t)low, .n = (uint8_t)next, .m = (uint8_t)high };
        if (insn >> 11 == 3) { /* three operands */
                s->immediate = insn & 1u << 10;
                s->op = insn & 1u << 9 ? STEP_SUB : STEP_ADD;
        } else if (insn >> 12 == 3) { /* immediate */
                s->immediate = true;
                s->op = insn & 1u << 11 ? STEP_SUB : STEP_ADD;
                s->d = s->n = insn >> 8 & 7;
                s->m = insn & 0xff;
        } else if (insn >> 6 == 0x105 || insn >> 6 == 0x106) {
                s->op = insn >> 6 == 0x105 ? STEP_ADC : STEP_SBC;
                s->n = (uint8_t)low;
                s->m = (uint8_t)next;
        } else {
                return false;
        }
        return true;
}

static bool read_step(struct code_reader *code, bool thumb, struct step *s)
{
        uint32_t insn;

        if (!thumb)
                return code_read32(code, &insn) && a32_step(insn, s);
        unsigned bytes = a32_read_thumb(code, &insn);
        return bytes == 2 ? t16_step((uint16_t)(insn >> 16), s) : bytes && t32_step(insn, s);
}

/* Reads a branch on condition cc, which has 16 bits in T32. */
static bool read_branch(struct code_reader *code, bool thumb, enum cc cc, uint64_t *ret_target)
{
        uint64_t pc = code->addr;
        uint32_t insn;
        uint16_t unit;

        if (thumb) {
                if (!code_read16(code, &unit) || unit >> 8 != (0xd0u | cc))
                        return false;
                *ret_target = pc + 4 + 2 * (uint64_t)(int8_t)unit;
                return true;
        }
        if (!code_read32(code, &insn) || insn >> 24 != ((uint32_t)cc << 4 | 10))
                return false;
        *ret_target = pc + 8 + (uint64_t)((int64_t)((uint64_t)insn << 40) >> 38);
        return true;
}

/* ---- recognising it ---- */

struct division {
        uint8_t lo, hi, ylo, yhi, k, t;
        uint64_t head, end; /* addresses */
};

/* Reads instructions, each of which must be the one that is given: what its operands are, and whether it must set the flags. */
static bool read_steps(struct code_reader *code, bool thumb, const struct step *want, unsigned n)
{
        struct step s;
        for (; n; n--, want++) {
                if (!read_step(code, thumb, &s) || s.op != want->op || s.d != want->d || s.n != want->n || s.m != want->m)
                        return false;
                if (s.immediate != want->immediate || (want->sets && !s.sets))
                        return false;
        }
        return true;
}

/* Are r[0] to r[n - 1] registers that differ, none of them the pc or sp? */
static bool all_differ(const uint8_t *r, unsigned n)
{
        uint32_t seen = 1u << REG_PC | 1u << REG_SP;
        for (; n; n--, r++) {
                if (seen >> *r & 1)
                        return false;
                seen |= 1u << *r;
        }
        return true;
}

static bool is_shift_and_count(struct code_reader *code, bool thumb, const struct division *d)
{
        const struct step want[] = {
                { STEP_ADD, d->lo, d->lo, d->lo, false, true },
                { STEP_ADC, d->hi, d->hi, d->hi, false, false },
                { STEP_SUB, d->k, d->k, 1, true, true },
        };
        return read_steps(code, thumb, want, 3);
}

static bool is_subtract_shift_and_count(struct code_reader *code, bool thumb, const struct division *d)
{
        const struct step want[] = {
                { STEP_SUB, d->lo, d->lo, d->ylo, false, true }, { STEP_SBC, d->hi, d->hi, d->yhi, false, false },
                { STEP_ADD, d->lo, d->lo, d->lo, false, true },  { STEP_ADC, d->hi, d->hi, d->hi, false, false },
                { STEP_ADD, d->lo, d->lo, 1, true, true },       { STEP_ADC, d->hi, d->hi, 0, true, false },
                { STEP_SUB, d->k, d->k, 1, true, true },
        };
        return read_steps(code, thumb, want, 7);
}

/* Is the loop at d->head, of which the comparison was read, with d->lo and d->ylo? Fills the rest of *d. */
static bool is_division(struct code_reader *code, bool thumb, struct division *d)
{
        struct code_reader ahead = *code;
        struct step compare, count = { 0 };
        uint64_t one, to;

        if (!read_step(code, thumb, &compare) || compare.op != STEP_SBC || !compare.sets || compare.immediate)
                return false;
        if (!read_branch(code, thumb, CC_CS, &one) || one >= d->head)
                return false;
        d->hi = compare.n;
        d->yhi = compare.m;
        d->t = compare.d;
        for (ahead = *code; count.op != STEP_SUB;) /* which register counts */
                if (!read_step(&ahead, thumb, &count))
                        return false;
        d->k = count.d;
        const uint8_t registers[] = { d->lo, d->hi, d->ylo, d->yhi, d->k, d->t };
        if (!all_differ(registers, sizeof(registers)))
                return false;
        code_go(code, code->addr);
        if (!is_shift_and_count(code, thumb, d) || !read_branch(code, thumb, CC_NE, &to) || to != d->head)
                return false;
        d->end = code->addr;
        code_go(code, one);
        return is_subtract_shift_and_count(code, thumb, d) && read_branch(code, thumb, CC_EQ, &to) && to == d->end &&
               code->addr == d->head;
}

/* ---- doing it ---- */

enum { TURNS_MAX = 64 };

/* Does `turns` turns of the loop with r and y. Where y is a divisor that was shifted by turns - 1, and r so small that
 * no bit is lost, they are one division. */
static uint64_t divide(uint64_t r, uint64_t y, unsigned turns)
{
        unsigned shift = (turns - 1) & 63;
        uint64_t by = y >> shift;
        if (turns && turns < 64 && by && by << shift == y && !(y >> 63) && r < 2 * y)
                return (r % by) << turns | r / by;
        for (; turns; turns--)
                r = r >= y ? ((r - y) << 1) + 1 : r << 1;
        return r;
}

/* arg[1] is r, arg[2] is y, arg[3] is k: returns r after k - 1 turns. */
static void helper_divide(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)cpu, (void)imm;
        arg[0].d[0] = divide(arg[1].d[0], arg[2].d[0], (unsigned)arg[3].d[0] - 1);
}

/* Does one turn, from r, y and k on, and goes to where it ends. */
static void turn(struct lift *l, const struct division *d, ref r, ref y, ref k)
{
        ref less = op2x(l, IR_SUB, r, y), fits = op2x(l, IR_FSUBS, r, y);
        ref kept = ir_opi(l->ir, IR_SEL, 3, fits, less, r, disp_aux(0, CC_CS));
        ref next = op2x(l, IR_ADD, op2xk(l, IR_SHL, kept, 1), set_if(l, CC_CS, fits));
        ref count = op2k(l, IR_FSUBS, k, 1);

        put_r(l, d->t, a32_high(l, less));
        put_r(l, d->lo, zero_extend(l, 2, next));
        put_r(l, d->hi, a32_high(l, next));
        put_r(l, d->k, op2k(l, IR_SUB, k, 1));
        put_flags(l, count);
        l->next = d->end;
        lift_exit_if(l, CC_NE, count, d->head | l->state);
}

bool a32_divide_at_once(struct lift *l, unsigned rn, unsigned rm)
{
        struct division d = { .lo = (uint8_t)rn, .ylo = (uint8_t)rm, .head = l->pc };
        struct code_reader code = l->code;
        bool found = is_division(&code, l->state, &d);

        code_go(&l->code, l->code.addr);
        if (!found)
                return false;
        ref k = get_r(l, d.k), two = ir_const(l->ir, 2);
        ref few = op2(l, IR_FSUBS, op2(l, IR_SUB, k, two), ir_const(l->ir, TURNS_MAX - 1));
        ref count = select_if(l, CC_CC, few, k, ir_const(l->ir, 1)); /* 1: nothing is to be done */
        ref r = a32_join(l, get_r(l, d.lo), get_r(l, d.hi)), y = a32_join(l, get_r(l, d.ylo), get_r(l, d.yhi));
        ref after = ir_helper_g(l->ir, helper_divide, r, y, count, 0);
        turn(l, &d, after, y, select_if(l, CC_CC, few, ir_const(l->ir, 1), k));
        return true;
}
