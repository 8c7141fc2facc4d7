/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: only=armhf,armhf-arm */
/* 32-bit ARM: the two signal frames where they lie, the code that handlers return to, and frames that sigreturn refuses. Actions are
 * set without the C library, which always gives a restorer. */
#include <sys/syscall.h>
#include "probe-arm.h"

struct kernel_action {
        uint32_t handler, flags, restorer;
        uint64_t mask __attribute__((packed));
};
#define FLAG_RESTORER 0x04000000u

static void kernel_sigaction(int sig, const void *handler, uint32_t flags, const void *restorer)
{
        struct kernel_action act = { (uint32_t)handler, flags, (uint32_t)restorer, 0 };
        OK(syscall(SYS_rt_sigaction, sig, &act, NULL, 8));
}

/* What a handler was entered with. */
struct entry {
        uint32_t r0, r1, r2, sp, lr, cpsr;
};
static struct entry entry;
static uint32_t frame[220]; /* a copy of what was at sp */
static uint32_t *volatile frame_at;
static void (*volatile in_handler)(void);

__attribute__((used)) static void entered(const struct entry *e)
{
        entry = *e;
        frame_at = (uint32_t *)e->sp;
        memcpy(frame, frame_at, sizeof(frame));
        if (in_handler)
                in_handler();
}

/* A handler that tells all its registers: in Arm state, and in Thumb state. */
void bare_arm(void), bare_thumb(void), restorer(void), rt_restorer(void);
#define BARE(name, state) \
        ".type " name ", %function\n" state "\n" name ":\n" \
        "mov r3, sp\n" \
        "sub sp, sp, #24\n" \
        "str r0, [sp]\n" \
        "str r1, [sp, #4]\n" \
        "str r2, [sp, #8]\n" \
        "str r3, [sp, #12]\n" \
        "mov r3, lr\n" \
        "str r3, [sp, #16]\n" \
        "mrs r3, cpsr\n" \
        "str r3, [sp, #20]\n" \
        "mov r0, sp\n" \
        "mov r4, lr\n" \
        "bl entered\n" \
        "add sp, sp, #24\n" \
        "bx r4\n"
__asm__(".syntax unified\n.text\n.balign 4\n" BARE("bare_arm", ".arm") BARE("bare_thumb", ".thumb\n.thumb_func") //
        ".arm\n.type restorer, %function\nrestorer: mov r7, #119\nsvc #0\n"
        ".type rt_restorer, %function\nrt_restorer: mov r7, #173\nsvc #0\n"
#ifdef __thumb__
        ".thumb\n"
#else
        ".arm\n"
#endif
);

/* Offsets of words */
enum {
        UC_FLAGS = 0,
        UC_STACK = 2,
        MC = 5,
        MC_OLDMASK = MC + 2,
        MC_R0 = MC + 3,
        MC_SP = MC + 16,
        MC_PC = MC + 18,
        MC_CPSR = MC + 19
};
enum { SIGMASK = MC + 21, REGSPACE = 58, RETCODE = 186, SMALL = 188, RT_UC = 32 };

/* Checks what both frames have, at word `at` of the copy. */
static void check_context(unsigned at, uint64_t mask)
{
        EQ(frame[at + UC_FLAGS + 1], 0); /* uc_link */
        EQ(frame[at + MC_OLDMASK], (uint32_t)mask);
        EQ(frame[at + SIGMASK] | (uint64_t)frame[at + SIGMASK + 1] << 32, mask);
        EQ(frame[at + REGSPACE], VFP_MAGIC);
        EQ(frame[at + REGSPACE + 1], 288);
        EQ(frame[at + REGSPACE + 72], 0); /* no other record */
        EQ(frame[at + MC_CPSR] & 0x1df, CPSR_USER);
        CHECK(frame[at + MC_SP] > (uint32_t)frame_at && frame[at + MC_SP] < (uint32_t)frame_at + 4096);
}

static void block(int sig)
{
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, sig);
        sigaddset(&set, 40);
        OK(sigprocmask(SIG_SETMASK, &set, NULL));
}

TEST(small_frame)
{
        probe_init();
        for (unsigned k = 0; k < 4; k++) {
                const void *handler = k & 1 ? bare_thumb : bare_arm;
                kernel_sigaction(SIGUSR1, handler, k & 2 ? FLAG_RESTORER : 0, k & 2 ? restorer : NULL);
                block(SIGUSR2);
                raise(SIGUSR1);
                EQ(entry.r0, SIGUSR1);
                EQ(entry.sp & 7, 0);
                check_context(0, 1ull << (SIGUSR2 - 1) | 1ull << 39);
                if (!getenv("GUEST_ORACLE")) { /* QEMU's have more words of code, and no flags */
                        CHECK(frame[MC_SP] - entry.sp - 752 < 8);
                        EQ(frame[UC_FLAGS], 0x5ac3c35a);
                }
                if (k & 2)
                        EQ(entry.lr, (uintptr_t)restorer);
        }
}

TEST(frame_with_siginfo)
{
        probe_init();
        for (unsigned k = 0; k < 4; k++) {
                const void *handler = k & 1 ? bare_thumb : bare_arm;
                kernel_sigaction(SIGUSR1, handler, SA_SIGINFO | (k & 2 ? FLAG_RESTORER : 0), k & 2 ? rt_restorer : NULL);
                block(SIGUSR2);
                raise(SIGUSR1);
                EQ(entry.r0, SIGUSR1);
                EQ(entry.r1, entry.sp);
                EQ(entry.r2, entry.sp + 4 * RT_UC);
                EQ(entry.sp & 7, 0);
                EQ(frame[0], SIGUSR1);
                EQ((int)frame[2], SI_TKILL);
                EQ(frame[3], getpid());
                EQ(frame[4], getuid());
                EQ(frame[RT_UC + UC_FLAGS], 0);
                check_context(RT_UC, 1ull << (SIGUSR2 - 1) | 1ull << 39);
                EQ(frame[RT_UC + UC_STACK], (uintptr_t)probe_altstack);
                EQ(frame[RT_UC + UC_STACK + 2], sizeof(probe_altstack));
                if (!getenv("GUEST_ORACLE"))
                        CHECK(frame[RT_UC + MC_SP] - entry.sp - 880 < 8);
                if (k & 2)
                        EQ(entry.lr, (uintptr_t)rt_restorer);
        }
}

TEST_NOT_ON_QEMU(flags_in_a_handler, "QEMU keeps them")
{
        static uint64_t stack[8192];
        probe_init();
        for (unsigned k = 0; k < 4; k++) {
                bool is_thumb = k & 1;
                struct outcome out;
                struct state in;
                kernel_sigaction(SIGUSR1, k & 2 ? bare_thumb : bare_arm, FLAG_RESTORER, restorer);
                state_fill(&in, 3, is_thumb);
                in.pc = is_thumb ? THUMB_CODE(0xdf00) : ARM_CODE(0xef000000);
                in.cpsr = CPSR_USER | CPSR_NZCV | CPSR_Q | CPSR_GE | (is_thumb ? CPSR_T : 0);
                in.r[13] = (uint32_t)stack + sizeof(stack);
                in.r[0] = (uint32_t)getpid();
                in.r[1] = SIGUSR1;
                in.r[7] = SYS_kill;
                probe_run(&in, &out);
                EQ(out.sig, 0);
                EQ(out.s.cpsr & (CPSR_NZCV | CPSR_Q | CPSR_GE), CPSR_NZCV | CPSR_Q | CPSR_GE);
                EQ(entry.cpsr & (CPSR_NZCV | CPSR_Q | CPSR_GE), CPSR_GE);
        }
}

/* gdb and libgcc's unwinder look for these words behind a return address. */
TEST(code_without_restorer)
{
        static const uint32_t arm[2] = { 0xe3a07077, 0xe3a070ad };
        static const uint16_t thumb[2] = { 0x2777, 0x27ad };
        probe_init();
        for (unsigned k = 0; k < 4; k++) {
                bool is_thumb = k & 1, rt = k & 2;
                kernel_sigaction(SIGUSR1, is_thumb ? bare_thumb : bare_arm, rt ? SA_SIGINFO : 0, NULL);
                raise(SIGUSR1);
                EQ(entry.lr & 1, is_thumb);
                if (is_thumb) {
                        const uint16_t *code = (void *)(entry.lr - 1);
                        EQ(code[0], thumb[rt]);
                        EQ(code[1] >> 8, 0xdf);
                } else {
                        const uint32_t *code = (void *)entry.lr;
                        EQ(code[0], arm[rt]);
                        EQ(code[1] >> 24, 0xef);
                }
        }
}

/* ---- what a handler writes into a frame counts; and what is refused ---- */

static unsigned written, written_at;
static void write_frame(void)
{
        frame_at[written_at] = written;
}

/* Writes a word of the frame in the handler; `at` counts from the ucontext. The process must end by that signal, or with 0. */
static void refused(bool rt, unsigned at, uint32_t value, int status)
{
        int st;
        pid_t pid = fork();
        if (pid == 0) {
                written = value;
                written_at = at + (rt ? RT_UC : 0);
                in_handler = write_frame;
                kernel_sigaction(SIGUSR1, bare_arm, rt ? SA_SIGINFO : 0, NULL);
                raise(SIGUSR1);
                _exit(0);
        }
        CHECK(waitpid(pid, &st, 0) == pid);
        if (st != status)
                FAIL("word %u = %#x: status %#x, not %#x", at, value, st, status);
}

TEST_NOT_ON_QEMU(frames_that_are_refused, "QEMU takes any CPSR")
{
        probe_init();
        signal(SIGSEGV, SIG_DFL);
        for (unsigned rt = 0; rt < 2; rt++) {
                refused(rt, MC_R0 + 12, 5, 0);
                refused(rt, MC_CPSR, 0, SIGSEGV);
                refused(rt, MC_CPSR, 0x13, SIGSEGV);
                refused(rt, MC_CPSR, 0x1f, SIGSEGV);
                refused(rt, MC_CPSR, CPSR_USER | 1 << 6, SIGSEGV);
                refused(rt, MC_CPSR, CPSR_USER | 1 << 7, SIGSEGV);
                refused(rt, MC_CPSR, CPSR_USER | 1 << 8, SIGSEGV);
                refused(rt, REGSPACE, 0, SIGSEGV);
                refused(rt, REGSPACE + 1, 280, SIGSEGV);
        }
}

static void segv_is(uint32_t sp, int code)
{
        struct state in;
        struct outcome out;
        for (unsigned rt = 0; rt < 2; rt++) {
                state_fill(&in, 1, false);
                in.r[13] = sp;
                in.r[7] = rt ? 173 : 119;
                in.pc = ARM_CODE(0xef000000);
                probe_run(&in, &out);
                EQ(out.sig, SIGSEGV);
                EQ(out.code, code);
                EQ(out.addr, sp);
        }
}

TEST_NOT_ON_QEMU(stack_pointers_that_are_refused, "QEMU says SI_KERNEL")
{
        char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        probe_init();
        segv_is((uint32_t)p + 4, SEGV_ACCERR);
        segv_is((uint32_t)p, SEGV_ACCERR); /* no CPSR */
        segv_is(0x1000, SEGV_MAPERR);
        segv_is(0xfffffff8, SEGV_MAPERR);
}

TEST(no_room_for_a_frame)
{
        int st;
        pid_t pid = fork();
        if (pid == 0) {
                struct state in;
                struct outcome out;
                probe_init();
                kernel_sigaction(SIGUSR1, bare_arm, 0, NULL);
                state_fill(&in, 1, false);
                in.r[13] = 0x100;
                in.r[0] = (uint32_t)getpid();
                in.r[1] = SIGUSR1;
                in.r[7] = SYS_kill;
                in.pc = ARM_CODE(0xef000000);
                probe_run(&in, &out);
                _exit(out.sig == SIGSEGV && out.code == SI_KERNEL ? 0 : 1);
        }
        CHECK(waitpid(pid, &st, 0) == pid);
        EQ(st, 0);
}

static void move_pc(void)
{
        frame_at[MC_R0 + RT_UC] = 77;
}

/* An interrupted call that the handler gives another result; and one that runs again behind its own instruction. */
TEST(call_is_restarted_from_either_state)
{
        static const uint32_t arm[] = { 0xef000000, 0xe1200072 };
        static const uint16_t thumb[] = { 0xdf00, 0xbe02 };
        int fd[2];
        probe_init();
        OK(pipe(fd));
        for (unsigned k = 0; k < 4; k++) {
                struct state in;
                struct outcome out;
                char byte = 0;
                bool is_thumb = k & 1, restart = k & 2;
                kernel_sigaction(SIGUSR1, is_thumb ? bare_arm : bare_thumb, restart ? SA_RESTART : 0, NULL);
                pid_t parent = getpid(), pid = fork();
                if (pid == 0) {
                        usleep(50000);
                        kill(parent, SIGUSR1);
                        usleep(50000);
                        _exit(write(fd[1], "x", 1) != 1);
                }
                state_fill(&in, 1, is_thumb);
                in.r[0] = (uint32_t)fd[0];
                in.r[1] = (uint32_t)&byte;
                in.r[2] = 1;
                in.r[7] = SYS_read;
                in.r[13] = (uint32_t)(probe_altstack + 30000);
                in.pc = is_thumb ? put_code(thumb, 2) : put_code(arm, 4);
                in_handler = NULL;
                probe_run(&in, &out);
                EQ(out.sig, 0);
                EQ(out.s.r[0], restart ? 1 : (uint32_t)-EINTR);
                EQ(out.s.pc, in.pc + (is_thumb ? 2 : 4));
                if (!restart)
                        EQ(read(fd[0], &byte, 1), 1);
                EQ(byte, 'x');
                check_child(pid, 0);
        }
        in_handler = move_pc;
        kernel_sigaction(SIGUSR1, bare_thumb, SA_SIGINFO, NULL);
        EQ(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGUSR1), 77);
}
