/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A second guest, which is as unlike A64 as the translator allows: instructions of one or two units of 16 bits, and bit 0 of a pc
 * tells which of two meanings they have. Its program goes through lifting, the code cache, the loop around translated code and
 * translations that are handed down. Prints TAP.
 *
 * second-guest           runs the program, then itself:
 * second-guest take FD   runs the program, at another address, with the translations in that file
 * second-guest other FD  is another guest, for which they are not
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../translator/guest/fpcr.h"
#include "../../translator/guest/lift.h"
#include "../../translator/guest/region_lift.h"
#include "../../translator/ir/flags.h"
#include "../../translator/ir/ir.h"
#include "../../translator/linux/abi.h"
#include "../../translator/run/cache.h"
#include "../../translator/run/config.h"
#include "../../translator/run/exec.h"
#include "../../translator/run/hooks.h"
#include "../../translator/run/share.h"
#include "../../translator/run/thread.h"
#include "../../translator/run/threads.h"
#include "../../translator/run/translate.h"

static unsigned tests, failures;
static const char *prefix = ""; /* of lines of TAP: "# " in a process that is itself a test */

#define CHECK(condition) check(condition, #condition, __LINE__)
static void check(bool ok, const char *what, int line)
{
        tests++;
        failures += !ok;
        printf("%s%sok %u line %d: %s\n", prefix, ok ? "" : "not ", tests, line, what);
}

/* ---- the guest ----
 *
 * Four registers. Units, with their operands in hexadecimal digits:
 *   1rii       register r += ii, in the other mode ii << 8; with bit 0 of the pc set: -= ii
 *   2ooo       go to this instruction's address + 2 * ooo (signed)
 *   3ooo       ... and change bit 0 of the pc
 *   4r00       go to register r, of which bit 0 becomes the pc's
 *   5000       system call
 *   6ooo       as 2ooo, and change bit 1 of the mode
 *   fr00 iiii  register r = iiii
 * All else is undefined. */

enum { ADD = 1, GO, GO_CHANGING, GO_REGISTER, SYSTEM_CALL, GO_TO_MODE, SET = 15 };
enum { OTHER_MODE = 2 };

static void lift_go_to_mode(struct lift *l, uint64_t target)
{
        struct ir_ins go = { .op = IR_EXIT_IF, .sz = 3, .a = ir_get(l->ir, SLOT_NZCV) };
        ir_st_state(l->ir, 2, ir_const(l->ir, l->mode ^ OTHER_MODE), offsetof(struct cpu, mode));
        go.disp = (int32_t)(target - l->ir->pc);
        go.aux = CC_AL;
        go.aux2 = EXIT_OTHER_MODE;
        ir_emit(l->ir, go);
        lift_exit_sys(l, EXIT_UDF, l->pc | l->state);
}

static void lift_narrow(struct lift *l, unsigned op, uint16_t unit)
{
        enum slot r = (enum slot)(unit >> 8 & 3);
        uint64_t target = (l->pc + (uint64_t)((int64_t)((uint64_t)unit << 52) >> 51)) | l->state;
        switch (op) {
        case ADD: {
                uint64_t ii = (uint64_t)(unit & 255) << (l->mode & OTHER_MODE ? 8 : 0);
                enum ir_op add = l->state ? IR_SUB : IR_ADD;
                ir_put(l->ir, r, ir_op(l->ir, add, 3, ir_get(l->ir, r), ir_const(l->ir, ii), REF_NONE));
                break;
        }
        case GO: lift_exit(l, target); break;
        case GO_CHANGING: lift_exit(l, target ^ 1); break;
        case GO_TO_MODE: lift_go_to_mode(l, target); break;
        case GO_REGISTER: lift_exit_ind(l, IR_EXIT_IND, ir_get(l->ir, r)); break;
        default: lift_exit_sys(l, EXIT_SVC, (l->pc + 2) | l->state); break;
        }
}

static void lift_units(struct lift *l)
{
        do {
                uint16_t unit, second = 0;
                if (!code_read16(&l->code, &unit))
                        return;
                unsigned op = unit >> 12;
                if (op == SET && !code_read16(&l->code, &second))
                        return;
                lift_begin(l, op == SET ? 4 : 2);
                if (op == SET)
                        ir_put(l->ir, (enum slot)(unit >> 8 & 3), ir_const(l->ir, second));
                else if (op >= ADD && op <= GO_TO_MODE)
                        lift_narrow(l, op, unit);
                else
                        lift_undefined(l);
        } while (lift_next(l));
}

static unsigned flags_live(fetch_fn *fetch, uint64_t pc)
{
        (void)fetch, (void)pc;
        return FLAGS_ALL;
}

static void reset_state(struct cpu *cpu)
{
        cpu_set_fpcr(cpu, 0);
}

static const struct ir_guest registers = {
        .slots = {
                { offsetof(struct cpu, x[3]), SLOT_GENERAL, "a" },
                { offsetof(struct cpu, x[2]), SLOT_GENERAL, "b" },
                { offsetof(struct cpu, x[1]), SLOT_GENERAL, "c" },
                { offsetof(struct cpu, x[0]), SLOT_GENERAL, "d" },
                [SLOT_NZCV] = { offsetof(struct cpu, flags), SLOT_FLAGS, "nzcv" },
        },
        .general = { 2, { 0, 1 } },
        .code_shift = 1,
};

static struct guest second = {
        .elf_class = 1,
        .elf_machine = 0xfff0,
        .address_limit = UINT64_C(1) << 47,
        .state_bits = 1,
        .max_side_exits = 5,
        .registers = &registers,
        .lift = lift_units,
        .flags_live = flags_live,
        .reset_state = reset_state,
};

/* ---- its program, which is in one page that is the only one with code ---- */

#define HERE UINT64_C(0x5500000000)
#define THERE UINT64_C(0x5600000000) /* of the process that takes translations */
enum { CALLS = 1000, ODD_PART = 0x40, MODE_PART = 0x80, END = 0x1000 };

static const uint16_t even_part[] = {
        0xf000,
        1000, /* a = 1000 (in a loop) */
        0x2002,
        0x0000, /* over what is undefined */
        0x1005,
        0x5000, /* a += 5; system call */
        0x3000 | (ODD_PART - 12) / 2,
};
static const uint16_t odd_part[] = {
        0x1103, 0x4200, /* b -= 3; to c, which is the even part */
};

static const uint16_t mode_part[] = {
        0x6002, 0x0000, 0x1001, 0x5000, /* to a += 1 in the other mode; system call */
        0x2ffc,                         /* and again */
};

static uint64_t code;

static void write_program(uint64_t at)
{
        void *p = mmap((void *)at, END, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        code = (uint64_t)p;
        memcpy((void *)code, even_part, sizeof(even_part));
        memcpy((void *)(code + ODD_PART), odd_part, sizeof(odd_part));
        memcpy((void *)(code + MODE_PART), mode_part, sizeof(mode_part));
        *(uint16_t *)(code + END - 2) = 0xf100; /* the first half of an instruction */
}

static bool may_exec(uint64_t addr)
{
        return addr - code < END;
}

static bool is_shared; /* its page: memory that may be mapped elsewhere, too */

static uint64_t alias(uint64_t addr)
{
        return is_shared ? (UINT64_C(1) << 47) + addr % END : 0;
}

static bool is_nowhere(uint64_t pc)
{
        return (void)pc, false;
}

static unsigned calls;
static jmp_buf done;

static void system_call(struct thread *t)
{
        if (++calls == CALLS)
                longjmp(done, 1);
        (void)t;
}

static void stop(struct thread *t)
{
        printf("# stopped at %#lx\n", (unsigned long)t->cpu.pc);
        longjmp(done, 2);
}

/* ---- tests ---- */

static struct ir ir;
static struct thread thread;

static bool lift(uint64_t pc)
{
        uint64_t undefined;
        ref where;
        ir.guest = &registers;
        guest_code_begin();
        return lift_region(&ir, (struct loc){ .pc = pc }, 64, guest_code_fetch, &undefined) && !ir_verify(&ir, &where);
}

/* How many instructions of the region are `op`, and the last one's displacement. */
static unsigned count(enum ir_op op, int32_t *ret_disp)
{
        unsigned n = 0;
        for (unsigned r = 1; r < ir.n; r++)
                if (ir.ins[r].op == op) {
                        n++;
                        *ret_disp = ir.ins[r].disp;
                }
        return n;
}

static void test_lifting(void)
{
        int32_t disp = 0;
        CHECK(lift(code) && ir.insns == 4 && count(IR_ADD, &disp) == 0); /* the sum is folded */
        CHECK(count(IR_INSN, &disp) == 4 && disp == 10);
        CHECK(lift(code | 1) && ir.pc == (code | 1) && ir.insns == 4);
        CHECK(count(IR_EXIT_SYS, &disp) == 1 && disp == 12);
        CHECK(lift(code + 12) && count(IR_EXIT, &disp) == 1 && disp == ODD_PART - 12 + 1); /* not followed */
        CHECK(lift((code + 12) | 1) && count(IR_EXIT, &disp) == 1 && disp == ODD_PART - 12 - 1);
        CHECK(lift(code + 6) && ir.insns == 1 && count(IR_EXIT_SYS, &disp) == 1 && disp == 0); /* undefined */
        CHECK(!lift(code + END - 2)); /* its second unit is where there is no code */
        CHECK(!lift(code + END));
}

static void test_locs(void)
{
        struct loc even = { .pc = code }, odd = { .pc = code | 1 }, mode = { .pc = code, .mode = 1 };
        CHECK(!loc_equal(even, odd) && !loc_equal(even, mode) && loc_equal(even, even));
        CHECK(loc_key(even) != loc_key(odd) && loc_key(even) != loc_key(mode));
        CHECK(loc_address(odd) == code && loc_line(odd) == code && loc_in_page(odd) == 1);
        static const struct cpu cpu = { .ibtc_mask = 255u << 1 };
        CHECK(loc_ibtc_index(&cpu, even) == loc_ibtc_index(&cpu, odd)); /* one entry, whose pc tells them apart */
        CHECK(loc_ibtc_index(&cpu, even) + 1 == loc_ibtc_index(&cpu, loc_target(even, 2)));
}

static void test_cache(void)
{
        thread.cpu.pc = code;
        struct region *even = translate_find(&thread).region;
        thread.cpu.pc = code | 1;
        struct region *odd = translate_find(&thread).region;
        CHECK(even && odd && even != odd && odd->loc.pc == (code | 1));
        CHECK(cache_find((struct loc){ .pc = code }) == even && cache_find((struct loc){ .pc = code | 1 }) == odd);
        CHECK(cache_region_at(odd->code) == odd);
        exec_invalidate(code + 63, code + 64); /* another byte of their line */
        CHECK(even->dead && odd->dead && !cache_find((struct loc){ .pc = code }));
}

static struct region *find_even(void)
{
        thread.cpu.pc = code;
        return translate_find(&thread).region;
}

/* Returns the region that is there when the one of the even part was dropped. */
static struct region *after_change(uint16_t addend)
{
        ((uint16_t *)code)[4] = 0x1000 | addend;
        exec_invalidate(code, code + 1);
        return find_even();
}

/* Code that was dropped, translated again, and dropped again comes back if it is the same then. */
static void test_coming_back(void)
{
        struct region *even = find_even();
        CHECK(even && !even->dead && after_change(5) == even && after_change(5) == even && cache_stats.revived == 2);
        CHECK(even->dead == false && cache_find((struct loc){ .pc = code }) == even);
        struct region *other = after_change(6);
        CHECK(other && other != even && even->dead && !other->dead && after_change(6) == other);
        CHECK(after_change(5) != even); /* whose place another one took */
        exec_invalidate(code, code + 1);
        is_shared = true;
        even = find_even(); /* as what is written elsewhere would not drop it */
        CHECK(even && after_change(5) != even);
        is_shared = false;
        CHECK(find_even() && after_change(5) && (even = after_change(5)));
        CHECK(cache_kill(code, code + 1, false, threads_forget_region) == 1 && find_even() == even);
        CHECK(cache_kill(code, code + 1, true, threads_forget_region) == 1 && find_even() != even);
        even = after_change(5);
        CHECK(cache_kill(code, code + 1, false, threads_forget_region) == 1);
        CHECK(cache_kill(code, code + 1, true, threads_forget_region) == 0 && find_even() != even);
}

/* Between the two parts, and through the table of indirect branches, until there were CALLS system calls. */
static void test_running(void)
{
        calls = 0;
        memset(thread.cpu.x, 0, sizeof(thread.cpu.x));
        thread.cpu.x[1] = code;
        thread.cpu.pc = code;
        int how = setjmp(done);
        if (!how)
                exec_loop(&thread);
        CHECK(how == 1 && thread.cpu.pc == code + 12);
        CHECK(thread.cpu.x[3] == 1005 && thread.cpu.x[2] == -UINT64_C(3) * (CALLS - 1));
        CHECK(cache_stats.misses == 1 && cache_stats.link_exits <= 2);
}

/* An exit to another mode is never linked: its target's region is found by the mode each time. */
static void test_modes(void)
{
        calls = 0;
        memset(thread.cpu.x, 0, sizeof(thread.cpu.x));
        thread.cpu.pc = code + MODE_PART;
        int how = setjmp(done);
        if (!how)
                exec_loop(&thread);
        CHECK(how == 1 && thread.cpu.x[3] == (CALLS / 2) * 0x101 && thread.cpu.mode == 0);
}

static int hand_down(size_t *ret_size)
{
        struct share_file f;
        CHECK(share_file_make(&f));
        int fd = memfd_create("translations", 0);
        *ret_size = 0;
        for (unsigned k = 0; k < 3; k++)
                *ret_size += (size_t)write(fd, f.piece[k].p, f.piece[k].size);
        share_file_done(&f);
        return fd;
}

/* Runs this program anew. Returns true when it finds no failure. */
static bool runs(const char *how, int fd)
{
        char number[16];
        snprintf(number, sizeof(number), "%d", fd);
        fflush(stdout);
        int status = -1, child = fork();
        if (!child) {
                execl("/proc/self/exe", "second-guest", how, number, NULL);
                _exit(99);
        }
        return waitpid(child, &status, 0) == child && status == 0;
}

static const struct code_hooks hooks_of_code = { .may_exec = may_exec, .alias = alias, .is_vdso = is_nowhere };
static const struct run_hooks hooks = {
        .syscall = system_call, .poll = stop, .fault = stop, .fetch_fault = stop, .undefined = stop, .breakpoint = stop
};

static const struct abi interface = { .guest = &second };
const struct abi *const all_abis[] = { &interface, NULL };

static void begin(uint64_t at)
{
        code_hooks = &hooks_of_code;
        run_hooks = &hooks;
        write_program(at);
        CHECK(!abi_of_elf(2, second.elf_machine) && abi_of_elf(1, second.elf_machine) == all_abis[0]);
        the_guest = all_abis[0]->guest;
        config_begin();
        CHECK(exec_init() == 0 && exec_thread_init(&thread) == 0);
}

int main(int argc, char **argv)
{
        if (argc > 1)
                prefix = "# ";
        const int fd = argc > 2 ? atoi(argv[2]) : -1;
        if (argc > 1 && !strcmp(argv[1], "other"))
                second.elf_machine++;
        begin(argc > 1 ? THERE : HERE);
        if (argc > 1) {
                bool same = !strcmp(argv[1], "take");
                CHECK(share_adopt(fd, (size_t)lseek(fd, 0, SEEK_END)) == same);
                test_running();
                test_modes();
                CHECK(cache_stats.taken == (same ? cache_stats.regions : 0));
                return failures != 0;
        }
        test_lifting();
        test_locs();
        test_cache();
        test_coming_back();
        test_running();
        test_modes();
        size_t size;
        int file = hand_down(&size);
        CHECK(runs("take", file));
        CHECK(runs("other", file));
        printf("1..%u\n", tests);
        return failures != 0;
}
