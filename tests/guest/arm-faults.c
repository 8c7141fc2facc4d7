/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf,armhf-arm again=-opt_no-trace */
/* 32-bit ARM: signals that instructions raise, in A32 and T32: what siginfo and the frame tell of them, that nothing has changed
 * before, and that the program goes on. */
#include "probe-arm.h"
#include <setjmp.h>

#ifndef TRAP_BRKPT
#define TRAP_BRKPT 1
#endif

static char *page(int prot)
{
        char *p = mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        return p;
}

/* The address of a page that is not mapped. */
static uint32_t hole(void)
{
        static char *p;
        if (!p)
                p = mmap((void *)0x50000000, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        CHECK(p == (char *)0x50000000);
        munmap(p, 8192);
        return (uint32_t)p;
}

/* Runs the code at pc (bit 0: Thumb) with these values of r1 and r2, and no flags. The instruction at pc + at must raise this
 * signal, and have changed nothing. */
static struct outcome raised(uint32_t pc, uint32_t r1, uint32_t r2, unsigned at, int sig, int code, uint32_t addr)
{
        struct state in, want;
        struct outcome out;
        state_fill(&in, 5, pc & 1);
        in.pc = pc & ~1u;
        in.cpsr &= ~CPSR_NZCV;
        in.r[13] = (uint32_t)probe_altstack + 40000;
        in.r[1] = r1;
        in.r[2] = r2;
        want = in;
        want.pc += at;
        probe_run(&in, &out);
        if (out.sig != sig || (out.code != code && code != -1) || out.addr != addr)
                FAIL("%#x: signal %d, code %d, address %#x instead of %d, %d, %#x", *(uint32_t *)in.pc, out.sig, out.code,
                     out.addr, sig, code, addr);
        const char *diff = state_diff(&out.s, &want);
        if (diff)
                FAIL("%s", diff);
        return out;
}

/* On QEMU, which has another code, or tells nothing of the address in frames. */
static bool on_qemu(void)
{
        return getenv("GUEST_ORACLE");
}

static void reads_and_writes(uint32_t pc, bool write)
{
        uint32_t nowhere = hole(), protected = (uint32_t)page(PROT_READ), none = (uint32_t)page(PROT_NONE);
        struct outcome o = raised(pc, nowhere + 8, 0, 0, SIGSEGV, SEGV_MAPERR, nowhere + 8);
        if (!on_qemu()) {
                EQ(o.fault_address, nowhere + 8);
                EQ(o.error_code, write ? 1 << 11 : 0);
                EQ(o.trap_no, 0);
        }
        raised(pc, none + 8, 0, 0, SIGSEGV, SEGV_ACCERR, none + 8);
        if (write)
                o = raised(pc, protected + 8, 0, 0, SIGSEGV, SEGV_ACCERR, protected + 8);
        if (write && !on_qemu())
                EQ(o.error_code, 1 << 11);
        munmap((void *)protected, 4096);
        munmap((void *)none, 4096);
}

TEST(loads_and_stores)
{
        probe_init();
        reads_and_writes(ARM_CODE(0xe5910000), false);           /* ldr r0, [r1] */
        reads_and_writes(ARM_CODE(0xe5810000), true);            /* str r0, [r1] */
        reads_and_writes(ARM_CODE(0xe8b10038), false);           /* ldm r1!, {r3, r4, r5} */
        reads_and_writes(ARM_CODE(0xe8a10038), true);            /* stm r1!, {r3, r4, r5} */
        reads_and_writes(ARM_CODE(0xe1c140d0), false);           /* ldrd r4, r5, [r1] */
        reads_and_writes(ARM_CODE(0xe1c140f0), true);            /* strd r4, r5, [r1] */
        reads_and_writes(ARM_CODE(0xed910b00), false);           /* vldr d0, [r1] */
        reads_and_writes(ARM_CODE(0xed810b00), true);            /* vstr d0, [r1] */
        reads_and_writes(ARM_CODE(0xf421000d), false);           /* vld4.8 {d0-d3}, [r1]! */
        reads_and_writes(ARM_CODE(0xf401000d), true);            /* vst4.8 {d0-d3}, [r1]! */
        reads_and_writes(ARM_CODE(0xe1910f9f), false);           /* ldrex r0, [r1] */
        reads_and_writes(ARM_CODE(0x15910000), false);           /* ldrne r0, [r1] */
        reads_and_writes(THUMB_CODE(0x6808) | 1, false);         /* ldr r0, [r1] */
        reads_and_writes(THUMB_CODE(0x6008) | 1, true);          /* str r0, [r1] */
        reads_and_writes(THUMB_CODE(0xc938) | 1, false);         /* ldm r1!, {r3, r4, r5} */
        reads_and_writes(THUMB_CODE(0xc138) | 1, true);          /* stm r1!, {r3, r4, r5} */
        reads_and_writes(THUMB_CODE(0xe9d1, 0x4500) | 1, false); /* ldrd r4, r5, [r1] */
        reads_and_writes(THUMB_CODE(0xe9c1, 0x4500) | 1, true);  /* strd r4, r5, [r1] */
        reads_and_writes(THUMB_CODE(0xf851, 0x0b04) | 1, false); /* ldr r0, [r1], #4 */
        reads_and_writes(THUMB_CODE(0xf841, 0x0b04) | 1, true);  /* str r0, [r1], #4 */
}

/* QEMU 7.2 gives the host's address; the frame is that of arch/arm64/kernel/signal32.c, compat_setup_sigframe(). */
TEST_NOT_ON_QEMU(behind_the_end_of_a_file, "the address is the host's")
{
        int fd = OK(memfd_create("f", 0));
        OK(ftruncate(fd, 100));
        char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED, fd, 0);
        CHECK(p != MAP_FAILED);
        uint32_t end = (uint32_t)p + 4096;
        const struct {
                uint32_t pc;
                bool write;
        } rows[] = {
                { ARM_CODE(0xe5910000), false },         /* ldr r0, [r1] */
                { ARM_CODE(0xe5810000), true },          /* str r0, [r1] */
                { ARM_CODE(0xe8a10038), true },          /* stm r1!, {r3, r4, r5} */
                { THUMB_CODE(0x6808) | 1, false },       /* ldr r0, [r1] */
                { THUMB_CODE(0xf841, 0x0b04) | 1, true } /* str r0, [r1], #4 */
        };
        probe_init();
        for (unsigned k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
                struct outcome o = raised(rows[k].pc, end, 0, 0, SIGBUS, BUS_ADRERR, end);
                EQ(o.fault_address, end);
                EQ(o.error_code, rows[k].write ? 1 << 11 : 0);
        }
        raised(end, 0, 0, 0, SIGBUS, BUS_ADRERR, end); /* as code */
        raised(end | 1, 0, 0, 0, SIGBUS, BUS_ADRERR, end);
}

enum { LOADED = 1 }; /* the base register is loaded, too, from the lowest address */

/* The instruction at pc, of `size` bytes, accesses memory on both sides of the end of a page, with `base` being that end and
 * `distance`, and the second page is missing. Neither base nor pc may change, so that it can be done again when the page is there; then
 * the base moves that far. */
static void over_the_end_of_a_page(uint32_t pc, unsigned size, unsigned base, int distance, int moved)
{
        uint32_t first = hole(), end = first + 4096, *second = (uint32_t *)end;
        const int both = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
        struct state in;
        struct outcome out;
        CHECK(mmap((void *)first, 4096, PROT_READ | PROT_WRITE, both, -1, 0) != MAP_FAILED);
        state_fill(&in, 5, pc & 1);
        in.pc = pc & ~1u;
        in.r[13] = (uint32_t)probe_altstack + 40000;
        in.r[base] = end + (uint32_t)distance;
        second[-2] = 0x1234;
        probe_run(&in, &out);
        if (out.sig != SIGSEGV || out.addr != end || out.s.r[base] != in.r[base] || out.s.pc != in.pc || out.s.cpsr != in.cpsr)
                FAIL("%#x: signal %d, address %#x, base %#x, pc %#x", *(uint32_t *)in.pc, out.sig, out.addr, out.s.r[base],
                     out.s.pc);
        CHECK(mmap(second, 4096, PROT_READ | PROT_WRITE, both, -1, 0) != MAP_FAILED);
        second[0] = pc + size; /* for the one that loads the pc */
        in = out.s;
        probe_run(&in, &out);
        if (out.sig || out.s.pc != in.pc + size || out.s.r[base] != (moved == LOADED ? 0x1234 : in.r[base] + (uint32_t)moved))
                FAIL("%#x again: signal %d, base %#x, pc %#x", *(uint32_t *)in.pc, out.sig, out.s.r[base], out.s.pc);
        munmap((void *)first, 8192);
}

TEST(over_the_ends_of_pages)
{
        probe_init();
        over_the_end_of_a_page(ARM_CODE(0xe8b10038), 4, 1, -8, 12);          /* ldm r1!, {r3, r4, r5} */
        over_the_end_of_a_page(ARM_CODE(0xe9310038), 4, 1, 4, -12);          /* ldmdb r1!, {r3, r4, r5} */
        over_the_end_of_a_page(ARM_CODE(0xe891001a), 4, 1, -8, LOADED);      /* ldm r1, {r1, r3, r4} */
        over_the_end_of_a_page(ARM_CODE(0xe8bd8018), 4, 13, -8, 12);         /* pop {r3, r4, pc} */
        over_the_end_of_a_page(ARM_CODE(0xe8a10038), 4, 1, -8, 12);          /* stm r1!, {r3, r4, r5} */
        over_the_end_of_a_page(ARM_CODE(0xe92d0038), 4, 13, 4, -12);         /* push {r3, r4, r5} */
        over_the_end_of_a_page(ARM_CODE(0xe0c140d8), 4, 1, -4, 8);           /* ldrd r4, r5, [r1], #8 */
        over_the_end_of_a_page(ARM_CODE(0xe0c140f8), 4, 1, -4, 8);           /* strd r4, r5, [r1], #8 */
        over_the_end_of_a_page(ARM_CODE(0xe4914004), 4, 1, -2, 4);           /* ldr r4, [r1], #4 */
        over_the_end_of_a_page(ARM_CODE(0xecb10b04), 4, 1, -8, 16);          /* vldm r1!, {d0, d1} */
        over_the_end_of_a_page(ARM_CODE(0xf421020d), 4, 1, -8, 32);          /* vld1.8 {d0-d3}, [r1]! */
        over_the_end_of_a_page(THUMB_CODE(0xc938) | 1, 2, 1, -8, 12);        /* ldm r1!, {r3, r4, r5} */
        over_the_end_of_a_page(THUMB_CODE(0xc91a) | 1, 2, 1, -8, LOADED);    /* ldm r1, {r1, r3, r4} */
        over_the_end_of_a_page(THUMB_CODE(0xbd18) | 1, 2, 13, -8, 12);       /* pop {r3, r4, pc} */
        over_the_end_of_a_page(THUMB_CODE(0xe8f1, 0x4502) | 1, 4, 1, -4, 8); /* ldrd r4, r5, [r1], #8 */
}

/* A condition that fails makes nothing of any instruction, of undefined ones too. */
TEST(nothing_where_the_condition_fails)
{
        struct state in;
        struct outcome out;
        probe_init();
        const uint32_t codes[] = {
                ARM_CODE(0x05910000),           /* ldreq r0, [r1] */
                ARM_CODE(0x08b10038),           /* ldmeq r1!, {r3, r4, r5} */
                ARM_CODE(0x07f000f0),           /* udfeq */
                ARM_CODE(0x0ed10b00),           /* an undefined one of VFP */
                THUMB_CODE(0xbf08, 0x6808) | 1, /* it eq; ldreq r0, [r1] */
                THUMB_CODE(0xbf08, 0xde02) | 1, /* it eq; udf */
                THUMB_CODE(0xbf08, 0xf7f0, 0xa001) | 1,
        };
        for (unsigned k = 0; k < sizeof(codes) / sizeof(codes[0]); k++) {
                state_fill(&in, 5, codes[k] & 1);
                in.pc = codes[k] & ~1u;
                in.cpsr &= ~CPSR_NZCV;
                in.r[1] = 8;
                probe_run(&in, &out);
                EQ(out.sig, 0);
                EQ(out.s.pc, in.pc + (k < 4 ? 4 : k < 6 ? 4 : 6));
        }
}

TEST(undefined_instructions)
{
        const int code = on_qemu() ? -1 : ILL_ILLOPC;
        probe_init();
        static const uint32_t arm[] = {
                0xe7f000f0, /* udf #0 */
                0xe7ffdefe, /* udf */
                0xee190f1d, /* mrc p15, 0, r0, c9, c13, 0: the cycle counter */
                0xee090f1e, /* mcr p15, 0, r0, c9, c14, 0: who may use that */
                0xeef70a10, /* vmrs r0, mvfr0 */
                0xe1400070, /* hvc */
                0xe1600070, /* smc */
                0xe14f0000, /* mrs r0, spsr */
                0xe8fd8001, /* ldm sp!, {r0, pc}^ */
                0xf1100010, /* setpan */
                0xe1b0f00e, /* movs pc, lr */
                0xee100f10, /* mrc p15, 0, r0, c0, c0, 0: MIDR, which QEMU gives */
                0xee000110, /* of coprocessor 1, FPA11, which QEMU has */
        };
        for (unsigned k = 0; k + 2 * on_qemu() < sizeof(arm) / sizeof(arm[0]); k++) {
                uint32_t pc = ARM_CODE(arm[k]);
                raised(pc, 0, 0, 0, SIGILL, code, pc);
        }
        uint32_t pc = THUMB_CODE(0xde02);
        raised(pc | 1, 0, 0, 0, SIGILL, code, pc);
        pc = THUMB_CODE(0xf7f0, 0xa001);
        raised(pc | 1, 0, 0, 0, SIGILL, code, pc);
        pc = THUMB_CODE(0xbf00, 0xee19, 0x0f1d);
        raised(pc | 1, 0, 0, 2, SIGILL, code, pc + 2);
        /* in an IT block: it ne; udfne */
        struct state in;
        struct outcome out;
        state_fill(&in, 5, true);
        in.pc = THUMB_CODE(0xbf18, 0xde02);
        in.cpsr &= ~CPSR_NZCV;
        probe_run(&in, &out);
        EQ(out.sig, SIGILL);
        EQ(out.s.pc, in.pc + 2);
        EQ(out.s.cpsr & CPSR_IT_MASK, CPSR_IT(0x18));
}

TEST(breakpoints)
{
        static const uint32_t arm[] = { 0xe1200077, 0xe7f001f0, 0x17f001f0 };
        static const uint16_t thumb[] = { 0xbe07, 0xde01 };
        probe_init();
        for (unsigned k = 0; k < 3; k++) {
                uint32_t pc = ARM_CODE(arm[k]);
                raised(pc, 0, 0, 0, SIGTRAP, TRAP_BRKPT, pc);
        }
        for (unsigned k = 0; k < 2; k++) {
                uint32_t pc = THUMB_CODE(thumb[k]);
                raised(pc | 1, 0, 0, 0, SIGTRAP, TRAP_BRKPT, pc);
        }
        uint32_t pc = THUMB_CODE(0xf7f0, 0xa000);
        raised(pc | 1, 0, 0, 0, SIGTRAP, TRAP_BRKPT, pc);
}

/* Raises SIGBUS for the access at r1, and says so in the frame. */
static void misaligned(uint32_t pc, uint32_t r1, bool write)
{
        struct outcome o = raised(pc, r1, 0, 0, SIGBUS, BUS_ADRALN, r1);
        if (on_qemu())
                return;
        EQ(o.fault_address, r1);
        EQ(o.error_code, write ? 1 << 11 : 0);
}

TEST(exclusives_are_aligned)
{
        uint32_t p = (uint32_t)page(PROT_READ | PROT_WRITE);
        probe_init();
        misaligned(ARM_CODE(0xe1910f9f), p + 2, false);           /* ldrex r0, [r1] */
        misaligned(ARM_CODE(0xe1b14f9f), p + 4, false);           /* ldrexd r4, r5, [r1] */
        misaligned(THUMB_CODE(0xe851, 0x0f00) | 1, p + 1, false); /* ldrex r0, [r1] */
        misaligned(ARM_CODE(0xe1910c9f), p + 2, false);           /* lda r0, [r1] */
        misaligned(ARM_CODE(0xe181fc90), p + 2, true);            /* stl r0, [r1] */
        misaligned(THUMB_CODE(0xe8c1, 0x0faf) | 1, p + 2, true);  /* stl r0, [r1] */
}

/* What tells of a memory access in frames stays where none faulted, but an undefined instruction clears it
 * (arch/arm64/kernel/traps.c, arm64_notify_die()). */
TEST_NOT_ON_QEMU(what_is_no_abort, "QEMU 7.2 never sets it")
{
        const uint32_t nowhere = hole(), udf = ARM_CODE(0xe7f000f0), bkpt = ARM_CODE(0xe1200077);
        probe_init();
        raised(ARM_CODE(0xe5810000), nowhere + 8, 0, 0, SIGSEGV, SEGV_MAPERR, nowhere + 8); /* str r0, [r1] */
        struct outcome o = raised(bkpt, 0, 0, 0, SIGTRAP, TRAP_BRKPT, bkpt);
        EQ(o.fault_address, nowhere + 8);
        EQ(o.error_code, 1 << 11);
        o = raised(udf, 0, 0, 0, SIGILL, ILL_ILLOPC, udf);
        EQ(o.fault_address, 0);
        EQ(o.error_code, 0);
}

/* ---- the program counter ---- */

/* Branches to r1, whose bit 0 is the new state, and must fault there. */
static void jumps(uint32_t to, uint32_t pc, int sig, int code, uint32_t addr)
{
        struct state in;
        struct outcome out;
        for (unsigned thumb = 0; thumb < 2; thumb++) {
                state_fill(&in, 5, thumb);
                in.r[1] = to;
                in.pc = thumb ? THUMB_CODE(0x4708) : ARM_CODE(0xe12fff11);
                probe_run(&in, &out);
                if (out.sig != sig || out.code != code || out.addr != addr || out.s.pc != pc ||
                    !(out.s.cpsr & CPSR_T) != !(to & 1))
                        FAIL("to %#x: signal %d, code %d, address %#x, pc %#x, cpsr %#x", to, out.sig, out.code, out.addr,
                             out.s.pc, out.s.cpsr);
                if (!on_qemu())
                        EQ(out.fault_address, sig == SIGSEGV ? addr : 0);
                EQ(out.error_code, 0);
        }
}

TEST(jumps_to_nowhere)
{
        uint32_t nowhere = hole(), no_exec = (uint32_t)page(PROT_READ | PROT_WRITE);
        probe_init();
        jumps(nowhere, nowhere, SIGSEGV, SEGV_MAPERR, nowhere);
        jumps(nowhere + 3, nowhere + 2, SIGSEGV, SEGV_MAPERR, nowhere + 2);
        jumps(no_exec, no_exec, SIGSEGV, SEGV_ACCERR, no_exec);
        jumps(no_exec + 1, no_exec, SIGSEGV, SEGV_ACCERR, no_exec);
        jumps(0xfffff000, 0xfffff000, SIGSEGV, SEGV_MAPERR, 0xfffff000);
}

TEST_NOT_ON_QEMU(program_counter_is_aligned, "QEMU 7.2 says SIGSEGV")
{
        uint32_t code = ARM_CODE(0xe1a00000);
        probe_init();
        jumps(code + 2, code + 2, SIGBUS, BUS_ADRALN, code + 2);
}

/* A T32 instruction of four bytes whose second half is on a page that is not there. */
TEST_NOT_ON_QEMU(instruction_over_the_end_of_a_page, "QEMU's address is that of the first half")
{
        char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        uint16_t *end = (uint16_t *)(p + 4096);
        uint32_t at = (uint32_t)(end - 1);
        probe_init();
        end[-2] = 0xbf00;
        end[-1] = 0xf8d1; /* ldr.w r0, [r1] */
        OK(munmap(p + 4096, 4096));
        raised(at | 1, (uint32_t)p, 0, 0, SIGSEGV, SEGV_MAPERR, at + 1 + 1);
        raised((at - 2) | 1, (uint32_t)p, 0, 2, SIGSEGV, SEGV_MAPERR, at + 2);
        void *q = mmap(end, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        CHECK(q == end);
        raised((at - 2) | 1, (uint32_t)p, 0, 2, SIGSEGV, SEGV_ACCERR, at + 2);
        OK(mprotect(end, 4096, PROT_NONE));
        raised(at | 1, (uint32_t)p, 0, 0, SIGSEGV, SEGV_ACCERR, at + 2);
        /* and one of two bytes there is all right */
        end[-1] = 0xbe02;
        __builtin___clear_cache(p, p + 4096);
        struct state in;
        struct outcome out;
        state_fill(&in, 1, true);
        in.pc = at;
        probe_run(&in, &out);
        EQ(out.sig, 0);
}

/* ---- probes, as OpenSSL and others make them ---- */

static sigjmp_buf env;
static void jump_out(int sig)
{
        siglongjmp(env, sig);
}

#define PROBE(insn) (sigsetjmp(env, 1) ? 0 : (({ __asm__ volatile(insn ::: "r0", "r1", "cc", "memory"); }), 1))

TEST(probes_by_sigill)
{
        for (volatile int k = 0; k < 3; k++) {
                signal(SIGILL, jump_out);
                EQ(PROBE("mrc p15, 0, r0, c9, c13, 0"), 0);
                EQ(PROBE("udf #7"), 0);
                if (!on_qemu())
                        EQ(PROBE("mrrc p15, 1, r0, r1, c14"), 1); /* the counter */
                EQ(PROBE("mrc p15, 0, r0, c13, c0, 3"), 1);
                EQ(PROBE(".fpu neon\n\tvorr q0, q0, q0"), 1);
        }
}

/* ---- private calls ---- */

TEST_NOT_ON_QEMU(private_calls, "QEMU says ENOSYS")
{
        struct state in;
        struct outcome out;
        probe_init();
        for (unsigned thumb = 0; thumb < 2; thumb++) {
                state_fill(&in, 5, thumb);
                in.pc = thumb ? THUMB_CODE(0xdf00) : ARM_CODE(0xef000000);
                in.r[7] = 0xf0800;
                probe_run(&in, &out);
                EQ(out.sig, SIGILL);
                EQ(out.code, ILL_ILLTRP);
                EQ(out.addr, in.pc);
                EQ(out.s.pc, in.pc + (thumb ? 2 : 4));
        }
}
