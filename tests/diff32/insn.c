/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making instructions for cases (see generate.h). */
#include <stdio.h>
#include <string.h>
#include "generate.h"

static uint64_t rng;

void seed_random(uint64_t seed)
{
        rng = seed;
        next();
}

uint64_t next(void)
{
        rng = rng * 6364136223846793005u + 1442695040888963407u;
        return rng >> 24;
}

/* ---- names and fields ---- */

static bool starts(const struct insn *i, const char *s)
{
        return !strncmp(insn_name(i), s, strlen(s));
}

static bool is(const struct insn *i, const char *s)
{
        return !strcmp(insn_name(i), s);
}

static const struct enc_field *field(const struct insn *i, const char *name)
{
        const struct enc *e = &i->table->enc[i->op];
        for (unsigned k = 0; k < e->nfields; k++)
                if (!strcmp(i->table->strings + i->table->fields[e->field + k].name, name))
                        return &i->table->fields[e->field + k];
        return NULL;
}

/* The value of a field; of one that is not there, -1. */
static int get(const struct insn *i, const char *name)
{
        const struct enc_field *f = field(i, name);
        return f ? (int)(i->word >> f->pos & ((1u << f->width) - 1)) : -1;
}

static void put(struct insn *i, const char *name, unsigned v)
{
        const struct enc_field *f = field(i, name);
        uint32_t mask = f ? ((1u << f->width) - 1) << f->pos : 0;
        if (f)
                i->word = (i->word & ~mask) | (v << f->pos & mask);
}

static bool is_unit(const struct insn *i)
{
        return i->table == &t32_table && !t32_table.has_second(i->word);
}

static bool still_the_same(const struct insn *i)
{
        return i->table->identify(i->word) == i->op;
}

/* ---- what an instruction is ---- */

static bool is_load(const struct insn *i)
{
        return starts(i, "ld") || starts(i, "pop") || (starts(i, "vld") && i->table != &t32_table);
}

static bool is_memory(const struct insn *i)
{
        return is_load(i) || starts(i, "st") || starts(i, "push") || starts(i, "vst") || starts(i, "swp");
}

static bool is_exclusive(const struct insn *i)
{
        return starts(i, "ldrex") || starts(i, "strex") || starts(i, "ldaex") || starts(i, "stlex");
}

static bool is_branch(const struct insn *i)
{
        static const char *const names[] = { "b",       "bl",  "b_cond", "b_w",     "b_cond_w", "blx_imm", "bx", "bxj",
                                             "blx_reg", "cbz", "cbnz",   "cbz_far", "cbnz_far", "tbb",     "tbh" };
        for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
                if (is(i, names[k]))
                        return true;
        return false;
}

/* Must its address be aligned for QEMU, which knows what hardware without a kernel does? */
static bool wants_aligned(const struct insn *i)
{
        static const char *const begins[] = { "ldm", "stm",   "ldrd",  "strd", "push", "pop",
                                              "v",   "ldrex", "strex", "lda",  "stl",  "swp" };
        for (size_t k = 0; k < sizeof(begins) / sizeof(begins[0]); k++)
                if (starts(i, begins[k]))
                        return true;
        return false;
}

/* ---- what must not be ---- */

static bool has_register(const struct insn *i, int r)
{
        static const char *const names[] = { "rd", "rn", "rm", "ra", "rs", "rt", "rt2", "lo", "hi" };
        for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
                const struct enc_field *f = field(i, names[k]);
                if (f && f->width == 4 && get(i, names[k]) == r)
                        return true;
        }
        return false;
}

static bool writes_base(const struct insn *i)
{
        if (get(i, "w") == 1 || get(i, "writeback") == 1 || get(i, "p") == 0)
                return true;
        return i->table == &neon_table && get(i, "rm") >= 0 && get(i, "rm") != 15;
}

/* Loads and stores that are UNPREDICTABLE (Arm ARM K1.1), or that QEMU takes otherwise than real processors. */
static bool is_bad_memory(const struct insn *i)
{
        int rn = get(i, "rn"), rt = get(i, "rt"), rt2 = get(i, "rt2"), rm = get(i, "rm"), rd = get(i, "rd"),
            list = get(i, "list");
        bool pair = starts(i, "ldrd") || starts(i, "strd") || starts(i, "ldrexd") || starts(i, "strexd") || starts(i, "ldaexd") ||
                    starts(i, "stlexd");

        if (pair && rt2 < 0)
                rt2 = rt + 1;
        if (rn == 15 && (writes_base(i) || is_exclusive(i) || !is_load(i) || i->table == &neon_table || starts(i, "lda")))
                return true;
        if (rm >= 0 && i->table != &neon_table && (rm == rn || (pair && (rm == rt || rm == rt2))))
                return true;
        if (pair && get(i, "p") == 0 && get(i, "w") == 1)
                return true;
        if (writes_base(i) && (rn == rt || rn == rt2))
                return true;
        if (rm == 15 && i->table != &neon_table)
                return true;
        if (rd >= 0 && is_exclusive(i) && (rd == rn || rd == rt || rd == rt2))
                return true;
        if (starts(i, "swp"))
                return rn == rt || rn == rt2 || rt2 == 15;
        if (rt == 15 && !is(i, "ldr_imm") && !is(i, "ldr_reg") && !is(i, "ldr_w") && !is(i, "ldr_moving"))
                return true;
        if (rt2 == 15 || (rt == 13 && pair) || (pair && is_load(i) && rt == rt2))
                return true;
        if (list < 0)
                return false;
        if (rn == 15 ||
            (i->table == &t32_table && !is_unit(i) && ((list & 1 << 13) || !(list & (list - 1)) || (list >> 14) == 3)))
                return true;
        if (i->table == &t32_table && !is_unit(i) && starts(i, "stm") && (list & 1 << 15))
                return true;
        return writes_base(i) && rn >= 0 && (list >> rn & 1) && (is_load(i) || (list & ((1 << rn) - 1)));
}

/* Words that T32 forbids, and such as are UNPREDICTABLE in both states. */
static bool is_bad(const struct insn *i)
{
        bool branch = is_branch(i);
        if (is_memory(i))
                return is_bad_memory(i);
        if (i->table == &t32_table && !is_unit(i) && !branch && has_register(i, 15) && get(i, "ra") != 15 && get(i, "rn") != 15)
                return true;
        if (i->table == &t32_table && !is_unit(i) && has_register(i, 13))
                return true;
        if (get(i, "ra") == 15 && (starts(i, "mla") || starts(i, "mls") || starts(i, "smlaxy") || starts(i, "smlaw")))
                return i->table == &a32_table || starts(i, "mls");
        if ((is(i, "add_high") || is(i, "mov_high")) && get(i, "d") && get(i, "rd") == 7)
                return true;
        if (get(i, "rd") == 15 && !is(i, "mov_reg"))
                return true;
        if (branch && (get(i, "rm") == 15 || get(i, "rn") >= 13))
                return true;
        if (i->table == &vfp_table &&
            (get(i, "rt") == 15 || get(i, "rt2") == 15 || (get(i, "rt2") >= 0 && get(i, "rt") == get(i, "rt2"))))
                return !is(i, "vmrs");
        if ((is(i, "vtrn") || is(i, "vuzp") || is(i, "vzip")) && get(i, "vd") == get(i, "vm") && get(i, "d") == get(i, "m"))
                return true;
        if (is(i, "vmov_ss_rr") && get(i, "vm") == 15 && get(i, "m") == 1)
                return true;
        return i->table == &a32_table && starts(i, "msr") && get(i, "rn") == 15;
}

/* ---- taming ---- */

/* A branch goes to 8 bytes behind its beginning. */
static void tame_branch(struct insn *i)
{
        bool wide = i->table == &t32_table && !is_unit(i);
        if (i->table == &a32_table || i->table == &a32u_table) {
                put(i, "imm24", 0);
                put(i, "h", 0);
                return;
        }
        put(i, "s", 0);
        put(i, "imm10", 0);
        put(i, "imm6", 0);
        put(i, "j1", !is(i, "b_cond_w"));
        put(i, "j2", !is(i, "b_cond_w"));
        put(i, "imm11", 2);
        put(i, "imm8", 2);
        put(i, "imm5", 2);
        if (!wide && (is(i, "cbz_far") || is(i, "cbnz_far")))
                put(i, "imm5", 0);
}

static void role(struct test *t, int r, char what)
{
        if (r >= 0 && r < 15)
                t->roles[r] = what;
}

/* Registers that go into addresses, and memory that the pc is loaded from. */
static void set_roles(struct test *t, struct insn *i)
{
        bool aligned = wants_aligned(i),
             loads_pc = is_load(i) && (get(i, "rt") == 15 || get(i, "list") >> 15 == 1 || get(i, "pc") == 1);
        if (is(i, "tbb") || is(i, "tbh")) {
                role(t, get(i, "rn"), 'a');
                role(t, get(i, "rm"), 'i');
                t->roles[15] = is(i, "tbb") ? 'b' : 'h';
        } else if (is_branch(i)) {
                role(t, get(i, "rm"), next() & 1 ? 'c' : 'x');
        } else if (is(i, "mov_reg") && get(i, "rd") == 15) {
                put(i, "s", 0);
                put(i, "amount", 0);
                put(i, "shift", 0);
                role(t, get(i, "rm"), next() & 1 ? 'c' : 'x');
        } else if (is_memory(i)) {
                if (i->table != &neon_table || get(i, "rm") != 13)
                        role(t, get(i, "rm"),
                             get(i, "type") == 3   ? 'z'
                             : get(i, "type") > 0  ? 'k'
                             : aligned || loads_pc ? 'i'
                                                   : 'j');
                role(t, get(i, "rn"), aligned || loads_pc ? 'a' : 'u');
                if (starts(i, "push") || starts(i, "pop") || strstr(insn_name(i), "_sp"))
                        role(t, 13, 'a');
                if (loads_pc)
                        t->roles[15] = next() & 1 ? 'c' : 'x';
        }
}

/* Offsets of accesses that must be aligned. */
static void tame_offset(struct insn *i)
{
        bool loads_pc = get(i, "rt") == 15 && is_load(i);
        put(i, "type", next() & 1 || wants_aligned(i) || loads_pc ? 0 : (unsigned)get(i, "type"));
        put(i, "amount", wants_aligned(i) || loads_pc ? 0 : (unsigned)(next() & 3));
        if (starts(i, "ldrd_imm") || starts(i, "strd_imm"))
                put(i, "lo", (unsigned)get(i, "lo") & 8);
        if (loads_pc)
                put(i, "imm12", (unsigned)get(i, "imm12") & 0xfc), put(i, "imm8", (unsigned)get(i, "imm8") & 0xfc);
        else if (field(i, "imm12") && (next() & 7))
                put(i, "imm12", (unsigned)get(i, "imm12") & 0x1ff);
}

/* ---- text ---- */

void begin(struct test *t, bool thumb)
{
        memset(t, 0, sizeof(*t));
        t->first = t->last = t->state = thumb ? 't' : 'a';
        memcpy(t->roles, "................", 16);
}

void add_text(struct test *t, const char *text, unsigned bytes)
{
        snprintf(t->text[t->n++], TEXT, "%s", text);
        t->bytes += bytes;
}

void switch_state(struct test *t)
{
        if (t->state == 'a') {
                add_text(t, "faffffff", 4); /* blx to the next instruction */
                t->state = 't';
                return;
        }
        if (t->bytes & 2)
                add_text(t, "bf00", 2);
        add_text(t, "4778", 2); /* bx pc */
        add_text(t, "46c0", 2);
        t->state = 'a';
}

/* Advanced SIMD has another form in T32 than in A32, VFP has A32's with condition 14. */
static uint32_t thumb_form(const struct insn *i)
{
        uint32_t w = i->word;
        if (i->table == &neon_table && w >> 25 == 0x79)
                return (w & 0x00ffffff) | 0xef000000 | (w & 1u << 24) << 4;
        if (i->table == &neon_table && w >> 24 == 0xf4)
                return (w & 0x00ffffff) | 0xf9000000;
        return w;
}

static void add_insn(struct test *t, const struct insn *i)
{
        char text[TEXT];
        uint32_t w = thumb_form(i);
        if (t->state == 'a')
                snprintf(text, sizeof(text), "%08x", i->word);
        else if (is_unit(i))
                snprintf(text, sizeof(text), "%04x", w >> 16);
        else
                snprintf(text, sizeof(text), "%04x.%04x", w >> 16, w & 0xffff);
        add_text(t, text, is_unit(i) ? 2 : 4);
}

static bool has_condition(const struct test *t, const struct insn *i)
{
        return t->state == 'a' && (i->table == &a32_table || i->table == &vfp_table);
}

static void put_condition(struct insn *i, unsigned cond)
{
        i->word = (i->word & 0x0fffffff) | cond << 28;
}

/* ---- cases ---- */

/* Must it not be in an IT block? SETEND and CPS are UNPREDICTABLE there. For a register that it calls a helper for, QEMU leaves ITSTATE,
 * which an instruction advances (ITAdvance() of the Arm ARM), as it is in the frames of later signals, even in A32 state. */
static bool not_in_it(const struct insn *i)
{
        return starts(i, "setend") || starts(i, "cps") || is(i, "mrc_pmuserenr");
}

/* Fills up to what a branch goes to, with instructions that show whether it was taken: EOR R0, R0, #1; EORS R0, R1. */
static void add_passed(struct test *t)
{
        while (t->bytes < 8)
                if (t->state == 'a')
                        add_text(t, "e2200001", 4);
                else
                        add_text(t, "4048", 2);
}

/* Is Rd, of which bit 3 may be in a field of its own, the pc? */
static bool writes_pc(const struct insn *i)
{
        bool high = is(i, "mov_high") || is(i, "add_high");
        return get(i, "rd") == 15 || (high && get(i, "d") == 1 && get(i, "rd") == 7);
}

bool make_single(struct test *t, struct insn *i)
{
        i->word = enc_random(i->table, i->op, &rng);
        if (is_branch(i))
                tame_branch(i);
        if (is_memory(i))
                tame_offset(i);
        if (is_bad(i))
                return false;
        set_roles(t, i);
        if (!still_the_same(i))
                return false;
        if (has_condition(t, i))
                put_condition(i, (next() & 1) || strchr(t->roles, 'x') ? 14 : (unsigned)(next() % 15));
        bool jumps = is_branch(i) || strchr("cx", t->roles[15]) || writes_pc(i);
        add_insn(t, i);
        if (jumps)
                add_passed(t);
        if (strpbrk(t->roles, "x") || is(i, "blx_imm"))
                t->last = t->state == 'a' ? 't' : 'a';
        if (t->state == 't' && !jumps && !is(i, "it") && !is(i, "bkpt") && !not_in_it(i) && !(next() & 7))
                t->first = 'i';
        return true;
}

bool is_about_flags(const struct insn *i)
{
        bool low = i->table == &t32_table && !t32_table.has_second(t32_table.bits[i->op][1]);
        return field(i, "s") || (low && field(i, "rd")) || starts(i, "cm") || starts(i, "ts") || starts(i, "te");
}

enum { BASE = 7, INDEX = 6 };

/* Registers that an instruction may use in a sequence: not r6, r7, sp, pc. */
static void tame_registers(struct insn *i)
{
        static const char *const names[] = { "rd", "rn", "rm", "ra", "rs", "rt", "rt2", "lo", "hi" };
        static const uint8_t high[] = { 0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 14 };
        bool memory = is_memory(i);

        for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
                const struct enc_field *f = field(i, names[k]);
                if (!f || f->width < 3 || f->width > 4 || (memory && names[k][0] != 'r'))
                        continue;
                int r = get(i, names[k]);
                if (r == 6 || r == 7 || r == 13 || (r == 15 && strcmp(names[k], "ra")))
                        put(i, names[k], f->width == 3 ? (unsigned)(next() % 6) : high[next() % sizeof(high)]);
        }
        if (field(i, "d") && (is(i, "add_high") || is(i, "cmp_high") || is(i, "mov_high")))
                put(i, "d", get(i, "rd") < 5), put(i, "rd", (unsigned)get(i, "rd") % 6);
        if (field(i, "list")) {
                unsigned list = (unsigned)get(i, "list") & 0x5f3f;
                put(i, "list", list ? list : 1);
        }
        put(i, "regs", (unsigned)get(i, "regs") & 0x3f);
        put(i, "pc", 0);
        if (!memory)
                return;
        put(i, "rn", BASE);
        if (i->table != &neon_table || (get(i, "rm") != 15 && get(i, "rm") != 13))
                put(i, "rm", INDEX);
        if (field(i, "rt") && !field(i, "rt2") && strchr(insn_name(i), 'd'))
                put(i, "rt", (unsigned)get(i, "rt") % 5 & ~1u);
}

static bool suits_sequence(const struct insn *i)
{
        return !is_branch(i) && !is_exclusive(i) && !starts(i, "swp") && !is(i, "bkpt") && !is(i, "it") && !is(i, "vmsr") &&
               get(i, "rd") != 15;
}

bool make_for_sequence(struct test *t, struct insn *i, bool in_it)
{
        i->word = enc_random(i->table, i->op, &rng);
        if (!suits_sequence(i) || (in_it && not_in_it(i)))
                return false;
        tame_registers(i);
        if (is_memory(i))
                tame_offset(i), put(i, "imm12", (unsigned)get(i, "imm12") & 0x7c), put(i, "type", 0);
        if (!still_the_same(i) || is_bad(i))
                return false;
        if (has_condition(t, i))
                put_condition(i, next() & 1 ? 14 : (unsigned)(next() % 15));
        add_insn(t, i);
        return true;
}
