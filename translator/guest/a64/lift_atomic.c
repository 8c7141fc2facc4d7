/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 exclusives, ordered loads and stores, and LSE atomics (Arm ARM B2.9, C3.2.8 ff.).
 *
 * x86 orders everything but a store with a later load. So LDAR, LDAPR and the acquire of a load are plain, and a store-
 * release that must stay before later load-acquires (STLR) is an exchange. Every atomic is locked, which orders it with all
 * around it. An exclusive store compares the value in memory with the one that the exclusive load saw. */
#include "lift_a64.h"

static ref get_address(struct lift *l, unsigned rn)
{
        return ir_address(l->ir, get_xsp(l, rn));
}

/* The address of an access of 1 << sz bytes that must not cross a boundary of 16 (Arm ARM, AArch64.UnalignedAccessFaults() with
 * FEAT_LSE2). Locked instructions of x86 are atomic there too, and never cross a cache line; plain loads of 8 bytes in a cache
 * line are on Intel's CPUs, and on AMD's in fact. HWCAP does not tell of FEAT_LSE2: docs/HACKING.md. */
static ref get_aligned(struct lift *l, unsigned rn, unsigned sz)
{
        ref a = get_address(l, rn);
        if (sz)
                ir_emit(l->ir, (struct ir_ins){ .op = IR_ALIGN, .sz = (uint8_t)sz, .a = a });
        return a;
}

/* ---- ordered ---- */

LIFT(ldar)
{
        put_x(l, a->rt, ir_load(l->ir, a->sz, get_aligned(l, a->rn, a->sz), REF_NONE, 0, 0));
        return true;
}

LIFT(stlr)
{
        struct ir_ins ins = { .op = IR_STREL, .sz = a->sz, .a = get_aligned(l, a->rn, a->sz), .c = get_x(l, a->rt) };
        ir_emit(l->ir, ins);
        return true;
}

/* ---- exclusives ---- */

LIFT(ldxr)
{
        put_x(l, a->rt, op1(l, IR_LDX, a->sz, get_aligned(l, a->rn, a->sz)));
        return true;
}

LIFT(stxr)
{
        put_x(l, a->rs, op2(l, IR_STX, a->sz, get_address(l, a->rn), get_x(l, a->rt)));
        return true;
}

/* Returns two registers of 32 bits as one doubleword, with register `low` in the lower half. */
static ref join(struct lift *l, unsigned low, unsigned high)
{
        ref hi = op2k(l, IR_SHL, 3, get_x(l, high), 32);
        return op2(l, IR_OR, 3, hi, op1(l, IR_ZEXT, 2, get_x(l, low)));
}

static void split(struct lift *l, ref v, unsigned low, unsigned high)
{
        put_x(l, low, op1(l, IR_ZEXT, 2, v));
        put_x(l, high, op2k(l, IR_SHR, 3, v, 32));
}

/* A load-exclusive of 16 bytes is two of 8: it is atomic only if the store-exclusive after it succeeds. */
LIFT(ldxp)
{
        ref base = get_aligned(l, a->rn, 3u + a->sz);
        if (!a->sz) {
                split(l, op1(l, IR_LDX, 3, base), a->rt, a->rt2);
                return true;
        }
        ref lo = ir_load(l->ir, 3, base, REF_NONE, 0, 0), hi = ir_load(l->ir, 3, base, REF_NONE, 0, 8);
        ir_st_state(l->ir, 3, base, offsetof(struct cpu, excl_addr));
        ir_st_state(l->ir, 3, lo, offsetof(struct cpu, excl_val[0]));
        ir_st_state(l->ir, 3, hi, offsetof(struct cpu, excl_val[1]));
        put_x(l, a->rt, lo);
        put_x(l, a->rt2, hi);
        return true;
}

/* Compares 16 bytes at p with expected and, if they are equal, stores desired; *expected becomes what was there.
 * CMPXCHG16B wants its operand aligned, and so does Arm. */
static bool cas128(uint64_t *p, uint64_t expected[2], const uint64_t desired[2])
{
        bool equal;
        __asm__ volatile("lock cmpxchg16b %1"
                         : "=@ccz"(equal), "+m"(*(uint64_t(*)[2])p), "+a"(expected[0]), "+d"(expected[1])
                         : "b"(desired[0]), "c"(desired[1])
                         : "memory");
        return equal;
}

static uint64_t *guest_pointer(uint64_t addr)
{
        return (uint64_t *)(uintptr_t)addr;
}

static uint64_t x_or_zero(const struct cpu *cpu, unsigned r)
{
        return r == 31 ? 0 : cpu->x[r];
}

static void set_x(struct cpu *cpu, unsigned r, uint64_t v)
{
        if (r != 31)
                cpu->x[r] = v;
}

/* STXP of doublewords: arg[1] = address; imm = rt, rt2, rs, five bits each. */
static void helper_stxp(struct cpu *cpu, harg *arg, uint64_t imm)
{
        uint64_t addr = arg[1].d[0];
        uint64_t value[2] = { x_or_zero(cpu, imm & 31), x_or_zero(cpu, imm >> 5 & 31) };
        uint64_t expected[2] = { cpu->excl_val[0], cpu->excl_val[1] };
        bool done = cpu->excl_addr == addr && cas128(guest_pointer(addr), expected, value);
        cpu->excl_addr = ~UINT64_C(0);
        set_x(cpu, imm >> 10 & 31, !done);
}

LIFT(stxp)
{
        ref base = get_address(l, a->rn);
        if (!a->sz)
                put_x(l, a->rs, op2(l, IR_STX, 3, base, join(l, a->rt, a->rt2)));
        else
                ir_helper_sync(l->ir, helper_stxp, base, REF_NONE, REF_NONE, (uint32_t)(a->rt | a->rt2 << 5 | a->rs << 10));
        return true;
}

LIFT(clrex)
{
        (void)a;
        ir_st_state(l->ir, 3, ir_const(l->ir, ~UINT64_C(0)), offsetof(struct cpu, excl_addr));
        return true;
}

/* ---- LSE ---- */

LIFT(cas)
{
        ref old = ir_op(l->ir, IR_CAS, a->sz, get_aligned(l, a->rn, a->sz), get_x(l, a->rs), get_x(l, a->rt));
        put_x(l, a->rs, old);
        return true;
}

/* CASP of doublewords: arg[1] = address; imm = rs, rt. */
static void helper_casp(struct cpu *cpu, harg *arg, uint64_t imm)
{
        unsigned rs = imm & 31, rt = imm >> 5 & 31;
        uint64_t expected[2] = { cpu->x[rs], x_or_zero(cpu, rs + 1) };
        const uint64_t value[2] = { cpu->x[rt], x_or_zero(cpu, rt + 1) };
        cas128(guest_pointer(arg[1].d[0]), expected, value);
        cpu->x[rs] = expected[0];
        set_x(cpu, rs + 1, expected[1]);
}

LIFT(casp)
{
        ref base = get_aligned(l, a->rn, 3u + a->sz);
        if (a->sz) {
                ir_helper_sync(l->ir, helper_casp, base, REF_NONE, REF_NONE, (uint32_t)(a->rs | a->rt << 5));
                return true;
        }
        ref expected = join(l, a->rs, a->rs + 1u), value = join(l, a->rt, a->rt + 1u);
        split(l, ir_op(l->ir, IR_CAS, 3, base, expected, value), a->rs, a->rs + 1u);
        return true;
}

LIFT(atomic)
{
        ref base = get_aligned(l, a->rn, a->sz), v = get_x(l, a->rs);
        put_x(l, a->rt, ir_opi(l->ir, IR_ATOMIC, a->sz, base, v, REF_NONE, disp_aux(0, a->op)));
        return true;
}
