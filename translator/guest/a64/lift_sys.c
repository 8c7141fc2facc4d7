/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64 hints, barriers, system registers and cache maintenance that EL0 may use under Linux. Everything else of the system
 * space has no encoding in the table, so it is undefined, as Linux makes it. */
#include "hwcap.h"
#include "lift_a64.h"
#include "guest/clock.h"
#include "guest/fpcr.h"

/* ---- hints and barriers ---- */

/* Hints, and prefetches that x86 has no instruction for. */
LIFT(nop)
{
        (void)l;
        (void)a;
        return true;
}

static void fence(struct lift *l)
{
        ir_emit(l->ir, (struct ir_ins){ .op = IR_FENCE, .sz = 3 });
}

/* Loads (CRm 1) and stores (CRm 2) alone are ordered on x86 anyway. */
LIFT(dmb)
{
        if ((a->crm & 3) != 1 && (a->crm & 3) != 2)
                fence(l);
        return true;
}

/* No instruction behind DSB, not even a load, may happen before DSB is complete, whatever kind of access it waits for. */
LIFT(dsb)
{
        (void)a;
        fence(l);
        return true;
}

/* The instructions behind ISB are fetched anew: this region, which may be older than a change of them, ends here. */
LIFT(isb)
{
        (void)a;
        lift_exit_sys(l, EXIT_NEXT, l->pc + 4);
        return true;
}

/* ---- state ---- */

LIFT(mrs_nzcv)
{
        put_x(l, a->rt, op1(l, IR_FGETNZCV, 2, get_flags(l)));
        return true;
}

LIFT(msr_nzcv)
{
        put_flags(l, op1(l, IR_FSETNZCV, 2, get_x(l, a->rt)));
        return true;
}

LIFT(mrs_fpcr)
{
        put_x(l, a->rt, ir_ld_state(l->ir, 2, offsetof(struct cpu, fpcr)));
        return true;
}

static void helper_get_fpsr(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)imm;
        arg[0].d[0] = cpu_get_fpsr(cpu);
}

LIFT(mrs_fpsr)
{
        put_x(l, a->rt, ir_helper_g(l->ir, helper_get_fpsr, REF_NONE, REF_NONE, REF_NONE, 0));
        return true;
}

static void helper_set_fpcr(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)imm;
        cpu_set_fpcr(cpu, arg[1].d[0]);
        arg[0].d[0] = 0;
}

/* The region ends here, because translations of what follows depend on FPCR (enum mode). */
LIFT(msr_fpcr)
{
        ir_helper_g(l->ir, helper_set_fpcr, get_x(l, a->rt), REF_NONE, REF_NONE, 0);
        lift_exit_sys(l, EXIT_NEXT, l->pc + 4);
        return true;
}

static void helper_set_fpsr(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)imm;
        cpu_set_fpsr(cpu, arg[1].d[0]);
        arg[0].d[0] = 0;
}

LIFT(msr_fpsr)
{
        ir_helper_g(l->ir, helper_set_fpsr, get_x(l, a->rt), REF_NONE, REF_NONE, 0);
        return true;
}

LIFT(mrs_tpidr)
{
        put_x(l, a->rt, ir_ld_state(l->ir, 3, offsetof(struct cpu, tpidr)));
        return true;
}

LIFT(msr_tpidr)
{
        ir_st_state(l->ir, 3, get_x(l, a->rt), offsetof(struct cpu, tpidr));
        return true;
}

/* ---- what the machine is ---- */

static bool put_constant(struct lift *l, unsigned rt, uint64_t v)
{
        put_x(l, rt, ir_const(l->ir, v));
        return true;
}

LIFT(mrs_constant)
{
        return put_constant(l, a->rt, a->value);
}

LIFT(mrs_cntvct)
{
        put_x(l, a->rt, ir_helper_g(l->ir, helper_cntvct, REF_NONE, REF_NONE, REF_NONE, 0));
        return true;
}

/* Identification registers as Linux shows them to programs (Documentation/arch/arm64/cpu-feature-registers.rst): the
 * features that HWCAP tells, safe values in the fields that it hides, zero in registers that it does not track. */
static const struct {
        uint8_t crm, op2;
        uint64_t value;
} id_registers[] = {
        { 0, 0, GUEST_MIDR },
        { 0, 5, 0x80000000 },         /* MPIDR_EL1: RES1 */
        { 4, 0, 0x11 },               /* ID_AA64PFR0_EL1: EL0 and EL1 in AArch64 only; FP and AdvSIMD without half precision */
        { 5, 0, 6 },                  /* ID_AA64DFR0_EL1: Armv8 debug */
        { 6, 0, 0x0010100010211120 }, /* ID_AA64ISAR0_EL1: TS DP RDM Atomic CRC32 SHA2 SHA1 AES with PMULL */
        { 6, 1, 0x0000000000111000 }, /* ID_AA64ISAR1_EL1: LRCPC FCMA JSCVT */
        { 7, 0, 0xff000000 },         /* ID_AA64MMFR0_EL1: TGran4, TGran64 hidden */
};

LIFT(mrs_id)
{
        for (unsigned i = 0; i < sizeof id_registers / sizeof id_registers[0]; i++)
                if (id_registers[i].crm == a->crm && id_registers[i].op2 == a->op2)
                        return put_constant(l, a->rt, id_registers[i].value);
        return put_constant(l, a->rt, 0);
}

/* ---- caches ---- */

LIFT(dc_zva)
{
        ref base = op2k(l, IR_AND, 3, get_x(l, a->rt), ~UINT64_C(63)), zero = ir_const(l->ir, 0);
        for (int32_t k = 0; k < 64; k += 8)
                ir_store(l->ir, 3, zero, base, REF_NONE, 0, k);
        return true;
}

/* Cleaning has nothing to do, because x86's caches are coherent. But an address that cannot be read must fault. */
static bool clean(struct lift *l, unsigned rt)
{
        ir_load(l->ir, 0, get_x(l, rt), REF_NONE, 0, 0);
        return true;
}

LIFT(dc_clean)
{
        return clean(l, a->rt);
}

LIFT(ic_ivau)
{
        clean(l, a->rt);
        ir_st_state(l->ir, 3, ir_address(l->ir, get_x(l, a->rt)), offsetof(struct cpu, flush_addr));
        lift_exit_sys(l, EXIT_ICACHE, l->pc + 4);
        return true;
}
