/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: again=-opt_no-trace */
/* Signals that instructions raise: what siginfo and the frame tell of them. arm-faults.c, arm-state.c and arm-frames.c are this for
 * 32-bit ARM; what becomes of the faults is in faults-handled.c and
 * faults-fatal.c for both. */
#include "probe.h"

static char *page(int prot)
{
        char *p = mmap(NULL, 4096, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        return p;
}

/* Returns the address of a page that is not mapped, at which mmap puts nothing that it may choose the place for. */
static uint64_t hole(void)
{
        void *at = (void *)0x100000000, *p = mmap(at, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        CHECK(p == at);
        OK(munmap(p, 4096));
        return (uint64_t)p;
}

/* Returns the address of these instructions in a page of their own, with brk #0x200 behind them. */
static uint64_t code(const uint32_t *insn, unsigned n)
{
        uint32_t *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        memcpy(p, insn, n * 4);
        p[n] = BRK_OUT;
        __builtin___clear_cache((char *)p, (char *)(p + n + 1));
        return (uint64_t)p;
}
#define CODE(...) code((const uint32_t[]){ __VA_ARGS__ }, sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)

#define LDR_X0_X1 0xf9400020u
#define STR_X0_X1 0xf9000020u
#define NOP 0xd503201fu

/* Runs the code at `pc` with that value of x1. Instruction number `at` must raise `sig` with `sicode` and `addr`, and have
 * changed no register. Returns what came of it. */
static struct outcome raised(uint64_t pc, uint64_t x1, unsigned at, int sig, int sicode, uint64_t addr)
{
        struct state in, want;
        struct outcome out;
        state_fill(&in, 5);
        in.pc = pc;
        in.sp = (uint64_t)page(PROT_READ | PROT_WRITE) + 2048;
        in.x[1] = x1;
        want = in;
        want.pc += 4 * at;
        probe_run(&in, &out);
        if (out.sig != sig || out.code != sicode || out.addr != addr)
                FAIL("signal %d, code %d, address %#" PRIx64 " instead of %d, %d, %#" PRIx64, out.sig, out.code, out.addr, sig,
                     sicode, addr);
        const char *diff = state_diff(&out.s, &want);
        if (diff)
                FAIL("%s", diff);
        return out;
}

TEST(state_goes_in_and_out)
{
        struct state in;
        struct outcome out;
        probe_init();
        for (unsigned seed = 0; seed < 16; seed++) {
                state_fill(&in, seed);
                in.sp = (uint64_t)page(PROT_READ | PROT_WRITE) + 1024;
                in.pc = CODE(NOP);
                in.fpsr = seed & 1 ? 0x08000001 : 0x1e;
                in.fpcr = seed << 22 & 0x00c00000;
                probe_run(&in, &out);
                EQ(out.sig, 0);
                in.pc += 4;
                const char *diff = state_diff(&out.s, &in);
                if (diff)
                        FAIL("seed %u: %s", seed, diff);
        }
}

/* Checks the exception syndrome: it is of a data abort, with that bit "write" and that fault status, without the level. QEMU 7.2
 * has no record with the syndrome in its frames. */
static void check_syndrome(const struct outcome *o, unsigned write, unsigned status)
{
        if (getenv("GUEST_ORACLE"))
                return;
        EQ(o->esr >> 26, 0x24);
        EQ(o->esr >> 6 & 1, write);
        EQ(o->esr >> 2 & 0xf, status);
}

TEST(segv_unmapped)
{
        probe_init();
        uint64_t p = hole();
        struct outcome o = raised(CODE(NOP, LDR_X0_X1), p + 8, 1, SIGSEGV, SEGV_MAPERR, p + 8);
        check_syndrome(&o, 0, 1); /* translation fault */
        o = raised(CODE(NOP, STR_X0_X1), p + 16, 1, SIGSEGV, SEGV_MAPERR, p + 16);
        check_syndrome(&o, 1, 1);
}

TEST(segv_access)
{
        probe_init();
        char *p = page(PROT_NONE), *ro = page(PROT_READ);
        struct outcome o = raised(CODE(LDR_X0_X1), (uint64_t)p, 0, SIGSEGV, SEGV_ACCERR, (uint64_t)p);
        check_syndrome(&o, 0, 1); /* a translation fault: for the hardware a page with PROT_NONE is not there */
        o = raised(CODE(STR_X0_X1), (uint64_t)ro + 4088, 0, SIGSEGV, SEGV_ACCERR, (uint64_t)ro + 4088);
        check_syndrome(&o, 1, 1); /* the same for a page that was never touched */
        (void)*(volatile char *)ro;
        o = raised(CODE(STR_X0_X1), (uint64_t)ro + 4088, 0, SIGSEGV, SEGV_ACCERR, (uint64_t)ro + 4088);
        check_syndrome(&o, 1, 3); /* permission fault */
}

TEST(segv_null)
{
        probe_init(), raised(CODE(LDR_X0_X1), 0, 0, SIGSEGV, SEGV_MAPERR, 0);
}
TEST(segv_last_user_page)
{
        probe_init();
        raised(CODE(LDR_X0_X1), 0x7ffffffff000, 0, SIGSEGV, SEGV_MAPERR, 0x7ffffffff000);
}

TEST(bus_behind_end_of_file)
{
        probe_init();
        int fd = OK(memfd_create("f", 0));
        OK(ftruncate(fd, 100));
        char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        CHECK(p != MAP_FAILED);
        raised(CODE(LDR_X0_X1), (uint64_t)p + 4096, 0, SIGBUS, BUS_ADRERR, (uint64_t)p + 4096);
        raised(CODE(STR_X0_X1), (uint64_t)p + 4104, 0, SIGBUS, BUS_ADRERR, (uint64_t)p + 4104);
}

TEST_NOT_ON_QEMU(ill_undefined, "QEMU 7.2 has ILL_ILLOPN")
{
        probe_init();
        uint64_t pc = CODE(NOP, 0x00000000);
        struct outcome o = raised(pc, 0, 1, SIGILL, ILL_ILLOPC, pc + 4);
        EQ(o.esr, 0);
        pc = CODE(0xd4400000); /* hlt #0 */
        raised(pc, 0, 0, SIGILL, ILL_ILLOPC, pc);
        pc = CODE(0xd4000002); /* hvc #0 */
        raised(pc, 0, 0, SIGILL, ILL_ILLOPC, pc);
        pc = CODE(0xd5380200); /* mrs x0, id_isar0_el1: the kernel emulates it */
        struct state in;
        state_fill(&in, 3);
        in.pc = pc;
        in.sp = (uint64_t)page(PROT_READ | PROT_WRITE) + 1024;
        probe_run(&in, &o);
        EQ(o.sig, 0);
        EQ(o.s.x[0], 0);
        pc = CODE(0xd5384240); /* mrs x0, currentel */
        raised(pc, 0, 0, SIGILL, ILL_ILLOPC, pc);
        pc = CODE(0xd51be040); /* msr cntvct_el0, x0 */
        raised(pc, 0, 0, SIGILL, ILL_ILLOPC, pc);
}

TEST(trap_breakpoint)
{
        probe_init();
        uint64_t pc = CODE(NOP, NOP, 0xd4200020); /* brk #1 */
        raised(pc, 0, 2, SIGTRAP, TRAP_BRKPT, pc + 8);
}

TEST(bus_misaligned_pc)
{
        probe_init();
        struct state in;
        struct outcome o;
        state_fill(&in, 9);
        in.sp = (uint64_t)page(PROT_READ | PROT_WRITE) + 1024;
        in.x[1] = CODE(NOP) + 2;
        in.pc = CODE(NOP, 0xd61f0020); /* br x1 */
        probe_run(&in, &o);
        EQ(o.sig, SIGBUS);
        EQ(o.code, BUS_ADRALN);
        EQ(o.addr, in.x[1]);
        EQ(o.s.pc, in.x[1]);
        in.pc = in.x[1];
        const char *diff = state_diff(&o.s, &in);
        if (diff)
                FAIL("%s", diff);
}

/* Jumps to `target` with BR, BLR and RET. Each must raise `sig` with `sicode`, the pc being `target`. */
static void jump_to(uint64_t target, int sig, int sicode)
{
        static const uint32_t jumps[] = { 0xd61f0020, 0xd63f0020, 0xd65f0020 }; /* br, blr, ret x1 */
        for (unsigned k = 0; k < 3; k++) {
                struct state in, want;
                struct outcome o;
                state_fill(&in, k);
                in.sp = (uint64_t)page(PROT_READ | PROT_WRITE) + 1024;
                in.pc = CODE(jumps[k]);
                in.x[1] = target;
                want = in;
                want.pc = target;
                if (k == 1)
                        want.x[30] = in.pc + 4;
                probe_run(&in, &o);
                if (o.sig != sig || o.code != sicode || o.addr != target)
                        FAIL("signal %d, code %d, address %#" PRIx64 " instead of %d, %d, %#" PRIx64, o.sig, o.code, o.addr, sig,
                             sicode, target);
                const char *diff = state_diff(&o.s, &want);
                if (diff)
                        FAIL("%s", diff);
        }
}

TEST(jump_to_nothing)
{
        probe_init();
        jump_to(hole() + 4, SIGSEGV, SEGV_MAPERR);
        jump_to(0, SIGSEGV, SEGV_MAPERR);
}

TEST_NOT_ON_QEMU(jump_to_data, "QEMU 7.2 reports the code of a page that is not there")
{
        probe_init();
        jump_to((uint64_t)page(PROT_READ | PROT_WRITE) + 4, SIGSEGV, SEGV_ACCERR);
        jump_to((uint64_t)page(PROT_NONE) + 4, SIGSEGV, SEGV_ACCERR);
}

TEST(run_off_the_end_of_code)
{
        probe_init();
        char *p = mmap((void *)hole(), 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        for (unsigned k = 0; k < 1024; k++)
                ((uint32_t *)p)[k] = NOP;
        raised((uint64_t)p + 4080, 0, 4, SIGSEGV, SEGV_MAPERR, (uint64_t)p + 4096);
}

/* Handlers that spoil their frame. sigreturn raises SIGSEGV for kinds 0 to 7; kind 8 is a change that is allowed, and 9 is none
 * (arch/arm64/kernel/signal.c, restore_sigframe()). */
static volatile int spoil_how;
static void spoil(int sig, siginfo_t *info, void *ctx)
{
        ucontext_t *uc = ctx;
        struct fpsimd_context *fp = frame_record(uc, FPSIMD_MAGIC);
        (void)sig, (void)info;
        uc->uc_mcontext.pc += 4;
        switch (spoil_how) {
        case 0: uc->uc_mcontext.pstate |= 5; break;      /* EL1h */
        case 1: uc->uc_mcontext.pstate |= 0x10; break;   /* AArch32 */
        case 2: uc->uc_mcontext.pstate |= 1 << 7; break; /* I */
        case 3: fp->head.size -= 16; break;
        case 4: fp->head.size = 4; break;
        case 5: fp->head.magic = 0x12345678; break;
        case 6: fp->head.magic = 0, fp->head.size = 0; break; /* no FPSIMD record at all */
        case 7: fp->head.size = 0xfffffff0; break;
        case 8: uc->uc_mcontext.pstate |= UINT64_C(0xf) << 28; break; /* NZCV may be changed */
        default: break;
        }
}

static void ended(int sig)
{
        (void)sig;
        _exit(50);
}

TEST_NOT_ON_QEMU(spoiled_frames, "QEMU 7.2 does not look at PSTATE")
{
        for (int how = 0; how < 10; how++) {
                pid_t pid = fork();
                if (pid == 0) {
                        struct sigaction act = { .sa_sigaction = spoil, .sa_flags = SA_SIGINFO };
                        spoil_how = how;
                        sigaction(SIGTRAP, &act, NULL);
                        signal(SIGSEGV, ended);
                        __asm__ volatile("brk #0" ::: "cc", "memory");
                        _exit(60);
                }
                int st;
                CHECK(waitpid(pid, &st, 0) == pid);
                if (!WIFEXITED(st) || WEXITSTATUS(st) != (how < 8 ? 50 : 60))
                        FAIL("kind %d: status %#x", how, st);
        }
}

/* ---- where the kernel puts the frame, and that the handler's arguments point into it ---- */

/* A handler in assembly that stores the registers it gets. */
volatile uint64_t frame_sp, frame_info, frame_uc, frame_x29, frame_x30;
__asm__(".pushsection .text\n.globl frame_handler\nframe_handler:\n"
        "adrp x3, frame_sp\n add x3, x3, :lo12:frame_sp\n mov x4, sp\n str x4, [x3]\n"
        "adrp x3, frame_info\n add x3, x3, :lo12:frame_info\n str x1, [x3]\n"
        "adrp x3, frame_uc\n add x3, x3, :lo12:frame_uc\n str x2, [x3]\n"
        "adrp x3, frame_x29\n add x3, x3, :lo12:frame_x29\n str x29, [x3]\n"
        "adrp x3, frame_x30\n add x3, x3, :lo12:frame_x30\n str x30, [x3]\n"
        "ldr x4, [x2, #440]\n add x4, x4, #4\n str x4, [x2, #440]\n" /* uc_mcontext.pc += 4 */
        "ret\n.popsection");
extern void frame_handler(int, siginfo_t *, void *);

TEST(layout_of_the_frame)
{
        struct sigaction act = { .sa_sigaction = frame_handler, .sa_flags = SA_SIGINFO };
        uint64_t sp, x29, x30 = 0x1234;
        EQ(offsetof(ucontext_t, uc_mcontext) + offsetof(mcontext_t, pc), 440);
        OK(sigaction(SIGTRAP, &act, NULL));
        __asm__ volatile("mov %0, sp\n\tmov %1, x29\n\tmov x30, %2\n\tbrk #0"
                         : "=&r"(sp), "=&r"(x29)
                         : "r"(x30)
                         : "x30", "memory");
        EQ(frame_sp % 16, 0);
        EQ(frame_info, frame_sp);                         /* struct rt_sigframe has a siginfo, */
        EQ(frame_uc, frame_sp + 128);                     /* a ucontext, */
        CHECK(frame_sp + 128 + sizeof(ucontext_t) <= sp); /* and then the frame record that x29 points to */
        CHECK(frame_x29 >= frame_uc && frame_x29 < sp);
        EQ(((uint64_t *)frame_x29)[0], x29);
        EQ(((uint64_t *)frame_x29)[1], x30);
        EQ(((uint32_t *)frame_x30)[0], 0xd2801168); /* mov x8, #139 */
        EQ(((uint32_t *)frame_x30)[1], 0xd4000001); /* svc #0 */
}
