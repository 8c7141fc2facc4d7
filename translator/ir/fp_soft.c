/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All floating-point operations on vector operands, by software: for helpers, trap fix-ups and the evaluator. */
#include "fp_ops.h"
#include "fp_fixup.h"
#include "fp/fp.h"

struct call {
        struct fp_env *env;
        unsigned fn, sz, opt;
};

static uint64_t lane(const harg *v, unsigned sz, unsigned k)
{
        return sz == 3 ? v->d[k] : sz == 2 ? v->s[k] : v->h[k];
}

static void set_lane(harg *v, unsigned sz, unsigned k, uint64_t x)
{
        if (sz == 3)
                v->d[k] = x;
        else if (sz == 2)
                v->s[k] = (uint32_t)x;
        else
                v->h[k] = (uint16_t)x;
}

static uint64_t muladd(const struct call *c, uint64_t a, uint64_t b, uint64_t z)
{
        if (c->opt & FPO_NEG_PRODUCT)
                a = fp_neg(c->sz, a);
        if (c->opt & FPO_NEG_ADDEND)
                z = fp_neg(c->sz, z);
        return fp_muladd(c->env, c->sz, z, a, b);
}

/* The rounding that the options of VFRINT and conversions to integers ask for. */
static enum fp_round rounding(const struct call *c)
{
        enum fp_round r = (enum fp_round)(c->opt & FPO_ROUND);
        return r == FPR_ODD ? fp_rmode(c->env) : r;
}

static uint64_t one_operand(const struct call *c, uint64_t a)
{
        struct fp_env *e = c->env;
        enum fp_round r = rounding(c);
        bool u = c->opt & FPO_UNSIGNED;
        unsigned fbits = fp_fbits(c->opt);
        switch (c->fn) {
        case FPF_SQRT: return fp_sqrt(e, c->sz, a);
        case FPF_RINT: return fp_roundint(e, c->sz, a, r, c->opt & FPO_EXACT);
        case FPF_TOIV: return fp_to_fixed(e, c->sz, a, c->sz, fbits, u, r);
        case FPF_FROMIV: return fp_from_fixed(e, c->sz, a, c->sz, fbits, u, fp_rmode(e));
        case FPF_RECPE: return fp_recpe(e, c->sz, a);
        case FPF_RSQRTE: return fp_rsqrte(e, c->sz, a);
        case FPF_RECPX: return fp_recpx(e, c->sz, a);
        case FPF_URECPE: return fp_urecpe((uint32_t)a);
        default: return fp_ursqrte((uint32_t)a);
        }
}

static uint64_t two_operands(const struct call *c, uint64_t a, uint64_t b)
{
        struct fp_env *e = c->env;
        unsigned sz = c->sz;
        switch (c->fn) {
        case FPF_ADD: return fp_add(e, sz, a, b);
        case FPF_SUB: return fp_sub(e, sz, a, b);
        case FPF_MUL: return fp_mul(e, sz, a, b);
        case FPF_DIV: return fp_div(e, sz, a, b);
        case FPF_MAX: return fp_max(e, sz, a, b);
        case FPF_MIN: return fp_min(e, sz, a, b);
        case FPF_MAXNM: return fp_maxnm(e, sz, a, b);
        case FPF_MINNM: return fp_minnm(e, sz, a, b);
        case FPF_EQ: return fp_eq(e, sz, a, b) ? ~UINT64_C(0) : 0;
        case FPF_GE: return fp_ge(e, sz, a, b) ? ~UINT64_C(0) : 0;
        case FPF_GT: return fp_gt(e, sz, a, b) ? ~UINT64_C(0) : 0;
        case FPF_MULX: return fp_mulx(e, sz, a, b);
        case FPF_RECPS: return fp_recps(e, sz, a, b);
        case FPF_RSQRTS: return fp_rsqrts(e, sz, a, b);
        case FPF_RECIP_STEP: return fp_recip_step(e, sz, a, b);
        case FPF_RSQRT_STEP: return fp_rsqrt_step(e, sz, a, b);
        default: return one_operand(c, a);
        }
}

/* FCADD, FCMLA (Arm ARM C7.2.65, C7.2.66). */
static void complex_op(const struct call *c, harg *arg, unsigned lanes)
{
        unsigned sz = c->sz, rot = c->opt & 3;
        harg d = { .d = { 0, 0 } };
        for (unsigned k = 0; k < lanes; k += 2) {
                uint64_t a0 = lane(&arg[1], sz, k), a1 = lane(&arg[1], sz, k + 1);
                uint64_t b0 = lane(&arg[2], sz, k), b1 = lane(&arg[2], sz, k + 1), r0, r1;
                if (c->fn == FPF_CADD) {
                        uint64_t x = rot ? b1 : fp_neg(sz, b1), y = rot ? fp_neg(sz, b0) : b0;
                        r0 = fp_add(c->env, sz, a0, x);
                        r1 = fp_add(c->env, sz, a1, y);
                } else {
                        uint64_t x = rot & 1 ? b1 : b0, y = rot & 1 ? b0 : b1, m = rot & 1 ? a1 : a0;
                        if (rot == 1 || rot == 2)
                                x = fp_neg(sz, x);
                        if (rot >= 2)
                                y = fp_neg(sz, y);
                        r0 = fp_muladd(c->env, sz, lane(&arg[3], sz, k), m, x);
                        r1 = fp_muladd(c->env, sz, lane(&arg[3], sz, k + 1), m, y);
                }
                set_lane(&d, sz, k, r0);
                set_lane(&d, sz, k + 1, r1);
        }
        arg[0] = d;
}

/* Computes an op whose result is one lane, of another width than its operands. Returns false when it is no such op. The result is in no
 * harg, because that would be written in pieces and read whole, for which the host waits longer than an addition takes. */
static bool resizing_scalar(const struct call *c, const harg *arg, unsigned shape, uint64_t *d)
{
        struct fp_env *e = c->env;
        enum fp_round r = rounding(c);
        uint64_t a = lane(&arg[1], c->sz, 0);
        unsigned fbits = fp_fbits(c->opt);
        bool exact, u = c->opt & FPO_UNSIGNED;
        switch (c->fn) {
        case FPF_CVT: *d = fp_convert(e, c->sz, shape, a, fp_rmode(e)); return true;
        case FPF_TOI: *d = fp_to_fixed(e, c->sz, a, shape, fbits, u, r); return true;
        case FPF_FROMI: *d = fp_from_fixed(e, c->sz, arg[1].d[0], shape, fbits, u, fp_rmode(e)); return true;
        case FPF_JS:
                *d = fp_to_int_js(e, arg[1].d[0], &exact);
                *d |= (uint64_t)exact << 32;
                return true;
        case FPF_CMP: *d = (uint64_t)fp_compare(e, c->sz, a, lane(&arg[2], c->sz, 0), c->opt & FPO_SIGNALLING) << 28; return true;
        default: return false;
        }
}

/* The same for results of several lanes. */
static bool resizing_op(const struct call *c, harg *arg, unsigned shape)
{
        struct fp_env *e = c->env;
        harg a = arg[1], d = { .d = { 0, 0 } };
        unsigned n = shape == 2 ? 2 : 1;
        switch (c->fn) {
        case FPF_WIDEN:
                for (unsigned k = 0; k < n; k++)
                        d.d[k] = fp_convert(e, 2, 3, a.s[k], fp_rmode(e));
                break;
        case FPF_NARROW:
        case FPF_CVTXN:
                for (unsigned k = 0; k < n; k++)
                        d.s[k] = (uint32_t)fp_convert(e, 3, 2, a.d[k], c->fn == FPF_CVTXN ? FPR_ODD : fp_rmode(e));
                break;
        case FPF_CVTL:
                for (unsigned k = 0; k < 4; k++)
                        d.s[k] = (uint32_t)fp_convert(e, 1, 2, a.h[k], fp_rmode(e));
                break;
        case FPF_CVTN:
                for (unsigned k = 0; k < 4; k++)
                        d.h[k] = (uint16_t)fp_convert(e, 2, 1, a.s[k], fp_rmode(e));
                break;
        default: return false;
        }
        arg[0] = d;
        return true;
}

/* Returns the FPCR that an op with these options computes with (Arm ARM, StandardFPSCRValue). */
static uint32_t fpcr_for(const struct cpu *cpu, unsigned opt)
{
        return opt & FPO_STANDARD ? (cpu->fpcr & (FPCR_AHP | FPCR_FZ16)) | FPCR_FZ | FPCR_DN : cpu->fpcr;
}

void fp_soft(struct cpu *cpu, harg *arg, uint64_t imm)
{
        struct fp_env env = { .fpcr = fpcr_for(cpu, (unsigned)(imm >> 16)), .fpsr = 0 };
        struct call c = { .env = &env, .fn = imm & 0xff, .sz = imm >> 8 & 15, .opt = (unsigned)(imm >> 16) & 0xffff };
        unsigned shape = imm >> 12 & 15, lanes = shape == 0 ? 1 : (shape == 1 ? 8u : 16u) >> c.sz;
        uint64_t x;
        if (resizing_scalar(&c, arg, shape, &x)) {
                arg[0].d[0] = x;
                arg[0].d[1] = 0;
        } else if (c.fn == FPF_CADD || c.fn == FPF_CMLA) {
                complex_op(&c, arg, lanes);
        } else if (!resizing_op(&c, arg, shape)) {
                harg d = { .d = { 0, 0 } };
                if (c.opt & FPO_TOP_KEPT)
                        d = arg[c.fn == FPF_MA ? 3 : 1];
                for (unsigned k = 0; k < lanes; k++) {
                        uint64_t a = lane(&arg[1], c.sz, k), b = lane(&arg[2], c.sz, k);
                        set_lane(&d, c.sz, k, c.fn == FPF_MA ? muladd(&c, a, b, lane(&arg[3], c.sz, k)) : two_operands(&c, a, b));
                }
                arg[0] = d;
        }
        cpu->fpsr |= env.fpsr;
}

int fp_fn_of(unsigned op)
{
        static const int8_t fn[IR_OP_COUNT] = {
#define F(name) [IR_VF##name] = FPF_##name + 1,
                F(ADD) F(SUB) F(MUL) F(DIV) F(SQRT) F(MAX) F(MIN) F(MAXNM) F(MINNM) F(MA) F(CMP) F(EQ) F(GE) F(GT) F(RINT)
                        F(RECPS) F(RECIP_STEP) F(RSQRT_STEP) F(WIDEN) F(NARROW) F(TOI) F(FROMI) F(TOIV) F(FROMIV)
#undef F
        };
        return fn[op] - 1;
}
