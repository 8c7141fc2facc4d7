/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The intermediate representation of one region of guest code.
 *
 * A region is a linear sequence of instructions with one entry and many exits. It is in SSA form: an
 * instruction is named by its index (`ref`), which is also the name of its result. There are three
 * classes of values:
 *
 *   G  general: 64 bits. An op has a width (`sz`: 0 = 8, 1 = 16, 2 = 32, 3 = 64 bits); an op of width 32
 *      reads just the low 32 bits of its operands and its result is zero-extended to 64. So there is
 *      no truncation op: reading a W register is reading the X register. ZEXT/SEXT make extensions
 *      that a program can see.
 *   X  vector: 128 bits. A vector op works on all 16 bytes unless it says otherwise; a scalar FP op reads
 *      lane 0 of its operands and its result is zero above lane 0 (as Arm defines it). `sz` is the
 *      element size (0 = 8 ... 3 = 64, 4 = 128 bits).
 *   F  flags: NZCV. Any number of flags values may be live; most are remade from their producer's
 *      operands next to their consumer. Only PUT of SLOT_NZCV makes one the guest's.
 *
 * Guest state: LIVEIN reads a slot as it was on entry, PUT makes a value the slot's current one. The
 * builder keeps the current value of each slot (ir_get), so a region reads a slot from the state at most
 * once. PUT emits no code: an instruction that can leave the region (an exit, or a memory access that may
 * fault) sees the state that the PUTs before it in the sequence describe. A lifter therefore does all that
 * may fault before its first PUT.
 *
 * Everything is in an arena of the region: no allocation, fixed limits, IR_FULL tells the lifter's driver
 * to end the region.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "cpu.h"
#include "passes.h"

typedef uint16_t ref;
#define REF_NONE 0 /* index 0 is never a value */

#define OP_ENUM(name) IR_##name,
enum ir_op {
#define OP(name, res, args, flags, text) OP_ENUM(name)
#include "ops.def"
#undef OP
        IR_OP_COUNT
};

/* Properties of an op (column `flags` of ops.def). */
enum {
        OF_PURE = 0,                              /* no effect but its result: may be removed, merged, moved */
        OF_MEM = 1 << 0,                          /* touches guest memory: may fault, so the state must be known here */
        OF_EXIT = 1 << 1,                         /* may leave the region */
        OF_END = 1 << 2,                          /* always leaves the region: last instruction */
        OF_EFFECT = 1 << 3,                       /* has an effect beside its result */
        OF_FPTRAP = 1 << 4,                       /* host FP op that may trap (Invalid): has a cold path through a helper */
        OF_COMM = 1 << 5,                         /* commutative in a and b */
        OF_SYNC = 1 << 6,                         /* the whole state must be in struct cpu before, and is reread after */
        OF_ASKS = 1 << 7,                         /* asks whether condition `aux` holds for flags value a */
        OF_PARTS = 1 << 8,                        /* may need only a part of a flags operand (ir/flags.h) */
        OF_OBSERVES = OF_MEM | OF_EXIT | OF_SYNC, /* sees the state */
};

struct ir_opinfo {
        const char *name;
        char res;         /* 'G', 'X', 'F' or '-' */
        const char *args; /* classes of a, b, c: g x f; '?' after one that may be REF_NONE */
        uint16_t flags;
};
extern const struct ir_opinfo ir_opinfo[IR_OP_COUNT];

/* Arm's condition codes, as in the A64 cond field. */
enum cc { CC_EQ, CC_NE, CC_CS, CC_CC, CC_MI, CC_PL, CC_VS, CC_VC, CC_HI, CC_LS, CC_GE, CC_LT, CC_GT, CC_LE, CC_AL, CC_NV };

/* A condition, and the flags value that it is asked of. */
struct ir_when {
        enum cc cc;
        ref flags;
};

/* Sub-operations of ATOMIC: LSE's LDADD, LDCLR (old & ~b), LDEOR, LDSET, LDSMAX, LDSMIN, LDUMAX, LDUMIN, SWP. */
enum atomic_op { AT_ADD, AT_CLR, AT_EOR, AT_SET, AT_SMAX, AT_SMIN, AT_UMAX, AT_UMIN, AT_SWP };

/* Bits of aux2 of exits. */
enum {
        EXIT_OTHER_MODE =
                1, /* EXIT_IF: the region at its target is found with another mode than this one's, so it is never linked */
        EXIT_UNASKED = 2, /* nobody is seen to ask for NZCV behind it, but somebody may */
};

struct ir_ins {
        uint8_t op;
        uint8_t sz;
        ref a, b, c;
        union {
                int64_t imm; /* CONST, PCREL, INSN, helper immediates ... */
                struct {
                        int32_t disp; /* memory: displacement; exits: target - region's first pc; else op's immediate */
                        uint8_t aux;  /* memory: index shift 0..4; cc of ops that ask for one (OF_ASKS); sub-op of ATOMIC ... */
                        uint8_t aux2; /* CCMP: nzcv literal; else op's own */
                        uint16_t aux3;
                };
        };
};

#define IR_MAX 3000            /* instructions in a region */
#define IR_FULL (IR_MAX - 400) /* a guest instruction needs no more than the difference */

struct ir {
        uint64_t pc; /* first guest pc */
        const struct ir_guest *guest;
        uint32_t n;          /* instructions used; [0] is a dummy */
        uint32_t opts;       /* passes that are turned off (ir/passes.h) */
        bool movable;        /* its code shall be usable in other processes (x64/region.h); a lifter may say that it is not */
        bool in_place;       /* with `movable`: its code shall be executed where it is, at any guest address (x64/region.h) */
        bool tagged;         /* the top byte of addresses is to be ignored, which the host does not do; never with addr32 */
        ref cur[SLOT_COUNT]; /* current value of each slot, or REF_NONE: not read nor written yet */
        ref const_hash[64];  /* last CONST with that hash */
        uint32_t insns;      /* guest instructions */
        /* Does another region begin at pc, where this one may end, so that code is not translated twice? NULL: it is not asked. */
        bool (*begins_at)(uint64_t pc);
        ref last_observer; /* last instruction that sees the state (builder) */
        struct ir_ins ins[IR_MAX];
};

/* ---- builder (ir/build.c). All return the ref of the result. ---- */

/* Empties the region and sets its first guest pc. */
void ir_begin(struct ir *ir, uint64_t pc);

/* Appends an instruction as it is, without folding. */
ref ir_emit(struct ir *ir, struct ir_ins ins);

/* Appends `op` of width `sz` with folding of constants and identities (ir/fold.c). */
ref ir_op(struct ir *ir, enum ir_op op, unsigned sz, ref a, ref b, ref c);
/* Appends as ir_op does an instruction with an immediate (`imm`). */
ref ir_opi(struct ir *ir, enum ir_op op, unsigned sz, ref a, ref b, ref c, int64_t imm);

ref ir_const(struct ir *ir, uint64_t v);
/* A constant that is a guest address in the image of the region's code, which moves with it (ADR, return addresses). */
ref ir_pcrel(struct ir *ir, uint64_t pc);

/* Flags made of parts of others: N and Z of r (width sz), C and V of f; the same with bit 0 of c as C; and a selection. */
ref ir_flags_nz(struct ir *ir, unsigned sz, ref f, ref r);
ref ir_flags_nzc(struct ir *ir, unsigned sz, ref f, ref r, ref c);
ref ir_flags_select(struct ir *ir, struct ir_when when, ref yes, ref no);

/* Returns the current value of a slot; makes v the current one. */
ref ir_get(struct ir *ir, enum slot slot);
void ir_put(struct ir *ir, enum slot slot, ref v);

/* Returns true, and the value in *ret, when r is a CONST. */
bool ir_is_const(const struct ir *ir, ref r, uint64_t *ret);

/* Cuts v to the guest's width: where registers and addresses have 32 bits, the low 32 bits, zero-extended; else it is v itself.
 * What goes into a general slot is cut by ir_put, the target of an indirect exit must have been cut. */
ref ir_narrow(struct ir *ir, ref v);

/* An address as an operand of the ops that have no base + index form: `base` cut to the guest's width and without its tag. */
ref ir_address(struct ir *ir, ref base);

/* Loads and stores of 1 << sz bytes at base + (index << shift) + disp, where base or index may be REF_NONE. What is loaded is
 * zero-extended, by ir_load_signed sign-extended to width `to` (2 = 32 bits, 3 = 64). */
ref ir_load(struct ir *ir, unsigned sz, ref base, ref index, unsigned shift, int32_t disp);
ref ir_load_signed(struct ir *ir, unsigned sz, unsigned to, ref base, ref index, unsigned shift, int32_t disp);
ref ir_load_vec(struct ir *ir, unsigned sz, ref base, ref index, unsigned shift, int32_t disp);
void ir_store(struct ir *ir, unsigned sz, ref val, ref base, ref index, unsigned shift, int32_t disp);
void ir_store_vec(struct ir *ir, unsigned sz, ref val, ref base, ref index, unsigned shift, int32_t disp);

/* The same accesses, where they happen only when a condition holds. When it does not, nothing is accessed, and a load's value is
 * `old`. */
ref ir_load_when(struct ir *ir, struct ir_when when, unsigned sz, ref old, ref base, ref index, unsigned shift, int32_t disp);
ref ir_load_signed_when(struct ir *ir, struct ir_when when, unsigned sz, unsigned to, ref old, ref base, ref index,
                        unsigned shift, int32_t disp);
ref ir_load_vec_when(struct ir *ir, struct ir_when when, unsigned sz, ref old, ref base, ref index, unsigned shift, int32_t disp);
void ir_store_when(struct ir *ir, struct ir_when when, unsigned sz, ref val, ref base, ref index, unsigned shift, int32_t disp);
void ir_store_vec_when(struct ir *ir, struct ir_when when, unsigned sz, ref val, ref base, ref index, unsigned shift,
                       int32_t disp);

/* Load and store a field of struct cpu that is no slot (fpsr, tpidr ...), at byte `off`; sz is 2 or 3. */
ref ir_ld_state(struct ir *ir, unsigned sz, size_t off);
void ir_st_state(struct ir *ir, unsigned sz, ref val, size_t off);

/* ---- helpers: C functions called from translated code ----
 *
 * The op's operands are copied to arg[1], arg[2], arg[3] (general ones to .d[0], the rest of the harg is
 * undefined), the function puts its result in arg[0]. `imm` is the call's constant. arg == cpu->harg.
 * A helper of ir_helper_g/_x must not touch guest registers nor guest memory (fpcr, fpsr, and other plain
 * fields it may). One of ir_helper_sync finds the whole state in *cpu, may change it, may touch guest
 * memory (a fault there is the guest's, at the current instruction), but must not change pc. */
typedef void helper_fn(struct cpu *cpu, harg *arg, uint64_t imm);
#define HELPER_MAX 512
extern helper_fn *ir_helpers[HELPER_MAX]; /* by index (aux3); filled as helpers are first used */
ref ir_helper_g(struct ir *ir, helper_fn *fn, ref a, ref b, ref c, uint32_t imm);
ref ir_helper_x(struct ir *ir, helper_fn *fn, ref a, ref b, ref c, uint32_t imm);
void ir_helper_sync(struct ir *ir, helper_fn *fn, ref a, ref b, ref c, uint32_t imm);

/* ---- printer and verifier ---- */
typedef void ir_out(void *ctx, const char *s, size_t n);
void ir_print(const struct ir *ir, ir_out *out, void *ctx);
/* Returns NULL when the region is well-formed, else what is wrong, and where in *ret_ref. */
const char *ir_verify(const struct ir *ir, ref *ret_ref);
