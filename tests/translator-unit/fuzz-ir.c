/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compiles random regions of IR, or of lifted guest code (fuzz-lifted.h), and runs them: the evaluator must come to the same state.
 *
 * fuzz-ir [SEED [COUNT [LENGTH]]]: one region a seed. On a difference prints the region, the first differing register and
 * ends with status 1; the seed repeats it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "../../translator/ir/eval.h"
#include "../../translator/ir/exits.h"
#include "../../translator/ir/fp_ops.h"
#include "../../translator/x64/compile.h"
#include "../../translator/x64/rules.h"
#include "fuzz-ir.h"

uint64_t pc0;
uint8_t *memory;

/* ---- guests ---- */

/* Returns a guest that keeps its registers otherwise than the one whose instructions these are: in other fields of struct cpu, and others of them in host
 * registers. The field of MEM_BASE stays the same. */
static const struct ir_guest *random_guest(void)
{
        static struct ir_guest g;
        static struct slot_list *const lists[2] = { &g.general, &g.vector };
        g = *fuzz_guest;
        if (fuzz_any_guest) {
                g.code_shift = (uint8_t)(1 + (rnd() & 1));
                g.addr32 = rnd() & 1;
                g.flags_source = rnd() & 1 ? offsetof(struct cpu, harg[2]) : 0;
        }
        for (unsigned c = 0; c < 2; c++) {
                for (unsigned n = 0; n < 32; n++) {
                        unsigned s = c * 32 + rnd() % 32, t = c * 32 + rnd() % 32;
                        uint16_t offset = g.slots[s].offset;
                        if (s == MEM_BASE || t == MEM_BASE || !g.slots[s].class || !g.slots[t].class)
                                continue;
                        g.slots[s].offset = g.slots[t].offset;
                        g.slots[t].offset = offset;
                }
                uint64_t taken = 0;
                lists[c]->n = 0;
                for (unsigned n = rnd() % 16; n; n--) {
                        unsigned s = c * 32 + rnd() % 32;
                        if (!(taken >> s & 1) && g.slots[s].class)
                                lists[c]->slot[lists[c]->n++] = (uint8_t)s;
                        taken |= UINT64_C(1) << s;
                }
        }
        return &g;
}

static void out(void *ctx, const char *s, size_t n)
{
        (void)ctx;
        fwrite(s, 1, n, stderr);
}

static struct ir ir;

/* Leaves NZCV, which is random, as what it is made from. */
static void random_source(struct cpu *c)
{
        struct flags_source *s = (struct flags_source *)((uint8_t *)c + ir.guest->flags_source);
        *s = (struct flags_source){ .a = (uint32_t)interesting(), .b = (uint32_t)interesting(), .n = (uint32_t)interesting() };
        s->c = (uint32_t)rnd();
        s->sum = rnd() % 6;
        s->nz = s->sum == SUM_SUB_0 || rnd() & 1;
        s->carry = s->nz && rnd() & 1;
        s->byte = (uint8_t)rnd();
        if (!s->any)
                *s = (struct flags_source){ 0 };
}

void fuzz_make_flags(struct cpu *c, const struct ir_guest *guest)
{
        x64_make_flags(c);
        if (guest->flags_source)
                memset((uint8_t *)c + guest->flags_source, 0, sizeof(struct flags_source));
}

static void init_cpu(struct cpu *c)
{
        memset(c, 0, sizeof(*c));
        for (unsigned k = 0; k < 32; k++)
                c->x[k] = ir.guest->addr32 ? (uint32_t)interesting() : interesting();
        for (unsigned k = 0; k < 32; k++)
                c->v[k].d[0] = rnd(), c->v[k].d[1] = rnd();
        c->x[MEM_BASE] = (uint64_t)(uintptr_t)memory + 2048;
        c->fpcr = (uint32_t)rnd() & 0x07c00000; /* AHP, DN, FZ, RMode */
        c->flags = nzcv_to_flags((uint32_t)rnd());
        c->excl_addr = ~UINT64_C(0);
        c->image = __ehdr_start;
        c->ibtc_mask = ((1u << IBTC_BITS) - 1) << ir.guest->code_shift;
        c->ibtc[0].pc = c->far[0].pc = IBTC_EMPTY(0);
        if (ir.guest->flags_source)
                random_source(c);
}

static struct compile job;
static uint64_t ret_stack[64] __attribute__((aligned(16)));
static struct cpu start, cpu_a, cpu_b, *cpu_a_p = &cpu_a;

/* All are the same, but that the evaluator knows no flags that are to be made. */
static void init_cpus(void)
{
        init_cpu(cpu_a_p);
        fuzz_unflushed = false;
        cpu_a.ret_base = cpu_a.ret_sp = &ret_stack[56];
        start = cpu_b = cpu_a;
        fuzz_make_flags(&cpu_b, ir.guest);
}

static bool differ(const char *what, unsigned k, uint64_t compiled, uint64_t evaluated)
{
        if (compiled == evaluated)
                return false;
        fprintf(stderr, "%s%u: compiled %#llx, evaluated %#llx\n", what, k, (unsigned long long)compiled,
                (unsigned long long)evaluated);
        return true;
}

/* Returns the bits of cpu->flags that an exit to pc saves. */
static uint32_t saved_flags(uint64_t pc, bool end)
{
        unsigned omitted = end ? ir.ins[ir.n - 1].aux3 : 0;
        for (unsigned r = 1; !end && r < ir.n; r++)
                if (ir.ins[r].op == IR_EXIT_IF && ir.pc + (uint64_t)(int64_t)ir.ins[r].disp == pc)
                        omitted |= ir.ins[r].aux3;
        return flags_of_parts(FLAGS_ALL & ~omitted);
}

/* Returns where the region's call returns to. */
static uint64_t return_of_call(void)
{
        unsigned r = ir.n;
        while (ir.ins[--r].op != IR_INSN)
                ;
        return ir.pc + (uint64_t)(int64_t)ir.ins[r].disp + ir.ins[ir.n - 1].aux;
}

static bool compare(const struct eval_exit *e, uint64_t pc, const uint8_t *mem_a, const uint8_t *mem_b)
{
        const uint32_t saved = saved_flags(e->pc, e->op != IR_EXIT_IF);
        bool bad = differ("pc", 0, pc, e->pc) | differ("flags", 0, cpu_a.flags & saved, cpu_b.flags & saved);
        if (fuzz_inexact_unknown && fuzz_top_is_free) /* a program may have read it */
                return false;
        if (fuzz_known_underflow(&cpu_a, &cpu_b))
                return false;
        const uint32_t known = fuzz_inexact_unknown ? ~16u : ~0u;
        bad |= differ("fpsr", 0, cpu_a.fpsr & known, cpu_b.fpsr & known);
        if (e->op == IR_EXIT_CALL || e->op == IR_EXIT_CALLR)
                bad |= differ("return address", 0, ((const uint64_t *)cpu_a.ret_sp)[1], return_of_call());
        for (unsigned k = 0; k < 32; k++) {
                bad |= differ("x", k, cpu_a.x[k], cpu_b.x[k]);
                bad |= differ("v", k, cpu_a.v[k].d[0], cpu_b.v[k].d[0]);
                bad |= !fuzz_top_is_free && differ("v.hi", k, cpu_a.v[k].d[1], cpu_b.v[k].d[1]);
        }
        for (unsigned k = 0; k < 4096; k++)
                bad |= differ("memory", k, mem_a[k], mem_b[k]);
        return bad;
}

void fuzz_shift_pcs(struct ir *region, uint64_t by)
{
        const uint64_t mask = region->guest->addr32 ? UINT32_MAX : UINT64_MAX;
        region->pc = (region->pc + by) & mask;
        for (unsigned r = 1; r < region->n; r++)
                if (region->ins[r].op == IR_PCREL)
                        region->ins[r].imm = (int64_t)(((uint64_t)region->ins[r].imm + by) & mask);
}

/* Returns true when the instructions that hold addresses have the same forms when the region is moved up by so much. */
static bool keeps_forms(uint64_t by)
{
        for (unsigned r = 1; r < ir.n; r++) {
                uint64_t was = (uint64_t)ir.ins[r].imm, is = was + by;
                if (ir.ins[r].op == IR_PCREL &&
                    ((was > INT32_MAX) != (is > INT32_MAX) || (was > UINT32_MAX) != (is > UINT32_MAX)))
                        return false;
        }
        return true;
}

/* Returns true when the region is not treated as it must be when it is to be moved above 4 GiB: refused, if it has instructions
 * that cannot hold such addresses, else moved. */
static bool moves_up_wrongly(const uint8_t *entry, const struct region_out *o)
{
        static uint8_t code[X64_REGION_MAX];
        bool short_forms = false;
        for (unsigned k = 0; k < o->nrelocs; k++)
                short_forms |= o->relocs[k].kind == RELOC_PC32 || o->relocs[k].kind == RELOC_PC31;
        memcpy(code, entry, o->code_size);
        return x64_relocate(PC_HIGH, code, o->code_size, o->relocs, o->nrelocs) == short_forms;
}

/* Compiles the region, whose code is at `entry`, for another guest address and at another place, and moves that to `entry`.
 * Returns true when neither its code nor its journal differs by that. */
static bool is_same_moved(uint8_t *entry, const struct region_out *o)
{
        static uint8_t code[X64_REGION_MAX], journal[JOURNAL_MAX];
        const uint32_t size = o->code_size, njournal = o->njournal;
        const uint64_t by = pc0 >= PC_HIGH ? UINT64_C(0x2a123456000) : keeps_forms(0x70123000) ? 0x70123000 : 0;
        struct code elsewhere = { .p = entry + 0x40000 };
        memcpy(code, entry, size);
        memcpy(journal, o->journal, njournal);
        fuzz_shift_pcs(&ir, by);
        uint8_t *other = x64_compile(&job, &ir, &elsewhere, &o);
        fuzz_shift_pcs(&ir, -by);
        if (!other || o->code_size != size || o->njournal != njournal)
                return false;
        memcpy(entry, other, size);
        if (pc0 < PC_HIGH && !ir.guest->addr32 && o->nrelocs && moves_up_wrongly(entry, o))
                return false;
        return x64_relocate(ir.pc, entry, size, o->relocs, o->nrelocs) && !memcmp(entry, code, size) &&
               !memcmp(o->journal, journal, njournal);
}

/* ---- loops ---- */

/* Makes the region's end lead to its beginning, if it can. */
static void make_loop(void)
{
        struct ir_ins *end = &ir.ins[ir.n - 1];
        if (end->op == IR_EXIT)
                end->disp = 0;
}

/* Where the region's end is the way back of a loop, and saves all flags: makes that lead through code at p, which leaves the loop
 * after some turns. Returns how many there are at most. */
static uint32_t link_loop(uint8_t *entry, const struct region_out *o, uint8_t *p)
{
        const uint32_t turns = 1 + (uint32_t)(rnd() % 3);
        const struct exit_rec *e = o->exits;
        while (e < o->exits + o->nexits && !e->head)
                e++;
        if (e == o->exits + o->nexits || ir.ins[ir.n - 1].aux3)
                return 1;
        fuzz_leave_loop(entry + e->at, entry + e->head, p, turns);
        return turns;
}

/* Evaluates the region, and goes on at its beginning as long as it is left by its end, so many turns at most. */
static bool evaluate(uint32_t turns, struct eval_exit *ex)
{
        do {
                if (!ir_eval(&ir, &cpu_b, ex)) {
                        fprintf(stderr, "evaluator does not know %s\n", ir_opinfo[ex->op].name);
                        return false;
                }
        } while (ex->op == IR_EXIT && --turns);
        return true;
}

/* The region as code that is executed in place, against what the evaluator has come to. */
static bool agrees_in_place(uint32_t turns, const struct eval_exit *ex, const uint8_t *mem0)
{
        static uint8_t mem_a[4096], mem_b[4096];
        const struct region_out *o;
        const uint8_t *entry = in_place_make(&ir, turns, &o);
        if (!entry)
                return !o;
        memcpy(mem_b, memory, 4096);
        memcpy(memory, mem0, 4096);
        if (rnd() % 4 == 0) {
                in_place_set_turns(1);
                if (!fault_is_right(&ir, &start, entry, o))
                        return false;
                in_place_counts.faults += fuzz_faulted;
        }
        cpu_a = start;
        in_place_set_turns(turns);
        cpu_a.poll = turns == 1 && rnd() % 4 == 0;
        int why = fuzz_enter(&cpu_a, entry, o);
        fuzz_make_flags(&cpu_a, ir.guest);
        uint64_t pc = why == EXIT_LINK || why == EXIT_POLL ? in_place_target(&ir, o, &cpu_a) : cpu_a.pc;
        memcpy(mem_a, memory, 4096);
        if (compare(ex, pc, mem_a, mem_b))
                return false;
        return (ex->op != IR_EXIT_CALL && ex->op != IR_EXIT_CALLR) || in_place_returns(&ir, o, &cpu_a, return_of_call());
}

static int run_one(uint64_t seed, unsigned length, const struct code *memory_for_code)
{
        static uint8_t mem0[4096], mem_a[4096];
        struct eval_exit ex = { 0 };
        rng_state = seed;
        for (unsigned k = 0; k < 4096; k++)
                mem0[k] = (uint8_t)rnd();
        struct code code = *memory_for_code, *cache = &code;
        ir.guest = rnd() % 4 ? fuzz_guest : random_guest();
        pc0 = !(seed & 1) ? PC_LOW : ir.guest->addr32 ? PC_HIGH_32 : PC_HIGH;
        pc0 += rnd() & 0xf00; /* the beginning of some line of the page */
        x64_make_stubs(cache, ir.guest);
        init_cpus();
        ir.movable = rnd() & 1;
        ir.opts = rnd() % 4 == 0 ? (uint32_t)rnd() & 31 : 0;
        fuzz_region(&ir, length);
        if (rnd() & 1)
                make_loop();
        ref at;
        const char *bad = ir_verify(&ir, &at);
        if (bad) {
                fprintf(stderr, "seed %llu: malformed at r%u: %s\n", (unsigned long long)seed, at, bad);
                ir_print(&ir, out, NULL);
                return 1;
        }
        const struct region_out *o;
        if (rnd() % 8 == 0)
                memset(&job, (int)rnd(), sizeof(job)); /* what is there from before must not matter */
        uint8_t *entry = x64_compile(&job, &ir, cache, &o);
        if (!entry)
                return -1;
        if (ir.movable && o->movable && !is_same_moved(entry, o)) {
                fprintf(stderr, "seed %llu length %u: moved code differs\n", (unsigned long long)seed, length);
                ir_print(&ir, out, NULL);
                return 1;
        }
        memcpy(memory, mem0, 4096);
        ret_stack[56] = (uint64_t)(uintptr_t)x64_stubs.miss;
        if (rnd() % 4 == 0 && !fault_is_right(&ir, cpu_a_p, entry, o)) {
                fprintf(stderr, "seed %llu length %u: registers at a fault differ\n", (unsigned long long)seed, length);
                ir_print(&ir, out, NULL);
                return 1;
        }
        const uint32_t turns = link_loop(entry, o, entry + 0x40000);
        int why = fuzz_enter(&cpu_a, entry, o);
        fuzz_make_flags(&cpu_a, ir.guest);
        uint64_t pc = cpu_a.pc;
        if (why == EXIT_LINK || why == EXIT_POLL)
                for (unsigned k = 0; k < o->nexits; k++)
                        if (entry + o->exits[k].at + 5 == (uint8_t *)(uintptr_t)cpu_a.exit_site)
                                pc = ir.pc + (uint64_t)(int64_t)o->exits[k].target;
        memcpy(mem_a, memory, 4096);
        memcpy(memory, mem0, 4096);
        if (!evaluate(turns, &ex))
                return 1;
        if (!compare(&ex, pc, mem_a, memory) && agrees_in_place(turns, &ex, mem0))
                return 0;
        fprintf(stderr, "seed %llu length %u opts %#x\n", (unsigned long long)seed, length, ir.opts);
        ir_print(&ir, out, NULL);
        return 1;
}

/* The standard FP state is what it says, whatever FPCR has: the smallest number counts as zero, a NaN's payload is lost, and sums
 * round to nearest. */
static bool standard_state_is_right(void)
{
        static const struct {
                uint32_t a, b, sum, fpsr;
        } cases[] = { { 1, 0x80000000, 0, 1 << 7 },
                      { 0x7fc12345, 0, 0x7fc00000, 0 },
                      { 0x3f800000, 0x33800000, 0x3f800000, 1 << 4 } };
        bool good = true;
        for (unsigned k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
                struct cpu *c = &cpu_b;
                *c = (struct cpu){ .fpcr = 1 << 22 }; /* rounding up */
                harg arg[4] = { [1] = { .s = { cases[k].a } }, [2] = { .s = { cases[k].b } } };
                fp_soft(c, arg, fp_pack(FPF_ADD, 2, FP_SCALAR, FPO_STANDARD));
                good &= !differ("standard sum ", k, arg[0].s[0], cases[k].sum);
                good &= !differ("its FPSR ", k, c->fpsr, cases[k].fpsr);
        }
        return good;
}

/* Every op computes nothing or has an emitter; a vector or FP op has a rule, which takes no more temporaries than there is room
 * for. */
static bool ops_are_complete(void)
{
        bool good = true;
        for (unsigned op = 0; op < IR_OP_COUNT; op++) {
                bool passive = x64_traits[op] & T_PASSIVE;
                if (passive != !x64_emitters[op] || x64_rules[op].nt > 2 || x64_rules[op].ns > 2) {
                        fprintf(stderr, "%s: %s\n", ir_opinfo[op].name,
                                passive ? "is passive, but emits" : "has no emitter, or a wrong rule");
                        good = false;
                }
        }
        return good;
}

int main(int argc, char **argv)
{
        uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1, count = argc > 2 ? strtoull(argv[2], NULL, 0) : 20000;
        unsigned length = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 0) : 0, refused = 0;
        struct code c;
        if (!x64_detect(getenv("X64_LEVEL") ? (unsigned)atoi(getenv("X64_LEVEL")) : 0))
                return 77;
        memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
        c.p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        x64_set_guest(fuzz_guest);
        if (!ops_are_complete() || !standard_state_is_right())
                return 1;
        for (uint64_t s = seed; s < seed + count; s++) {
                int r = run_one(s, length ? length : 1 + (unsigned)(s % 40), &c);
                if (r > 0)
                        return 1;
                refused += r < 0;
        }
        printf("%llu regions agree, %u were refused as too long\n", (unsigned long long)count, refused);
        return refused * 10 > count || !in_place_done(count);
}
