/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf nightly=armhf-arm again=-opt_no-trace */
/* What becomes of a fault: handlers that change the frame and go on, that leave by siglongjmp and that fault themselves, on which
 * stack; and the codes and addresses. faults-fatal.c has the faults that end the process. */
#include "fault-kinds.h"

/* ---- handlers that change the frame ---- */

static uint32_t good[2] = { 0x11223344, 0 };

static void repair(int sig, siginfo_t *info, void *ctx)
{
        (void)sig, (void)info;
        handled++;
        BASE((ucontext_t *)ctx) = (uintptr_t)good;
}

TEST(handler_repairs_a_register)
{
        handle(SIGSEGV, repair, 0);
        for (int k = 0; k < 1000; k++) {
                uint32_t got;
                BAD_BASE(got);
                EQ(got, good[0]);
        }
        EQ(handled, 1000);
}

static void skip_and_change(int sig, siginfo_t *info, void *ctx)
{
        (void)sig, (void)info;
        handled++;
        skip(ctx);
        FLAGS((ucontext_t *)ctx) ^= FLAG_Z;
        VECTOR((ucontext_t *)ctx) += 1;
}

TEST(handler_skips_and_changes_flags_and_vectors)
{
        handle(SIGILL, skip_and_change, 0);
        handle(SIGTRAP, skip_and_change, 0);
        for (int k = 0; k < 300; k++) {
                uint32_t z;
                uint64_t v;
                FLAG_AND_VECTOR("udf #7", z, v);
                EQ(z, 0);
                EQ(v, 1);
                FLAG_AND_VECTOR(BREAKPOINT, z, v);
                EQ(z, 0);
                EQ(v, 1);
        }
        EQ(handled, 600);
}

static volatile int called;
OTHER_STATE __attribute__((noipa)) static void call_me(void)
{
        called++;
}

/* As managed languages do it: the program goes on in a function, which returns behind the instruction. */
static void make_a_call(int sig, siginfo_t *info, void *ctx)
{
        (void)sig, (void)info;
        LR((ucontext_t *)ctx) = behind(ctx);
        go_to(ctx, (uintptr_t)call_me);
}

TEST(handler_makes_a_call)
{
        handle(SIGILL, make_a_call, 0);
        for (int k = 0; k < 300; k++)
                MAY_CALL("udf #3");
        EQ(called, 300);
}

/* ---- handlers that fault ---- */

static volatile int depth;
static void nest(int sig, siginfo_t *info, void *ctx)
{
        (void)sig, (void)info;
        if (++depth < 20)
                in_handler->fault();
        handled++;
        skip(ctx);
}

TEST(faults_nest)
{
        set_up();
        for (unsigned k = 0; k < KINDS; k++) {
                in_handler = &kinds[k];
                handled = depth = 0;
                handle(kinds[k].sig, nest, SA_NODEFER);
                kinds[k].fault();
                EQ(handled, 20);
        }
}

static volatile int order[KINDS], ends;
static void fault_next(int sig, siginfo_t *info, void *ctx)
{
        unsigned k = 0;
        (void)info;
        while (kinds[k].sig != sig)
                k++;
        if (k + 1 < KINDS)
                kinds[k + 1].fault();
        order[ends++] = sig;
        skip(ctx);
}

TEST(each_handler_faults_otherwise)
{
        set_up();
        for (unsigned k = 0; k < KINDS; k++)
                handle(kinds[k].sig, fault_next, 0);
        for (int n = 0; n < 50; n++) {
                ends = 0;
                kinds[0].fault();
                EQ(ends, KINDS);
                for (unsigned k = 0; k < KINDS; k++)
                        EQ(order[k], kinds[KINDS - 1 - k].sig);
        }
        sigset_t now;
        OK(sigprocmask(SIG_BLOCK, NULL, &now));
        for (unsigned k = 0; k < KINDS; k++)
                EQ(sigismember(&now, kinds[k].sig), 0);
}

static volatile int others;
static void count_other(int sig)
{
        (void)sig;
        others++;
}

static void raise_other(int sig, siginfo_t *info, void *ctx)
{
        (void)sig, (void)info;
        raise(SIGUSR1);
        EQ(others, handled); /* not yet */
        handled++;
        skip(ctx);
}

TEST(handlers_mask_holds)
{
        set_up();
        signal(SIGUSR1, count_other);
        for (unsigned k = 0; k < KINDS; k++) {
                struct sigaction act = { .sa_sigaction = raise_other, .sa_flags = SA_SIGINFO };
                sigaddset(&act.sa_mask, SIGUSR1);
                OK(sigaction(kinds[k].sig, &act, NULL));
                kinds[k].fault();
                EQ(others, k + 1);
        }
}

/* ---- handlers that do not return ---- */

TEST(siglongjmp_out_of_handlers)
{
        set_up();
        for (volatile unsigned k = 0; k < KINDS; k++) {
                handle(kinds[k].sig, leave, 0);
                for (volatile int n = 0; n < 2000; n++) {
                        int sig = sigsetjmp(env, 1);
                        if (!sig)
                                kinds[k].fault();
                        EQ(sig, kinds[k].sig);
                }
        }
}

/* ---- stacks ---- */

static char spare[65536] __attribute__((aligned(16)));
static char *volatile seen_at[2];

static bool on_altstack(const char *p)
{
        return p >= probe_altstack && p < probe_altstack + sizeof(probe_altstack);
}

static void give_a_stack(int sig, siginfo_t *info, void *ctx)
{
        char here;
        (void)sig, (void)info;
        seen_at[0] = &here;
        SP((ucontext_t *)ctx) = (uintptr_t)spare + sizeof(spare) / 2;
}

TEST(no_stack_but_another_one)
{
        char *none = map(4096, PROT_NONE);
        use_altstack();
        handle(SIGSEGV, give_a_stack, SA_ONSTACK);
        for (int k = 0; k < 200; k++) {
                seen_at[0] = NULL;
                BAD_STACK(none + 2048);
                CHECK(on_altstack(seen_at[0]));
        }
}

static void fault_below(int sig, siginfo_t *info, void *ctx)
{
        char here;
        (void)info;
        seen_at[sig == SIGILL] = &here;
        if (sig == SIGSEGV)
                undefined();
        skip(ctx);
}

TEST(handler_on_the_other_stack_faults)
{
        use_altstack();
        handle(SIGSEGV, fault_below, SA_ONSTACK);
        for (int k = 0; k < 2; k++) { /* whether the second one asks for that stack or not */
                handle(SIGILL, fault_below, k ? SA_ONSTACK : 0);
                no_memory();
                CHECK(on_altstack(seen_at[0]));
                CHECK(on_altstack(seen_at[1]) && seen_at[1] < seen_at[0]);
        }
}

/* ---- which memory has which code ---- */

TEST(codes_and_addresses)
{
        char *none = map(4096, PROT_NONE), *ro = map(4096, PROT_READ), *gone = map(4096, PROT_READ);
        catch_faults();
        OK(munmap(gone, 4096));
        FAULTS((void)*(volatile int *)(gone + 4), SIGSEGV, SEGV_MAPERR, gone + 4);
        FAULTS(*(volatile int *)(gone + 4) = 1, SIGSEGV, SEGV_MAPERR, gone + 4);
        FAULTS((void)*(volatile int *)(none + 8), SIGSEGV, SEGV_ACCERR, none + 8);
        FAULTS(*(volatile int *)(none + 8) = 1, SIGSEGV, SEGV_ACCERR, none + 8);
        FAULTS(*(volatile int *)(ro + 8) = 1, SIGSEGV, SEGV_ACCERR, ro + 8);
}

/* The address is that of the access (arch/arm64/mm/fault.c, do_page_fault()). */
TEST_NOT_ON_QEMU(codes_and_addresses_behind_a_file, "QEMU 7.2 gives the host's address, which for 32-bit ARM is another one")
{
        char *p = map_file(3 * 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
        catch_faults();
        *(volatile char *)(p + 4095) = 1;
        FAULTS((void)*(volatile char *)(p + 4096), SIGBUS, BUS_ADRERR, p + 4096);
        FAULTS(*(volatile char *)(p + 8191) = 1, SIGBUS, BUS_ADRERR, p + 8191);
        FAULTS((void)*(volatile uint64_t *)(p + 8192), SIGBUS, BUS_ADRERR, p + 8192);
        FAULTS(((void (*)(void))(p + 4096))(), SIGBUS, BUS_ADRERR, p + 4096);
        OK(mprotect(p + 4096, 4096, PROT_READ));
        FAULTS(*(volatile char *)(p + 4096) = 1, SIGSEGV, SEGV_ACCERR, p + 4096); /* that comes first */
}
