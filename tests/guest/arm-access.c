/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf */
/* Faults of each form of load and store of A32 and T32: at pages that are not there, that may not be written, and across the end
 * of a page. The signal must have the right address, and its frame each register as it was before the instruction; an instruction
 * that loads many may have loaded some, but not the base. When the page is there, the instruction done again must have the same
 * result as without a fault. */
#include "probe-arm.h"

enum {
        LD = 0,
        ST = 1,      /* needs a page that can be written */
        ALIGNED = 2, /* faults where the address is no multiple of the size */
        MULTI = 4,   /* accesses words one after the other, at multiples of 4; a load may have loaded some */
        NEWER = 8,   /* QEMU's CPU does not have it any more */
};

/* The columns: the instruction, the value of r2, the access's offset from r1 (or sp), its size, its kind, the condition. Data is in
 * r3 to r6. */
#define BOTH(X) \
        X("ldrb r5, [r1]", 0, 0, 1, LD, 14) \
        X("ldrb r5, [r1], #-3", 0, 0, 1, LD, 14) \
        X("ldrb r5, [r1, #5]!", 0, 5, 1, LD, 14) \
        X("ldrsb r5, [r1, #-7]", 0, -7, 1, LD, 14) \
        X("ldrh r5, [r1, r2]", 24, 24, 2, LD, 14) \
        X("ldrh r5, [r1], #2", 0, 0, 2, LD, 14) \
        X("ldrsh r5, [r1, #-2]!", 0, -2, 2, LD, 14) \
        X("ldr r5, [r1, #4]", 0, 4, 4, LD, 14) \
        X("ldr r5, [r1], #4", 0, 0, 4, LD, 14) \
        X("ldr r5, [r1, #-8]!", 0, -8, 4, LD, 14) \
        X("ldr r5, [r1, r2, lsl #2]", 0xfffffffe, -8, 4, LD, 14) \
        X("ldr r1, [r1, #8]", 0, 8, 4, LD, 14) \
        X("ldr r2, [r1, r2]", 40, 40, 4, LD, 14) \
        X("ldrt r5, [r1]", 0, 0, 4, LD, 14) \
        X("strb r5, [r1, #9]", 0, 9, 1, ST, 14) \
        X("strh r5, [r1, #-2]!", 0, -2, 2, ST, 14) \
        X("str r5, [r1], #-4", 0, 0, 4, ST, 14) \
        X("str r5, [r1, #4]!", 0, 4, 4, ST, 14) \
        X("str r5, [r1, r2]", 12, 12, 4, ST, 14) \
        X("strt r5, [r1]", 0, 0, 4, ST, 14) \
        X("ldrd r4, r5, [r1, #8]", 0, 8, 8, MULTI, 14) \
        X("ldrd r4, r5, [r1], #-8", 0, 0, 8, MULTI, 14) \
        X("ldrd r4, r5, [r1, #16]!", 0, 16, 8, MULTI, 14) \
        X("strd r4, r5, [r1, #8]", 0, 8, 8, ST | MULTI, 14) \
        X("strd r4, r5, [r1, #-8]!", 0, -8, 8, ST | MULTI, 14) \
        X("ldmia r1, {r3, r4, r5, r6}", 0, 0, 16, MULTI, 14) \
        X("ldmia r1!, {r3, r4, r5, r6}", 0, 0, 16, MULTI, 14) \
        X("ldmdb r1!, {r4, r5, r6}", 0, -12, 12, MULTI, 14) \
        X("ldmia r1, {r0, r1, r4, r5}", 0, 0, 16, MULTI, 14) \
        X("stmia r1!, {r3, r4, r5, r6}", 0, 0, 16, ST | MULTI, 14) \
        X("stmdb r1!, {r4, r5, r6}", 0, -12, 12, ST | MULTI, 14) \
        X("push {r3, r4, r5, r6}", 0, -16, 16, ST | MULTI, 14) \
        X("pop {r3, r4, r5, r6}", 0, 0, 16, MULTI, 14) \
        X("ldrex r5, [r1]", 0, 0, 4, ALIGNED, 14) \
        X("ldrexb r5, [r1]", 0, 0, 1, ALIGNED, 14) \
        X("ldrexh r5, [r1]", 0, 0, 2, ALIGNED, 14) \
        X("ldrexd r4, r5, [r1]", 0, 0, 8, ALIGNED, 14) \
        X("lda r5, [r1]", 0, 0, 4, ALIGNED, 14) \
        X("ldah r5, [r1]", 0, 0, 2, ALIGNED, 14) \
        X("ldaex r5, [r1]", 0, 0, 4, ALIGNED, 14) \
        X("stl r5, [r1]", 0, 0, 4, ST | ALIGNED, 14) \
        X("stlb r5, [r1]", 0, 0, 1, ST | ALIGNED, 14) \
        X("stlh r5, [r1]", 0, 0, 2, ST | ALIGNED, 14)

#define A32(X) \
        BOTH(X) \
        X("ldr r5, [r1, -r2, asr #1]", 33, -16, 4, LD, 14) \
        X("ldrb r5, [r1], r2, ror #3", 8, 0, 1, LD, 14) \
        X("str r5, [r1, -r2, lsl #2]!", 3, -12, 4, ST, 14) \
        X("strh r5, [r1], -r2", 8, 0, 2, ST, 14) \
        X("ldrd r4, r5, [r1, r2]", 16, 16, 8, MULTI, 14) \
        X("strd r4, r5, [r1, -r2]!", 16, -16, 8, ST | MULTI, 14) \
        X("ldmib r1, {r3, r5}", 0, 4, 8, MULTI, 14) \
        X("ldmda r1!, {r3, r5, r6}", 0, -8, 12, MULTI, 14) \
        X("stmib r1!, {r3, r5}", 0, 4, 8, ST | MULTI, 14) \
        X("stmda r1, {r3, r5, r6}", 0, -8, 12, ST | MULTI, 14) \
        X("stmia r1!, {r1, r5}", 0, 0, 8, ST | MULTI, 14) \
        X(".inst 0xe1015096 @ swp r5, r6, [r1]", 0, 0, 4, ST | NEWER, 14) \
        X(".inst 0xe1415096 @ swpb r5, r6, [r1]", 0, 0, 1, ST | NEWER, 14) \
        X("ldrne r5, [r1, #4]", 0, 4, 4, LD, 1) \
        X("ldreq r5, [r1, #4]!", 0, 4, 4, LD, 0) \
        X("ldrshcs r5, [r1], #4", 0, 0, 2, LD, 2) \
        X("strmi r5, [r1], #4", 0, 0, 4, ST, 4) \
        X("strhi r5, [r1, r2]", 4, 4, 4, ST, 8) \
        X("ldmge r1!, {r3, r5}", 0, 0, 8, MULTI, 10) \
        X("stmle r1!, {r3, r5}", 0, 0, 8, ST | MULTI, 13) \
        X("ldrdgt r4, r5, [r1]", 0, 0, 8, MULTI, 12)

#define T32(X) \
        BOTH(X) \
        X("ldr.n r5, [r1, #4]", 0, 4, 4, LD, 14) \
        X("str.n r5, [r1, #4]", 0, 4, 4, ST, 14) \
        X("ldrsh.n r5, [r1, r2]", 6, 6, 2, LD, 14) \
        X("ldr.w r5, [r1, #4095]", 0, 4095, 4, LD, 14) \
        X("ldr.w r5, [r1, #-255]", 0, -255, 4, LD, 14) \
        X("ldrb.w r5, [r1, r2, lsl #3]", 3, 24, 1, LD, 14) \
        X("ldrd r5, r3, [r1, #-8]", 0, -8, 8, MULTI, 14) \
        X("ldrex r5, [r1, #16]", 0, 16, 4, ALIGNED, 14) \
        X("ldrexd r5, r3, [r1]", 0, 0, 8, ALIGNED, 14)

#define AS(text, r2, offset, size, kind, cond) text "\n.balign 4\n"
#define ROW(text, r2, offset, size, kind, cond) { text, r2, offset, size, kind, cond },

/* In front of the instruction: each of r0, r3 to r12 and lr gets another value, and the flags. apply_before() does the same to a
 * struct state. Behind it: what reads registers and flags. */
#define AROUND(state) \
        "before_" state ": add r0, r0, #100\n .irp r, 3,4,5,6,7,8,9,10,11,12,14\n add r\\r, r\\r, #\\r\n .endr\n cmp r9, r10\n" \
        "after_" state ": mov r0, #7\n add r7, r7, r5\n sbc r8, r8, r6\n bkpt #2\n.balign 4\n" \
        "end_" state ":\n"
__asm__(".pushsection .text.forms, \"ax\"\n.syntax unified\n.arch armv8-a\n.balign 4\n"
        ".globl forms_a32, before_a32, after_a32, end_a32, forms_t32, before_t32, after_t32, end_t32\n"
        ".arm\nforms_a32:\n" A32(AS) AROUND("a32") ".thumb\nforms_t32:\n" T32(AS) AROUND("t32") ".popsection");
extern const uint8_t forms_a32[], before_a32[], after_a32[], end_a32[], forms_t32[], before_t32[], after_t32[], end_t32[];

struct form {
        const char *text;
        uint32_t r2;
        int32_t offset;
        unsigned size, kind, cond;
};
static const struct form a32[] = { A32(ROW) }, t32[] = { T32(ROW) };

static const struct set {
        const struct form *form;
        unsigned n;
        const uint8_t *insns, *before, *after, *end;
} sets[2] = { { a32, sizeof(a32) / sizeof(a32[0]), forms_a32, before_a32, after_a32, end_a32 },
              { t32, sizeof(t32) / sizeof(t32[0]), forms_t32, before_t32, after_t32, end_t32 } };

static uint8_t *code, *page; /* page: two of them, at page and behind */
static bool on_qemu;
enum { PAGE = 4096 };

static void set_up(void)
{
        probe_init();
        on_qemu = getenv("GUEST_ORACLE");
        code = mmap(NULL, 1 << 22, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        page = mmap(NULL, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(code != MAP_FAILED && page != MAP_FAILED);
        page += PAGE;
        OK(mprotect(page, 2 * PAGE, PROT_READ | PROT_WRITE));
}

static void fill_pages(void)
{
        for (unsigned k = 0; k < 2 * PAGE; k++)
                page[k] = (uint8_t)(k * 7 + k / 251);
}

static void apply_before(struct state *s)
{
        s->r[0] += 100;
        for (unsigned k = 3; k < 15; k++)
                s->r[k] += k == 13 ? 0 : k;
        uint32_t a = s->r[9], b = s->r[10], r = a - b;
        s->cpsr = (s->cpsr & ~CPSR_NZCV) | (r & 0x80000000) | (r == 0) << 30 | (a >= b) << 29 | ((a ^ b) & (a ^ r)) >> 31 << 28;
}

static bool holds(unsigned cond, uint32_t cpsr)
{
        bool n = cpsr >> 31 & 1, z = cpsr >> 30 & 1, c = cpsr >> 29 & 1, v = cpsr >> 28 & 1;
        const bool table[8] = { z, c, n, v, c && !z, n == v, n == v && !z, true };
        return table[cond >> 1] != (cond & 1);
}

/* Writes the code for form k into new memory, of which nothing can have been translated. Returns the instruction's address. */
static uint32_t make_code(const struct set *set, unsigned k, bool alone)
{
        static unsigned used;
        unsigned before = alone ? 0 : (unsigned)(set->after - set->before), after = (unsigned)(set->end - set->after);
        code += used;
        used = before + 4 + after;
        memcpy(code, set->before, before);
        memcpy(code + before, set->insns + 4 * k, 4);
        memcpy(code + before + 4, set->after, after);
        __builtin___clear_cache((char *)code, (char *)code + used);
        return (uint32_t)code + before;
}

struct run {
        const struct set *set;
        const struct form *f;
        struct state in, want; /* at the beginning of the code, and at the instruction */
};

/* Makes the code for form k and the state for an access at `start`. */
static void begin(struct run *r, const struct set *set, unsigned k, bool alone, uint32_t start)
{
        static unsigned seed;
        const struct form *f = &set->form[k];
        bool sp = !strncmp(f->text, "push", 4) || !strncmp(f->text, "pop", 3);
        *r = (struct run){ set, f, .want.pc = make_code(set, k, alone) };
        state_fill(&r->in, ++seed, set == &sets[1]);
        r->in.cpsr |= seed & 4 ? CPSR_E : 0;
        if (seed & 8)
                r->in.r[10] = r->in.r[9] - 1 + (seed >> 4 & 2); /* equal when each has got its number, or not */
        r->in.r[sp ? 13 : 1] = start - (uint32_t)f->offset;
        r->in.r[2] = f->r2;
        r->in.pc = (uint32_t)code;
        uint32_t pc = r->want.pc;
        r->want = r->in;
        r->want.pc = pc;
        if (!alone)
                apply_before(&r->want);
        fill_pages();
}

/* Runs to the end, from a state on. */
static void run_to_end(const struct run *r, const struct state *from, struct outcome *out)
{
        probe_run(from, out);
        if (out->sig)
                FAIL("%s: signal %d, code %d, address %#x", r->f->text, out->sig, out->code, out->addr);
}

/* Runs to the fault, whose address must be in [lo, hi). */
static void run_to_fault(const struct run *r, struct outcome *out, int sig, int code_, uint32_t lo, uint32_t hi)
{
        struct state want = r->want;
        probe_run(&r->in, out);
        if (out->sig != sig || out->code != code_ || out->addr < lo || out->addr >= hi)
                FAIL("%s: signal %d, code %d, address %#x instead of %d, %d, %#x-", r->f->text, out->sig, out->code, out->addr,
                     sig, code_, lo);
        if ((r->f->kind & (MULTI | ST)) == MULTI) { /* r0, and r3 to r6, may have been loaded */
                want.r[0] = out->s.r[0];
                memcpy(&want.r[3], &out->s.r[3], 4 * sizeof(want.r[3]));
        }
        const char *diff = state_diff(&out->s, &want);
        if (diff)
                FAIL("%s: %s", r->f->text, diff);
        if (!on_qemu && sig == SIGSEGV && !(r->f->kind & ST) != !(out->error_code & 1u << 11))
                FAIL("%s: error code %#x", r->f->text, out->error_code);
}

/* An access at `start`, where the page behind `start` or its second page has protection `prot`. */
static void form_at(const struct set *set, unsigned k, bool alone, uint32_t start, uint8_t *bad, int prot, int code_)
{
        static uint8_t good[2 * PAGE];
        struct run r;
        struct outcome without, out, again;
        uint32_t end = start + set->form[k].size, lo = start < (uint32_t)bad ? (uint32_t)bad : start;
        begin(&r, set, k, alone, start);
        if (on_qemu && (r.f->kind & NEWER))
                return;
        run_to_end(&r, &r.in, &without);
        memcpy(good, page, sizeof(good));
        if (!holds(r.f->cond, r.want.cpsr))
                return;
        fill_pages();
        OK(mprotect(bad, PAGE, prot));
        run_to_fault(&r, &out, SIGSEGV, code_, r.f->kind & MULTI ? lo : start, end);
        OK(mprotect(bad, PAGE, PROT_READ | PROT_WRITE));
        run_to_end(&r, &out.s, &again);
        const char *diff = state_diff(&again.s, &without.s);
        if (diff)
                FAIL("%s, done again: %s", r.f->text, diff);
        CHECK(!memcmp(page, good, sizeof(good)));
}

/* Calls what(set, form, alone) for all forms, with several seeds for conditions. */
static void for_all(void (*what)(const struct set *set, unsigned k, bool alone))
{
        set_up();
        for (unsigned s = 0; s < 2; s++)
                for (unsigned k = 0; k < sets[s].n; k++)
                        for (unsigned alone = 0; alone < (sets[s].form[k].cond == 14 ? 2 : 16); alone++)
                                what(&sets[s], k, alone & 1);
}

static void no_access(const struct set *set, unsigned k, bool alone)
{
        form_at(set, k, alone, (uint32_t)page + PAGE + 64, page + PAGE, PROT_NONE, SEGV_ACCERR);
}
TEST(no_access)
{
        for_all(no_access);
}

static void no_write(const struct set *set, unsigned k, bool alone)
{
        if (set->form[k].kind & ST)
                form_at(set, k, alone, (uint32_t)page + PAGE + 64, page + PAGE, PROT_READ, SEGV_ACCERR);
}
TEST(no_write)
{
        for_all(no_write);
}

/* All places at which the access reaches from one page into the next, whichever of them is bad. */
static void across(const struct set *set, unsigned k, bool alone)
{
        const struct form *f = &set->form[k];
        unsigned step = f->kind & MULTI ? 4 : 1;
        if (f->kind & (ALIGNED | NEWER))
                return;
        for (unsigned in_first = step; in_first < f->size; in_first += step) {
                form_at(set, k, alone, (uint32_t)page + PAGE - in_first, page + PAGE, PROT_NONE, SEGV_ACCERR);
                form_at(set, k, alone, (uint32_t)page + PAGE - in_first, page, PROT_NONE, SEGV_ACCERR);
        }
}
TEST(across_pages)
{
        for_all(across);
}

static void misaligned(const struct set *set, unsigned k, bool alone)
{
        const struct form *f = &set->form[k];
        struct run r;
        struct outcome out;
        if (!(f->kind & ALIGNED))
                return;
        for (unsigned off = 1; off < 2 * f->size; off++) {
                uint32_t start = (uint32_t)page + 256 + off;
                begin(&r, set, k, alone, start);
                if (off % f->size)
                        run_to_fault(&r, &out, SIGBUS, BUS_ADRALN, start, start + 1);
                else
                        run_to_end(&r, &r.in, &out);
        }
}
TEST(misaligned)
{
        for_all(misaligned);
}
