/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 32-bit ARM as a guest (see a32.h): how regions are lifted in both states, and which decoder knows an instruction.
 *
 * l->insn is an instruction of A32, one of T32 as its two units in their order, or a unit of 16 bits in the upper half. */
#include <linux/elf.h>
#include "a32.h"
#include "a32_decode.h"
#include "a32_table.h"
#include "a32u_decode.h"
#include "a32u_table.h"
#include "condition.h"
#include "guest/cpu_state.h"
#include "guest/loc.h"
#include "neon_decode.h"
#include "neon_table.h"
#include "registers.h"
#include "rt/rt.h"
#include "t32_decode.h"
#include "t32_table.h"
#include "thumb.h"
#include "vfp_decode.h"
#include "vfp_table.h"

/* ---- which decoder ---- */

enum decoder { A32, A32U, T32, VFP, NEON };

/* Coprocessors 10 and 11 are VFP in the conditional space. Those of the other one, and 8 and 13, have instructions of Armv8. */
static bool is_vfp(uint32_t insn)
{
        unsigned space = insn >> 24 & 15, coprocessor = insn >> 8 & 15;
        return space >= 12 && space <= 14 && (coprocessor & 14) == 10;
}

static enum decoder a32_decoder(uint32_t insn)
{
        unsigned space = insn >> 24 & 15, coprocessor = insn >> 8 & 15;

        if (insn >> 28 != 15)
                return is_vfp(insn) ? VFP : A32;
        if ((space & 14) == 2 || (space == 4 && !(insn & 1u << 20)))
                return NEON;
        return space >= 12 && space <= 14 && coprocessor >= 8 && coprocessor <= 13 && coprocessor != 9 ? NEON : A32U;
}

/* Makes a VFP or Advanced SIMD instruction of T32 A32's (Arm ARM F3.1.10, F3.1.11): 111U1111 is 1111001U, 11111001xxx0 is
 * 11110100xxx0, coprocessors' instructions are the same. */
static enum decoder t32_decoder(uint32_t *insn)
{
        uint32_t i = *insn;

        if (i >> 26 < 0x3b) /* 16 bits, and those of 32 that are none of these */
                return T32;
        if ((i >> 24 & 0xef) == 0xef) {
                *insn = 0xf2000000 | (i >> 4 & 0x01000000) | (i & 0x00ffffff);
                return NEON;
        }
        if (i >> 24 == 0xf9 && !(i & 1u << 20)) {
                *insn = 0xf4000000 | (i & 0x00ffffff);
                return NEON;
        }
        if ((i >> 26 & 3) != 3)
                return T32;
        enum decoder d = a32_decoder(i);
        return d == VFP || d == NEON ? d : T32;
}

/* UDF in A32, which is a call of ours in the vDSO. */
static bool lift_udf(struct lift *l, uint32_t insn)
{
        return (insn & 0xfff000f0) == 0xe7f000f0 && code_hooks->lift_vdso(l, (insn >> 4 & 0xfff0) | (insn & 15));
}

static bool lift_by(enum decoder d, struct lift *l, uint32_t insn)
{
        switch (d) {
        case A32: return a32_lift(l, insn) || lift_udf(l, insn);
        case A32U: return a32u_lift(l, insn);
        case T32: return t32_lift(l, insn);
        case VFP: return vfp_lift(l, insn);
        case NEON: return neon_lift(l, insn);
        }
        return false;
}

static bool lift_a32_insn(struct lift *l)
{
        return lift_by(a32_decoder(l->insn), l, l->insn);
}

static bool lift_t32_insn(struct lift *l)
{
        uint32_t insn = l->insn;
        enum decoder d = t32_decoder(&insn);
        return lift_by(d, l, insn);
}

/* ---- regions ---- */

/* A region that begins within an IT block leaves it: the mode that is left behind has no ITSTATE. */
static void begin_inside_block(struct lift *l)
{
        l->it = (uint8_t)(l->mode >> MODE_IT_SHIFT);
        l->mode &= ~(uint32_t)MODE_IT;
}

static void lift_arm(struct lift *l)
{
        if (l->pc & 3)
                return;
        do {
                if (!code_read32(&l->code, &l->insn))
                        return;
                lift_begin(l, 4);
                unsigned cond = l->insn >> 28;
                l->cc = cond == CC_NV ? CC_AL : (uint8_t)cond;
                a32_lift_conditional(l, lift_a32_insn);
        } while (lift_next(l));
}

/* The next instruction of an IT block cannot be read: the region ends before it, with ITSTATE. */
static void end_inside_block(struct lift *l)
{
        a32_put_mode(l, l->it);
        lift_exit_sys(l, EXIT_NEXT, l->pc | l->state);
}

/* Lifts one instruction. Returns false when there is none. */
static bool lift_thumb_insn(struct lift *l)
{
        bool leaves_block = l->it && !l->ir->insns;
        unsigned bytes = a32_read_thumb(&l->code, &l->insn);

        if (!bytes)
                return false;
        lift_begin(l, bytes);
        if (leaves_block)
                a32_put_mode(l, 0);
        uint8_t it = l->it;
        l->cc = a32_thumb_condition(it, l->insn);
        a32_lift_conditional(l, lift_t32_insn);
        if (it)
                l->it = a32_it_advance(it);
        return true;
}

static void lift_thumb(struct lift *l)
{
        begin_inside_block(l);
        do {
                if (!lift_thumb_insn(l)) {
                        if (l->it && l->ir->insns)
                                end_inside_block(l);
                        return;
                }
        } while (l->it ? lift_step(l) : lift_next(l)); /* no region ends within an IT block */
}

static void lift(struct lift *l)
{
        if (l->state)
                lift_thumb(l);
        else
                lift_arm(l);
}

/* ---- the rest of struct guest ---- */

static bool print(fetch_fn *fetch, uint64_t pc, char *text, size_t size)
{
        static const struct enc_table *const table[] = {
                [A32] = &a32_table, [A32U] = &a32u_table, [T32] = &t32_table, [VFP] = &vfp_table, [NEON] = &neon_table
        };
        struct code_reader code = { .fetch = fetch, .addr = guest_address(pc) };
        uint32_t insn;
        unsigned bytes = pc & 1 ? a32_read_thumb(&code, &insn) : code_read32(&code, &insn) ? 4 : 0;

        if (!bytes)
                return false;
        int n = bytes == 2 ? rt_snprintf(text, size, "%04x      ", insn >> 16) : rt_snprintf(text, size, "%08x  ", insn);
        enum decoder d = pc & 1 ? t32_decoder(&insn) : a32_decoder(insn);
        enc_print(table[d], text + n, size - (size_t)n, insn);
        return true;
}

const struct guest guest_a32 = {
        .name = "32-bit ARM",
        .elf_class = ELFCLASS32,
        .elf_machine = EM_ARM,
        .address_limit = UINT64_C(1) << 32,
        .state_bits = 1,
        .standard_fp = true,
        .max_side_exits = 5,
        .registers = &a32_registers,
        .lift = lift,
        .flags_live = a32_flags_live,
        .find_loops = a32_find_loops,
        .before_loop = a32_before_loop,
        .print = print,
        .reset_state = cpu_reset_state,
        .copy_state = cpu_copy_state,
        .describe_fault = a32_describe_fault,
};
