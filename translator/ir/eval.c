/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Evaluator: control, memory, flags (see eval.h). Flags values are NZCV in bits 3:0. */
#include <string.h>
#include "alu.h"
#include "eval.h"

struct eval {
        const struct ir *ir;
        struct cpu *cpu;
        uint64_t insn_pc;
        harg v[IR_MAX];
};

static bool holds(unsigned cc, unsigned nzcv)
{
        bool n = nzcv & 8, z = nzcv & 4, c = nzcv & 2, v = nzcv & 1, r;
        switch (cc >> 1) {
        case 0: r = z; break;
        case 1: r = c; break;
        case 2: r = n; break;
        case 3: r = v; break;
        case 4: r = c && !z; break;
        case 5: r = n == v; break;
        case 6: r = n == v && !z; break;
        default: return true;
        }
        return cc & 1 ? !r : r;
}

/* NZCV of x + y + carry (Arm ARM, AddWithCarry). */
static unsigned add_flags(uint64_t x, uint64_t y, unsigned carry, unsigned sz)
{
        uint64_t m = width_mask(sz);
        x &= m;
        y &= m;
        unsigned __int128 u = (unsigned __int128)x + y + carry;
        __int128 s = (__int128)sign_extend(x, sz) + sign_extend(y, sz) + carry;
        uint64_t r = (uint64_t)u & m;
        return (unsigned)(sign_extend(r, sz) < 0) << 3 | (unsigned)(r == 0) << 2 | (unsigned)((unsigned __int128)r != u) << 1 |
               (unsigned)((__int128)sign_extend(r, sz) != s);
}

/* N and Z of a result; C and V are zero. */
static unsigned nz_flags(uint64_t r, unsigned sz)
{
        return (unsigned)(sign_extend(r, sz) < 0) << 3 | (unsigned)((r & width_mask(sz)) == 0) << 2;
}

static unsigned nzcv_in(const struct eval *e, ref r)
{
        return (unsigned)e->v[r].d[0];
}

static bool eval_flags(struct eval *e, const struct ir_ins *i, uint64_t *ret)
{
        uint64_t x = e->v[i->a].d[0], y = e->v[i->b].d[0], m = width_mask(i->sz);
        switch (i->op) {
        case IR_LIVEINF: *ret = flags_to_nzcv(e->cpu->flags) >> 28; break;
        case IR_FADDS: *ret = add_flags(x, y, 0, i->sz); break;
        case IR_FSUBS: *ret = add_flags(x, ~y, 1, i->sz); break;
        case IR_FANDS: *ret = nz_flags(x & y, i->sz); break;
        case IR_FADCS: *ret = add_flags(x, y, nzcv_in(e, i->c) >> 1 & 1, i->sz); break;
        case IR_FSBCS: *ret = add_flags(x, ~y, nzcv_in(e, i->c) >> 1 & 1, i->sz); break;
        case IR_FCCMP: {
                uint64_t p = e->v[i->b].d[0], q = e->v[i->c].d[0];
                bool run = holds(i->aux, nzcv_in(e, i->a));
                *ret = !run ? i->aux2 : i->aux3 ? add_flags(p, q, 0, i->sz) : add_flags(p, ~q, 1, i->sz);
                break;
        }
        case IR_FNZ: *ret = nz_flags(y, i->sz) | (nzcv_in(e, i->a) & 3); break;
        case IR_FNZC: *ret = nz_flags(y, i->sz) | (unsigned)(e->v[i->c].d[0] & 1) << 1 | (nzcv_in(e, i->a) & 1); break;
        case IR_FSEL: *ret = nzcv_in(e, holds(i->aux, nzcv_in(e, i->a)) ? i->b : i->c); break;
        case IR_FSETNZCV: *ret = x >> 28 & 15; break;
        case IR_FGETCMP:
        case IR_FGETNZCV: *ret = (uint64_t)nzcv_in(e, i->a) << 28; break;
        case IR_SETCC: *ret = holds(i->aux, nzcv_in(e, i->a)); break;
        case IR_SEL: *ret = e->v[holds(i->aux, nzcv_in(e, i->a)) ? i->b : i->c].d[0] & m; break;
        default: return false;
        }
        return true;
}

static uint8_t *address(const struct eval *e, const struct ir_ins *i)
{
        uint64_t a = i->a ? e->v[i->a].d[0] : 0, b = i->b ? e->v[i->b].d[0] : 0;
        a += (b << i->aux) + (uint64_t)(int64_t)i->disp;
        return (uint8_t *)(uintptr_t)(e->ir->guest->addr32 ? (uint32_t)a : a);
}

static uint64_t atomic_new(unsigned op, unsigned sz, uint64_t old, uint64_t b)
{
        b &= width_mask(sz);
        switch (op) {
        case AT_ADD: return old + b;
        case AT_CLR: return old & ~b;
        case AT_EOR: return old ^ b;
        case AT_SET: return old | b;
        case AT_SMAX: return sign_extend(old, sz) > sign_extend(b, sz) ? old : b;
        case AT_SMIN: return sign_extend(old, sz) < sign_extend(b, sz) ? old : b;
        case AT_UMAX: return old > b ? old : b;
        case AT_UMIN: return old < b ? old : b;
        default: return b;
        }
}

static bool eval_atomic(struct eval *e, const struct ir_ins *i, harg *d)
{
        uint8_t *p = (uint8_t *)(uintptr_t)e->v[i->a].d[0];
        uint64_t old = 0, b = e->v[i->b].d[0], c = e->v[i->c].d[0], new;
        memcpy(&old, p, 1u << i->sz);
        switch (i->op) {
        case IR_LDX:
                e->cpu->excl_addr = e->v[i->a].d[0];
                e->cpu->excl_val[0] = old;
                d->d[0] = old;
                return true;
        case IR_STX: {
                bool ok = e->cpu->excl_addr == e->v[i->a].d[0] && old == (e->cpu->excl_val[0] & width_mask(i->sz));
                e->cpu->excl_addr = ~UINT64_C(0);
                d->d[0] = !ok;
                if (ok)
                        memcpy(p, &b, 1u << i->sz);
                return true;
        }
        case IR_ATOMIC: new = atomic_new(i->aux, i->sz, old, b); break;
        case IR_CAS: new = old == (b & width_mask(i->sz)) ? c : old; break;
        default: return false;
        }
        memcpy(p, &new, 1u << i->sz);
        d->d[0] = old;
        return true;
}

/* Accesses that a condition decides about: those without it, at the address that operand b has. */
static bool eval_access_when(struct eval *e, const struct ir_ins *i, harg *d)
{
        uint64_t a = e->v[i->b].d[0] + (uint64_t)(int64_t)i->disp, t = 0;
        uint8_t *p = (uint8_t *)(uintptr_t)(e->ir->guest->addr32 ? (uint32_t)a : a);
        bool store = i->op == IR_STC || i->op == IR_STVC;
        if (!store && i->op != IR_LDC && i->op != IR_LDSC && i->op != IR_LDVC)
                return false;
        if (!holds(i->aux, nzcv_in(e, i->a))) {
                if (!store)
                        *d = e->v[i->c];
                return true;
        }
        if (store) {
                memcpy(p, &e->v[i->c], 1u << i->sz);
        } else if (i->op == IR_LDSC) {
                memcpy(&t, p, 1u << i->sz);
                d->d[0] = (uint64_t)sign_extend(t, i->sz) & width_mask(i->aux2);
        } else {
                memcpy(d, p, 1u << i->sz);
        }
        return true;
}

static bool eval_memory(struct eval *e, const struct ir_ins *i, harg *d)
{
        uint64_t t = 0;
        switch (i->op) {
        case IR_LD: memcpy(d, address(e, i), 1u << i->sz); return true;
        case IR_LDS:
                memcpy(&t, address(e, i), 1u << i->sz);
                d->d[0] = (uint64_t)sign_extend(t, i->sz) & width_mask(i->aux2);
                return true;
        case IR_LDV: memcpy(d, address(e, i), 1u << i->sz); return true;
        case IR_ST:
        case IR_STREL:
        case IR_STV: memcpy(address(e, i), &e->v[i->c], 1u << i->sz); return true;
        case IR_PREFETCH:
        case IR_FENCE:
        case IR_ALIGN: return true;
        case IR_LDX:
        case IR_STX:
        case IR_ATOMIC:
        case IR_CAS: return eval_atomic(e, i, d);
        default: return false;
        }
}

static char *slot_field(const struct eval *e, int32_t slot)
{
        return (char *)e->cpu + e->ir->guest->slots[slot].offset;
}

static size_t slot_bytes(const struct eval *e, int32_t slot)
{
        return e->ir->guest->slots[slot].class == SLOT_VECTOR ? 16 : 8;
}

static bool eval_state(struct eval *e, const struct ir_ins *i, harg *d)
{
        switch (i->op) {
        case IR_NOP: return true;
        case IR_INSN: e->insn_pc = e->ir->pc + (uint64_t)(int64_t)i->disp; return true;
        case IR_CONST:
        case IR_PCREL: d->d[0] = (uint64_t)i->imm; return true;
        case IR_LIVEIN:
        case IR_LIVEINX: memcpy(d, slot_field(e, i->disp), slot_bytes(e, i->disp)); return true;
        case IR_LDSTATE: memcpy(d, (char *)e->cpu + i->disp, 1u << i->sz); return true;
        case IR_VQC: e->cpu->fpsr |= e->v[i->a].d[0] | e->v[i->a].d[1] ? 1u << 27 : 0; return true;
        case IR_STSTATE: memcpy((char *)e->cpu + i->disp, &e->v[i->a], 1u << i->sz); return true;
        case IR_PUT:
                if (i->disp == SLOT_NZCV)
                        e->cpu->flags = nzcv_to_flags((uint32_t)e->v[i->a].d[0] << 28);
                else
                        memcpy(slot_field(e, i->disp), &e->v[i->a], slot_bytes(e, i->disp));
                return true;
        default: return false;
        }
}

static bool eval_helper(struct eval *e, const struct ir_ins *i, harg *d)
{
        if (i->op != IR_HELPER_G && i->op != IR_HELPER_X && i->op != IR_HELPER_S)
                return false;
        e->cpu->harg[1] = e->v[i->a];
        e->cpu->harg[2] = e->v[i->b];
        e->cpu->harg[3] = e->v[i->c];
        e->cpu->helper_pc = i->op == IR_HELPER_S ? e->insn_pc : 0;
        ir_helpers[i->aux3](e->cpu, e->cpu->harg, (uint32_t)i->disp);
        e->cpu->helper_pc = 0;
        *d = e->cpu->harg[0];
        return true;
}

static bool eval_exit(struct eval *e, const struct ir_ins *i, struct eval_exit *ret)
{
        uint64_t target = e->ir->pc + (uint64_t)(int64_t)i->disp;
        if (i->op == IR_EXIT_IF && !holds(i->aux, nzcv_in(e, i->a)))
                return false;
        bool indirect = i->op == IR_EXIT_IND || i->op == IR_EXIT_CALLR || i->op == IR_EXIT_RET;
        *ret = (struct eval_exit){ .pc = indirect ? e->v[i->a].d[0] : target, .op = i->op, .reason = i->aux };
        return true;
}

bool ir_eval(const struct ir *ir, struct cpu *cpu, struct eval_exit *ret)
{
        static struct eval eval;
        struct eval *e = &eval;
        e->ir = ir;
        e->cpu = cpu;
        memset(&e->v[0], 0, sizeof(e->v[0]));
        for (ref r = 1; r < ir->n; r++) {
                const struct ir_ins *i = &ir->ins[r];
                harg *d = &e->v[r];
                memset(d, 0, sizeof(*d));
                if (ir_opinfo[i->op].flags & OF_EXIT) {
                        if (eval_exit(e, i, ret))
                                return true;
                        continue;
                }
                unsigned carry = i->op == IR_ADC || i->op == IR_SBC ? nzcv_in(e, i->c) >> 1 & 1 : 0;
                if (i->op == IR_SELX) {
                        *d = e->v[holds(i->aux, nzcv_in(e, i->a)) ? i->b : i->c];
                        continue;
                }
                if (!eval_state(e, i, d) && !eval_flags(e, i, &d->d[0]) &&
                    !ir_alu(i, e->v[i->a].d[0], e->v[i->b].d[0], carry, &d->d[0]) && !eval_memory(e, i, d) &&
                    !eval_access_when(e, i, d) && !eval_helper(e, i, d) &&
                    !eval_vec(i, &e->v[i->a], &e->v[i->b], &e->v[i->c], d) &&
                    !eval_fp(cpu, i, &e->v[i->a], &e->v[i->b], &e->v[i->c], d)) {
                        ret->op = i->op;
                        return false;
                }
        }
        ret->op = IR_NOP;
        return false;
}
