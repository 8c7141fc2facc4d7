/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A32 and T32 loads and stores of many general registers (Arm ARM F2.9).
 *
 * A fault may leave some of the registers loaded, but not the base register, which is written last (DDI 0406C B1.9.8): the
 * instruction can be done again. */
#include "lift_mem.h"

static unsigned bytes_of(unsigned list)
{
        return 4 * (unsigned)__builtin_popcount(list);
}

/* Returns where the lowest register is, from the base. */
static int32_t lowest(unsigned list, unsigned up, unsigned before)
{
        int32_t bytes = (int32_t)bytes_of(list);
        return up ? (before ? 4 : 0) : (before ? -bytes : 4 - bytes);
}

static ref moved(struct lift *l, ref base, unsigned list, unsigned up)
{
        return op2k(l, up ? IR_ADD : IR_SUB, base, bytes_of(list));
}

/* Functions return by loading the pc and perhaps the stack pointer from the stack, and by nothing else that loads many. */
static enum ir_op kind_of_exit(unsigned rn, unsigned list)
{
        return rn == REG_SP || list >> REG_SP & 1 ? IR_EXIT_RET : IR_EXIT_IND;
}

/* The base register that is loaded, too, keeps the loaded value (UNPREDICTABLE with write-back). */
LIFT(ldm)
{
        if (a->rn == REG_PC)
                return false;
        a32_take_condition(l);
        ref base = get_r(l, a->rn), into_base = REF_NONE, into_pc = REF_NONE;
        int32_t disp = lowest(a->list, a->up, a->before);
        for (unsigned r = 0; r < 16; r++) {
                if (!(a->list >> r & 1))
                        continue;
                ref v = a32_load(l, W, base, REF_NONE, 0, disp);
                disp += 4;
                if (r == REG_PC)
                        into_pc = v;
                else if (r == a->rn)
                        into_base = v;
                else
                        put_r(l, r, v);
        }
        if (into_base)
                put_r(l, a->rn, into_base);
        else if (a->writeback)
                put_r(l, a->rn, moved(l, base, a->list, a->up));
        if (into_pc)
                a32_exchange(l, kind_of_exit(a->rn, a->list), into_pc);
        return true;
}

/* The base register's value that is stored is the one before (where it is not the lowest one: UNKNOWN). */
LIFT(stm)
{
        if (a->rn == REG_PC)
                return false;
        a32_take_condition(l);
        ref base = get_r(l, a->rn);
        int32_t disp = lowest(a->list, a->up, a->before);
        for (unsigned r = 0; r < 16; r++) {
                if (!(a->list >> r & 1))
                        continue;
                a32_store(l, W, get_r(l, r), base, REF_NONE, 0, disp);
                disp += 4;
        }
        if (a->writeback)
                put_r(l, a->rn, moved(l, base, a->list, a->up));
        return true;
}
