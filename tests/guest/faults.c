/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults of each form of load and store: at pages that are not there, that may not be read or not be written, and across the end
 * of a page. The signal must have the right address, and its frame each register as it was before the instruction. That stands
 * between others, which change registers and flags. arm-access.c is this for 32-bit ARM. */
#include "probe.h"
#include <setjmp.h>

enum {
        LD = 0,
        ST = 1,        /* needs a page that can be written */
        ALIGNED = 2,   /* faults when it crosses a boundary of 16 bytes */
        MULTI = 4,     /* QEMU 7.2 loads its registers one after the other */
        NO_CROSS = 8,  /* cannot cross a page */
        QEMU_BAD = 16, /* QEMU 7.2 loses the state */
        ODD = ST | ALIGNED,
};

/* The columns: the instruction, the value of x2, the access's offset from x1 (or SP), its size, its kind. Stores write x5, x6 and
 * v5 to v8. */
#define FORMS(X) \
        X("ldrb w5, [x1]", 0, 0, 1, LD) \
        X("ldrb w5, [x1, #7]", 0, 7, 1, LD) \
        X("ldrb w5, [x1], #-3", 0, 0, 1, LD) \
        X("ldrb w5, [x1, #5]!", 0, 5, 1, LD) \
        X("ldrb w5, [x1, x2]", 24, 24, 1, LD) \
        X("ldrb w5, [x1, w2, sxtw]", 0xfffffff0, -16, 1, LD) \
        X("ldrsb w5, [x1, #7]", 0, 7, 1, LD) \
        X("ldrsb x5, [x1, #7]!", 0, 7, 1, LD) \
        X("ldrsb x5, [x1, w2, uxtw]", 0xf00000010, 16, 1, LD) \
        X("ldrh w5, [x1, #6]", 0, 6, 2, LD) \
        X("ldrh w5, [x1], #2", 0, 0, 2, LD) \
        X("ldrh w5, [x1, #-2]!", 0, -2, 2, LD) \
        X("ldrh w5, [x1, x2, lsl #1]", 24, 48, 2, LD) \
        X("ldrsh w5, [x1, #6]", 0, 6, 2, LD) \
        X("ldrsh x5, [x1], #6", 0, 0, 2, LD) \
        X("ldr w5, [x1, #4]", 0, 4, 4, LD) \
        X("ldr w5, [x1], #4", 0, 0, 4, LD) \
        X("ldr w5, [x1, #4]!", 0, 4, 4, LD) \
        X("ldr w5, [x1, w2, sxtw #2]", 0xfffffffe, -8, 4, LD) \
        X("ldrsw x5, [x1, #4]", 0, 4, 4, LD) \
        X("ldrsw x5, [x1, #-4]!", 0, -4, 4, LD) \
        X("ldr x5, [x1, #8]", 0, 8, 8, LD) \
        X("ldr x5, [x1], #8", 0, 0, 8, LD) \
        X("ldr x5, [x1, #-8]!", 0, -8, 8, LD) \
        X("ldr x5, [x1, x2, lsl #3]", 9, 72, 8, LD) \
        X("ldr x5, [x1, x2, sxtx #3]", -2, -16, 8, LD) \
        X("ldr x1, [x1, #8]", 0, 8, 8, LD) \
        X("ldr x2, [x1, x2]", 40, 40, 8, LD) \
        X("ldr xzr, [x1]", 0, 0, 8, LD) \
        X("ldur w5, [x1, #-5]", 0, -5, 4, LD) \
        X("ldur x5, [x1, #13]", 0, 13, 8, LD) \
        X("ldurb w5, [x1, #-1]", 0, -1, 1, LD) \
        X("ldurh w5, [x1, #-3]", 0, -3, 2, LD) \
        X("ldursb x5, [x1, #-1]", 0, -1, 1, LD) \
        X("ldursh w5, [x1, #-3]", 0, -3, 2, LD) \
        X("ldursw x5, [x1, #-5]", 0, -5, 4, LD) \
        X("ldtr x5, [x1, #8]", 0, 8, 8, LD) \
        X("ldtrb w5, [x1, #8]", 0, 8, 1, LD) \
        X("ldtrsw x5, [x1, #8]", 0, 8, 4, LD) \
        X("strb w5, [x1]", 0, 0, 1, ST) \
        X("strb w5, [x1], #-3", 0, 0, 1, ST) \
        X("strb w5, [x1, x2]", 24, 24, 1, ST) \
        X("strb wzr, [x1, #5]!", 0, 5, 1, ST) \
        X("strh w5, [x1, #6]", 0, 6, 2, ST) \
        X("strh w5, [x1], #2", 0, 0, 2, ST) \
        X("strh w5, [x1, #-2]!", 0, -2, 2, ST) \
        X("str w5, [x1, #4]", 0, 4, 4, ST) \
        X("str w5, [x1], #4", 0, 0, 4, ST) \
        X("str w5, [x1, #4]!", 0, 4, 4, ST) \
        X("str w5, [x1, w2, sxtw #2]", 0xfffffffe, -8, 4, ST) \
        X("str x5, [x1, #8]", 0, 8, 8, ST) \
        X("str x5, [x1], #8", 0, 0, 8, ST) \
        X("str x5, [x1, #-8]!", 0, -8, 8, ST) \
        X("str x1, [x1, #8]", 0, 8, 8, ST) \
        X("str x5, [x1, x2, lsl #3]", 9, 72, 8, ST) \
        X("stur x5, [x1, #13]", 0, 13, 8, ST) \
        X("sturh w5, [x1, #-3]", 0, -3, 2, ST) \
        X("sttr w5, [x1, #4]", 0, 4, 4, ST) \
        X("ldp w5, w6, [x1, #8]", 0, 8, 8, LD) \
        X("ldp x5, x6, [x1, #-16]", 0, -16, 16, LD) \
        X("ldp x5, x6, [x1], #16", 0, 0, 16, LD) \
        X("ldp x5, x6, [x1, #16]!", 0, 16, 16, LD) \
        X("ldp x1, x6, [x1]", 0, 0, 16, LD) \
        X("ldp x6, x1, [x1]", 0, 0, 16, LD) \
        X("ldpsw x5, x6, [x1], #8", 0, 0, 8, LD) \
        X("ldnp x5, x6, [x1, #16]", 0, 16, 16, LD) \
        X("stp w5, w6, [x1, #8]", 0, 8, 8, ST) \
        X("stp x5, x6, [x1, #-16]!", 0, -16, 16, ST) \
        X("stp x5, x6, [x1], #16", 0, 0, 16, ST) \
        X("stnp x5, x6, [x1, #16]", 0, 16, 16, ST) \
        X("ldr b5, [x1, #1]", 0, 1, 1, LD) \
        X("ldr h5, [x1, #2]!", 0, 2, 2, LD) \
        X("ldr s5, [x1], #4", 0, 0, 4, LD) \
        X("ldr d5, [x1, #8]", 0, 8, 8, LD) \
        X("ldr d5, [x1, x2, lsl #3]", 3, 24, 8, LD) \
        X("ldr q5, [x1, #16]", 0, 16, 16, LD) \
        X("ldr q5, [x1], #16", 0, 0, 16, LD) \
        X("ldr q5, [x1, #-16]!", 0, -16, 16, LD) \
        X("ldr q5, [x1, x2, lsl #4]", 3, 48, 16, LD) \
        X("ldur q5, [x1, #-7]", 0, -7, 16, LD) \
        X("str b5, [x1, #1]", 0, 1, 1, ST) \
        X("str h5, [x1, #2]!", 0, 2, 2, ST) \
        X("str s5, [x1], #4", 0, 0, 4, ST) \
        X("str d5, [x1, x2]", 24, 24, 8, ST) \
        X("str q5, [x1, #16]", 0, 16, 16, ST) \
        X("str q5, [x1, #-16]!", 0, -16, 16, ST) \
        X("stur q5, [x1, #-7]", 0, -7, 16, ST) \
        X("ldp s5, s6, [x1], #8", 0, 0, 8, LD | MULTI) \
        X("ldp d5, d6, [x1, #16]", 0, 16, 16, LD | MULTI) \
        X("ldp q5, q6, [x1, #-32]!", 0, -32, 32, LD | MULTI) \
        X("stp s5, s6, [x1, #8]", 0, 8, 8, ST) \
        X("stp d5, d6, [x1], #16", 0, 0, 16, ST) \
        X("stp q5, q6, [x1, #32]!", 0, 32, 32, ST) \
        X("ld1 {v5.16b}, [x1]", 0, 0, 16, LD | MULTI) \
        X("ld1 {v5.8h, v6.8h}, [x1], #32", 0, 0, 32, LD | MULTI) \
        X("ld1 {v5.4s, v6.4s, v7.4s}, [x1]", 0, 0, 48, LD | MULTI) \
        X("ld1 {v5.2d, v6.2d, v7.2d, v8.2d}, [x1], x2", 100, 0, 64, LD | MULTI) \
        X("ld2 {v5.16b, v6.16b}, [x1], #32", 0, 0, 32, LD | MULTI) \
        X("ld2 {v5.4s, v6.4s}, [x1]", 0, 0, 32, LD | MULTI) \
        X("ld3 {v5.8h, v6.8h, v7.8h}, [x1], #48", 0, 0, 48, LD | MULTI) \
        X("ld3 {v5.8b, v6.8b, v7.8b}, [x1]", 0, 0, 24, LD | MULTI) \
        X("ld4 {v5.2d, v6.2d, v7.2d, v8.2d}, [x1], #64", 0, 0, 64, LD | MULTI) \
        X("ld4 {v5.4h, v6.4h, v7.4h, v8.4h}, [x1]", 0, 0, 32, LD | MULTI) \
        X("ld1 {v5.b}[3], [x1], #1", 0, 0, 1, LD) \
        X("ld1 {v5.d}[1], [x1]", 0, 0, 8, LD) \
        X("ld2 {v5.h, v6.h}[2], [x1], #4", 0, 0, 4, LD | MULTI) \
        X("ld3 {v5.s, v6.s, v7.s}[1], [x1]", 0, 0, 12, LD | MULTI) \
        X("ld4 {v5.d, v6.d, v7.d, v8.d}[0], [x1], x2", 8, 0, 32, LD | MULTI) \
        X("ld1r {v5.8h}, [x1], #2", 0, 0, 2, LD) \
        X("ld2r {v5.4s, v6.4s}, [x1]", 0, 0, 8, LD | MULTI) \
        X("ld4r {v5.16b, v6.16b, v7.16b, v8.16b}, [x1], #4", 0, 0, 4, LD | MULTI) \
        X("st1 {v5.16b}, [x1], #16", 0, 0, 16, ST) \
        X("st1 {v5.2d, v6.2d, v7.2d, v8.2d}, [x1], x2", 100, 0, 64, ST) \
        X("st2 {v5.8h, v6.8h}, [x1], #32", 0, 0, 32, ST) \
        X("st3 {v5.16b, v6.16b, v7.16b}, [x1]", 0, 0, 48, ST) \
        X("st4 {v5.4s, v6.4s, v7.4s, v8.4s}, [x1], #64", 0, 0, 64, ST) \
        X("st1 {v5.b}[3], [x1], #1", 0, 0, 1, ST) \
        X("st2 {v5.d, v6.d}[1], [x1]", 0, 0, 16, ST) \
        X("st4 {v5.h, v6.h, v7.h, v8.h}[2], [x1], #8", 0, 0, 8, ST) \
        X("ldar x5, [x1]", 0, 0, 8, LD | ALIGNED) \
        X("ldar w5, [x1]", 0, 0, 4, LD | ALIGNED) \
        X("ldarh w5, [x1]", 0, 0, 2, LD | ALIGNED) \
        X("ldarb w5, [x1]", 0, 0, 1, LD | ALIGNED) \
        X("ldlar x5, [x1]", 0, 0, 8, LD | ALIGNED) \
        X("stlr x5, [x1]", 0, 0, 8, ODD) \
        X("stlr w5, [x1]", 0, 0, 4, ODD) \
        X("stlrb w5, [x1]", 0, 0, 1, ODD) \
        X("stllr w5, [x1]", 0, 0, 4, ODD) \
        X("ldxr x5, [x1]", 0, 0, 8, LD | ALIGNED) \
        X("ldaxr w5, [x1]", 0, 0, 4, LD | ALIGNED) \
        X("ldxrb w5, [x1]", 0, 0, 1, LD | ALIGNED) \
        X("ldaxrh w5, [x1]", 0, 0, 2, LD | ALIGNED) \
        X("ldxp x5, x6, [x1]", 0, 0, 16, LD | ALIGNED) \
        X("ldaxp w5, w6, [x1]", 0, 0, 8, LD | ALIGNED) \
        X("ldadd x5, x6, [x1]", 0, 0, 8, ODD) \
        X("ldaddal w5, w6, [x1]", 0, 0, 4, ODD) \
        X("stadd x5, [x1]", 0, 0, 8, ODD) \
        X("ldaddh w5, w6, [x1]", 0, 0, 2, ODD) \
        X("ldclr x5, x6, [x1]", 0, 0, 8, ODD) \
        X("ldeorb w5, w6, [x1]", 0, 0, 1, ODD) \
        X("ldseta x5, x1, [x1]", 0, 0, 8, ODD) \
        X("ldsmax x5, x6, [x1]", 0, 0, 8, ODD) \
        X("ldsmin w5, w6, [x1]", 0, 0, 4, ODD) \
        X("ldumaxh w5, w6, [x1]", 0, 0, 2, ODD) \
        X("ldumin x5, x6, [x1]", 0, 0, 8, ODD) \
        X("swp x5, x6, [x1]", 0, 0, 8, ODD) \
        X("swpalb w5, w6, [x1]", 0, 0, 1, ODD) \
        X("cas x5, x6, [x1]", 0, 0, 8, ODD) \
        X("casal w5, w6, [x1]", 0, 0, 4, ODD) \
        X("casb w5, w6, [x1]", 0, 0, 1, ODD) \
        X("casp x4, x5, x6, x7, [x1]", 0, 0, 16, ODD) \
        X("caspal w4, w5, w6, w7, [x1]", 0, 0, 8, ODD) \
        X("dc zva, x1", 0, 0, 64, ST | NO_CROSS | QEMU_BAD) \
        X("ldr x5, [sp, #8]", 0, 8, 8, LD) \
        X("ldp x5, x6, [sp], #16", 0, 0, 16, LD) \
        X("str x5, [sp, #-16]!", 0, -16, 8, ST) \
        X("stp q5, q6, [sp, #-32]!", 0, -32, 32, ST) \
        X("ld1 {v5.16b, v6.16b}, [sp], #32", 0, 0, 32, LD | MULTI)

#define AS(text, x2, offset, size, kind) text "\n"
#define ROW(text, x2, offset, size, kind) { text, x2, offset, size, kind },

__asm__(".pushsection .rodata\n.balign 4\n.globl form_insn\nform_insn:\n" FORMS(AS) ".popsection");
extern const uint32_t form_insn[];
static const struct form {
        const char *text;
        uint64_t x2;
        int64_t offset;
        unsigned size, kind;
} forms[] = { FORMS(ROW) };
#define NFORMS (sizeof(forms) / sizeof(forms[0]))

/* The code in front of the instruction. It adds 100 to x0 and its number to each of x7 to x28, adds vectors, and sets the flags.
 * apply_before() does the same to a struct state. */
__asm__(".pushsection .rodata\n.balign 4\n.globl before_insn, before_end, after_insn, after_end\nbefore_insn:\n"
        "add x0, x0, #100\n"
        ".irp r, 7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28\n add x\\r, x\\r, #\\r\n .endr\n"
        ".irp r, 0,1,2,5,6,9,14,15,16,30,31\n add v\\r\\().2d, v\\r\\().2d, v20.2d\n .endr\n"
        "subs xzr, x9, x10\n"
        "before_end:\n.popsection");
extern const uint32_t before_insn[], before_end[];

/* The code behind the instruction, in three versions of AFTER instructions, which use the flags in different ways. A frame may
 * lack flags that no instruction would read before they change again. */
__asm__(".pushsection .rodata\n.balign 4\n.globl after_insn\nafter_insn:\n"
        "mov x0, #7\nadd x1, x1, #1\neor v5.16b, v5.16b, v6.16b\nnop\nnop\nbrk #0x200\n"
        "cset x9, hi\ncset x10, mi\neor v5.16b, v5.16b, v6.16b\nmov x0, #7\nmov x5, #5\nbrk #0x200\n"
        "mov x0, #7\nadd x1, x1, #1\nmrs x9, nzcv\nadds x10, x10, #1\nb.eq . + 4\nbrk #0x200\n"
        ".popsection");
extern const uint32_t after_insn[];
#define AFTER 6

static u128 add_2d(u128 a, u128 b)
{
        return (u128)((uint64_t)(a >> 64) + (uint64_t)(b >> 64)) << 64 | (uint64_t)((uint64_t)a + (uint64_t)b);
}

static void apply_before(struct state *s)
{
        static const unsigned vectors[] = { 0, 1, 2, 5, 6, 9, 14, 15, 16, 30, 31 };
        s->x[0] += 100;
        for (unsigned k = 7; k <= 28; k++)
                s->x[k] += k;
        for (unsigned k = 0; k < sizeof(vectors) / sizeof(vectors[0]); k++)
                s->v[vectors[k]] = add_2d(s->v[vectors[k]], s->v[20]);
        uint64_t a = s->x[9], b = s->x[10], r = a - b;
        s->nzcv = (r >> 63) << 31 | (uint64_t)(r == 0) << 30 | (uint64_t)(a >= b) << 29 | (((a ^ b) & (a ^ r)) >> 63) << 28;
}

static uint32_t *code_area;

/* Writes the code for a form: what is in front (not if `alone`), the instruction, what is behind. Returns the instruction's
 * index. */
static unsigned make_code(unsigned form, bool alone)
{
        static unsigned used;
        unsigned n = alone ? 0 : (unsigned)(before_end - before_insn);
        static unsigned turn;
        code_area += used; /* new memory each time, of which nothing can have been translated */
        used = n + 1 + AFTER;
        memcpy(code_area, before_insn, n * 4);
        code_area[n] = form_insn[form];
        memcpy(code_area + n + 1, after_insn + ++turn % 3 * AFTER, AFTER * 4);
        __builtin___clear_cache((char *)code_area, (char *)(code_area + used));
        return n;
}

static char *hole_page, *none_page, *ro_page, *rw_page,
        *edge; /* edge: the end of a page that can be written, with nothing behind */
static bool on_qemu;

static char *map_at(uint64_t at, size_t size, int prot)
{
        char *p = mmap((void *)at, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        CHECK(p == (void *)at);
        return p;
}

static void set_up(void)
{
        probe_init();
        on_qemu = getenv("GUEST_ORACLE");
        code_area = mmap(NULL, 1 << 22, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(code_area != MAP_FAILED);
        hole_page = (char *)0x100000000;
        none_page = map_at(0x110000000, 4096, PROT_NONE);
        ro_page = map_at(0x120000000, 4096, PROT_READ);
        rw_page = map_at(0x130000000, 4096, PROT_READ | PROT_WRITE);
        edge = map_at(0x140000000, 4096, PROT_READ | PROT_WRITE) + 4096;
}

static bool uses_sp(const struct form *f)
{
        return strstr(f->text, "[sp") != NULL;
}

/* Runs form `k` with its access at `start`. It must raise `sig` with `code` and an address in [lo, hi); 0: no signal. */
static void run_form(unsigned k, bool alone, uint64_t start, int sig, int code, uint64_t lo, uint64_t hi)
{
        const struct form *f = &forms[k];
        static unsigned seed;
        struct state in, want;
        struct outcome out;
        state_fill(&in, ++seed);
        in.x[2] = f->x2;
        in.sp = (uint64_t)rw_page + 2048;
        if (uses_sp(f))
                in.sp = start - f->offset;
        else
                in.x[1] = start - f->offset;
        unsigned at = make_code(k, alone);
        in.pc = (uint64_t)code_area;
        want = in;
        if (!alone)
                apply_before(&want);
        want.pc += 4 * at;
        probe_run(&in, &out);
        if (on_qemu && (f->kind & QEMU_BAD))
                return;
        if (!sig) {
                if (out.sig)
                        FAIL("%s: signal %d, code %d, address %#" PRIx64 " for an access at %#" PRIx64, f->text, out.sig,
                             out.code, out.addr, start);
                EQ(out.s.x[0], 7);
                return;
        }
        if (out.sig != sig || out.code != code || out.addr < lo || out.addr >= hi)
                FAIL("%s at %#" PRIx64 ": signal %d, code %d, address %#" PRIx64 " instead of %d, %d, %#" PRIx64 "-", f->text,
                     start, out.sig, out.code, out.addr, sig, code, lo);
        if (on_qemu && (f->kind & MULTI))
                memcpy(&want.v[5], &out.s.v[5], 4 * sizeof(u128));
        const char *diff = state_diff(&out.s, &want);
        if (diff)
                FAIL("%s at %#" PRIx64 ": %s", f->text, start, diff);
}

static void run_both(unsigned k, uint64_t start, int sig, int code)
{
        for (int alone = 0; alone < 2; alone++)
                run_form(k, alone, start, sig, code, start, start + forms[k].size);
}

TEST(nothing_wrong)
{
        set_up();
        for (unsigned k = 0; k < NFORMS; k++)
                run_both(k, (uint64_t)rw_page + 1024, 0, 0);
}

TEST(not_mapped)
{
        set_up();
        for (unsigned k = 0; k < NFORMS; k++)
                run_both(k, (uint64_t)hole_page + 512, SIGSEGV, SEGV_MAPERR);
}

TEST(not_readable)
{
        set_up();
        for (unsigned k = 0; k < NFORMS; k++)
                run_both(k, (uint64_t)none_page + 512, SIGSEGV, SEGV_ACCERR);
}

TEST(not_writable)
{
        set_up();
        for (unsigned k = 0; k < NFORMS; k++)
                if (forms[k].kind & ST)
                        run_both(k, (uint64_t)ro_page + 512, SIGSEGV, SEGV_ACCERR);
                else
                        run_both(k, (uint64_t)ro_page + 512, 0, 0);
}

/* A store across the end of a page may have written its bytes in front of that, but no bytes in front of the access. */
TEST(across_the_end_of_a_page)
{
        set_up();
        for (unsigned k = 0; k < NFORMS; k++) {
                const struct form *f = &forms[k];
                if (f->size == 1 || (f->kind & (ALIGNED | NO_CROSS)))
                        continue;
                for (unsigned before = 1; before < f->size; before += before < 4 ? 1 : 5) {
                        if (uses_sp(f) && (before & 15))
                                continue;
                        memset(edge - 256, 0x5a, 256);
                        for (int alone = 0; alone < 2; alone++)
                                run_form(k, alone, (uint64_t)edge - before, SIGSEGV, SEGV_MAPERR, (uint64_t)edge,
                                         (uint64_t)edge + f->size);
                        for (unsigned b = before + 1; b <= 256; b++)
                                if (edge[-(int)b] != 0x5a)
                                        FAIL("%s: a byte in front of it was written", f->text);
                        if (!(f->kind & ST) && edge[-1] != 0x5a)
                                FAIL("%s: a load wrote", f->text);
                }
        }
}

/* Each form ignores the top byte of an address. */
TEST(tagged_addresses)
{
        set_up();
        for (unsigned k = 0; k < NFORMS; k++) {
                if (uses_sp(&forms[k]))
                        continue;
                run_both(k, ((uint64_t)rw_page + 1024) | UINT64_C(0xa5) << 56, 0, 0);
                run_both(k, ((uint64_t)rw_page + 1024) | UINT64_C(0x25) << 56, 0, 0);
        }
}

TEST_NOT_ON_QEMU(tagged_addresses_that_fault, "QEMU 7.2 leaves the tag in si_addr")
{
        set_up();
        for (unsigned k = 0; k < NFORMS; k++) {
                if (uses_sp(&forms[k]))
                        continue;
                uint64_t start = (uint64_t)hole_page + 512;
                for (int alone = 0; alone < 2; alone++)
                        run_form(k, alone, start | UINT64_C(0xa5) << 56, SIGSEGV, SEGV_MAPERR, start, start + forms[k].size);
        }
}

TEST_NOT_ON_QEMU(beyond_47_bits, "QEMU 7.2 has the host's limit")
{
        set_up();
        for (unsigned k = 0; k < NFORMS; k++) {
                if (uses_sp(&forms[k]))
                        continue;
                run_both(k, 0x800000000000 + 512, SIGSEGV, SEGV_MAPERR);
        }
}

/* BR, BLR and RET take the tag off: the pc has none then. */
TEST(tagged_branches)
{
        static const uint32_t jumps[] = { 0xd61f0020, 0xd63f0020, 0xd65f0020 };
        set_up();
        for (unsigned k = 0; k < 3; k++) {
                struct state in, want;
                struct outcome out;
                state_fill(&in, k);
                in.sp = (uint64_t)rw_page + 2048;
                in.pc = (uint64_t)code_area;
                code_area[0] = jumps[k];
                code_area[1] = code_area[2] = BRK_OUT;
                __builtin___clear_cache((char *)code_area, (char *)(code_area + 3));
                in.x[1] = (in.pc + 8) | UINT64_C(0x5a) << 56;
                want = in;
                want.pc += 8;
                if (k == 1)
                        want.x[30] = in.pc + 4;
                probe_run(&in, &out);
                EQ(out.sig, 0);
                const char *diff = state_diff(&out.s, &want);
                if (diff)
                        FAIL("%s", diff);
        }
}

TEST(misaligned)
{
        set_up();
        for (unsigned k = 0; k < NFORMS; k++)
                for (unsigned before = 1; (forms[k].kind & ALIGNED) && before < forms[k].size; before++)
                        run_both(k, (uint64_t)rw_page + 1024 - before, SIGBUS, BUS_ADRALN);
}

TEST_NOT_ON_QEMU(misaligned_within_16_bytes, "QEMU 7.2 does not have FEAT_LSE2")
{
        set_up();
        for (unsigned k = 0; k < NFORMS; k++)
                for (unsigned at = 0; (forms[k].kind & ALIGNED) && at + forms[k].size <= 16; at++)
                        run_both(k, (uint64_t)rw_page + 1024 + at, 0, 0);
}

TEST(warm_code)
{
        set_up();
        for (unsigned k = 0; k < NFORMS; k++) {
                struct state in, want;
                struct outcome out;
                if (uses_sp(&forms[k]) || (on_qemu && (forms[k].kind & QEMU_BAD)))
                        continue;
                unsigned at = make_code(k, false);
                for (int n = 0; n < 8; n++) {
                        char *where = n & 1 ? hole_page : rw_page;
                        state_fill(&in, n + 1);
                        in.x[2] = forms[k].x2;
                        in.x[1] = (uint64_t)where + 512 - forms[k].offset;
                        in.sp = (uint64_t)rw_page + 2048;
                        in.pc = (uint64_t)code_area;
                        want = in;
                        apply_before(&want);
                        want.pc += 4 * at;
                        probe_run(&in, &out);
                        EQ(out.sig, n & 1 ? SIGSEGV : 0);
                        const char *diff = n & 1 ? state_diff(&out.s, &want) : NULL;
                        if (diff)
                                FAIL("%s: %s", forms[k].text, diff);
                }
        }
}

static const uint32_t prefetches[] = {
        0xf9800020, /* prfm pldl1keep, [x1] */
        0xf8a26830, /* prfm pstl1keep, [x1, x2] */
        0xf8810028, /* prfum plil1keep, [x1, #16] */
        0xd8000008, /* prfm plil1keep, pc + 0 */
        0xf980003f, /* prfm #31, [x1] */
};

TEST(prefetch_never_faults)
{
        set_up();
        for (unsigned k = 0; k < sizeof(prefetches) / sizeof(prefetches[0]); k++) {
                struct state in;
                struct outcome out;
                state_fill(&in, k);
                in.sp = (uint64_t)rw_page + 2048;
                in.x[1] = (uint64_t)hole_page;
                in.pc = (uint64_t)code_area;
                code_area[0] = prefetches[k];
                code_area[1] = BRK_OUT;
                __builtin___clear_cache((char *)code_area, (char *)(code_area + 2));
                probe_run(&in, &out);
                EQ(out.sig, 0);
                in.pc += 4;
                const char *diff = state_diff(&out.s, &in);
                if (diff)
                        FAIL("%s", diff);
        }
}

/* Pairs of a load-exclusive and a store-exclusive. Only the store faults on a page that can be read and not written. */
__asm__(".pushsection .rodata\n.balign 4\n.globl excl_insn, excl_end\nexcl_insn:\n"
        "ldxr x5, [x1]\nstxr w7, x6, [x1]\n"
        "ldaxr x5, [x1]\nstlxr w7, x6, [x1]\n"
        "ldxr w5, [x1]\nstxr w7, w6, [x1]\n"
        "ldxrh w5, [x1]\nstxrh w7, w6, [x1]\n"
        "ldaxrb w5, [x1]\nstlxrb w7, w6, [x1]\n"
        "ldxp x5, x8, [x1]\nstxp w7, x6, x9, [x1]\n"
        "ldaxp w5, w8, [x1]\nstlxp w7, w6, w9, [x1]\n"
        "excl_end:\n.popsection");
extern const uint32_t excl_insn[], excl_end[];

TEST(store_exclusive_on_a_read_only_page)
{
        set_up();
        for (const uint32_t *p = excl_insn; p < excl_end; p += 2) {
                struct state in;
                struct outcome out;
                state_fill(&in, 1);
                in.sp = (uint64_t)rw_page + 2048;
                in.x[1] = (uint64_t)ro_page + 64;
                in.pc = (uint64_t)code_area;
                memcpy(code_area, p, 8);
                code_area[2] = BRK_OUT;
                __builtin___clear_cache((char *)code_area, (char *)(code_area + 3));
                probe_run(&in, &out);
                EQ(out.sig, SIGSEGV);
                EQ(out.code, SEGV_ACCERR);
                EQ(out.addr, in.x[1]);
                in.pc += 4;
                in.x[5] = 0;
                if (p - excl_insn >= 10)
                        in.x[8] = 0;
                const char *diff = state_diff(&out.s, &in);
                if (diff)
                        FAIL("pair %d: %s", (int)(p - excl_insn) / 2, diff);
        }
}

static sigjmp_buf behind_read;
static void leave_read(int sig)
{
        (void)sig;
        siglongjmp(behind_read, 1);
}

/* Reads memory of which the program knows nothing, the translator's perhaps: each read returns or raises a signal. */
TEST(any_address_may_be_read)
{
        enum { AROUND = 320 << 20 };
        signal(SIGSEGV, leave_read);
        signal(SIGBUS, leave_read);
        char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(page != MAP_FAILED);
        for (volatile char *p = page - AROUND; p != page + AROUND; p += 4096)
                if (!sigsetjmp(behind_read, 1))
                        (void)*p;
}
