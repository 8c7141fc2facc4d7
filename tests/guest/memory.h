/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For programs that cause faults: a handler that notes the fault and goes on behind the statement. */
#pragma once
#include "check.h"
#include <setjmp.h>
#include <sys/syscall.h>

/* "return 42" in two instructions, whose second is "return". */
#ifdef __aarch64__
#define INSN_42 0x52800540u
#define INSN_RET 0xd65f03c0u
#else /* A32 */
#define INSN_42 0xe3a0002au
#define INSN_RET 0xe12fff1eu
#endif

static sigjmp_buf env;
static volatile int got_code, got_sig;
static void *volatile got_addr;

static void on_fault(int sig, siginfo_t *info, void *ctx)
{
        (void)ctx;
        got_sig = sig;
        got_code = info->si_code;
        got_addr = info->si_addr;
        siglongjmp(env, 1);
}

static void act_on(int sig)
{
        struct sigaction act = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        OK(sigaction(sig, &act, NULL));
}

__attribute__((unused)) static void catch_faults(void)
{
        static char alt[65536];
        stack_t ss = { .ss_sp = alt, .ss_size = sizeof(alt) };
        OK(sigaltstack(&ss, NULL));
        act_on(SIGSEGV);
        act_on(SIGBUS);
}

/* Ends the test as failed unless the statement raises that signal, with that code and address. */
#define FAULTS(statement, sig, code, addr) \
        do { \
                if (sigsetjmp(env, 1) == 0) { \
                        statement; \
                        FAIL("%s: no fault", #statement); \
                } \
                EQ(got_sig, sig); \
                EQ(got_code, code); \
                EQ((uintptr_t)got_addr, (uintptr_t)(addr)); \
        } while (0)

__attribute__((unused)) static char *map(size_t n, int prot)
{
        char *p = mmap(NULL, n, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        return p;
}
