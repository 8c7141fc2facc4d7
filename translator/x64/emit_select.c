/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code for ops that choose or make a value by a condition. */
#include "compile.h"

void emit_setcc(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        bool parity;
        unsigned x = flags_test(job, i->a, (enum cc)i->aux, &parity), d = def_g(job, r, NOREG);
        x64_rr8(c, (opc)(MAP_0F | 0x90 | x), 0, d);
        x64_rr8(c, MAP_0F | 0xb6, d, d);
        if (parity) { /* MOV and CMOV, since EFLAGS may be needed again */
                x64_mov_ri(c, X64_SCRATCH, x == XCC_NE);
                x64_rr(c, MAP_0F | 0x4a, false, d, X64_SCRATCH); /* CMOVP */
        }
}

void emit_sel(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        bool w = i->sz == 3, parity;
        unsigned b = use_g(job, i->b), e = use_g(job, i->c);
        unsigned x = flags_test(job, i->a, (enum cc)i->aux, &parity);
        unsigned reuse = dies_here(job, i->c) ? e : NOREG, d = def_g(job, r, reuse);
        if (parity && x == XCC_E) { /* d = b; not equal or unordered: d = c */
                unsigned t = b;
                b = e;
                e = t;
                x = XCC_NE;
        }
        if (d == b && d != e && !parity) {
                x64_rr(c, (opc)(MAP_0F | 0x40 | (x ^ 1)), w, d, e);
        } else {
                if (d == b && d != e) {
                        x64_mov_rr(c, true, X64_SCRATCH, b);
                        b = X64_SCRATCH;
                }
                if (d != e)
                        x64_mov_rr(c, w, d, e);
                x64_rr(c, (opc)(MAP_0F | 0x40 | x), w, d, b);
                if (parity)
                        x64_rr(c, MAP_0F | 0x4a, w, d, b);
                return;
        }
}

void emit_selx(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        bool parity;
        unsigned b = use_x(job, i->b), e = use_x(job, i->c);
        unsigned x = flags_test(job, i->a, (enum cc)i->aux, &parity);
        unsigned d = def_x(job, r, dies_here(job, i->c) ? e : NOREG);
        if (d == b && d != e) {
                x64_vmov(c, X64_VSCRATCH, b);
                b = X64_VSCRATCH;
        }
        x64_vmov(c, d, e);
        struct short_jumps keep = flags_jump8(job, x ^ 1, parity);
        x64_vmov(c, d, b);
        flags_land8(job, &keep);
}
