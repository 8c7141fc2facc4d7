/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random regions of IR (with LIFTED defined: of lifted guest code): compiled code and the evaluator must leave the same state.
 *
 * fuzz-ir [SEED [COUNT [LENGTH]]]: one region a seed. On a difference prints the region, the first differing register and
 * ends with status 1; the seed repeats it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "../../translator/guest/a64/registers.h"
#include "../../translator/ir/eval.h"
#include "../../translator/ir/exits.h"
#include "../../translator/ir/fp_ops.h"
#include "../../translator/x64/compile.h"
#include "../../translator/x64/rules.h"

static uint64_t rng_state;

static uint64_t rnd(void)
{ /* splitmix64 */
        uint64_t z = rng_state += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        return z ^ z >> 31;
}

static uint64_t interesting(void)
{
        static const uint64_t v[] = { 0,
                                      1,
                                      2,
                                      3,
                                      31,
                                      32,
                                      63,
                                      64,
                                      0x7f,
                                      0x80,
                                      0xff,
                                      0x7fff,
                                      0x8000,
                                      0x7fffffff,
                                      0x80000000,
                                      0xffffffff,
                                      0x100000000,
                                      0x7fffffffffffffff,
                                      0x8000000000000000,
                                      0xffffffffffffffff };
        return rnd() & 1 ? v[rnd() % (sizeof(v) / sizeof(v[0]))] : rnd();
}

/* Where the region's guest code is, for even and odd seeds: addresses below 4 GiB, and below 2, are held by shorter instructions. */
#define PC_LOW UINT64_C(0x400000)
#define PC_HIGH UINT64_C(0x5500400000)
static uint64_t pc0;
static uint8_t *memory; /* a page below 4 GiB */

/* x27 points to the middle of `memory` and is never written. */
#define MEM_BASE ((enum slot)27)

struct build {
        struct ir *ir;
        int insn;
        unsigned nregs; /* that the region uses: with few, the same operands come again */
        uint8_t regs[32];
};

static enum slot a_slot(struct build *b)
{
        return (enum slot)b->regs[rnd() % b->nregs];
}

/* ---- guests ---- */

/* A guest that keeps its registers otherwise than A64: in other fields of struct cpu, and with others in host registers. x27 stays
 * what it is. */
static const struct ir_guest *random_guest(void)
{
        static struct ir_guest g;
        static struct slot_list *const lists[2] = { &g.general, &g.vector };
        g = a64_registers;
        g.code_shift = (uint8_t)(1 + (rnd() & 1));
#ifndef LIFTED
        g.addr32 = rnd() & 1;
#endif
        for (unsigned c = 0; c < 2; c++) {
                for (unsigned n = 0; n < 32; n++) {
                        unsigned s = c * 32 + rnd() % 32, t = c * 32 + rnd() % 32;
                        uint16_t offset = g.slots[s].offset;
                        if (s == MEM_BASE || t == MEM_BASE)
                                continue;
                        g.slots[s].offset = g.slots[t].offset;
                        g.slots[t].offset = offset;
                }
                uint64_t taken = 0;
                lists[c]->n = 0;
                for (unsigned n = rnd() % 16; n; n--) {
                        unsigned s = c * 32 + rnd() % 32;
                        if (!(taken >> s & 1))
                                lists[c]->slot[lists[c]->n++] = (uint8_t)s;
                        taken |= UINT64_C(1) << s;
                }
        }
        return &g;
}

static const enum ir_op two[] = { IR_ADD,  IR_SUB,  IR_AND, IR_OR,  IR_XOR, IR_ANDN, IR_MUL,
                                  IR_UDIV, IR_SDIV, IR_SHL, IR_SHR, IR_SAR, IR_ROR };
static const enum ir_op one[] = { IR_NOT, IR_NEG, IR_CLZ, IR_RBIT, IR_BSWAP, IR_REV16 };

static ref reg(struct build *b)
{
        if (rnd() % 6 == 0)
                return ir_const(b->ir, interesting());
        if (rnd() % 12 == 0)
                return ir_pcrel(b->ir, pc0 + rnd() % 0x10000);
        return ir_get(b->ir, a_slot(b));
}

static void put(struct build *b, ref v)
{
        enum slot r = a_slot(b);
        ir_put(b->ir, r == MEM_BASE ? 0 : r, v);
}

/* An address inside `memory`. */
static ref mem_base(struct build *b)
{
        return ir_get(b->ir, MEM_BASE);
}

/* An address in `memory`, as ops have it that take a base, an index and a displacement. */
struct address {
        ref base, index;
        unsigned shift;
        int32_t disp;
};

/* disp behind the middle of `memory`. With addresses of 32 bits it comes from sums that wrap at 4 GiB, and from parts of which no
 * more than 32 bits count. */
static struct address an_address(struct build *b, int32_t disp)
{
        struct address a = { .base = mem_base(b), .disp = disp };
        if (!b->ir->guest->addr32 || rnd() % 4 == 0)
                return a;
        unsigned sz = 2 + (rnd() & 1);
        int32_t far = (int32_t)rnd();
        a.base = ir_op(b->ir, rnd() & 1 ? IR_ADD : IR_SUB, sz, a.base, ir_const(b->ir, rnd()), 0);
        a.base = ir_op(b->ir, IR_SUB, sz, a.base, ir_op(b->ir, IR_SUB, 3, a.base, mem_base(b), 0), 0);
        if (rnd() & 1) {
                a.index = reg(b);
                a.shift = rnd() % 4;
                ref scaled = ir_op(b->ir, IR_SHL, sz, a.index, ir_const(b->ir, a.shift), 0);
                a.base = ir_op(b->ir, IR_SUB, sz, a.base, scaled, 0);
        }
        if (rnd() & 1) {
                a.base = ir_op(b->ir, IR_SUB, sz, a.base, ir_const(b->ir, (uint64_t)(int64_t)far), 0);
                a.disp = (int32_t)((uint32_t)disp + (uint32_t)far);
        }
        return a;
}

static void flags_alu(struct build *b, unsigned sz)
{
        static const enum ir_op alu[] = { IR_SUB, IR_ADD, IR_AND }, fl[] = { IR_FSUBS, IR_FADDS, IR_FANDS };
        unsigned k = rnd() % 3;
        ref x = reg(b), y = reg(b);
        ref d = 0, f;
        bool both = rnd() & 1, first = rnd() & 1;
        if (both && first)
                d = ir_op(b->ir, alu[k], sz, x, y, 0);
        f = ir_op(b->ir, fl[k], sz, x, y, 0);
        if (both && !first)
                d = ir_op(b->ir, alu[k], sz, x, y, 0);
        if (d)
                put(b, d);
        ir_put(b->ir, SLOT_NZCV, f);
}

static void carry_alu(struct build *b, unsigned sz)
{
        bool sub = rnd() & 1;
        ref x = reg(b), y = reg(b), f = ir_get(b->ir, SLOT_NZCV), d = 0;
        unsigned how = rnd() % 3;
        if (how != 1)
                d = ir_op(b->ir, sub ? IR_SBC : IR_ADC, sz, x, y, f);
        ref g = how ? ir_op(b->ir, sub ? IR_FSBCS : IR_FADCS, sz, x, y, f) : 0;
        if (d)
                put(b, d);
        if (g)
                ir_put(b->ir, SLOT_NZCV, g);
}

static struct ir_ins with_aux(enum ir_op op, unsigned sz, ref x, ref y, ref z, int32_t disp, unsigned aux, unsigned aux2,
                              unsigned aux3)
{
        struct ir_ins i = { .op = (uint8_t)op, .sz = (uint8_t)sz, .a = x, .b = y, .c = z };
        i.disp = disp;
        i.aux = (uint8_t)aux;
        i.aux2 = (uint8_t)aux2;
        i.aux3 = (uint16_t)aux3;
        return i;
}

static void flags_use(struct build *b, unsigned sz)
{
        ref f = ir_get(b->ir, SLOT_NZCV);
        unsigned cc = rnd() % 14;
        switch (rnd() % 5) {
        case 0: put(b, ir_emit(b->ir, with_aux(IR_SETCC, 3, f, 0, 0, 0, cc, 0, 0))); break;
        case 1: put(b, ir_emit(b->ir, with_aux(IR_SEL, sz, f, reg(b), reg(b), 0, cc, 0, 0))); break;
        case 2: {
                ref x = reg(b), y = reg(b);
                ir_put(b->ir, SLOT_NZCV, ir_emit(b->ir, with_aux(IR_FCCMP, sz, f, x, y, 0, cc, rnd() & 15, rnd() & 1)));
                break;
        }
        case 3: put(b, ir_op(b->ir, IR_FGETNZCV, 3, f, 0, 0)); break;
        default: ir_put(b->ir, SLOT_NZCV, ir_op(b->ir, IR_FSETNZCV, 2, reg(b), 0, 0)); break;
        }
}

/* Flags, and further on the result that the same host instruction would make, before or after the flags are used; perhaps the
 * same flags once more, and a result that nobody needs. */
static void late_result(struct build *b, unsigned sz)
{
        static const enum ir_op alu[] = { IR_SUB, IR_ADD, IR_AND, IR_SBC, IR_ADC },
                                fl[] = { IR_FSUBS, IR_FADDS, IR_FANDS, IR_FSBCS, IR_FADCS };
        unsigned k = rnd() % 5;
        ref x = reg(b), y = reg(b), c = k < 3 ? 0 : ir_get(b->ir, SLOT_NZCV);
        ir_put(b->ir, SLOT_NZCV, ir_op(b->ir, fl[k], sz, x, y, c));
        for (unsigned n = rnd() % 4; n; n--)
                put(b, ir_op(b->ir, rnd() % 4 ? IR_ADD : IR_MUL, sz, reg(b), reg(b), 0));
        if (rnd() & 1)
                flags_use(b, sz);
        if (rnd() & 1)
                ir_put(b->ir, SLOT_NZCV, ir_op(b->ir, fl[k], sz, x, y, c));
        ref d = ir_op(b->ir, alu[k], sz, x, y, c);
        if (rnd() & 3)
                put(b, d);
        flags_use(b, sz);
}

static void side_exit(struct build *b)
{
        ref f = rnd() & 1 ? ir_get(b->ir, SLOT_NZCV) : ir_op(b->ir, IR_FSUBS, 2 + (rnd() & 1), reg(b), ir_const(b->ir, 0), 0);
        ref live = b->ir->cur[SLOT_NZCV];
        if (live && b->ir->ins[live].op == IR_LIVEINF)
                live = 0;
        ir_emit(b->ir, with_aux(IR_EXIT_IF, 3, f, live, 0, 0x1000 + 4 * b->insn, rnd() % 14, 0, 0));
}

static void memory_op(struct build *b)
{
        unsigned sz = rnd() % 4;
        int32_t disp = (int32_t)(rnd() % 1024) & -8;
        unsigned what = rnd() % 8;
        struct address a = an_address(b, what == 5 || what == 6 ? disp & -16 : disp);
        ref v = reg(b), base = a.base;
        switch (what) {
        case 0: put(b, ir_load(b->ir, sz, base, a.index, a.shift, a.disp)); break;
        case 1: put(b, ir_load_signed(b->ir, sz % 3, 3, base, a.index, a.shift, a.disp)); break;
        case 2: put(b, ir_load_signed(b->ir, sz % 2, 2, base, a.index, a.shift, a.disp)); break;
        case 3:
        case 4: ir_store(b->ir, sz, v, base, a.index, a.shift, a.disp); break;
        case 5:
                ir_put(b->ir, (enum slot)(SLOT_V0 + rnd() % 32), ir_load_vec(b->ir, rnd() % 5, base, a.index, a.shift, a.disp));
                break;
        case 6:
                ir_store_vec(b->ir, rnd() % 5, ir_get(b->ir, (enum slot)(SLOT_V0 + rnd() % 32)), base, a.index, a.shift, a.disp);
                break;
        default: put(b, ir_emit(b->ir, with_aux(IR_ATOMIC, sz, ir_address(b->ir, mem_base(b)), v, 0, 0, rnd() % 9, 0, 0))); break;
        }
}

static void other_op(struct build *b, unsigned sz)
{
        unsigned bits = 8u << sz;
        switch (rnd() % 8) {
        case 0:
                put(b, ir_emit(b->ir, with_aux(IR_EXTR, sz, reg(b), reg(b), 0, (int32_t)(rnd() % (bits - 1) + 1), 0, 0, 0)));
                break;
        case 1: {
                unsigned lsb = rnd() % bits, width = rnd() % (bits - lsb) + 1;
                if (width < bits)
                        put(b, ir_emit(b->ir, with_aux(IR_BFI, sz, reg(b), reg(b), 0, (int32_t)lsb, width, 0, 0)));
                break;
        }
        case 2: put(b, ir_op(b->ir, IR_ZEXT, rnd() % 3, reg(b), 0, 0)); break;
        case 3: put(b, ir_emit(b->ir, with_aux(IR_SEXT, sz, reg(b), 0, 0, 0, rnd() % 3, 0, 0))); break;
        case 4: put(b, ir_op(b->ir, rnd() & 1 ? IR_UMULH : IR_SMULH, 3, reg(b), reg(b), 0)); break;
        case 5: put(b, ir_emit(b->ir, with_aux(IR_CRC32C, 2, reg(b), reg(b), 0, 0, rnd() % 4, 0, 0))); break;
        case 6: put(b, ir_emit(b->ir, with_aux(IR_CAS, sz, mem_base(b), reg(b), reg(b), 0, 0, 0, 0))); break;
        default: {
                ref x = ir_emit(b->ir, with_aux(IR_LDX, sz, mem_base(b), 0, 0, 0, 0, 0, 0));
                put(b, ir_emit(b->ir, with_aux(IR_STX, sz, mem_base(b), reg(b), 0, 0, 0, 0, 0)));
                put(b, x);
        }
        }
}

/* ---- floating point in the standard state. (In FPCR's it is tests/fp's matter.) ---- */

static ref fp_operand(struct build *b)
{
        static const uint64_t lanes[] = { 0,
                                          UINT64_C(0x0000000100000001), /* the smallest numbers, singles and a double */
                                          UINT64_C(0x807fffff007fffff),
                                          UINT64_C(0x7f8000017fc12345), /* NaNs */
                                          UINT64_C(0x7ff0000000000001),
                                          UINT64_C(0x3f80000080000000),
                                          UINT64_C(0x0080000000800000) };
        if (rnd() & 1)
                return ir_get(b->ir, (enum slot)(SLOT_V0 + rnd() % 32));
        return ir_opi(b->ir, IR_VCONST, 4, 0, 0, 0, (int64_t)lanes[rnd() % (sizeof(lanes) / sizeof(lanes[0]))]);
}

static void fp_op(struct build *b)
{
        static const enum ir_op ops[] = { IR_VFADD, IR_VFSUB, IR_VFMUL,  IR_VFDIV,  IR_VFMAX,  IR_VFMINNM, IR_VFEQ,    IR_VFGE,
                                          IR_VFGT,  IR_VFMA,  IR_VFSQRT, IR_VFRINT, IR_VFTOIV, IR_VFWIDEN, IR_VFNARROW };
        enum ir_op op = ops[rnd() % (sizeof(ops) / sizeof(ops[0]))];
        unsigned sz = 2 + (rnd() & 1), operands = (unsigned)strlen(ir_opinfo[op].args);
        ref a = fp_operand(b), c = operands > 1 ? fp_operand(b) : 0, d = operands > 2 ? fp_operand(b) : 0;
        unsigned shape = sz == 3 && rnd() & 1 ? FP_SCALAR : (unsigned)(rnd() % 3);
        if (op == IR_VFWIDEN || op == IR_VFNARROW)
                shape = rnd() & 1 ? FP_SCALAR : FP_FULL;
        unsigned round = op == IR_VFRINT || op == IR_VFTOIV ? (unsigned)(rnd() % 5) : 0;
        ref v = ir_emit(b->ir, with_aux((unsigned)op, sz, a, c, d, (int32_t)(round | FPO_STANDARD), shape, 0, 0));
        ir_put(b->ir, (enum slot)(SLOT_V0 + rnd() % 32), v);
        if (rnd() & 1)
                put(b, ir_emit(b->ir, with_aux(IR_VFTOI, sz, fp_operand(b), 0, 0, (int32_t)(rnd() % 5 | FPO_STANDARD),
                                               2 + (rnd() & 1), 0, 0)));
}

static void one_insn(struct build *b)
{
        unsigned sz = 2 + (rnd() & 1);
        struct ir_ins mark = { .op = IR_INSN, .sz = 3 };
        mark.disp = 4 * b->insn++;
        ir_emit(b->ir, mark);
        switch (rnd() % 14) {
        case 0:
        case 1:
        case 2: put(b, ir_op(b->ir, two[rnd() % 13], sz, reg(b), reg(b), 0)); break;
        case 3: put(b, ir_op(b->ir, one[rnd() % 6], sz, reg(b), 0, 0)); break;
        case 4:
        case 5: flags_alu(b, sz); break;
        case 6: carry_alu(b, sz); break;
        case 7: flags_use(b, sz); break;
        case 8: side_exit(b); break;
        case 9:
        case 10: memory_op(b); break;
        case 11: late_result(b, sz); break;
        case 12: fp_op(b); break;
        default: other_op(b, sz); break;
        }
}

static void build(struct ir *ir, unsigned length)
{
        static const uint8_t few[] = { 2, 3, 5, 8 };
        struct build b = { .ir = ir, .nregs = rnd() & 1 ? 32 : few[rnd() % 4] };
        for (unsigned k = 0; k < b.nregs; k++)
                b.regs[k] = (uint8_t)(b.nregs == 32 ? k : rnd() % 32);
        ir_begin(ir, pc0);
        for (unsigned k = 0; k < length; k++)
                one_insn(&b);
        ref f = ir->cur[SLOT_NZCV];
        if (f && ir->ins[f].op == IR_LIVEINF)
                f = 0;
        static const enum ir_op ends[] = { IR_EXIT, IR_EXIT_CALL, IR_EXIT_IND, IR_EXIT_CALLR, IR_EXIT_RET };
        enum ir_op end = ends[rnd() % 5];
        bool indirect = end >= IR_EXIT_IND;
        ref target = indirect ? ir_narrow(ir, reg(&b)) : 0;
        ir_emit(ir, with_aux((unsigned)end, 3, target, f, 0, indirect ? 0 : 0x4000, 2 + 2 * (rnd() & 1), 0, 0));
}

#ifdef LIFTED
/* ---- instead: random guest instructions, lifted. Those that access memory, branch, or need the system are left out, and FP
 * arithmetic is software's (tests/fp has the host's). ---- */

#include "../../translator/guest/a64/a64.h"
#include "../../translator/guest/clock.h"
#include "../../translator/guest/code.h"
#include "../../translator/guest/fpcr.h"
#include "../../translator/guest/region_lift.h"
#include "../../translator/rt/rt.h"
#include "enc.h"

extern const struct enc_table a64_table;
static uint32_t words[64];

/* What the lifters want of the run-time. */
uint32_t cpu_get_fpsr(struct cpu *cpu)
{
        return cpu->fpsr;
}
void cpu_set_fpsr(struct cpu *cpu, uint64_t v)
{
        cpu->fpsr = (uint32_t)v;
}
void cpu_set_fpcr(struct cpu *cpu, uint64_t v)
{
        cpu->fpcr = (uint32_t)v;
}
void helper_cntvct(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)cpu, (void)imm, arg[0].d[0] = 0;
}
int guest_read(void *dst, uint64_t addr, size_t n)
{
        (void)dst, (void)addr, (void)n;
        return -1;
}
int rt_snprintf(char *buf, size_t size, const char *format, ...)
{
        (void)buf, (void)size, (void)format;
        return 0;
}
static bool no_vdso(struct lift *l)
{
        return (void)l, false;
}
const struct code_hooks *code_hooks = &(const struct code_hooks){ .lift_vdso = no_vdso };

static bool is_calculation(uint32_t w)
{
        return (w >> 25 & 5) != 4 && (w >> 26 & 7) != 5 && w >> 16;
}

/* What a region is made of: with few instructions and registers, the same ones come again. None: all there are. */
struct pool {
        unsigned nops, nregs;
        uint16_t ops[8];
        uint8_t regs[8];
};

static unsigned any_op(void)
{
        return 1 + (unsigned)(rnd() % (a64_table.count - 1));
}

static void choose_pool(struct pool *p)
{
        p->nops = rnd() & 1 ? 3 + (unsigned)(rnd() % 6) : 0;
        p->nregs = rnd() & 1 ? 2 + (unsigned)(rnd() % 7) : 0;
        for (unsigned k = 0; k < p->nops; k++) {
                bool base = rnd() & 3;
                do
                        p->ops[k] = (uint16_t)any_op();
                while (base && strcmp(enc_feature(&a64_table, p->ops[k]), "base"));
        }
        for (unsigned k = 0; k < p->nregs; k++)
                p->regs[k] = (uint8_t)(rnd() % 32);
}

/* The same instruction with registers of the pool, where it has such a form. */
static uint32_t with_registers(const struct pool *p, unsigned op, uint32_t w)
{
        const struct enc *e = &a64_table.enc[op];
        uint32_t changed = w;
        for (unsigned k = 0; p->nregs && k < e->nfields; k++) {
                const struct enc_field *f = &a64_table.fields[e->field + k];
                const char *name = a64_table.strings + f->name;
                if (f->width == 5 && name[0] == 'r' && strchr("dnma", name[1]))
                        changed = (changed & ~(UINT32_C(31) << f->pos)) | (uint32_t)p->regs[rnd() % p->nregs] << f->pos;
        }
        return a64_table.identify(changed) == op ? changed : w;
}

static uint32_t random_word(const struct pool *p)
{
        uint32_t w;
        do {
                uint64_t seed = rnd();
                unsigned op = p->nops && rnd() % 16 ? p->ops[rnd() % p->nops] : any_op();
                w = with_registers(p, op, enc_random(&a64_table, op, &seed));
        } while (!is_calculation(w) || (w & 31) == MEM_BASE);
        return w;
}

static const uint8_t *fetch_words(uint64_t addr)
{
        return (const uint8_t *)&words[(addr - pc0) / 4 % 64];
}
_Static_assert(PC_LOW % FETCH_LINE == 0 && PC_HIGH % FETCH_LINE == 0 && sizeof(words) % FETCH_LINE == 0,
               "lines do not wrap around");

static void make(struct ir *ir, unsigned length)
{
        uint64_t undefined;
        (void)build;
        ir->opts |= IR_OPT_NO_FLAGS; /* flags that nobody will read would not be saved */
        struct pool p;
        choose_pool(&p);
        for (unsigned k = 0; k < 64; k++)
                words[k] = random_word(&p);
        the_guest = &guest_a64;
        lift_region(ir, (struct loc){ .pc = pc0, .mode = MODE_FPSOFT }, length, fetch_words, &undefined);
}
#else
static void make(struct ir *ir, unsigned length)
{
        build(ir, length);
}
#endif

static void out(void *ctx, const char *s, size_t n)
{
        (void)ctx;
        fwrite(s, 1, n, stderr);
}

static struct ir ir;

static void init_cpu(struct cpu *c)
{
        memset(c, 0, sizeof(*c));
        for (unsigned k = 0; k < 32; k++)
                c->x[k] = ir.guest->addr32 ? (uint32_t)interesting() : interesting();
        for (unsigned k = 0; k < 32; k++)
                c->v[k].d[0] = rnd(), c->v[k].d[1] = rnd();
        c->x[MEM_BASE] = (uint64_t)(uintptr_t)memory + 2048;
        c->fpcr = (uint32_t)rnd() & 0x07c00000; /* AHP, DN, FZ, RMode */
        c->flags = nzcv_to_flags((uint32_t)rnd());
        c->excl_addr = ~UINT64_C(0);
        c->ibtc[0].pc = IBTC_EMPTY(0);
}

static struct compile job;
static struct cpu cpu_a, cpu_b, *cpu_a_p = &cpu_a;

static bool differ(const char *what, unsigned k, uint64_t compiled, uint64_t evaluated)
{
        if (compiled == evaluated)
                return false;
        fprintf(stderr, "%s%u: compiled %#llx, evaluated %#llx\n", what, k, (unsigned long long)compiled,
                (unsigned long long)evaluated);
        return true;
}

static bool compare(const struct eval_exit *e, uint64_t pc, const uint8_t *mem_a, const uint8_t *mem_b)
{
        bool bad = differ("pc", 0, pc, e->pc) | differ("flags", 0, cpu_a.flags & 0xc101, cpu_b.flags & 0xc101);
        bad |= differ("fpsr", 0, cpu_a.fpsr, cpu_b.fpsr);
        if (e->op == IR_EXIT_CALL || e->op == IR_EXIT_CALLR) {
                const struct ir_ins *call = &ir.ins[ir.n - 1];
                unsigned r = ir.n;
                while (ir.ins[--r].op != IR_INSN)
                        ;
                uint64_t back = pc0 + (uint64_t)(int64_t)ir.ins[r].disp + call->aux;
                bad |= differ("return address", 0, ((const uint64_t *)cpu_a.ret_sp)[1], back);
        }
        for (unsigned k = 0; k < 32; k++) {
                bad |= differ("x", k, cpu_a.x[k], cpu_b.x[k]);
                bad |= differ("v", k, cpu_a.v[k].d[0], cpu_b.v[k].d[0]) | differ("v.hi", k, cpu_a.v[k].d[1], cpu_b.v[k].d[1]);
        }
        for (unsigned k = 0; k < 4096; k++)
                bad |= differ("memory", k, mem_a[k], mem_b[k]);
        return bad;
}

static void shift_pcs(uint64_t by)
{
        ir.pc += by;
        for (unsigned r = 1; r < ir.n; r++)
                if (ir.ins[r].op == IR_PCREL)
                        ir.ins[r].imm = (int64_t)((uint64_t)ir.ins[r].imm + by);
}

/* Do instructions that hold the region's addresses hold them too when it is moved up by so much? */
static bool keeps_forms(uint64_t by)
{
        for (unsigned r = 1; r < ir.n; r++) {
                uint64_t was = (uint64_t)ir.ins[r].imm, is = was + by;
                if (ir.ins[r].op == IR_PCREL &&
                    ((was > INT32_MAX) != (is > INT32_MAX) || (was > UINT32_MAX) != (is > UINT32_MAX)))
                        return false;
        }
        return true;
}

/* Instructions made for addresses below 4 GiB cannot hold others: code that has some must be refused at such an address. */
static bool moves_up_wrongly(const uint8_t *entry, const struct region_out *o)
{
        static uint8_t code[X64_REGION_MAX], journal[JOURNAL_MAX];
        bool short_forms = false;
        for (unsigned k = 0; k < o->nrelocs; k++)
                short_forms |= o->relocs[k].kind == RELOC_PC32 || o->relocs[k].kind == RELOC_PC31;
        memcpy(code, entry, o->code_size);
        memcpy(journal, o->journal, o->njournal);
        return x64_relocate(PC_HIGH, code, o->code_size, journal, o->njournal, o->relocs, o->nrelocs) == short_forms;
}

/* Compiles the region, whose code is at `entry`, for guest code elsewhere and at another place, and moves that to `entry`: must
 * make no difference, neither in the code nor in the journal. */
static bool is_same_moved(uint8_t *entry, const struct region_out *o)
{
        static uint8_t code[X64_REGION_MAX], journal[JOURNAL_MAX];
        const uint32_t size = o->code_size, njournal = o->njournal;
        const uint64_t by = pc0 == PC_HIGH ? UINT64_C(0x2a123456000) : keeps_forms(0x70123000) ? 0x70123000 : 0;
        struct code elsewhere = { .p = entry + 0x40000 };
        memcpy(code, entry, size);
        memcpy(journal, o->journal, njournal);
        shift_pcs(by);
        uint8_t *other = x64_compile(&job, &ir, &elsewhere, &o);
        shift_pcs(-by);
        if (!other || o->code_size != size || o->njournal != njournal)
                return false;
        memcpy(entry, other, size);
        if (pc0 == PC_LOW && o->nrelocs && moves_up_wrongly(entry, o))
                return false;
        return x64_relocate(pc0, entry, size, (uint8_t *)(uintptr_t)o->journal, njournal, o->relocs, o->nrelocs) &&
               !memcmp(entry, code, size) && !memcmp(o->journal, journal, njournal);
}

static uint64_t ret_stack[64] __attribute__((aligned(16)));

static int run_one(uint64_t seed, unsigned length, const struct code *memory_for_code)
{
        static uint8_t mem0[4096], mem_a[4096];
        struct eval_exit ex = { 0 };
        rng_state = seed;
        for (unsigned k = 0; k < 4096; k++)
                mem0[k] = (uint8_t)rnd();
        struct code code = *memory_for_code, *cache = &code;
        ir.guest = rnd() % 4 ? &a64_registers : random_guest();
        pc0 = seed & 1 && !ir.guest->addr32 ? PC_HIGH : PC_LOW;
        x64_make_stubs(cache, ir.guest);
        init_cpu(cpu_a_p);
        cpu_b = cpu_a;
        ir.movable = rnd() & 1;
        ir.opts = rnd() % 4 == 0 ? (uint32_t)rnd() & 31 : 0;
        make(&ir, length);
        ref at;
        const char *bad = ir_verify(&ir, &at);
        if (bad) {
                fprintf(stderr, "seed %llu: malformed at r%u: %s\n", (unsigned long long)seed, at, bad);
                return 1;
        }
        const struct region_out *o;
        if (rnd() % 8 == 0)
                memset(&job, (int)rnd(), sizeof(job)); /* what is there from before must not matter */
        uint8_t *entry = x64_compile(&job, &ir, cache, &o);
        if (!entry)
                return -1;
        if (ir.movable && o->movable && !is_same_moved(entry, o)) {
                fprintf(stderr, "seed %llu length %u: moved code differs\n", (unsigned long long)seed, length);
                ir_print(&ir, out, NULL);
                return 1;
        }
        memcpy(memory, mem0, 4096);
        cpu_a.ret_base = cpu_a.ret_sp = &ret_stack[56];
        ret_stack[56] = (uint64_t)(uintptr_t)x64_stubs.miss;
        int why = ((int (*)(struct cpu *, void *))(uintptr_t)x64_stubs.enter)(&cpu_a, entry);
        uint64_t pc = cpu_a.pc;
        if (why == EXIT_LINK || why == EXIT_POLL)
                for (unsigned k = 0; k < o->nexits; k++)
                        if (entry + o->exits[k].at + 5 == (uint8_t *)(uintptr_t)cpu_a.exit_site)
                                pc = pc0 + (uint64_t)(int64_t)o->exits[k].target;
        memcpy(mem_a, memory, 4096);
        memcpy(memory, mem0, 4096);
        if (!ir_eval(&ir, &cpu_b, &ex)) {
                fprintf(stderr, "evaluator does not know %s\n", ir_opinfo[ex.op].name);
                return 1;
        }
        if (!compare(&ex, pc, mem_a, memory))
                return 0;
        fprintf(stderr, "seed %llu length %u opts %#x\n", (unsigned long long)seed, length, ir.opts);
        ir_print(&ir, out, NULL);
        return 1;
}

/* The standard FP state is what it says, whatever FPCR has: the smallest number counts as zero, a NaN's payload is lost, and sums round
 * to nearest. */
static bool standard_state_is_right(void)
{
        static const struct {
                uint32_t a, b, sum, fpsr;
        } cases[] = { { 1, 0x80000000, 0, 1 << 7 },
                      { 0x7fc12345, 0, 0x7fc00000, 0 },
                      { 0x3f800000, 0x33800000, 0x3f800000, 1 << 4 } };
        bool good = true;
        for (unsigned k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
                struct cpu *c = &cpu_b;
                *c = (struct cpu){ .fpcr = 1 << 22 }; /* rounding up */
                harg arg[4] = { [1] = { .s = { cases[k].a } }, [2] = { .s = { cases[k].b } } };
                fp_soft(c, arg, fp_pack(FPF_ADD, 2, FP_SCALAR, FPO_STANDARD));
                good &= !differ("standard sum ", k, arg[0].s[0], cases[k].sum);
                good &= !differ("its FPSR ", k, c->fpsr, cases[k].fpsr);
        }
        return good;
}

/* Every op computes nothing or has an emitter; a vector or FP op has a rule, which takes no more temporaries than there is room for. */
static bool ops_are_complete(void)
{
        bool good = true;
        for (unsigned op = 0; op < IR_OP_COUNT; op++) {
                bool passive = x64_traits[op] & T_PASSIVE;
                if (passive != !x64_emitters[op] || x64_rules[op].nt > 2 || x64_rules[op].ns > 2) {
                        fprintf(stderr, "%s: %s\n", ir_opinfo[op].name,
                                passive ? "is passive, but emits" : "has no emitter, or a wrong rule");
                        good = false;
                }
        }
        return good;
}

int main(int argc, char **argv)
{
        uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1, count = argc > 2 ? strtoull(argv[2], NULL, 0) : 20000;
        unsigned length = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 0) : 0, refused = 0;
        struct code c;
        if (!x64_detect(getenv("X64_LEVEL") ? (unsigned)atoi(getenv("X64_LEVEL")) : 0))
                return 77;
        memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
        c.p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        x64_set_guest(&a64_registers);
        if (!ops_are_complete() || !standard_state_is_right())
                return 1;
        for (uint64_t s = seed; s < seed + count; s++) {
                int r = run_one(s, length ? length : 1 + (unsigned)(s % 40), &c);
                if (r > 0)
                        return 1;
                refused += r < 0;
        }
        printf("%llu regions agree, %u were refused as too long\n", (unsigned long long)count, refused);
        return refused * 10 > count;
}
