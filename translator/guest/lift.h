/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a lifter works with. A lifter is a function that emits the IR of one guest instruction.
 *
 * Lifters are in the folders of guests, and called by decoders, which are generated. A lifter returns false, having emitted
 * nothing, when the operands make the encoding UNDEFINED; the region then ends with an exit that raises SIGILL at l->pc. It emits
 * everything that may fault before its first write of a register (see ir/ir.h).
 */
#pragma once
#include "ir/exits.h"
#include "ir/ir.h"
#include "code.h"

/* A place where the region may end, and what is known there. */
struct lift_end {
        uint64_t pc;
        uint32_t n, insns; /* of the region; n is 0: there is no such place */
        ref flags;         /* NZCV's current value */
};

struct lift {
        struct ir *ir;
        uint64_t pc;    /* address of the instruction being lifted */
        uint64_t state; /* of the CPU, as the_guest->state_bits of a pc have it: the same for the whole region */
        uint32_t insn;  /* the instruction, where it has 32 bits */
        uint32_t mode;  /* enum mode (loc.h) */
        bool ended;     /* set when the instruction ended the region */
        /* Of guests with conditional instructions: */
        uint8_t cc;      /* enum cc: the present instruction is done when it holds for cc_flags; CC_AL: always */
        uint8_t it;      /* A32's ITSTATE at the present instruction */
        uint8_t held_cc; /* holds from here on for flags value held_flags; REF_NONE: nothing is known */
        ref cc_flags, held_flags;
        uint8_t sel_cc;             /* selections ask this of sel_flags, which is the same as cc of cc_flags */
        ref sel_flags, asked_flags; /* asked_flags: condition asked_cc of asked_of, as a value that is not 0 when it holds */
        ref asked_of;
        uint8_t asked_cc;
        /* guest/lift.c's own, and of struct guest's lift */
        bool undefined, may_loop; /* may_loop: its end may lead to its beginning */
        unsigned side_exits, max_side_exits, max_insns;
        uint64_t next;           /* address where the region goes on */
        uint64_t look;           /* no other region is thought to begin before this address, behind where the region begins */
        struct lift_end end;     /* where one does */
        struct code_reader code; /* where the next unit of code is read */
};

/* To be called when lift has read an instruction of that many bytes, before it emits anything: marks where the instruction
 * begins, and lets the region go on behind it. */
static inline void lift_begin(struct lift *l, unsigned bytes)
{
        struct ir_ins mark = { .op = IR_INSN, .sz = 3 };
        mark.disp = (int32_t)((l->pc | l->state) - l->ir->pc);
        mark.aux = l->it;
        ir_emit(l->ir, mark);
        l->ir->insns++;
        l->next = l->pc + bytes;
}

/* The instruction is undefined, and nothing was emitted for it: it ends the region. */
void lift_undefined(struct lift *l);

/* Goes to the next instruction, whatever the limits of regions say. Returns false when the present one ended the region. */
static inline bool lift_step(struct lift *l)
{
        if (l->ended)
                return false;
        l->pc = l->next;
        if (l->code.addr != l->pc)
                code_go(&l->code, l->pc);
        return true;
}

/* Looks whether another region begins at l->pc, or may be thought to: a loop does. Returns false when the region ends there. */
bool lift_passes(struct lift *l);

/* Goes to the next instruction. Returns false when the region ends. */
static inline bool lift_next(struct lift *l)
{
        return lift_step(l) && l->ir->n < IR_FULL && l->ir->insns < l->max_insns && l->side_exits < l->max_side_exits &&
               (l->pc < l->look || lift_passes(l));
}

/* ---- ends of a region. Targets are values for cpu->pc, with the_guest->state_bits. ---- */

/* A conditional branch: the region is left for `target` when `cc` holds for flags `f`, and goes on behind the instruction when
 * not. */
void lift_exit_if(struct lift *l, enum cc cc, ref f, uint64_t target);
/* Is `cc` of flags f that an exclusive store before has failed? */
bool lift_is_failed_store(const struct ir *ir, enum cc cc, ref f);
/* Unconditional branches and other ends. All set l->ended, but lift_exit, after which the region may go on at `target`. */
void lift_exit(struct lift *l, uint64_t target);
void lift_exit_call(struct lift *l, uint64_t target);            /* x30 must have been put */
void lift_exit_ind(struct lift *l, enum ir_op kind, ref target); /* EXIT_IND, EXIT_CALLR or EXIT_RET */
void lift_exit_sys(struct lift *l, enum exit_reason why, uint64_t pc);
