/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the compilation of one region works with: register allocation and code generation.
 *
 * Allocation is one forward walk over the region with liveness known from one backward walk (x64/live.c).
 * A value sits in a register until it dies or is evicted; the victim is the value that is needed last. A
 * value that is the current one of a guest register is evicted to that register's field in struct cpu,
 * where it has to go at an exit anyway; other values go to cpu->spill.
 *
 * Exits and faults see the state through `cur` (which value is each slot's) and the values' places. A side
 * exit's stores are emitted out of line, in the cold part behind the region's code. For faults the
 * changes of places are written to a journal (x64/journal.h) that the fault handler replays.
 */
#pragma once
#include "ir/ir.h"
#include "abi.h"
#include "gen.h"
#include "journal.h"
#include "region.h"

#define NSLOT (SLOT_COUNT + 4) /* and the operands that the current flags are made from */
#define SLOT_FA SLOT_COUNT
#define SLOT_FB (SLOT_COUNT + 1)
#define SLOT_FN (SLOT_COUNT + 2) /* N and Z are its */
#define SLOT_FC (SLOT_COUNT + 3) /* C is its bit 0 */
#define NREF (IR_MAX + SLOT_COUNT)
#define ENTRY(slot) ((ref)(IR_MAX + (slot))) /* the value that slot has on entry */

#define TO_THE_END ((ref)0xffff)

#define COLD_MAX 400
#define TRAP_MAX 512
#define POOL_MAX 128
#define SPILL_MAX 24 /* elements of cpu->spill for values; exits use the others */

/* How a flags value reaches its consumers. */
enum fmode {
        F_UNUSED,
        F_DIRECT, /* stays in EFLAGS: nothing between it and its last consumer changes them */
        F_REMAT,  /* made again from its operands at each consumer; of parts: where an exit saves it */
        F_MAT,    /* kept in a general register, in the form of cpu->flags */
        F_BRANCH, /* FCCMP or FSEL whose only consumer is the exit right behind it: two branches */
};

/* Where of vector slots the low 64 bits count: VZIPH.64(v, v), the high half of v, when it is guest state and nothing else, is not
 * computed. Its place is that of v, until an exit brings it home. */
enum half {
        HALF_NONE,
        HALF_LAZY, /* is such a value */
        HALF_BASE, /* has such a value, and is computed itself */
};

/* What is known of a value. */
struct value {
        ref last_use;  /* last instruction that computes with it */
        ref state_end; /* last observer that sees it as guest state */
        ref next_use;
        uint16_t fcc;      /* conditions that are asked of a flags value, as a bit mask; bit CC_NV: all of it */
        uint8_t hint;      /* register it had better be in, or NOREG */
        uint8_t reg;       /* where it is: register, or NOREG */
        uint8_t home;      /* slot whose field in struct cpu holds it, or 0xff */
        uint8_t spill;     /* its element of cpu->spill, or 0xff */
        uint8_t nslots;    /* number of slots whose current value it is */
        uint8_t fmode;     /* of a flags value: enum fmode */
        uint8_t force_alu; /* its ALU instruction also makes a flags value: no LEA */
        uint8_t half;      /* enum half */
};

static const struct value unknown_value = { .hint = NOREG, .reg = NOREG, .home = 0xff, .spill = 0xff };

/* What every region starts with: each slot holds its entry value, at home. */
struct entry_state {
        ref cur[SLOT_COUNT], field[SLOT_COUNT];
        ref gval[16], xval[16];
        struct value val[SLOT_COUNT];
};
extern struct entry_state x64_entry; /* made with x64_homes */

/* Where a value is. */
enum place_kind { P_NONE, P_REG, P_HOME, P_SPILL, P_CONST };
struct place {
        uint8_t kind;
        uint8_t n; /* register, slot or spill slot */
        bool high; /* the upper 64 bits of what is there */
        ref value; /* P_CONST */
};

static inline struct mem place_mem(struct place p)
{
        return p.kind == P_SPILL ? cpu_mem(CPU_OFF(spill) + 16 * (int32_t)p.n) : slot_mem(p.n);
}

/* Are general values read and written with 64 bits there? Fields of registers that are zero above have 32 that count. */
static inline bool place_is_wide(struct place p)
{
        return p.kind != P_HOME || !x64_homes.addr32;
}

static inline struct place home_of(unsigned slot)
{
        return (struct place){ .kind = P_HOME, .n = (uint8_t)slot };
}

/* Stores a register of a class at p. */
static inline void store_reg(struct code *c, bool vector, unsigned reg, struct place p)
{
        if (vector)
                x64_v2m(c, MAP_0F | 0x29, reg, place_mem(p)); /* MOVAPS */
        else
                x64_store(c, place_is_wide(p), reg, place_mem(p));
}

/* Code out of line, to be emitted behind the region's. By the first of these that is set it is: where an FP rule's slow path
 * traps (`trap`), a look at an address that is not aligned (`size`), an indirect call that misses (`stub`), a poll that was answered
 * (`poll`). When none is set it is a side exit: state goes home, then it goes on at `target`. */
struct cold {
        uint8_t *jumps[3];    /* rel32s that come here (NULL = none) */
        int32_t target;       /* region pc + target */
        bool other_mode;      /* as in struct exit_rec */
        uint16_t snap, nsnap; /* the part of job->snap with the slots that are not at home */
        bool keeps_rax;       /* RAX has more than what goes home */
        bool source;          /* flags may be left as what they are made from (struct flags_source) */
        uint8_t flags_kind;   /* enum fkind: EFLAGS hold the flags to be saved; K_NONE: they do not */
        uint8_t remat;        /* flags are remade from f_a and f_b as instruction f_ins says; 0 = not */
        bool poll;
        ref f_ins;
        struct place f_a, f_b;
        struct place f_mat;     /* place of flags that are materialised */
        ref parts;              /* FNZ or FNZC, of which what is above is C and V; 0: none */
        struct place n, c;      /* of what its N and Z, and its C, are made from */
        uint8_t size, reg;      /* bytes of the access, and the register with its address */
        uint16_t trap;          /* trap record + 1 of an FP slow path; 0 = none */
        const uint8_t *stub;    /* of an indirect call that misses: where it goes on, */
        const uint8_t *landing; /* and the host return address that is pushed first */
        const uint8_t *back;    /* flags have to be made, and then it goes on there */
};

struct snap {
        uint8_t slot;
        struct place place;
};

/* A region that is a loop, because its last exit leads to its own beginning: where the slots are from one turn to the next
 * (x64/loop.c). */
struct loop {
        bool on;
        uint16_t head;        /* offset of the code with which each turn but the first begins */
        uint16_t snap, nsnap; /* the part of job->snap with the slots that are not at home there */
        uint64_t pairs;       /* slots that have 128 bits: the upper half is the value of the next slot, which has no home */
        uint8_t home[NSLOT];  /* the register that each slot is in, NOREG: its field */
        ref in[64], last[64]; /* by slot: its LIVEIN or LIVEINX, and the value of its last PUT; REF_NONE: there is none */
        uint64_t written;     /* slots that have a PUT */
};

struct compile {
        struct gen gen;
        uint8_t *start;
        uint64_t pc; /* of the region */
        uint32_t opts;
        bool list_relocs;   /* the region shall be movable: all that depends on its place is listed */
        bool in_place;      /* the code shall be executed in place */
        ref pos;            /* instruction being emitted */
        int32_t insn_off;   /* pc of the guest instruction being emitted, relative */
        int32_t logged_off; /* the last pc in the journal, relative */
        uint8_t insn_mode;  /* bits 15:8 of cpu->mode at that instruction */
        uint8_t logged_mode;

        struct value val[NREF];
        ref alias[NREF];         /* the value that a ref stands for: see resolve() */
        ref use_link[IR_MAX][3]; /* next use behind this one, by operand */

        ref gval[16], xval[16];    /* the value that each register holds, or REF_NONE */
        uint32_t glock, xlock;     /* registers in use by the current instruction */
        uint32_t gforbid, xforbid; /* registers that its result must not share with an operand */
        ref cur[NSLOT];            /* current value of each slot; of NZCV: without the parts that FNZ and FNZC replace */
        ref nzcv;                  /* NZCV's current value, or REF_NONE: that on entry */
        ref field[SLOT_COUNT];     /* value that each slot's field in struct cpu holds, or REF_NONE */
        ref spilled[SPILL_MAX];

        enum fkind eflags_kind; /* in which form EFLAGS hold flags value eflags_ref */
        ref eflags_ref;
        ref eflags_until; /* the instruction up to which EFLAGS must keep it */
        bool reads_flags; /* NZCV as it was on entry is read */

        struct cold cold[COLD_MAX];
        unsigned ncold;
        struct snap snap[COLD_MAX * 12];
        unsigned nsnap;

        struct {
                uint32_t at;
                uint64_t lo, hi;
        } pool[POOL_MAX]; /* constants, and the disp32 of the instruction that uses each */
        uint8_t *pool_at[POOL_MAX];
        unsigned npool;
        bool full; /* some table overflowed: the region must be made shorter */

        uint32_t journal_off; /* code offset of the journal's last entry */
        uint64_t unnoted;     /* slots whose place changed since the journal was told */
        bool exact;           /* code that may fault is being emitted: the journal is told of each change at once */
        uint64_t touched;     /* slots that may not be at home any more */
        struct loop loop;
        struct region_out out;
        uint32_t rule_traps; /* first trap record of the rule being emitted */
};

static inline struct code *code_of(struct compile *job)
{
        return &job->gen.code;
}

/* Instruction r of the region. */
static inline const struct ir_ins *ins_at(const struct compile *job, ref r)
{
        return &job->gen.ir->ins[r];
}

/* Returns the opcode that loads what a vector slot had on entry: MOVAPS, or MOVQ where 64 bits count. Those may have been stored by
 * MOVHPS just before, and the host would wait for them to arrive in memory if more were loaded. */
static inline opc load_slot_op(const struct compile *job)
{
        return job->gen.ir->guest->vector64 ? PP_F3 | MAP_0F | 0x7e : MAP_0F | 0x28;
}

/* Room that must be left before an instruction or an exit is emitted. Each needs less than a quarter of it; the pool has the
 * rest. */
#define ROOM 0x2000
static inline bool has_room(struct compile *job)
{
        if (job->gen.code.p - job->start > X64_REGION_MAX - ROOM)
                job->full = true;
        return !job->full;
}

/* Returns true for ops that make flags of parts of others. */
static inline bool is_flags_parts(unsigned op)
{
        return op == IR_FNZ || op == IR_FNZC;
}
/* Returns 1 when condition `asked` holds wherever `given` does, 0 when it never does then, -1 otherwise. */
int flags_implied(enum cc given, enum cc asked);

/* The conditions of an FP comparison that can be tested behind UCOMISx b, a, as a bit mask. */
#define FCC_SWAP (1u << CC_MI | 1u << CC_PL | 1u << CC_HI | 1u << CC_LS | 1u << CC_CS | 1u << CC_CC)
/* The conditions of an FP comparison that can be tested behind UCOMISx a, b. */
#define FCC_PLAIN (1u << CC_GE | 1u << CC_LT | 1u << CC_GT | 1u << CC_LE)

/* What the walks over the instructions ask of each op, in one byte. */
enum {
        T_VALUE = 7,      /* bit k: operand k is a value that is in a register or memory, no flags */
        T_FLAGS = 1 << 3, /* has flags operands */
        T_MAKES_FLAGS = 1 << 4,
        T_REMOVABLE = 1 << 5, /* not needed when its result is not */
        T_PASSIVE = 1 << 6,   /* computes nothing */
        T_MEM = 1 << 7,       /* may fault */
};
extern uint8_t x64_traits[IR_OP_COUNT]; /* made with x64_homes */
void x64_make_traits(void);

/* ---- x64/live.c ---- */
void live_analyse(struct compile *job);
/* Returns true when nobody needs the result of instruction r, whose op has traits t. */
static inline bool is_dead(const struct compile *job, ref r, unsigned t)
{
        const struct value *v = &job->val[r];
        if (!(t & T_REMOVABLE) || v->last_use)
                return false;
        return t & T_MAKES_FLAGS || !(v->state_end || job->opts & IR_OPT_NO_DCE);
}
bool op_keeps_eflags(const struct compile *job, ref r);
/* Returns the ALU op whose x86 instruction makes the flags of this flags op as a side effect; IR_NOP: none does. */
static inline unsigned alu_of(unsigned op)
{
        switch (op) {
        case IR_FSUBS: return IR_SUB;
        case IR_FADDS: return IR_ADD;
        case IR_FANDS: return IR_AND;
        case IR_FADCS: return IR_ADC;
        case IR_FSBCS: return IR_SBC;
        default: return IR_NOP;
        }
}
/* May this exit leave what its flags are made from? */
static inline bool leaves_source(const struct ir_ins *exit)
{
        return exit->aux2 & EXIT_UNASKED && ir_opinfo[exit->op].flags & OF_EXIT && x64_homes.flags_source;
}
/* Are these flags those of a sum of two operands, which struct flags_source has room for? */
static inline bool is_short_sum(const struct ir_ins *f)
{
        return (f->op == IR_FSUBS || f->op == IR_FADDS) && f->sz == 2;
}
/* Returns in which form EFLAGS hold what this flags op makes from general operands. */
static inline enum fkind kind_of(unsigned op)
{
        return op == IR_FSUBS || op == IR_FSBCS || op == IR_FCCMP ? K_SUB : K_ADD;
}
/* Returns true when f is a flags instruction and alu the ALU instruction that makes its flags from the same operands. */
static inline bool same_alu(const struct ir_ins *f, const struct ir_ins *alu)
{
        unsigned op = alu_of(f->op);
        return op && alu->op == op && f->sz == alu->sz && f->a == alu->a && f->b == alu->b && f->c == alu->c;
}
/* Returns true when the op asks a condition of its flags operand a. */
static inline bool x64_asks(unsigned op)
{
        return ir_opinfo[op].flags & OF_ASKS;
}
/* How far an ALU instruction and its flags may be from each other to become one x86 instruction. */
enum { SIBLINGS_NEAR = 3 };

/* ---- x64/ra.c ---- */
void ra_begin(struct compile *job);
/* Return a register, general or vector, that holds value r, which is loaded if need be. The register is locked for the current
 * instruction. */
unsigned use_g(struct compile *job, ref r);
unsigned use_x(struct compile *job, ref r);
/* Loads r into one of these registers, if it is in none and one of them is free. */
void load_g_in(struct compile *job, ref r, uint32_t regs);
/* Returns true, and the immediate in *ret, when r is a constant that a sign-extended 32-bit immediate can be for an op of width
 * sz. */
bool use_imm(struct compile *job, ref r, unsigned sz, int32_t *ret);
/* Return a register for result r: if possible the one that liveness hints at, else `reuse` (NOREG: none). */
unsigned def_g(struct compile *job, ref r, unsigned reuse);
unsigned def_x(struct compile *job, ref r, unsigned reuse);
/* Return a free register for the current instruction, which is locked. */
unsigned temp_g(struct compile *job);
unsigned temp_x(struct compile *job);
/* Makes register `reg` free (its value moves elsewhere) and locks it. */
void take_g(struct compile *job, unsigned reg);
/* Notes that result r is in register reg, which was taken or is a temporary. */
void bind_g(struct compile *job, ref r, unsigned reg);
/* Returns true when nobody needs value r behind this instruction: its register may be reused for the result. */
bool dies_here(const struct compile *job, ref r);
void unlock_all(struct compile *job);
/* The result of the current instruction will be written before its access, which may fault: its register must hold nothing that
 * is seen then, but may be that of value `but`, which the result has until the access. */
void forbid_seen(struct compile *job, ref but);
static inline bool is_entry(ref v)
{
        return v >= IR_MAX;
}
/* Returns true when value v is a vector. */
static inline bool is_vector(const struct compile *job, ref v)
{
        return is_entry(v) ? is_vector_slot((unsigned)v - IR_MAX) : ir_opinfo[ins_at(job, v)->op].res == 'X';
}
/* Returns the value that v stands for: for a LIVEIN that is what the slot had on entry. */
static inline ref resolve(const struct compile *job, ref v)
{
        return job->alias[v];
}
struct place place_of(const struct compile *job, ref r);
/* Returns the value of which v is the high half, when it is not computed, else v. */
static inline ref whole_of(const struct compile *job, ref v)
{
        if (job->val[v].half != HALF_LAZY)
                return v;
        return is_entry(v) ? (ref)(v - 1) : resolve(job, ins_at(job, v)->a);
}
/* Makes v the current value of a slot. */
void ra_put(struct compile *job, unsigned slot, ref v);
/* Forgets all values that are in registers: behind a synchronous helper each slot has its entry value again, at home. */
void ra_flush(struct compile *job);

/* ---- x64/emit_int.c, emit_mem.c, emit_flags.c, exit.c: an op's instruction r ---- */
typedef void emit_fn(struct compile *job, ref r);
extern emit_fn *const x64_emitters[IR_OP_COUNT]; /* by op; NULL for those that are passive (T_PASSIVE) */
#define EMIT(op, fn) emit_fn fn;
#include "emitters.def"
#undef EMIT
/* Makes EFLAGS hold f in a form in which `cc` can be tested; returns the x86 condition. May emit. For K_FCMP EQ
 * and NE: *ret_parity is set: PF counts as "not equal". */
unsigned flags_test(struct compile *job, ref f, enum cc cc, bool *ret_parity);
/* Short jumps that are taken when a condition holds. */
struct short_jumps {
        uint8_t *at[2];
};
/* Emits the jumps for x86 condition x, which flags_test returned with *ret_parity = parity. */
struct short_jumps flags_jump8(struct compile *job, unsigned x, bool parity);
/* Lets them lead to where the code is. */
void flags_land8(struct compile *job, const struct short_jumps *jumps);
/* Makes CF equal to C (want_inverse: to !C). */
void flags_carry(struct compile *job, ref f, bool want_inverse);
/* Emits an exit on condition cc of f, whose mode is F_BRANCH. jumps[] gets the rel32s of the jumps that are taken then. */
void flags_branch(struct compile *job, ref f, enum cc cc, uint8_t *jumps[3]);
/* Brings EFLAGS, which hold flags in the form `kind`, to AX in the form of cpu->flags. May use R11. */
void flags_to_ax(struct code *c, enum fkind kind);
/* Brings flags value f to RAX, which was taken, in the form of cpu->flags. */
void flags_load(struct compile *job, ref f);
/* Notes that EFLAGS were changed and hold no flags value any more. */
void flags_lost(struct compile *job);
/* Notes that the ALU instruction of value r has set EFLAGS, and which flags value they hold by that, if any. */
void flags_made(struct compile *job, ref r);

/* Calls the rule of a vector or FP op. */
void x64_rules_call(struct compile *job, const struct ir_ins *i, const struct regs *r);

/* ---- x64/reloc.c: what the code holds of addresses ---- */
/* Loads constant v (CONST or PCREL) into a register. reloc_value may make it from another one that the allocator has in a register. */
void reloc_const(struct compile *job, unsigned reg, ref v);
void reloc_value(struct compile *job, unsigned reg, ref v);
/* In place: makes *m, which has a displacement and no base, an operand at constant v + that, with a temporary register as its base.
 * Returns false, having emitted nothing, when v is none that moves with the region, or that is too far. */
bool reloc_address(struct compile *job, ref v, struct mem *m);
/* Stores constant v in the field of a general slot with one instruction. Returns false, having emitted nothing, when there is none
 * that can. */
bool reloc_store_const(struct compile *job, ref v, unsigned slot);
/* Loads the guest address region pc + off into a register. */
void reloc_pc(struct compile *job, unsigned reg, int32_t off);
/* Makes the rel32 at `place` lead to a stub. */
void reloc_stub(struct compile *job, uint8_t *place, const uint8_t *stub);
/* Lists the disp32 at `place`, behind which its instruction ends, as that of exit number `exit`'s slot. */
void reloc_slot(struct compile *job, const uint8_t *place, uint32_t exit);
/* Returns true, and its distance from the region's pc in *ret, when constant v moves with the region and is near enough. */
bool reloc_distance(struct compile *job, ref v, int32_t *ret);
/* Returns true when constant v is the same wherever the region is, so that it may be an immediate. */
static inline bool is_plain_const(const struct compile *job, ref v)
{
        return !job->list_relocs || ins_at(job, v)->op != IR_PCREL;
}

/* ---- x64/go_home.c ---- */
/* Records in job->snap the places of all slots that are not at home; returns how many there are. */
unsigned take_snapshot(struct compile *job);
/* The same of those that are not where they are from one turn of a loop to the next. */
unsigned take_loop_snapshot(struct compile *job);
/* Notes in *x what an exit has to do so that cpu->flags holds flags value f (REF_NONE: nothing). */
void plan_flags(struct compile *job, ref f, struct cold *x);
/* Does that take anything? */
bool saves_flags(const struct cold *x);
/* Emits what brings flags and slots home as *x says. */
void go_home(struct compile *job, const struct cold *x);
/* Emits what brings flags home, and slots, which take_loop_snapshot has recorded, where they are from one turn to the next. */
void go_loop_home(struct compile *job, const struct cold *x);

/* ---- x64/loop.c ---- */
/* To be called before liveness is known: looks whether the region is a loop, and which pairs of its slots are one value. */
void loop_look(struct compile *job);
/* Emits what comes before the first turn of a loop. */
void loop_enter(struct compile *job);

/* ---- x64/exit.c ---- */
/* Appends to the list of what emit_cold emits. */
void cold_add(struct compile *job, const struct cold *x);
/* Emits the cold part. */
void emit_cold(struct compile *job);
/* Emits a look whether cpu->flags have to be made, and returns the jump that is taken when they have. make_flags emits that; all
 * registers but R11 stay. */
uint8_t *look_for_flags(struct compile *job);
void make_flags(struct compile *job);
/* Emits what the rel32 at `jump` leads to, which is taken when the address in `reg` is misaligned. If the access,
 * which has `size` bytes, crosses a boundary of 16 bytes, or `size` is 16, it faults, else the code goes on behind the jump. EFLAGS
 * and the scratch register are lost. */
void cold_align(struct compile *job, uint8_t *jump, unsigned reg, unsigned size);
/* Moves all guest state home, NZCV too (before a synchronous helper). */
void emit_sync(struct compile *job);
/* Notes that the place of a slot's value changed. The journal learns it before the next instruction that may fault. */
void journal_note(struct compile *job, unsigned slot);
/* To be called before code that may fault: the journal is kept up to date from here on, until job->exact is reset. */
void journal_exact(struct compile *job);
/* Notes that NZCV is f from here on, or what it was on entry (REF_NONE), or that EFLAGS hold it otherwise. */
void journal_flags(struct compile *job, ref f);
