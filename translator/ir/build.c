/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building a region's IR: appending, constants, guest state, memory, helpers (see ir.h). */
#include <string.h>
#include "ir.h"
#include "flags.h"
#include "fold.h"
#include "target.h"

const struct ir_opinfo ir_opinfo[IR_OP_COUNT] = {
#define OP(name_, res_, args_, flags_, text_) [IR_##name_] = { .name = #name_, .res = res_, .args = args_, .flags = flags_ },
#include "ops.def"
#undef OP
};

__attribute__((aligned(512))) helper_fn *ir_helpers[HELPER_MAX]; /* not among small variables, as rt/rt.h says of RT_MEDIUM */
const struct ir_target *ir_target;

void ir_begin(struct ir *ir, uint64_t pc)
{
        ir->pc = pc;
        ir->n = 1;
        ir->insns = 0;
        ir->last_observer = REF_NONE;
        ir->ins[0] = (struct ir_ins){ .op = IR_NOP };
        memset(ir->cur, 0, sizeof(ir->cur));
        memset(ir->const_hash, 0, sizeof(ir->const_hash));
}

static ref append(struct ir *ir, struct ir_ins ins)
{
        ref r = (ref)ir->n;
        if (ir->n < IR_MAX - 1)
                ir->n++;
        ir->ins[r] = ins;
        return r;
}

static ref append_observer(struct ir *ir, struct ir_ins ins)
{
        return ir->last_observer = append(ir, ins);
}

/* Not inlined: all others would go through memory. */
static __attribute__((noinline)) ref append_parts(struct ir *ir, struct ir_ins ins)
{
        ir_flags_fold(ir, &ins);
        return ir_opinfo[ins.op].flags & OF_OBSERVES ? append_observer(ir, ins) : append(ir, ins);
}

ref ir_emit(struct ir *ir, struct ir_ins ins)
{
        const unsigned flags = ir_opinfo[ins.op].flags;
        if (!(flags & (OF_PARTS | OF_OBSERVES)))
                return append(ir, ins);
        return flags & OF_PARTS ? append_parts(ir, ins) : append_observer(ir, ins);
}

ref ir_op(struct ir *ir, enum ir_op op, unsigned sz, ref a, ref b, ref c)
{
        return ir_opi(ir, op, sz, a, b, c, 0);
}

ref ir_opi(struct ir *ir, enum ir_op op, unsigned sz, ref a, ref b, ref c, int64_t imm)
{
        struct ir_ins ins = { .op = (uint8_t)op, .sz = (uint8_t)sz, .a = a, .b = b, .c = c, .imm = imm };
        ref r;
        if (!(ir->opts & IR_OPT_NO_FOLD) && ir_fold(ir, &ins, &r))
                return r;
        return ir_emit(ir, ins);
}

ref ir_const(struct ir *ir, uint64_t v)
{
        unsigned h = (unsigned)((v ^ v >> 7 ^ v >> 17) & 63);
        ref r = ir->const_hash[h];
        if (r && (uint64_t)ir->ins[r].imm == v)
                return r;
        r = ir_emit(ir, (struct ir_ins){ .op = IR_CONST, .sz = 3, .imm = (int64_t)v });
        ir->const_hash[h] = r;
        return r;
}

ref ir_pcrel(struct ir *ir, uint64_t pc)
{
        return ir_emit(ir, (struct ir_ins){ .op = IR_PCREL, .sz = 3, .imm = (int64_t)pc });
}

bool ir_is_const(const struct ir *ir, ref r, uint64_t *ret)
{
        if (ir->ins[r].op != IR_CONST)
                return false;
        *ret = (uint64_t)ir->ins[r].imm;
        return true;
}

ref ir_get(struct ir *ir, enum slot slot)
{
        if (ir->cur[slot])
                return ir->cur[slot];
        static const uint8_t livein[] = { [SLOT_GENERAL] = IR_LIVEIN, [SLOT_VECTOR] = IR_LIVEINX, [SLOT_FLAGS] = IR_LIVEINF };
        ref r = ir_emit(ir, (struct ir_ins){ .op = livein[ir->guest->slots[slot].class], .sz = 3, .disp = (int32_t)slot });
        ir->cur[slot] = r;
        return r;
}

/* Not inlined: it is seldom needed. */
static __attribute__((noinline)) ref zero_extend(struct ir *ir, ref v)
{
        return ir_op(ir, IR_ZEXT, 2, v, REF_NONE, REF_NONE);
}

ref ir_narrow(struct ir *ir, ref v)
{
        return ir->guest->addr32 && !ir_is_zext32(ir, v) ? zero_extend(ir, v) : v;
}

void ir_put(struct ir *ir, enum slot slot, ref v)
{
        if (ir->guest->addr32 && ir->guest->slots[slot].class == SLOT_GENERAL)
                v = ir_narrow(ir, v);
        if (ir->cur[slot] == v)
                return;
        ir_emit(ir, (struct ir_ins){ .op = IR_PUT, .sz = 3, .a = v, .b = ir->last_observer, .disp = (int32_t)slot });
        ir->cur[slot] = v;
}

/* ---- memory ---- */

ref ir_address(struct ir *ir, ref base)
{
        return ir->tagged ? ir_op(ir, IR_AND, 3, base, ir_const(ir, UINT64_MAX >> 8), REF_NONE) : ir_narrow(ir, base);
}

/* Returns base + (index << shift) + disp as a value, without its tag. */
static ref plain_address(struct ir *ir, ref base, ref index, unsigned shift, int32_t disp)
{
        ref a = base ? base : ir_const(ir, 0);
        if (index)
                a = ir_op(ir, IR_ADD, 3, a, ir_op(ir, IR_SHL, 3, index, ir_const(ir, shift), REF_NONE), REF_NONE);
        if (disp)
                a = ir_op(ir, IR_ADD, 3, a, ir_const(ir, (uint64_t)(int64_t)disp), REF_NONE);
        return ir_address(ir, a);
}

static ref mem_op(struct ir *ir, enum ir_op op, unsigned sz, ref base, ref index, ref val, unsigned shift, int32_t disp,
                  unsigned to)
{
        if (ir->tagged) {
                base = plain_address(ir, base, index, shift, disp);
                index = REF_NONE;
                shift = 0;
                disp = 0;
        }
        struct ir_ins ins = { .op = (uint8_t)op, .sz = (uint8_t)sz, .a = base, .b = index, .c = val };
        ins.disp = disp;
        ins.aux = (uint8_t)shift;
        ins.aux2 = (uint8_t)to;
        if (!ir->tagged && !(ir->opts & IR_OPT_NO_ADDR))
                ir_fold_address(ir, &ins);
        return ir_emit(ir, ins);
}

ref ir_load(struct ir *ir, unsigned sz, ref base, ref index, unsigned shift, int32_t disp)
{
        return mem_op(ir, IR_LD, sz, base, index, REF_NONE, shift, disp, 0);
}

ref ir_load_signed(struct ir *ir, unsigned sz, unsigned to, ref base, ref index, unsigned shift, int32_t disp)
{
        return mem_op(ir, IR_LDS, sz, base, index, REF_NONE, shift, disp, to);
}

ref ir_load_vec(struct ir *ir, unsigned sz, ref base, ref index, unsigned shift, int32_t disp)
{
        return mem_op(ir, IR_LDV, sz, base, index, REF_NONE, shift, disp, 0);
}

void ir_store(struct ir *ir, unsigned sz, ref val, ref base, ref index, unsigned shift, int32_t disp)
{
        mem_op(ir, IR_ST, sz, base, index, val, shift, disp, 0);
}

void ir_store_vec(struct ir *ir, unsigned sz, ref val, ref base, ref index, unsigned shift, int32_t disp)
{
        mem_op(ir, IR_STV, sz, base, index, val, shift, disp, 0);
}

/* An access that happens only when a condition holds: it has an address of one value. */
static ref mem_op_when(struct ir *ir, enum ir_op op, enum ir_op always, struct ir_when when, unsigned sz, ref base, ref index,
                       ref val, unsigned shift, int32_t disp, unsigned to)
{
        if (when.cc >= CC_AL)
                return mem_op(ir, always, sz, base, index, always == IR_ST || always == IR_STV ? val : REF_NONE, shift, disp, to);
        struct ir_ins at = { .op = (uint8_t)op, .sz = (uint8_t)sz, .a = base, .b = index };
        at.disp = disp;
        at.aux = (uint8_t)shift;
        if (ir->tagged) {
                at.a = plain_address(ir, base, index, shift, disp);
                at.b = REF_NONE;
                at.disp = 0;
        } else if (!(ir->opts & IR_OPT_NO_ADDR)) {
                ir_fold_address(ir, &at);
        }
        unsigned width = ir->guest->addr32 ? 2 : 3;
        ref a = at.a ? at.a : ir_const(ir, 0);
        if (at.b)
                a = ir_op(ir, IR_ADD, width, a, ir_op(ir, IR_SHL, width, at.b, ir_const(ir, at.aux), REF_NONE), REF_NONE);
        at.a = when.flags;
        at.b = a;
        at.c = val;
        at.aux = (uint8_t)when.cc;
        at.aux2 = (uint8_t)to;
        return ir_emit(ir, at);
}

ref ir_load_when(struct ir *ir, struct ir_when when, unsigned sz, ref old, ref base, ref index, unsigned shift, int32_t disp)
{
        return mem_op_when(ir, IR_LDC, IR_LD, when, sz, base, index, old, shift, disp, 0);
}

ref ir_load_signed_when(struct ir *ir, struct ir_when when, unsigned sz, unsigned to, ref old, ref base, ref index,
                        unsigned shift, int32_t disp)
{
        return mem_op_when(ir, IR_LDSC, IR_LDS, when, sz, base, index, old, shift, disp, to);
}

ref ir_load_vec_when(struct ir *ir, struct ir_when when, unsigned sz, ref old, ref base, ref index, unsigned shift, int32_t disp)
{
        return mem_op_when(ir, IR_LDVC, IR_LDV, when, sz, base, index, old, shift, disp, 0);
}

void ir_store_when(struct ir *ir, struct ir_when when, unsigned sz, ref val, ref base, ref index, unsigned shift, int32_t disp)
{
        mem_op_when(ir, IR_STC, IR_ST, when, sz, base, index, val, shift, disp, 0);
}

void ir_store_vec_when(struct ir *ir, struct ir_when when, unsigned sz, ref val, ref base, ref index, unsigned shift,
                       int32_t disp)
{
        mem_op_when(ir, IR_STVC, IR_STV, when, sz, base, index, val, shift, disp, 0);
}

ref ir_ld_state(struct ir *ir, unsigned sz, size_t off)
{
        return ir_emit(ir, (struct ir_ins){ .op = IR_LDSTATE, .sz = (uint8_t)sz, .disp = (int32_t)off });
}

void ir_st_state(struct ir *ir, unsigned sz, ref val, size_t off)
{
        ir_emit(ir, (struct ir_ins){ .op = IR_STSTATE, .sz = (uint8_t)sz, .a = val, .disp = (int32_t)off });
}

/* ---- helpers ---- */

/* Index of `fn` in ir_helpers. Entries are only ever added, so that threads may do it and read the table at the same time. */
static uint16_t helper_index(helper_fn *fn)
{
        unsigned h = (unsigned)((uintptr_t)fn >> 4) * 0x9e37u;
        for (unsigned i = 0; i < HELPER_MAX; i++) {
                unsigned k = (h + i) % HELPER_MAX;
                helper_fn *have = __atomic_load_n(&ir_helpers[k], __ATOMIC_RELAXED);
                if (!have && __atomic_compare_exchange_n(&ir_helpers[k], &have, fn, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
                        have = fn;
                if (have == fn)
                        return (uint16_t)k;
        }
        __builtin_trap(); /* HELPER_MAX is too small for the helpers in the source */
}

static ref helper(struct ir *ir, enum ir_op op, helper_fn *fn, ref a, ref b, ref c, uint32_t imm)
{
        struct ir_ins ins = { .op = (uint8_t)op, .sz = 3, .a = a, .b = b, .c = c };
        ins.disp = (int32_t)imm;
        ins.aux3 = helper_index(fn);
        return ir_emit(ir, ins);
}

ref ir_helper_g(struct ir *ir, helper_fn *fn, ref a, ref b, ref c, uint32_t imm)
{
        return helper(ir, IR_HELPER_G, fn, a, b, c, imm);
}

ref ir_helper_x(struct ir *ir, helper_fn *fn, ref a, ref b, ref c, uint32_t imm)
{
        return helper(ir, IR_HELPER_X, fn, a, b, c, imm);
}

void ir_helper_sync(struct ir *ir, helper_fn *fn, ref a, ref b, ref c, uint32_t imm)
{
        helper(ir, IR_HELPER_S, fn, a, b, c, imm);
        for (unsigned i = 0; i < SLOT_COUNT; i++)
                ir->cur[i] = REF_NONE;
}
