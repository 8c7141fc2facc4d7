/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions of random A32 or T32 instructions for fuzz-ir (see fuzz-lifted.h): conditional ones and IT blocks, too, and accesses to
 * memory that are sure to be within the page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../translator/guest/a32/a32.h"
#include "../../translator/guest/a32/registers.h"
#include "../../translator/guest/region_lift.h"
#include "../../translator/ir/flags.h"
#include "fuzz-lifted.h"

const struct ir_guest *const fuzz_guest = &a32_registers;
const enum slot fuzz_memory_base = (enum slot)7;
const bool fuzz_any_guest = false, fuzz_top_is_free = true;

extern const struct enc_table a32_table, a32u_table, t32_table, vfp_table, neon_table;
static const struct enc_table *const arm_tables[] = { &a32_table, &a32_table, &a32u_table, &vfp_table, &vfp_table, &neon_table },
                                     *const thumb_tables[] = { &t32_table, &t32_table, &vfp_table, &vfp_table, &neon_table };

/* An instruction; of 16 bits, then it is in the upper half. */
struct insn {
        uint32_t word;
        unsigned bytes;
};

static void write_insn(uint8_t *to, struct insn i, bool thumb)
{
        const uint16_t units[2] = { (uint16_t)(i.word >> 16), (uint16_t)i.word };
        memcpy(to, thumb ? (const void *)units : (const void *)&i.word, i.bytes);
}

/* ---- what may be in a region ---- */

static const uint8_t *fetch_alone(uint64_t addr);
static uint8_t alone[FETCH_LINE];

static const uint8_t *fetch_alone(uint64_t addr)
{
        return &alone[addr % FETCH_LINE];
}

/* Does instruction r of *ir access the page, wherever in it the accesses before it were? */
static bool is_within_page(const struct ir *ir, ref r)
{
        const struct ir_ins *i = &ir->ins[r], *base = &ir->ins[i->a];
        bool plain = i->op == IR_LD || i->op == IR_LDS || i->op == IR_LDV || i->op == IR_ST || i->op == IR_STV;
        return plain && !i->b && base->op == IR_LIVEIN && base->disp == (int32_t)MEM_BASE && i->disp > -2000 && i->disp < 2000;
}

static bool is_allowed(const struct ir *ir, ref r, unsigned bytes)
{
        const struct ir_ins *i = &ir->ins[r];
        switch (i->op) {
        case IR_PUT: return i->disp != (int32_t)MEM_BASE;
        case IR_STSTATE: return false;
        case IR_EXIT: return r == ir->n - 1 && i->disp == (int32_t)bytes;
        default:
                if (ir_opinfo[i->op].flags & (OF_EXIT | OF_SYNC))
                        return false;
                return !(ir_opinfo[i->op].flags & OF_MEM) || is_within_page(ir, r);
        }
}

/* ---- which flags are live ---- */

static unsigned asked_by(const struct ir_ins *i)
{
        static const uint8_t parts[8] = { FLAGS_NZ,           FLAGS_C,           FLAGS_NZ, FLAGS_V, FLAGS_NZ | FLAGS_C,
                                          FLAGS_NZ | FLAGS_V, FLAGS_NZ | FLAGS_V };
        return parts[i->aux >> 1];
}

/* The parts of the flags on entry that something else than the new flags is made of, or the address of a hint. */
static unsigned parts_asked(const struct ir *ir)
{
        static bool needed[IR_MAX];
        unsigned parts = 0;
        memset(needed, 0, sizeof(needed));
        for (ref r = (ref)(ir->n - 1); r; r--) {
                const struct ir_ins *i = &ir->ins[r];
                if (ir_opinfo[i->op].flags & (OF_EFFECT | OF_MEM))
                        needed[r] |= i->op != IR_PREFETCH && (i->op != IR_PUT || i->disp != SLOT_NZCV);
                if (!needed[r])
                        continue;
                needed[i->a] = needed[i->b] = needed[i->c] = true;
                bool carry = i->op == IR_ADC || i->op == IR_SBC || i->op == IR_FADCS || i->op == IR_FSBCS;
                if (carry && ir->ins[i->c].op == IR_LIVEINF)
                        parts |= FLAGS_C;
                else if ((ir_opinfo[i->op].flags & OF_ASKS) && ir->ins[i->a].op == IR_LIVEINF)
                        parts |= asked_by(i);
                else if (i->op == IR_FGETNZCV && ir->ins[i->a].op == IR_LIVEINF)
                        parts |= FLAGS_ALL;
        }
        return parts;
}

/* The parts of flags value f that are those on entry. */
static unsigned parts_kept(const struct ir *ir, ref f)
{
        const struct ir_ins *i = &ir->ins[f];
        switch (i->op) {
        case IR_LIVEINF: return FLAGS_ALL;
        case IR_FNZ: return parts_kept(ir, i->a) & (FLAGS_C | FLAGS_V);
        case IR_FNZC: return parts_kept(ir, i->a) & FLAGS_V;
        case IR_FSEL: return parts_kept(ir, i->b) | parts_kept(ir, i->c);
        default: return 0;
        }
}

static unsigned live_before(struct insn insn, bool thumb, struct insn next)
{
        write_insn(alone, insn, thumb);
        write_insn(&alone[insn.bytes], next, thumb);
        return a32_flags_live(fetch_alone, pc0 | thumb);
}

/* Ends the program if guest/a32/flags_dead.c does not know what the instruction reads, or takes it to write what it keeps. */
static void check_liveness(const struct ir *ir, struct insn insn, bool thumb)
{
        static const struct insn compare[2] = { { 0xe1500000, 4 }, { 0x42800000, 2 } },
                                 leave[2] = { { 0xe12fff1e, 4 }, { 0x47700000, 2 } };
        unsigned kept = FLAGS_ALL, asked = parts_asked(ir);
        for (ref r = 1; r < ir->n; r++)
                if (ir->ins[r].op == IR_PUT && ir->ins[r].disp == SLOT_NZCV)
                        kept = parts_kept(ir, ir->ins[r].a);
        unsigned reads = live_before(insn, thumb, compare[thumb]), live = live_before(insn, thumb, leave[thumb]);
        if (!(asked & ~reads) && !(kept & ~live))
                return;
        fprintf(stderr,
                "%s %08x is compiled to what reads %#x of NZCV and keeps %#x; looked at, it reads %#x and lets live %#x\n",
                thumb ? "T32" : "A32", insn.word, asked, kept, reads, live);
        exit(1);
}

/* ---- random instructions ---- */

static bool is_calculation(struct insn insn, bool thumb)
{
        static struct ir ir = { .guest = &a32_registers };
        uint64_t undefined = 0;
        write_insn(alone, insn, thumb);
        if (!lift_region(&ir, (struct loc){ .pc = pc0 | thumb, .mode = MODE_FPSOFT }, 1, fetch_alone, &undefined) || undefined)
                return false;
        for (ref r = 1; r < ir.n; r++)
                if (!is_allowed(&ir, r, insn.bytes))
                        return false;
        check_liveness(&ir, insn, thumb);
        return true;
}

/* Makes r7 the base register of every fourth access. */
static uint32_t with_base(const struct enc_table *t, unsigned op, uint32_t w)
{
        for (unsigned k = 0; rnd() % 4 == 0 && k < t->enc[op].nfields; k++) {
                const struct enc_field *f = &t->fields[t->enc[op].field + k];
                if (!strcmp(t->strings + f->name, "rn") && f->width >= 3)
                        w = (w & ~(((UINT32_C(1) << f->width) - 1) << f->pos)) | UINT32_C(7) << f->pos;
        }
        return w;
}

/* Advanced SIMD in T32 (Arm ARM F3.1.10). */
static uint32_t thumb_word(const struct enc_table *t, uint32_t w)
{
        if (t == &vfp_table)
                return w | 0xe0000000;
        if (t != &neon_table || w >> 26 != 0x3c)
                return w;
        return (w & 0x00ffffff) | (w >> 25 == 0x79 ? 0xef000000 | (w << 4 & 0x10000000) : 0xf9000000);
}

static struct insn random_insn(bool thumb)
{
        struct insn i;
        do {
                const struct enc_table *t = thumb ? thumb_tables[rnd() % 5] : arm_tables[rnd() % 6];
                uint64_t seed = rnd();
                unsigned op = 1 + (unsigned)(rnd() % (t->count - 1));
                i.word = with_base(t, op, enc_random(t, op, &seed));
                i.bytes = t == &t32_table && !t->has_second(i.word) ? 2 : 4;
                if (thumb)
                        i.word = thumb_word(t, i.word);
                else if (t == &a32_table || t == &vfp_table)
                        i.word = (i.word & 0x0fffffff) | (rnd() & 1 ? 0xe0000000 : (uint32_t)(rnd() % 15) << 28);
        } while (!is_calculation(i, thumb));
        return i;
}

static void fill_arm(void)
{
        for (unsigned at = 0; at < CODE_SIZE; at += 4)
                write_insn(&fuzz_code[at], random_insn(false), false);
}

static void fill_thumb(void)
{
        static const struct insn nop = { 0xbf000000, 2 };
        unsigned block = 0; /* instructions until the end of an IT block */
        for (unsigned at = 0; at < CODE_SIZE;) {
                struct insn i = random_insn(true);
                if (!block && rnd() % 4 == 0) {
                        uint32_t mask = 1 + (uint32_t)(rnd() % 15);
                        i = (struct insn){ (0xbf00 | (uint32_t)(rnd() % 14) << 4 | mask) << 16, 2 };
                        block = 5 - (unsigned)__builtin_ctz(mask);
                }
                block -= block != 0;
                if (at + i.bytes > CODE_SIZE)
                        i = nop;
                write_insn(&fuzz_code[at], i, true);
                at += i.bytes;
        }
}

void fuzz_region(struct ir *ir, unsigned length)
{
        uint64_t undefined;
        bool thumb = rnd() & 1;
        uint32_t mode = MODE_FPSOFT | (rnd() % 8 ? 0 : MODE_BE);
        ir->opts |= IR_OPT_NO_FLAGS; /* else flags that nobody will read are not saved, and differ */
        the_guest = &guest_a32;
        if (thumb)
                fill_thumb();
        else
                fill_arm();
        lift_region(ir, (struct loc){ .pc = pc0 | thumb, .mode = mode }, length, fuzz_fetch, &undefined);
}
