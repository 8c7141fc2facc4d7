/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a region well-formed? Tests ask that of each one that they build or lift. */
#include "fold.h"
#include "fp_ops.h"

/* Returns the class letter of operand k in `args`, and in *ret_optional whether it may be absent. '\0': there is no such
 * operand. */
static char operand_class(const char *args, unsigned k, bool *ret_optional)
{
        for (;; args++) {
                if (!*args)
                        return 0;
                if (*args == '?')
                        continue;
                if (k-- == 0)
                        break;
        }
        *ret_optional = args[1] == '?' || *args == '*';
        return *args;
}

static const char *verify_operand(const struct ir *ir, ref r, ref operand, unsigned k)
{
        const struct ir_ins *i = &ir->ins[r];
        bool optional = false;
        char want = operand_class(ir_opinfo[i->op].args, k, &optional);
        if (i->op == IR_PUT && k == 1) /* an instruction's index, not a value */
                return operand < r ? 0 : "observer of PUT is behind it";
        if (!operand)
                return !want || want == 'i' || optional ? 0 : "operand missing";
        if (!want)
                return "operand where none belongs";
        if (operand >= r)
                return "operand defined behind its use";
        char have = ir_opinfo[ir->ins[operand].op].res;
        if (have == '-')
                return "operand has no result";
        if (want != '*' && want != have + ('a' - 'A'))
                return "operand of the wrong class";
        return 0;
}

static const char *verify_ins(const struct ir *ir, ref r)
{
        const struct ir_ins *i = &ir->ins[r];
        if (i->op >= IR_OP_COUNT)
                return "unknown op";
        if (i->sz > 4)
                return "width out of range";
        if (i->op == IR_PUT || i->op == IR_LIVEIN || i->op == IR_LIVEINX || i->op == IR_LIVEINF) {
                static const char of_class[] = {
                        [SLOT_ABSENT] = 0, [SLOT_GENERAL] = 'G', [SLOT_VECTOR] = 'X', [SLOT_FLAGS] = 'F'
                };
                if ((uint32_t)i->disp >= SLOT_COUNT)
                        return "slot out of range";
                ref v = i->op == IR_PUT ? i->a : r;
                if (of_class[ir->guest->slots[i->disp].class] != ir_opinfo[ir->ins[v].op].res)
                        return "slot of another class";
        }
        const ref operands[3] = { i->a, i->b, i->c };
        for (unsigned k = 0; k < 3; k++) {
                const char *bad = verify_operand(ir, r, operands[k], k);
                if (bad)
                        return bad;
        }
        if (i->op == IR_FGETCMP && ir->ins[i->a].op != IR_VFCMP)
                return "operand is no comparison";
        if (i->op == IR_VFCMP && i->disp & FPO_STANDARD)
                return "a comparison has no FP state of its own";
        bool indirect = i->op == IR_EXIT_IND || i->op == IR_EXIT_CALLR || i->op == IR_EXIT_RET;
        if (indirect && ir->guest->addr32 && !ir_is_zext32(ir, i->a))
                return "target of more than 32 bits";
        bool last = r == ir->n - 1, end = ir_opinfo[i->op].flags & OF_END;
        if (end != last)
                return end ? "instructions behind the end" : "region does not end with an exit";
        return 0;
}

const char *ir_verify(const struct ir *ir, ref *ret_ref)
{
        for (ref r = 1; r < ir->n; r++) {
                const char *bad = verify_ins(ir, r);
                if (bad) {
                        *ret_ref = r;
                        return bad;
                }
        }
        return 0;
}
