/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random regions of IR: integer ops, flags and what uses them, memory, FP in the standard state, all ends. */
#include <string.h>
#include "../../translator/guest/a64/registers.h"
#include "../../translator/ir/fp_ops.h"
#include "../../translator/ir/target.h"
#include "fuzz-ir.h"

const struct ir_guest *const fuzz_guest = &a64_registers;
const enum slot fuzz_memory_base = (enum slot)27;
const bool fuzz_any_guest = true, fuzz_top_is_free = false;

struct build {
        struct ir *ir;
        int insn;
        unsigned nregs; /* that the region uses: with few, the same operands come again */
        uint8_t regs[32];
        ref older; /* a flags value that was NZCV once */
};

static enum slot a_slot(struct build *b)
{
        return (enum slot)b->regs[rnd() % b->nregs];
}

static const enum ir_op two[] = { IR_ADD,  IR_SUB,  IR_AND, IR_OR,  IR_XOR, IR_ANDN, IR_MUL,
                                  IR_UDIV, IR_SDIV, IR_SHL, IR_SHR, IR_SAR, IR_ROR };
static const enum ir_op one[] = { IR_NOT, IR_NEG, IR_CLZ, IR_RBIT, IR_BSWAP, IR_REV16 };

static ref reg(struct build *b)
{
        if (rnd() % 6 == 0)
                return ir_const(b->ir, interesting());
        if (rnd() % 12 == 0)
                return ir_pcrel(b->ir, pc0 + rnd() % 0x10000);
        return ir_get(b->ir, a_slot(b));
}

/* Notes that the next instruction asks a condition of NZCV, and is done in any case. */
static void ask(struct build *b, unsigned cc)
{
        static const uint8_t parts[] = { FLAGS_NZ,           FLAGS_C, FLAGS_NZ, FLAGS_V, FLAGS_NZ | FLAGS_C, FLAGS_NZ | FLAGS_V,
                                         FLAGS_NZ | FLAGS_V, 0 };
        flags_asked[b->ir->n] |= parts[cc >> 1];
}

/* Returns what an exit has to save of NZCV. *ret_not: parts that it does not. */
static ref to_save(struct build *b, uint16_t *ret_not)
{
        unsigned parts = rnd() & 1 ? FLAGS_ALL : (unsigned)(rnd() % 8);
        ref f = b->ir->cur[SLOT_NZCV];
        flags_asked[b->ir->n] |= (uint8_t)parts;
        *ret_not = (uint16_t)(FLAGS_ALL & ~parts);
        return f && parts ? ir_flags_parts(b->ir, f, parts) : REF_NONE;
}

static void put(struct build *b, ref v)
{
        enum slot r = a_slot(b);
        ir_put(b->ir, r == MEM_BASE ? 0 : r, v);
}

/* An address inside `memory`. */
static ref mem_base(struct build *b)
{
        return ir_get(b->ir, MEM_BASE);
}

/* An address in `memory`, as ops have it that take a base, an index and a displacement. */
struct address {
        ref base, index;
        unsigned shift;
        int32_t disp;
};

/* Returns the address `disp` bytes behind the middle of `memory`. It may be that of a place in the image of the region's code. With
 * addresses of 32 bits it comes from sums that wrap at 4 GiB, and from parts of which no more than 32 bits count. */
static struct address an_address(struct build *b, int32_t disp)
{
        struct address a = { .base = mem_base(b), .disp = disp };
        if (pc0 < PC_HIGH && rnd() % 4 == 0) {
                const int32_t part = rnd() & 1 ? (int32_t)(rnd() % 1024) : 0;
                a.base = ir_pcrel(b->ir, (uintptr_t)memory + 2048 + (uint64_t)(int64_t)(disp - part));
                a.disp = part;
                return a;
        }
        if (!b->ir->guest->addr32 || rnd() % 4 == 0)
                return a;
        unsigned sz = 2 + (rnd() & 1);
        int32_t far = (int32_t)rnd();
        a.base = ir_op(b->ir, rnd() & 1 ? IR_ADD : IR_SUB, sz, a.base, ir_const(b->ir, rnd()), 0);
        a.base = ir_op(b->ir, IR_SUB, sz, a.base, ir_op(b->ir, IR_SUB, 3, a.base, mem_base(b), 0), 0);
        if (rnd() & 1) {
                a.index = reg(b);
                a.shift = rnd() % 4;
                ref scaled = ir_op(b->ir, IR_SHL, sz, a.index, ir_const(b->ir, a.shift), 0);
                a.base = ir_op(b->ir, IR_SUB, sz, a.base, scaled, 0);
        }
        if (rnd() & 1) {
                a.base = ir_op(b->ir, IR_SUB, sz, a.base, ir_const(b->ir, (uint64_t)(int64_t)far), 0);
                a.disp = (int32_t)((uint32_t)disp + (uint32_t)far);
        }
        return a;
}

static void flags_alu(struct build *b, unsigned sz)
{
        static const enum ir_op alu[] = { IR_SUB, IR_ADD, IR_AND }, fl[] = { IR_FSUBS, IR_FADDS, IR_FANDS };
        unsigned k = rnd() % 3;
        ref x = reg(b), y = reg(b);
        ref d = 0, f;
        bool both = rnd() & 1, first = rnd() & 1;
        if (both && first)
                d = ir_op(b->ir, alu[k], sz, x, y, 0);
        f = ir_op(b->ir, fl[k], sz, x, y, 0);
        if (both && !first)
                d = ir_op(b->ir, alu[k], sz, x, y, 0);
        if (d)
                put(b, d);
        ir_put(b->ir, SLOT_NZCV, f);
}

static void carry_alu(struct build *b, unsigned sz)
{
        bool sub = rnd() & 1;
        ref x = reg(b), y = reg(b), f = ir_get(b->ir, SLOT_NZCV), d = 0;
        unsigned how = rnd() % 3;
        if (how != 1)
                d = ir_op(b->ir, sub ? IR_SBC : IR_ADC, sz, x, y, f);
        ref g = how ? ir_op(b->ir, sub ? IR_FSBCS : IR_FADCS, sz, x, y, f) : 0;
        if (d)
                put(b, d);
        if (g)
                ir_put(b->ir, SLOT_NZCV, g);
}

static struct ir_ins with_aux(enum ir_op op, unsigned sz, ref x, ref y, ref z, int32_t disp, unsigned aux, unsigned aux2,
                              unsigned aux3)
{
        struct ir_ins i = { .op = (uint8_t)op, .sz = (uint8_t)sz, .a = x, .b = y, .c = z };
        i.disp = disp;
        i.aux = (uint8_t)aux;
        i.aux2 = (uint8_t)aux2;
        i.aux3 = (uint16_t)aux3;
        return i;
}

/* Flags made of parts of others, which may be NZCV's, an older value's or new. */
static void flags_parts(struct build *b, unsigned sz)
{
        ref f = ir_get(b->ir, SLOT_NZCV), x = reg(b), y = reg(b);
        ref g = rnd() & 1 ? ir_op(b->ir, rnd() & 1 ? IR_FSUBS : IR_FANDS, sz, reg(b), reg(b), 0) : b->older ? b->older : f;
        struct ir_when when = { (enum cc)(rnd() % 14), rnd() & 1 ? f : g };
        b->older = f;
        switch (rnd() % 4) {
        case 0: f = ir_flags_nz(b->ir, sz, f, x); break;
        case 1: f = ir_flags_nzc(b->ir, sz, f, x, y); break;
        case 2: f = ir_flags_select(b->ir, when, f, g); break;
        default: f = ir_flags_select(b->ir, when, g, f); break;
        }
        ir_put(b->ir, SLOT_NZCV, f);
}

static void flags_use(struct build *b, unsigned sz)
{
        ref f = ir_get(b->ir, SLOT_NZCV);
        unsigned cc = rnd() % 14;
        switch (rnd() % 5) {
        case 0: put(b, ir_emit(b->ir, with_aux(IR_SETCC, 3, f, 0, 0, 0, cc, 0, 0))); break;
        case 1: put(b, ir_emit(b->ir, with_aux(IR_SEL, sz, f, reg(b), reg(b), 0, cc, 0, 0))); break;
        case 2: {
                ref x = reg(b), y = reg(b);
                ir_put(b->ir, SLOT_NZCV, ir_emit(b->ir, with_aux(IR_FCCMP, sz, f, x, y, 0, cc, rnd() & 15, rnd() & 1)));
                break;
        }
        case 3: put(b, ir_op(b->ir, IR_FGETNZCV, 3, f, 0, 0)); break;
        default: ir_put(b->ir, SLOT_NZCV, ir_op(b->ir, IR_FSETNZCV, 2, reg(b), 0, 0)); break;
        }
}

/* Emits flags, and a few instructions on the result that one host instruction would make together with them. The flags are used
 * before or after that. Perhaps the same flags come once more, and perhaps nobody needs the result. */
static void late_result(struct build *b, unsigned sz)
{
        static const enum ir_op alu[] = { IR_SUB, IR_ADD, IR_AND, IR_SBC, IR_ADC },
                                fl[] = { IR_FSUBS, IR_FADDS, IR_FANDS, IR_FSBCS, IR_FADCS };
        unsigned k = rnd() % 5;
        ref x = reg(b), y = reg(b), c = k < 3 ? 0 : ir_get(b->ir, SLOT_NZCV);
        ir_put(b->ir, SLOT_NZCV, ir_op(b->ir, fl[k], sz, x, y, c));
        for (unsigned n = rnd() % 4; n; n--)
                put(b, ir_op(b->ir, rnd() % 4 ? IR_ADD : IR_MUL, sz, reg(b), reg(b), 0));
        if (rnd() & 1)
                flags_use(b, sz);
        if (rnd() & 1)
                ir_put(b->ir, SLOT_NZCV, ir_op(b->ir, fl[k], sz, x, y, c));
        ref d = ir_op(b->ir, alu[k], sz, x, y, c);
        if (rnd() & 3)
                put(b, d);
        flags_use(b, sz);
}

static void side_exit(struct build *b)
{
        bool nzcv = rnd() & 1;
        ref f = nzcv ? ir_get(b->ir, SLOT_NZCV) : ir_op(b->ir, IR_FSUBS, 2 + (rnd() & 1), reg(b), ir_const(b->ir, 0), 0);
        uint16_t not ;
        unsigned cc = rnd() % 14;
        ref live = to_save(b, &not );
        if (nzcv)
                ask(b, cc);
        ir_emit(b->ir,
                with_aux(IR_EXIT_IF, 3, f, live, 0, (rnd() & 1 ? 0x400 : 0x1000) + 4 * b->insn, cc, rnd() & EXIT_UNASKED, not ));
}

/* Accesses that a condition decides about. */
static void memory_op_when(struct build *b)
{
        unsigned sz = rnd() % 4;
        int32_t disp = (int32_t)(rnd() % 1024) & -8;
        unsigned what = rnd() % 6;
        struct address a = an_address(b, what >= 4 ? disp & -16 : disp);
        bool nzcv = rnd() & 1;
        ref v = reg(b), f = nzcv ? ir_get(b->ir, SLOT_NZCV) : ir_op(b->ir, IR_FSUBS, 2 + (rnd() & 1), reg(b), reg(b), 0);
        struct ir_when when = { (enum cc)(rnd() % 15), f };
        enum slot x = (enum slot)(SLOT_V0 + rnd() % 32), y = rnd() & 1 ? x : (enum slot)(SLOT_V0 + rnd() % 32);
        if (nzcv)
                ask(b, when.cc);
        switch (what) {
        case 0: put(b, ir_load_when(b->ir, when, sz, v, a.base, a.index, a.shift, a.disp)); break;
        case 1: put(b, ir_load_signed_when(b->ir, when, sz % 3, 3, v, a.base, a.index, a.shift, a.disp)); break;
        case 2: put(b, ir_load_signed_when(b->ir, when, sz % 2, 2, v, a.base, a.index, a.shift, a.disp)); break;
        case 3: ir_store_when(b->ir, when, sz, v, a.base, a.index, a.shift, a.disp); break;
        case 4:
                ir_put(b->ir, x, ir_load_vec_when(b->ir, when, rnd() % 5, ir_get(b->ir, y), a.base, a.index, a.shift, a.disp));
                break;
        default: ir_store_vec_when(b->ir, when, rnd() % 5, ir_get(b->ir, x), a.base, a.index, a.shift, a.disp); break;
        }
}

static void memory_op(struct build *b)
{
        unsigned sz = rnd() % 4;
        int32_t disp = (int32_t)(rnd() % 1024) & -8;
        unsigned what = rnd() % 8;
        struct address a = an_address(b, what == 5 || what == 6 ? disp & -16 : disp);
        ref v = reg(b), base = a.base;
        switch (what) {
        case 0: put(b, ir_load(b->ir, sz, base, a.index, a.shift, a.disp)); break;
        case 1: put(b, ir_load_signed(b->ir, sz % 3, 3, base, a.index, a.shift, a.disp)); break;
        case 2: put(b, ir_load_signed(b->ir, sz % 2, 2, base, a.index, a.shift, a.disp)); break;
        case 3:
        case 4: ir_store(b->ir, sz, v, base, a.index, a.shift, a.disp); break;
        case 5:
                ir_put(b->ir, (enum slot)(SLOT_V0 + rnd() % 32), ir_load_vec(b->ir, rnd() % 5, base, a.index, a.shift, a.disp));
                break;
        case 6:
                ir_store_vec(b->ir, rnd() % 5, ir_get(b->ir, (enum slot)(SLOT_V0 + rnd() % 32)), base, a.index, a.shift, a.disp);
                break;
        default: put(b, ir_emit(b->ir, with_aux(IR_ATOMIC, sz, ir_address(b->ir, mem_base(b)), v, 0, 0, rnd() % 9, 0, 0))); break;
        }
}

static void other_op(struct build *b, unsigned sz)
{
        unsigned bits = 8u << sz;
        switch (rnd() % 8) {
        case 0:
                put(b, ir_emit(b->ir, with_aux(IR_EXTR, sz, reg(b), reg(b), 0, (int32_t)(rnd() % (bits - 1) + 1), 0, 0, 0)));
                break;
        case 1: {
                unsigned lsb = rnd() % bits, width = rnd() % (bits - lsb) + 1;
                if (width < bits)
                        put(b, ir_emit(b->ir, with_aux(IR_BFI, sz, reg(b), reg(b), 0, (int32_t)lsb, width, 0, 0)));
                break;
        }
        case 2: put(b, ir_op(b->ir, IR_ZEXT, rnd() % 3, reg(b), 0, 0)); break;
        case 3: put(b, ir_emit(b->ir, with_aux(IR_SEXT, sz, reg(b), 0, 0, 0, rnd() % 3, 0, 0))); break;
        case 4: put(b, ir_op(b->ir, rnd() & 1 ? IR_UMULH : IR_SMULH, 3, reg(b), reg(b), 0)); break;
        case 5: put(b, ir_emit(b->ir, with_aux(IR_CRC32C, 2, reg(b), reg(b), 0, 0, rnd() % 4, 0, 0))); break;
        case 6: put(b, ir_emit(b->ir, with_aux(IR_CAS, sz, mem_base(b), reg(b), reg(b), 0, 0, 0, 0))); break;
        default: {
                ref x = ir_emit(b->ir, with_aux(IR_LDX, sz, mem_base(b), 0, 0, 0, 0, 0, 0));
                put(b, ir_emit(b->ir, with_aux(IR_STX, sz, mem_base(b), reg(b), 0, 0, 0, 0, 0)));
                put(b, x);
        }
        }
}

/* ---- floating point in the standard state. (In FPCR's it is tests/fp's matter.) ---- */

static ref fp_operand(struct build *b)
{
        static const uint64_t lanes[] = { 0,
                                          UINT64_C(0x0000000100000001), /* the smallest numbers, singles and a double */
                                          UINT64_C(0x807fffff007fffff),
                                          UINT64_C(0x7f8000017fc12345), /* NaNs */
                                          UINT64_C(0x7ff0000000000001),
                                          UINT64_C(0x3f80000080000000),
                                          UINT64_C(0x0080000000800000) };
        if (rnd() & 1)
                return ir_get(b->ir, (enum slot)(SLOT_V0 + rnd() % 32));
        return ir_opi(b->ir, IR_VCONST, 4, 0, 0, 0, (int64_t)lanes[rnd() % (sizeof(lanes) / sizeof(lanes[0]))]);
}

static void fp_op(struct build *b)
{
        static const enum ir_op ops[] = { IR_VFRECPS, IR_VFRECIP_STEP, IR_VFRSQRT_STEP, IR_VFADD,  IR_VFSUB,   IR_VFMUL,
                                          IR_VFDIV,   IR_VFMAX,        IR_VFMINNM,      IR_VFEQ,   IR_VFGE,    IR_VFGT,
                                          IR_VFMA,    IR_VFSQRT,       IR_VFRINT,       IR_VFTOIV, IR_VFWIDEN, IR_VFNARROW };
        enum ir_op op = ops[rnd() % (sizeof(ops) / sizeof(ops[0]))];
        unsigned sz = 2 + (rnd() & 1);
        if (!ir_has(op, sz, FPO_STANDARD)) /* a lifter has a helper for it then */
                op = IR_VFMUL;
        unsigned operands = (unsigned)strlen(ir_opinfo[op].args);
        ref a = fp_operand(b), c = operands > 1 ? fp_operand(b) : 0, d = operands > 2 ? fp_operand(b) : 0;
        unsigned shape = sz == 3 && rnd() & 1 ? FP_SCALAR : (unsigned)(rnd() % 3);
        if (op == IR_VFTOIV && shape == FP_SCALAR)
                shape = FP_LOW64;
        if (op == IR_VFWIDEN || op == IR_VFNARROW)
                shape = rnd() & 1 ? FP_SCALAR : FP_FULL;
        unsigned round = op == IR_VFRINT || op == IR_VFTOIV ? (unsigned)(rnd() % 5) : 0;
        ref v = ir_emit(b->ir, with_aux((unsigned)op, sz, a, c, d, (int32_t)(round | FPO_STANDARD), shape, 0, 0));
        ir_put(b->ir, (enum slot)(SLOT_V0 + rnd() % 32), v);
        if (rnd() & 1)
                put(b, ir_emit(b->ir, with_aux(IR_VFTOI, sz, fp_operand(b), 0, 0, (int32_t)(rnd() % 5 | FPO_STANDARD),
                                               2 + (rnd() & 1), 0, 0)));
}

static void one_insn(struct build *b)
{
        unsigned sz = 2 + (rnd() & 1);
        struct ir_ins mark = { .op = IR_INSN, .sz = 3 };
        mark.disp = 4 * b->insn++;
        mark.aux = rnd() & 1 ? (uint8_t)rnd() : 0;
        ir_emit(b->ir, mark);
        switch (rnd() % 17) {
        case 13:
        case 14: flags_parts(b, sz); break;
        case 15: memory_op_when(b); break;
        case 0:
        case 1:
        case 2: put(b, ir_op(b->ir, two[rnd() % 13], sz, reg(b), reg(b), 0)); break;
        case 3: put(b, ir_op(b->ir, one[rnd() % 6], sz, reg(b), 0, 0)); break;
        case 4:
        case 5: flags_alu(b, sz); break;
        case 6: carry_alu(b, sz); break;
        case 7: flags_use(b, sz); break;
        case 8: side_exit(b); break;
        case 9:
        case 10: memory_op(b); break;
        case 11: late_result(b, sz); break;
        case 12: fp_op(b); break;
        default: other_op(b, sz); break;
        }
}

void fuzz_region(struct ir *ir, unsigned length)
{
        static const uint8_t few[] = { 2, 3, 5, 8 };
        struct build b = { .ir = ir, .nregs = rnd() & 1 ? 32 : few[rnd() % 4] };
        for (unsigned k = 0; k < b.nregs; k++)
                b.regs[k] = (uint8_t)(b.nregs == 32 ? k : rnd() % 32);
        ir_begin(ir, pc0);
        memset(flags_asked, 0, sizeof(flags_asked));
        for (unsigned k = 0; k < length; k++)
                one_insn(&b);
        uint16_t not ;
        ref f = to_save(&b, &not );
        static const enum ir_op ends[] = { IR_EXIT, IR_EXIT_CALL, IR_EXIT_IND, IR_EXIT_CALLR, IR_EXIT_RET };
        enum ir_op end = ends[rnd() % 5];
        bool indirect = end >= IR_EXIT_IND;
        ref target = indirect ? ir_narrow(ir, reg(&b)) : 0;
        const unsigned size = 2 + 2 * (rnd() & 1);
        if ((end == IR_EXIT_CALL || end == IR_EXIT_CALLR) && rnd() & 1)
                put(&b, ir_pcrel(ir, pc0 + 4 * (uint64_t)(b.insn - 1) + size)); /* as calls do, to the link register */
        ir_emit(ir, with_aux((unsigned)end, 3, target, f, 0, indirect ? 0 : 0x4000, size, rnd() & EXIT_UNASKED, not ));
}
