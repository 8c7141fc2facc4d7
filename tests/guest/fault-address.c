/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: no-qemu again=-opt_no-trace */
/* What a signal tells about the address of a fault: si_addr, and in the frame fault_address and the exception syndrome (Arm ARM,
 * ESR_ELx; arch/arm64/mm/fault.c, traps.c). Bit 55 of an address tells whether it is in the upper half, the kernel's, or the
 * lower one; the top byte is a tag only in the lower half. QEMU is left out, because version 7.2 has no record with the syndrome
 * in its frames. Those of 32-bit ARM have no such record, and arm-faults.c has the two words that tell of it. */
#include "probe.h"
#include <setjmp.h>

enum { DATA = 0x24, INSN = 0x20, PC_ALIGN = 0x22, CM = 1 << 8, WNR = 1 << 6, IL = 1 << 25 };
enum { TRANSLATION_0 = 4, TRANSLATION_3 = 7, PERMISSION_3 = 0xf, ALIGNMENT = 0x21 };
#define TAG(p, tag) ((uint64_t)(p) | (uint64_t)(tag) << 56)
#define KERNEL 0xffff000000001000u
#define LAST 0xffffffffffffff00u
#define NEITHER 0xdead000000000100u /* in the kernel's half, but not a possible address */
#define HIGH_TAG 0x5680000000001000u

#define LDR 0xf9400020u       /* ldr x0, [x1] */
#define LDR_INDEX 0xf8626820u /* ldr x0, [x1, x2] */
#define STR 0xf9000020u       /* str x0, [x1] */
#define STR_POST 0xf8008420u  /* str x0, [x1], #8 */
#define LDR_Q 0x3dc00020u     /* ldr q0, [x1] */
#define STR_Q 0x3d800020u     /* str q0, [x1] */
#define LDP 0xa9400c20u       /* ldp x0, x3, [x1] */
#define STP 0xa9000c20u       /* stp x0, x3, [x1] */
#define LD1 0x4c402820u       /* ld1 {v0.4s, ...}, [x1] */
#define ST1 0x4c002820u
#define LDXR 0xc85f7c20u /* ldxr x0, [x1] */
#define LDAR 0xc8dffc20u
#define STLR 0xc89ffc20u
#define LDADD 0xf8200023u /* ldadd x0, x3, [x1] */
#define LDAPR 0xf8bfc020u
#define CAS 0xc8a07c23u  /* cas x0, x3, [x1] */
#define CASP 0x48207c24u /* casp x0, x1, x4, x5, [x1] */
#define DC_ZVA 0xd50b7421u
#define DC_CVAU 0xd50b7b21u
#define DC_CIVAC 0xd50b7e21u
#define IC_IVAU 0xd50b7521u
#define BR 0xd61f0020u /* br x1 */

static uint32_t *code;
static char *none, *ro, *fresh_ro, *rw, *hole;

static void set_up(void)
{
        int flags = MAP_PRIVATE | MAP_ANONYMOUS;
        probe_init();
        code = mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0);
        rw = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, flags, -1, 0);
        CHECK(code != MAP_FAILED && rw != MAP_FAILED);
        none = rw + 4096, ro = rw + 2 * 4096, fresh_ro = rw + 3 * 4096, hole = rw + 4 * 4096;
        *rw = 1;
        OK(mprotect(none, 4096, PROT_NONE));
        OK(mprotect(ro, 8192, PROT_READ));
        OK(munmap(hole, 4096));
        (void)*(volatile char *)ro;
}

/* Runs one instruction with that value of x1. Returns what came of it. */
static struct outcome run(uint32_t insn, uint64_t x1)
{
        struct state in;
        struct outcome out;
        state_fill(&in, 5);
        in.x[1] = x1;
        in.x[2] = 0x40;
        in.sp = (uint64_t)rw + 2048;
        in.pc = (uint64_t)code;
        code[0] = insn;
        code[1] = BRK_OUT;
        __builtin___clear_cache((char *)code, (char *)(code + 2));
        code += 16;
        probe_run(&in, &out);
        return out;
}

/* Runs one instruction with that value of x1. It must raise `sig` with the code and address (si_addr) given, and the frame must
 * have `fault_address` and the exception syndrome: class `ec`, details `iss`. `line` is told when this fails. */
static void wants(int line, uint32_t insn, uint64_t x1, int sig, int code_, uint64_t addr, uint64_t fault_address, unsigned ec,
                  unsigned iss)
{
        struct outcome o = run(insn, x1);
        uint64_t esr = (uint64_t)ec << 26 | IL | iss;
        if (o.sig != sig || o.code != code_ || o.addr != addr)
                FAIL("row of line %d: signal %d, code %d, address %#" PRIx64 " instead of %d, %d, %#" PRIx64, line, o.sig, o.code,
                     o.addr, sig, code_, addr);
        if (o.fault_address != fault_address || o.esr != esr)
                FAIL("row of line %d: fault_address %#" PRIx64 ", esr %#" PRIx64 " instead of %#" PRIx64 ", %#" PRIx64, line,
                     o.fault_address, o.esr, fault_address, esr);
}
#define SEGV(insn, x1, code, addr, iss) \
        wants(__LINE__, insn, (uint64_t)(x1), SIGSEGV, code, (uint64_t)(addr), (uint64_t)(addr), DATA, iss)
#define MAPERR(insn, x1, iss) SEGV(insn, x1, SEGV_MAPERR, x1, iss)
#define ACCERR(insn, x1, iss) SEGV(insn, x1, SEGV_ACCERR, x1, iss)

static void kernel_half(void)
{
        static const uint64_t at[] = {
                KERNEL, LAST, NEITHER, HIGH_TAG, 0x0080000000001000, 0x8080000000000000, 0xffff800000000000, 0xff80000000000010
        };
        for (unsigned k = 0; k < sizeof(at) / sizeof(at[0]); k++) {
                MAPERR(LDR, at[k], TRANSLATION_0);
                SEGV(LDR_INDEX, at[k] - 0x40, SEGV_MAPERR, at[k], TRANSLATION_0);
                MAPERR(STR, at[k], TRANSLATION_0 | WNR);
                MAPERR(STR_POST, at[k], TRANSLATION_0 | WNR);
                MAPERR(LDR_Q, at[k], TRANSLATION_0);
                MAPERR(STR_Q, at[k], TRANSLATION_0 | WNR);
                MAPERR(LDP, at[k], TRANSLATION_0);
                MAPERR(STP, at[k], TRANSLATION_0 | WNR);
                MAPERR(LD1, at[k], TRANSLATION_0);
                MAPERR(ST1, at[k], TRANSLATION_0 | WNR);
                MAPERR(LDXR, at[k], TRANSLATION_0);
                MAPERR(LDAPR, at[k], TRANSLATION_0);
                MAPERR(STLR, at[k], TRANSLATION_0 | WNR);
                MAPERR(LDADD, at[k], TRANSLATION_0);
                MAPERR(CAS, at[k], TRANSLATION_0);
                MAPERR(DC_CVAU, at[k], TRANSLATION_0 | WNR | CM);
                MAPERR(IC_IVAU, at[k], TRANSLATION_0 | WNR | CM);
        }
        MAPERR(LDR, 0x0001000000000000, TRANSLATION_0);
        MAPERR(STR, 0x0000800000000000, TRANSLATION_0 | WNR);
        SEGV(STR, 0x7f00800000000000, SEGV_MAPERR, 0x0000800000000000, TRANSLATION_0 | WNR);
}

/* The translator makes code that takes tags off only after a fault at a tagged address. Addresses of the kernel's half are
 * none. */
TEST(kernel_half_first)
{
        set_up();
        kernel_half();
}

TEST(kernel_half_after_a_tag)
{
        set_up();
        EQ(run(LDR, TAG(rw, 0x56)).sig, 0);
        EQ(run(STR, TAG(rw, 0xff)).sig, 0);
        kernel_half();
}

TEST(pages)
{
        set_up();
        MAPERR(LDR, hole, TRANSLATION_3);
        MAPERR(STR, hole, TRANSLATION_3 | WNR);
        MAPERR(STR, 8, TRANSLATION_3 | WNR);
        ACCERR(LDR, none, TRANSLATION_3);
        ACCERR(STR, none, TRANSLATION_3 | WNR);
        ACCERR(STR, ro, PERMISSION_3 | WNR);
        ACCERR(STR, fresh_ro, TRANSLATION_3 | WNR);
        SEGV(LDR, none - 4, SEGV_ACCERR, none, TRANSLATION_3);
        ACCERR(DC_ZVA, ro, PERMISSION_3 | WNR);
        MAPERR(DC_CVAU, hole, TRANSLATION_3 | WNR | CM);
        ACCERR(DC_CIVAC, none, TRANSLATION_3 | WNR | CM);
        MAPERR(IC_IVAU, hole, TRANSLATION_3 | WNR | CM);
        EQ(run(DC_CVAU, (uint64_t)ro).sig, 0);
        EQ(run(IC_IVAU, (uint64_t)ro).sig, 0);
}

/* Instructions that read and write: the syndrome's WnR (write, not read) is set if only the write is not allowed. */
TEST(atomics)
{
        static const uint32_t insn[] = { LDADD, CAS };
        set_up();
        for (unsigned k = 0; k < 2; k++) {
                MAPERR(insn[k], hole, TRANSLATION_3);
                ACCERR(insn[k], none, TRANSLATION_3);
                ACCERR(insn[k], ro, PERMISSION_3 | WNR);
        }
        MAPERR(CASP, hole, TRANSLATION_3);
        ACCERR(CASP, ro, PERMISSION_3 | WNR);
}

TEST(bus_errors)
{
        set_up();
        int fd = OK(memfd_create("f", 0));
        OK(ftruncate(fd, 100));
        char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED, fd, 0);
        CHECK(p != MAP_FAILED);
        uint64_t end = (uint64_t)p + 4096;
        wants(__LINE__, LDR, end, SIGBUS, BUS_ADRERR, end, end, DATA, TRANSLATION_3);
        wants(__LINE__, STR, end, SIGBUS, BUS_ADRERR, end, end, DATA, TRANSLATION_3 | WNR);
        wants(__LINE__, BR, end, SIGBUS, BUS_ADRERR, end, end, INSN, TRANSLATION_3);
}

/* Accesses across a boundary of 16 bytes, which fault both with and without FEAT_LSE2. */
TEST(alignment)
{
        static const struct {
                uint32_t insn;
                unsigned iss;
        } rows[] = { { LDXR, 0 }, { LDAR, 0 }, { STLR, WNR }, { LDADD, 0 }, { CAS, 0 }, { CASP, 0 } };
        set_up();
        for (unsigned k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
                uint64_t at = (uint64_t)rw + 13;
                wants(__LINE__, rows[k].insn, at, SIGBUS, BUS_ADRALN, at, at, DATA, ALIGNMENT | rows[k].iss);
        }
}

TEST(jumps)
{
        set_up();
        uint64_t page = (uint64_t)rw;
#define JUMP(x1, code, addr, iss) \
        wants(__LINE__, BR, (uint64_t)(x1), SIGSEGV, code, (uint64_t)(addr), (uint64_t)(addr), INSN, iss)
        JUMP(0, SEGV_MAPERR, 0, TRANSLATION_3);
        JUMP(hole, SEGV_MAPERR, hole, TRANSLATION_3);
        JUMP(none, SEGV_ACCERR, none, TRANSLATION_3);
        JUMP(page, SEGV_ACCERR, page, PERMISSION_3);
        JUMP(TAG(page, 0x56), SEGV_ACCERR, page, PERMISSION_3);
        JUMP(0x0001000000000000, SEGV_MAPERR, 0x0001000000000000, TRANSLATION_0);
        JUMP(0x5601000000000000, SEGV_MAPERR, 0x0001000000000000, TRANSLATION_0);
        JUMP(0xffff000000000000, SEGV_MAPERR, 0xffff000000000000, TRANSLATION_0);
        JUMP(0xffffffffff600000, SEGV_MAPERR, 0xffffffffff600000, TRANSLATION_0);
        JUMP(NEITHER, SEGV_MAPERR, NEITHER, TRANSLATION_0);
        JUMP(HIGH_TAG, SEGV_MAPERR, HIGH_TAG, TRANSLATION_0);
        wants(__LINE__, BR, page + 2, SIGBUS, BUS_ADRALN, page + 2, 0, PC_ALIGN, 0);
        wants(__LINE__, BR, TAG(page + 2, 0x56), SIGBUS, BUS_ADRALN, page + 2, 0, PC_ALIGN, 0);
}

/* Signals that come from no access to memory. After an undefined instruction, fault_address and syndrome are 0; after BRK,
 * fault_address is still that of the fault before. */
TEST(what_is_no_abort)
{
        set_up();
        MAPERR(LDR, hole, TRANSLATION_3);
        struct outcome o = run(0xd4200000, 0); /* brk #0 */
        EQ(o.sig, SIGTRAP);
        EQ(o.fault_address, hole);
        o = run(0, 0);
        EQ(o.sig, SIGILL);
        EQ(o.fault_address, 0);
        EQ(o.esr, 0);
}

/* ---- SA_EXPOSE_TAGBITS: si_addr with the tag ---- */

#ifndef SA_EXPOSE_TAGBITS
#define SA_EXPOSE_TAGBITS 0x800
#endif

static sigjmp_buf back;
static uint64_t shown, in_frame;
static void show(int sig, siginfo_t *info, void *ctx)
{
        (void)sig;
        shown = (uint64_t)info->si_addr;
        in_frame = ((ucontext_t *)ctx)->uc_mcontext.fault_address;
        siglongjmp(back, 1);
}

static void exposed(int flags, uint64_t at, uint64_t want)
{
        struct sigaction act = { .sa_sigaction = show, .sa_flags = SA_SIGINFO | flags };
        OK(sigaction(SIGSEGV, &act, NULL));
        if (!sigsetjmp(back, 1)) {
                __asm__ volatile("ldr x9, [%0, #8]" ::"r"(at) : "x9", "memory");
                FAIL("no fault at %#" PRIx64, at);
        }
        EQ(shown, want);
        EQ(in_frame, at >> 55 & 1 ? at + 8 : (at + 8) << 8 >> 8);
        if (!sigsetjmp(back, 1)) {
                __asm__ volatile("stp x9, x10, [%0, #8]!" : "+r"(at)::"memory");
                FAIL("no fault at %#" PRIx64, at);
        }
        EQ(shown, want);
}

TEST(tag_bits_where_they_are_wanted)
{
        set_up();
        for (int turn = 0; turn < 2; turn++) {
                exposed(0, TAG(hole, 0x56), (uint64_t)hole + 8);
                exposed(SA_EXPOSE_TAGBITS, TAG(hole, 0x56), TAG(hole, 0x56) + 8);
                exposed(SA_EXPOSE_TAGBITS, TAG(hole, 0xa5), TAG(hole, 0xa5) + 8);
                exposed(SA_EXPOSE_TAGBITS, (uint64_t)hole, (uint64_t)hole + 8);
                exposed(SA_EXPOSE_TAGBITS, KERNEL, KERNEL + 8);
                exposed(0, KERNEL, KERNEL + 8);
        }
}
