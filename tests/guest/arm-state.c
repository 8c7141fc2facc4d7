/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf,armhf-arm again=-opt_no-trace */
/* 32-bit ARM: the state that signal frames hold, and the ways to a handler and back: both instruction sets, IT blocks, both frames,
 * with and without SA_RESTORER. */
#include <sys/auxv.h>
#include <sys/syscall.h>
#include "probe-arm.h"

static uint32_t stack_pointer(void)
{
        char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        return (uint32_t)p + 4096;
}

/* Runs code with that state. It must reach bkpt #2, which it is said to be at *want. */
static void reaches(const struct state *in, const struct state *want, const char *what, unsigned which)
{
        struct outcome out;
        probe_run(in, &out);
        if (out.sig)
                FAIL("%s %#x: signal %d, code %d, address %#x", what, which, out.sig, out.code, out.addr);
        const char *diff = state_diff(&out.s, want);
        if (diff)
                FAIL("%s %#x: %s", what, which, diff);
}

TEST(state_goes_in_and_out)
{
        probe_init();
        uint32_t arm = ARM_CODE(0xe1a00000), thumb = THUMB_CODE(0xbf00);
        for (unsigned seed = 0; seed < 64; seed++) {
                struct state in;
                bool t = seed & 1;
                state_fill(&in, seed, t);
                in.r[13] = stack_pointer() + seed;
                in.pc = t ? thumb : arm;
                in.cpsr |= seed & 2 ? CPSR_E : 0;
                in.fpscr = (seed * 0x11000000u & 0xf0000000) | (seed & 4 ? 0x08000000 : 0) | (seed & 8 ? 0x9f : 0x10) |
                           (seed << 18 & 0x07c00000);
                struct state want = in;
                want.pc += t ? 2 : 4;
                reaches(&in, &want, "seed", seed);
        }
}

/* ---- IT blocks ---- */

static bool holds(unsigned cond, uint32_t cpsr)
{
        bool n = cpsr >> 31 & 1, z = cpsr >> 30 & 1, c = cpsr >> 29 & 1, v = cpsr >> 28 & 1;
        const bool table[8] = { z, c, n, v, c && !z, n == v, n == v && !z, true };
        return table[cond >> 1] != (cond & 1 && cond != 15);
}

static unsigned advance(unsigned it)
{
        return it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
}

/* Flags of a + 1. */
static uint32_t flags_of_increment(uint32_t a)
{
        uint32_t r = a + 1;
        return (r & 0x80000000) | (r ? 0 : 0x40000000) | (r ? 0 : 0x20000000) | (a == 0x7fffffff ? 0x10000000 : 0);
}

/* ADDS, four times, as an IT block that begins with `it` executes them: conditional ones change no flags. */
static void step(struct state *s, unsigned it, unsigned size)
{
        for (unsigned k = 0; k < 4; k++) {
                bool in_block = it;
                if (!it || holds(it >> 4, s->cpsr)) {
                        if (!in_block)
                                s->cpsr = (s->cpsr & ~CPSR_NZCV) | flags_of_increment(s->r[k]);
                        s->r[k]++;
                }
                it = advance(it);
        }
        s->pc += 4 * size;
}

TEST(return_into_an_it_block)
{
        static const uint32_t values[4] = { 0x7fffffff, 0xffffffff, 0, 0x7ffffffe };
        probe_init();
        /* adds r0, #1 ... adds r3, #1 */
        uint32_t code = THUMB_CODE(0x3001, 0x3101, 0x3201, 0x3301);
        for (unsigned it = 1; it < 0xf0; it++)
                for (unsigned flags = 0; flags < 16; flags++) {
                        bool never = false;
                        for (unsigned at = it; at; at = advance(at))
                                never |= at >> 4 == 15;
                        if (!(it & 15) || never) /* no ITSTATE, or one whose instructions are UNPREDICTABLE */
                                continue;
                        struct state in, want;
                        state_fill(&in, it, true);
                        in.cpsr = CPSR_USER | CPSR_T | flags << 28 | CPSR_IT(it);
                        in.r[13] = 0x1000;
                        memcpy(in.r, values, sizeof(values));
                        in.pc = code;
                        want = in;
                        want.cpsr &= ~CPSR_IT_MASK;
                        step(&want, it, 2);
                        reaches(&in, &want, "ITSTATE", it << 8 | flags);
                }
}

/* Instruction number k of the block faults the first time: the frame has ITSTATE of that, and a return goes on with the rest. */
static void *volatile missing;
static volatile uint32_t seen_cpsr, seen_pc;
static void map_it(int sig, siginfo_t *info, void *ctx)
{
        ucontext_t *uc = ctx;
        (void)sig, (void)info;
        seen_cpsr = uc->uc_mcontext.arm_cpsr;
        seen_pc = uc->uc_mcontext.arm_pc;
        OK(mprotect(missing, 4096, PROT_READ | PROT_WRITE));
}

static void fault_at(unsigned k, unsigned it, bool wide)
{
        /* ldr r0, [r4] ... ldr r3, [r4], of which one has r5, or the same in 32 bits */
        uint16_t narrow_code[] = { 0x6820, 0x6821, 0x6822, 0x6823, 0x3701, 0xbe02 };
        uint16_t wide_code[] = { 0xf8d4, 0x0000, 0xf8d4, 0x1000, 0xf8d4, 0x2000, 0xf8d4, 0x3000, 0x3701, 0xbe02 };
        struct sigaction act = { .sa_sigaction = map_it, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        static uint32_t word = 0x12345678;
        struct state in;
        struct outcome out;
        unsigned at = it;

        narrow_code[k] |= 8;
        wide_code[2 * k] |= 1;
        for (unsigned j = 0; j < k; j++)
                at = advance(at);
        missing = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        OK(sigaction(SIGSEGV, &act, NULL));
        state_fill(&in, 3, true);
        in.cpsr = CPSR_USER | CPSR_T | 0x40000000 | CPSR_IT(it);
        in.r[4] = (uint32_t)&word;
        in.r[5] = (uint32_t)missing;
        in.pc = wide ? put_code(wide_code, sizeof(wide_code) / 2) : put_code(narrow_code, sizeof(narrow_code) / 2);
        seen_pc = 0;
        probe_run(&in, &out);
        EQ(out.sig, 0);
        bool faults = !at || holds(at >> 4, in.cpsr);
        if (seen_pc != (faults ? in.pc + (wide ? 4 : 2) * k : 0))
                FAIL("ITSTATE %#x, instruction %u: a fault at %#x, code at %#x", it, k, seen_pc, in.pc);
        if (faults)
                EQ(seen_cpsr & CPSR_IT_MASK, CPSR_IT(at));
        at = it;
        for (unsigned j = 0; j < 4; j++, at = advance(at))
                EQ(out.s.r[j], at && !holds(at >> 4, in.cpsr) ? in.r[j] : j == k ? 0 : word);
        EQ(out.s.r[7], in.r[7] + 1);
        EQ(out.s.cpsr & CPSR_IT_MASK, 0);
}

TEST(fault_in_an_it_block)
{
        /* ITSTATE of one to four instructions, of EQ, with each pattern of then and else; Z is set */
        probe_init();
        for (unsigned mask = 1; mask < 16; mask++)
                for (unsigned k = 0; k < 4; k++)
                        for (unsigned wide = 0; wide < 2; wide++)
                                fault_at(k, mask, wide);
}

TEST(fault_behind_it)
{
        /* ittee eq; moveq r0, #1; ldreq r1, [r5]; ldrne r2, [r5]; movne r3, #1 */
        struct sigaction act = { .sa_sigaction = map_it, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        struct state in;
        struct outcome out;
        probe_init();
        missing = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        OK(sigaction(SIGSEGV, &act, NULL));
        state_fill(&in, 3, true);
        in.cpsr = CPSR_USER | CPSR_T | 0x40000000;
        in.r[5] = (uint32_t)missing;
        in.pc = THUMB_CODE(0xbf07, 0x2001, 0x6829, 0x682a, 0x2301);
        probe_run(&in, &out);
        EQ(out.sig, 0);
        EQ(seen_pc, in.pc + 4);
        EQ(seen_cpsr & CPSR_IT_MASK, CPSR_IT(0x0e));
        EQ(out.s.r[0], 1);
        EQ(out.s.r[1], 0);
        EQ(out.s.r[2], in.r[2]);
        EQ(out.s.r[3], in.r[3]);
}

/* ---- handlers in both states ---- */

static volatile uint32_t handler_cpsr;
static volatile int handled;

__attribute__((target("arm"))) static void arm_handler(int sig)
{
        handled = sig;
        handler_cpsr = 0; /* what an Arm handler is in */
}
__attribute__((target("thumb"))) static void thumb_handler(int sig)
{
        handled = sig;
        handler_cpsr = CPSR_T;
}

static void handles(void (*handler)(int), uint32_t state, unsigned flags)
{
        struct sigaction act = { .sa_handler = handler, .sa_flags = (int)flags };
        OK(sigaction(SIGUSR1, &act, NULL));
        handled = 0;
        raise(SIGUSR1);
        EQ(handled, SIGUSR1);
        EQ(handler_cpsr, state);
}

TEST(handlers_in_either_state)
{
        CHECK(!((uintptr_t)arm_handler & 1) && ((uintptr_t)thumb_handler & 1));
        for (unsigned k = 0; k < 4; k++) {
                handles(arm_handler, 0, k & 1 ? SA_SIGINFO : 0);
                handles(thumb_handler, CPSR_T, k & 1 ? SA_SIGINFO : 0);
        }
}

/* A handler that is entered from an IT block, with big-endian data, has neither. */
static void check_entry(int sig, siginfo_t *info, void *ctx)
{
        static volatile uint32_t word = 0x01020304;
        ucontext_t *uc = ctx;
        (void)sig, (void)info;
        EQ(word, 0x01020304);
        seen_cpsr = uc->uc_mcontext.arm_cpsr;
        OK(mprotect(missing, 4096, PROT_READ | PROT_WRITE));
}

TEST(handler_entered_from_an_it_block_with_big_endian_data)
{
        static const uint8_t bytes[4] = { 1, 2, 3, 4 };
        struct sigaction act = { .sa_sigaction = check_entry, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        struct state in;
        struct outcome out;
        probe_init();
        missing = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        OK(sigaction(SIGSEGV, &act, NULL));
        state_fill(&in, 3, true);
        in.cpsr = CPSR_USER | CPSR_T | CPSR_E | 0x40000000;
        in.r[4] = (uint32_t)bytes;
        in.r[5] = (uint32_t)missing;
        /* itt eq; ldreq r0, [r5]; ldreq r1, [r4] */
        in.pc = THUMB_CODE(0xbf04, 0x6828, 0x6821);
        probe_run(&in, &out);
        EQ(out.sig, 0);
        EQ(seen_cpsr & (CPSR_E | CPSR_T | CPSR_IT_MASK), CPSR_E | CPSR_T | CPSR_IT(4));
        EQ(out.s.r[0], 0);
        EQ(out.s.r[1], 0x01020304);
        EQ(out.s.cpsr & (CPSR_E | CPSR_T | CPSR_IT_MASK), CPSR_E | CPSR_T);
}

/* The second instruction of the block is on a page that cannot be executed yet. It is fetched whether its condition holds or not. */
static void allow_it(int sig, siginfo_t *info, void *ctx)
{
        ucontext_t *uc = ctx;
        (void)sig, (void)info;
        seen_cpsr = uc->uc_mcontext.arm_cpsr;
        seen_pc = uc->uc_mcontext.arm_pc;
        OK(mprotect(missing, 4096, PROT_READ | PROT_EXEC));
}

TEST(it_block_over_the_end_of_a_page)
{
        struct sigaction act = { .sa_sigaction = allow_it, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        probe_init();
        OK(sigaction(SIGSEGV, &act, NULL));
        for (unsigned equal = 0; equal < 2; equal++) {
                char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                uint16_t *end = (uint16_t *)(p + 4096);
                struct state in;
                struct outcome out;
                end[-2] = 0xbf04; /* itt eq */
                end[-1] = 0x2001; /* moveq r0, #1 */
                end[0] = 0x2102;  /* moveq r1, #2 */
                end[1] = 0xbe02;
                missing = end;
                OK(mprotect(missing, 4096, PROT_READ));
                state_fill(&in, 3, true);
                in.cpsr = CPSR_USER | CPSR_T | equal << 30;
                in.pc = (uint32_t)(end - 2);
                probe_run(&in, &out);
                EQ(out.sig, 0);
                EQ(seen_pc, (uint32_t)end);
                EQ(seen_cpsr & CPSR_IT_MASK, CPSR_IT(0x08));
                EQ(out.s.r[0], equal ? 1 : in.r[0]);
                EQ(out.s.r[1], equal ? 2 : in.r[1]);
        }
}

/* Branches as the last instruction of a block, which the program returns to. */
TEST(branch_at_the_end_of_an_it_block)
{
        probe_init();
        static const uint16_t insn[] = { 0x4708 /* bx r1 */, 0x4788 /* blx r1 */, 0x468f /* mov pc, r1 */,
                                         0xe005 /* b . + 14 */ };
        uint32_t to[2] = { ARM_CODE(0xe3a00007), THUMB_CODE(0x2007) };
        for (unsigned k = 0; k < 16; k++) {
                struct state in, want;
                bool taken = k & 1, thumb = k & 2 || k >> 2 > 1;
                state_fill(&in, 3, true);
                in.cpsr = CPSR_USER | CPSR_T | taken << 30 | CPSR_IT(8);
                in.r[1] = to[thumb] | thumb;
                in.pc = THUMB_CODE(insn[k >> 2], 0x2001, 0xbe02, 0xbf00, 0xbf00, 0xbf00, 0xbf00, 0x2009);
                want = in;
                want.cpsr &= ~CPSR_IT_MASK;
                if (!taken) {
                        want.r[0] = 1;
                        want.cpsr &= ~CPSR_NZCV;
                        want.pc += 4;
                } else if (k >> 2 == 3) {
                        want.r[0] = 9;
                        want.cpsr &= ~CPSR_NZCV;
                        want.pc += 16;
                } else {
                        want.r[0] = 7;
                        want.pc = to[thumb] + (thumb ? 2 : 4);
                        if (thumb)
                                want.cpsr &= ~CPSR_NZCV; /* movs, which leaves C and V: they are clear */
                        else
                                want.cpsr &= ~CPSR_T;
                        if (k >> 2 == 1)
                                want.r[14] = in.pc + 3;
                }
                reaches(&in, &want, "branch", k);
        }
}

/* A system call in a block, with instructions behind it that are conditional, too. */
TEST(call_in_an_it_block)
{
        probe_init();
        for (unsigned k = 0; k < 4; k++) {
                bool equal = k & 1;
                struct state in, want;
                state_fill(&in, 3, true);
                in.cpsr = CPSR_USER | CPSR_T | equal << 30;
                in.r[0] = 1000;
                in.r[7] = SYS_getpid;
                /* ittee eq; svceq #0; moveq r1, #2; movne r2, #3; movne r3, #4; or entered behind IT */
                in.pc = THUMB_CODE(0xbf07, 0xdf00, 0x2102, 0x2203, 0x2304, 0x2405);
                if (k & 2) {
                        in.pc += 2;
                        in.cpsr |= CPSR_IT(7);
                }
                want = in;
                want.pc += k & 2 ? 10 : 12;
                want.cpsr = CPSR_USER | CPSR_T; /* of the last one, which is behind the block */
                want.r[4] = 5;
                if (equal) {
                        want.r[0] = (uint32_t)getpid();
                        want.r[1] = 2;
                } else {
                        want.r[2] = 3;
                        want.r[3] = 4;
                }
                reaches(&in, &want, "call", k);
        }
}
