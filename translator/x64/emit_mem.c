/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code for loads, stores and atomics. Guest addresses are host addresses; those of 32 bits are computed by instructions whose
 * addresses have 32 bits too. */
#include "compile.h"
#include "ir/fold.h"

/* Can a sum of registers and displacement have more than 32 bits? Not a register alone that is known to have no more. */
static bool may_wrap(const struct compile *job, const struct ir_ins *i)
{
        return !i->a || i->b || i->disp || !ir_is_zext32(job->gen.ir, i->a);
}

static inline struct mem plain_address(struct compile *job, const struct ir_ins *i)
{
        struct mem m = { .base = NOREG, .index = NOREG, .scale = i->aux, .disp = i->disp };
        if (i->a)
                m.base = (uint8_t)use_g(job, i->a);
        if (i->b)
                m.index = (uint8_t)use_g(job, i->b);
        if (x64_homes.addr32)
                m.low32 = may_wrap(job, i);
        return m;
}

/* An address whose first part is a place in the image of the region's code, which is in no register and which nobody else needs, is made
 * of the base word and a displacement. */
__attribute__((noinline)) static struct mem address_in_place(struct compile *job, const struct ir_ins *i)
{
        struct mem m = { .base = NOREG, .index = NOREG, .scale = i->aux, .disp = i->disp };
        ref a = resolve(job, i->a);
        if (!i->a || is_entry(a) || job->val[a].reg != NOREG || !dies_here(job, a) || !reloc_address(job, a, &m))
                return plain_address(job, i);
        if (i->b)
                m.index = (uint8_t)use_g(job, i->b);
        m.low32 = x64_homes.addr32;
        return m;
}

static inline struct mem address(struct compile *job, const struct ir_ins *i)
{
        return job->in_place ? address_in_place(job, i) : plain_address(job, i);
}

static struct mem at_reg(unsigned r)
{
        return (struct mem){ .base = (uint8_t)r, .index = NOREG };
}

static unsigned reuse_address(const struct compile *job, const struct ir_ins *i)
{
        ref a = resolve(job, i->a);
        return i->a && dies_here(job, a) ? job->val[a].reg : NOREG;
}

/* ---- plain accesses ---- */

void emit_ld(struct compile *job, ref r)
{
        static const opc op[4] = { MAP_0F | 0xb6, MAP_0F | 0xb7, 0x8b, 0x8b };
        const struct ir_ins *i = ins_at(job, r);
        struct mem m = address(job, i);
        x64_rm(code_of(job), op[i->sz], i->sz == 3, def_g(job, r, reuse_address(job, i)), m);
}

void emit_lds(struct compile *job, ref r)
{
        static const opc op[3] = { MAP_0F | 0xbe, MAP_0F | 0xbf, 0x63 };
        const struct ir_ins *i = ins_at(job, r);
        struct mem m = address(job, i);
        x64_rm(code_of(job), op[i->sz], i->aux2 == 3, def_g(job, r, reuse_address(job, i)), m);
}

/* MOV m, r of 1 << sz bytes. */
static void store_sized(struct code *c, unsigned sz, unsigned reg, struct mem m)
{
        if (sz == 0) {
                x64_rm8(c, 0x88, reg, m);
                return;
        }
        if (sz == 1)
                x64_byte(c, 0x66);
        x64_store(c, sz == 3, reg, m);
}

static void store_imm(struct code *c, unsigned sz, int32_t imm, struct mem m)
{
        if (sz == 1)
                x64_byte(c, 0x66);
        x64_rm(c, sz == 0 ? 0xc6 : 0xc7, sz == 3, 0, m);
        if (sz == 0) {
                x64_byte(c, (uint8_t)imm);
        } else if (sz == 1) {
                x64_byte(c, (uint8_t)imm);
                x64_byte(c, (uint8_t)(imm >> 8));
        } else {
                x64_u32(c, (uint32_t)imm);
        }
}

void emit_st(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        int32_t imm;
        struct mem m = address(job, i);
        if (use_imm(job, i->c, i->sz, &imm))
                store_imm(code_of(job), i->sz, imm, m);
        else
                store_sized(code_of(job), i->sz, use_g(job, i->c), m);
}

/* Loads 1 << sz bytes into vector register d, with zero above. */
static void load_vector(struct code *c, unsigned sz, unsigned d, struct mem m)
{
        switch (sz) {
        case 0:
        case 1:
                x64_rm(c, MAP_0F | (sz ? 0xb7 : 0xb6), false, X64_SCRATCH, m);
                x64_v2(c, PP_66 | MAP_0F | 0x6e, d, X64_SCRATCH); /* MOVD x, r */
                break;
        case 2: x64_v2m(c, PP_66 | MAP_0F | 0x6e, d, m); break; /* MOVD */
        case 3: x64_v2m(c, PP_F3 | MAP_0F | 0x7e, d, m); break; /* MOVQ */
        default: x64_v2m(c, MAP_0F | 0x10, d, m); break;        /* MOVUPS */
        }
}

void emit_ldv(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct mem m = address(job, i);
        load_vector(code_of(job), i->sz, def_x(job, r, NOREG), m);
}

/* Stores the low 1 << sz bytes of vector register v. */
static void store_vector(struct code *c, unsigned sz, unsigned v, struct mem m)
{
        switch (sz) {
        case 0: x64_v2mi(c, PP_66 | MAP_3A | 0x14, v, m, 0); break; /* PEXTRB */
        case 1: x64_v2mi(c, PP_66 | MAP_3A | 0x15, v, m, 0); break; /* PEXTRW */
        case 2: x64_v2m(c, PP_66 | MAP_0F | 0x7e, v, m); break;     /* MOVD */
        case 3: x64_v2m(c, PP_66 | MAP_0F | 0xd6, v, m); break;     /* MOVQ */
        default: x64_v2m(c, MAP_0F | 0x11, v, m); break;            /* MOVUPS */
        }
}

void emit_stv(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct mem m = address(job, i);
        store_vector(code_of(job), i->sz, use_x(job, i->c), m);
}

/* ---- accesses that happen only when a condition holds: a jump over them ---- */

static struct mem address_when(struct compile *job, const struct ir_ins *i)
{
        struct mem m = { .base = (uint8_t)use_g(job, i->b), .index = NOREG, .disp = i->disp };
        m.low32 = x64_homes.addr32 && (i->disp || !ir_is_zext32(job->gen.ir, i->b));
        return m;
}

void emit_load_when(struct compile *job, ref r)
{
        static const opc zero[4] = { MAP_0F | 0xb6, MAP_0F | 0xb7, 0x8b, 0x8b }, sign[3] = { MAP_0F | 0xbe, MAP_0F | 0xbf, 0x63 };
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        struct mem m = address_when(job, i);
        unsigned old = use_g(job, i->c);
        bool parity, w = i->op == IR_LDSC ? i->aux2 == 3 : i->sz == 3;
        unsigned x = flags_test(job, i->a, (enum cc)(i->aux ^ 1), &parity);
        forbid_seen(job, i->c);
        unsigned d = def_g(job, r, dies_here(job, i->c) ? old : NOREG);
        if (d != old)
                x64_mov_rr(c, true, d, old);
        struct short_jumps over = flags_jump8(job, x, parity);
        x64_rm(c, i->op == IR_LDSC ? sign[i->sz] : zero[i->sz], w, d, m);
        flags_land8(job, &over);
}

void emit_ldvc(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct mem m = address_when(job, i);
        unsigned old = use_x(job, i->c);
        bool parity;
        unsigned x = flags_test(job, i->a, (enum cc)(i->aux ^ 1), &parity);
        forbid_seen(job, i->c);
        unsigned d = def_x(job, r, dies_here(job, i->c) ? old : NOREG);
        x64_vmov(code_of(job), d, old);
        struct short_jumps over = flags_jump8(job, x, parity);
        load_vector(code_of(job), i->sz, d, m);
        flags_land8(job, &over);
}

void emit_stc(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct mem m = address_when(job, i);
        int32_t imm;
        bool parity, is_imm = use_imm(job, i->c, i->sz, &imm);
        unsigned v = is_imm ? NOREG : use_g(job, i->c);
        unsigned x = flags_test(job, i->a, (enum cc)(i->aux ^ 1), &parity);
        struct short_jumps over = flags_jump8(job, x, parity);
        if (is_imm)
                store_imm(code_of(job), i->sz, imm, m);
        else
                store_sized(code_of(job), i->sz, v, m);
        flags_land8(job, &over);
}

void emit_stvc(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct mem m = address_when(job, i);
        bool parity;
        unsigned v = use_x(job, i->c), x = flags_test(job, i->a, (enum cc)(i->aux ^ 1), &parity);
        struct short_jumps over = flags_jump8(job, x, parity);
        store_vector(code_of(job), i->sz, v, m);
        flags_land8(job, &over);
}

/* ---- ordered accesses ---- */

/* An instruction with a byte form (op) and a word form (op + 1), on scratch or another register. */
static void sized_rm(struct code *c, bool lock, opc op, unsigned sz, unsigned reg, struct mem m)
{
        if (lock)
                x64_byte(c, 0xf0);
        if (sz == 1)
                x64_byte(c, 0x66);
        if (sz == 0)
                x64_rm8(c, op, reg, m);
        else
                x64_rm(c, (opc)(op + 1), sz == 3, reg, m);
}

void emit_strel(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct mem m = address(job, i);
        unsigned v = use_g(job, i->c);
        x64_mov_rr(code_of(job), true, X64_SCRATCH, v);
        sized_rm(code_of(job), false, 0x86, i->sz, X64_SCRATCH, m); /* XCHG */
}

/* TEST a, size - 1; JNE to the cold part */
void emit_align(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        unsigned a = use_g(job, i->a), size = 1u << i->sz;
        x64_rr8(c, 0xf6, 0, a);
        x64_byte(c, (uint8_t)(size - 1));
        cold_align(job, x64_jcc(c, XCC_NE), a, i->aux ? 16 : size);
        flags_lost(job);
}

void emit_fence(struct compile *job, ref r)
{
        (void)r;
        x64_byte(code_of(job), 0xf0); /* LOCK OR dword [rsp], 0: cheaper than MFENCE */
        x64_alu_mi(code_of(job), ALU_OR, false, at_reg(RSP), 0);
        flags_lost(job);
}

/* ---- exclusives ---- */

void emit_ldx(struct compile *job, ref r)
{
        static const opc op[4] = { MAP_0F | 0xb6, MAP_0F | 0xb7, 0x8b, 0x8b };
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        unsigned a = use_g(job, i->a);
        x64_rm(c, op[i->sz], i->sz == 3, X64_SCRATCH, at_reg(a));
        x64_store(c, true, a, cpu_mem(CPU_OFF(excl_addr)));
        x64_store(c, true, X64_SCRATCH, cpu_mem(CPU_OFF(excl_val)));
        x64_mov_rr(c, true, def_g(job, r, reuse_address(job, i)), X64_SCRATCH);
}

/* Makes RAX free and keeps the operands in registers. */
static void take_rax(struct compile *job, const struct ir_ins *i, unsigned reg[3])
{
        const ref v[3] = { i->a, i->b, i->c };
        for (unsigned k = 0; k < 3; k++)
                if (v[k])
                        use_g(job, v[k]);
        take_g(job, RAX);
        for (unsigned k = 0; k < 3; k++)
                reg[k] = v[k] ? use_g(job, v[k]) : NOREG;
}

void emit_stx(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        unsigned reg[3];
        take_rax(job, i, reg);
        x64_rm(c, 0x3b, true, reg[0], cpu_mem(CPU_OFF(excl_addr)));
        uint8_t *fail = x64_jcc8(c, XCC_NE);
        x64_load(c, true, RAX, cpu_mem(CPU_OFF(excl_val)));
        sized_rm(c, true, MAP_0F | 0xb0, i->sz, reg[1], at_reg(reg[0])); /* CMPXCHG */
        x64_patch8(c, fail);
        x64_rr8(c, MAP_0F | 0x95, 0, RAX); /* SETNE */
        x64_rr8(c, MAP_0F | 0xb6, RAX, RAX);
        store_imm(c, 3, -1, cpu_mem(CPU_OFF(excl_addr)));
        bind_g(job, r, RAX);
        flags_lost(job);
}

/* ---- LSE ---- */

static void zero_extend(struct code *c, unsigned sz, unsigned d, unsigned s)
{
        if (sz == 0)
                x64_rr8(c, MAP_0F | 0xb6, d, s);
        else if (sz == 1)
                x64_rr(c, MAP_0F | 0xb7, false, d, s);
        else if (sz == 2 || d != s)
                x64_mov_rr(c, sz == 3, d, s);
}

/* ADD and SWP: one locked instruction. */
static void emit_xadd(struct compile *job, ref r, bool swap)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        unsigned a = use_g(job, i->a), b = use_g(job, i->b);
        x64_mov_rr(c, true, X64_SCRATCH, b);
        sized_rm(c, true, swap ? 0x86 : MAP_0F | 0xc0, i->sz, X64_SCRATCH, at_reg(a));
        zero_extend(c, i->sz, def_g(job, r, NOREG), X64_SCRATCH);
        flags_lost(job);
}

/* R11 = new value from the old one in RAX and operand b. */
static void atomic_step(struct code *c, unsigned op, unsigned sz, unsigned b)
{
        static const uint8_t keep_old[] = { [AT_SMAX] = XCC_GE, [AT_SMIN] = XCC_LE, [AT_UMAX] = XCC_AE, [AT_UMIN] = XCC_BE };
        bool w = sz == 3;
        x64_mov_rr(c, true, X64_SCRATCH, b);
        switch (op) {
        case AT_CLR:
                x64_rr(c, 0xf7, true, 2, X64_SCRATCH);
                x64_alu_rr(c, ALU_AND, w, X64_SCRATCH, RAX);
                break;
        case AT_EOR: x64_alu_rr(c, ALU_XOR, w, X64_SCRATCH, RAX); break;
        case AT_SET: x64_alu_rr(c, ALU_OR, w, X64_SCRATCH, RAX); break;
        default:
                if (sz == 1)
                        x64_byte(c, 0x66);
                if (sz == 0)
                        x64_rr8(c, 0x3a, RAX, X64_SCRATCH); /* CMP AL, R11B */
                else
                        x64_rr(c, 0x3b, w, RAX, X64_SCRATCH);
                x64_rr(c, (opc)(MAP_0F | 0x40 | keep_old[op]), true, X64_SCRATCH, RAX); /* CMOVcc */
                break;
        }
}

void emit_atomic(struct compile *job, ref r)
{
        static const opc ld[4] = { MAP_0F | 0xb6, MAP_0F | 0xb7, 0x8b, 0x8b };
        const struct ir_ins *i = ins_at(job, r);
        if (i->aux == AT_ADD || i->aux == AT_SWP) {
                emit_xadd(job, r, i->aux == AT_SWP);
                return;
        }
        struct code *c = code_of(job);
        unsigned reg[3];
        take_rax(job, i, reg);
        x64_rm(c, ld[i->sz], i->sz == 3, RAX, at_reg(reg[0]));
        uint8_t *loop = c->p;
        atomic_step(c, i->aux, i->sz, reg[1]);
        sized_rm(c, true, MAP_0F | 0xb0, i->sz, X64_SCRATCH, at_reg(reg[0]));
        x64_byte(c, 0x75); /* JNE loop */
        x64_byte(c, (uint8_t)(loop - (c->p + 1)));
        zero_extend(c, i->sz, RAX, RAX);
        bind_g(job, r, RAX);
        flags_lost(job);
}

void emit_cas(struct compile *job, ref r)
{
        const struct ir_ins *i = ins_at(job, r);
        struct code *c = code_of(job);
        unsigned reg[3];
        take_rax(job, i, reg);
        x64_mov_rr(c, true, RAX, reg[1]);
        sized_rm(c, true, MAP_0F | 0xb0, i->sz, reg[2], at_reg(reg[0]));
        zero_extend(c, i->sz, RAX, RAX);
        bind_g(job, r, RAX);
        flags_lost(job);
}

void emit_prefetch(struct compile *job, ref r)
{
        x64_rm(code_of(job), MAP_0F | 0x18, false, 1, address(job, ins_at(job, r))); /* PREFETCHT0 */
}
