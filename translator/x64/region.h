/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the code generator offers: the stubs, compiling a region, moving it, and what the fault handlers need.
 *
 * Code that is executed in place (ir->in_place and ir->movable) is for pages that many processes share and none may write, at any
 * address, for guest code at any address. It has no address of the host or of the guest, but refers, relative to itself, to
 *   - a copy of the stubs, x64_stubs.size bytes from x64_stubs.enter on, which are the same wherever they are;
 *   - the base word, 8 bytes with the address of the page of guest code that its region's pc is in: the pc in cpu->pc's form,
 *     without the low 12 bits;
 *   - slots of 8 bytes, with the host address where an exit leads to.
 * Base word and slots are each process's own. Who makes such code
 *   - lifts and compiles with ir->in_place and ir->movable, and drops the region where out->movable is false then;
 *   - puts it where it was compiled (what counts is the address modulo X64_LOOP_ALIGN), and lets x64_settle fill in the distances, for
 *     which it chooses the places of base word and slots. Exits of which x64_has_slot is true need one, unless they are bound; those
 *     with the same target may share one;
 *   - may bind exits to regions that are always there where this one is (x64_bind), behind x64_settle;
 *   - puts anywhere, for each slot, where it leads to at first (x64_link_site): CALL stubs.link, which reports the exit;
 *   - binds exits that are bare, which jump by no slot: to a region (x64_may_bind), or else to where their slot leads to at first;
 *   - keeps exits, traps and journal, as they are in *out. Records with `head` and those of bound exits nobody will look for.
 * Who executes it
 *   - sets cpu->image, puts the page's address into the base word, and into each slot, until it is linked, the address of its CALL
 *     stubs.link;
 *   - enters it by x64_stubs.enter of its own, or jumps there from other regions: all regions have the same homes. The stubs' copy
 *     is only called by the code, and reports EXIT_LINK and EXIT_POLL like the first one: cpu->exit_site is
 *     5 bytes behind a slot's CALL, or behind `at` of an exit without a slot;
 *   - links an exit by a store to its slot: the address where another region is entered, whether it is a call or not;
 *   - gives x64_recover the region's pc in this process. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "ir/ir.h"
#include "asm.h"

/* A place in emitted code from which another region is reached directly. Of an exit the 5 bytes at `at` are CALL x64_stubs.link
 * at first and JMP target when it is linked, of a call (is_call) CALL x64_stubs.link_call and CALL target. They do not cross an
 * 8-byte boundary, so that they can be changed while other threads run.
 *
 * Of code that is executed in place they stay CALL x64_stubs.link; of an exit that has a slot there are 6 bytes, JMP [slot] or
 * CALL [slot]. */
struct exit_rec {
        uint16_t at;    /* offset in the region's code */
        int32_t target; /* region pc + target: guest pc it leads to */
        bool is_call : 1;
        bool poll : 1;   /* the exit asks cpu->poll first; its cold path reports this record */
        bool bare : 1;   /* in place only: what leads there is the rel32 of the conditional jump at `at`, of 6 bytes */
        bool leaves : 1; /* of such an exit: it is to be bound to no region, because it is taken when there is a request */
        bool other : 1;  /* its target is found with another mode than this region: it is never linked */
        bool slot : 1; /* run/cache.c's own: `site` is 8 bytes of memory through which code that is executed in place jumps to the
                         * target, and `target` how far before them the address is that they have when they are not linked */
        uint16_t head; /* not 0: the way back of a loop. The 5 bytes are a JMP behind themselves at first, and when they are
                         * linked, to the same region only, a JMP to this offset. In place it always leads there: `at` is where
                         * there is JE head. */
        uint32_t next; /* when linked: chain of the target's incoming exits (run/cache.c) */
        uint8_t *site; /* when linked: host address */
};

struct compile; /* x64/compile.h */

/* Makes cpu->flags, where translated code has left what they are made from. To be called before they are read. */
void x64_make_flags(struct cpu *cpu);

/* Host FP instruction that may trap. */
struct trap_rec {
        uint16_t at;  /* offset of the instruction */
        uint16_t end; /* where to continue after the fix-up */
        uint8_t op, sz, aux, d;
        uint8_t a, b, c; /* registers of the operands */
        uint8_t cls;     /* bits: 0 d is vector, 1 a, 2 b, 3 c */
        int32_t disp;
        int32_t pc;     /* of the guest instruction, relative to the region's */
        uint32_t count; /* how often it trapped */
};

/* A place in a region that is different in another process, or for the same guest code at another address. */
enum reloc_kind {
        RELOC_STUB, /* 4 bytes: distance to the stub at x64_stubs.enter + value */
        RELOC_PC,   /* 8 bytes: guest address region pc + value */
        RELOC_PC32, /* 4 bytes: as RELOC_PC, for addresses below 4 GiB */
        RELOC_PC31, /* 4 bytes, which the host sign-extends: as RELOC_PC, for addresses below 2 GiB */
        /* in place, beside RELOC_STUB: */
        RELOC_BASE, /* 4 bytes: distance to the base word */
        RELOC_SLOT, /* 4 bytes: distance to the slot of exit number `value` */
};
struct reloc {
        uint16_t at; /* offset in the region's code */
        uint16_t kind;
        int32_t value;
};

/* Loops begin at multiples of this: struct exit_rec tells where. */
#define X64_LOOP_ALIGN 64

#define EXIT_MAX 260
#define RELOC_MAX 1000
#define JOURNAL_MAX 24000

struct region_out {
        uint32_t code_size; /* bytes, with cold part and pool */
        uint32_t nexits, ntraps, njournal, nrelocs;
        uint32_t insns, spills; /* host instructions; values that had to go to memory for want of a register */
        bool movable;           /* relocs lists all that must be changed when it is moved, as ir->movable asked for */
        struct exit_rec exits[EXIT_MAX];
        struct trap_rec traps[512];
        struct reloc relocs[RELOC_MAX];
        uint8_t journal[JOURNAL_MAX];
};

/* Host addresses of the stubs that emitted code calls. */
struct stubs {
        uint8_t *enter;     /* from C: int enter(struct cpu *, void *code) -> enum exit_reason */
        uint8_t *exit;      /* EAX = reason; all state at home */
        uint8_t *link;      /* called by an unlinked exit: return address tells which */
        uint8_t *link_call; /* called by an unlinked call: the return address stays on the call/return stack */
        uint8_t *poll;      /* called by the cold path of a poll */
        uint8_t *miss;      /* indirect branch to RAX: not in the table */
        uint8_t *ret_miss;  /* return to RAX that the call/return stack did not foresee */
        uint8_t *helper; /* R11D = helper's offset from __ehdr_start, immediate in cpu->helper_imm; keeps all registers but R11 */
        uint8_t *helper_sync; /* as `helper`, with all state at home before and after */
        uint8_t *fault;       /* where a fault handler continues: state is in *cpu already */
        uint32_t size;        /* bytes of code of all of them, from `enter` on. It has no address in it. */
};
extern struct stubs x64_stubs;

/* Where the translator's image begins (by the linker). */
extern const char __ehdr_start[];

/* Emits the stubs at c and sets all tables that depend on the guest, of which a process has one. Regions may be compiled
 * afterwards. */
void x64_make_stubs(struct code *c, const struct ir_guest *guest);

#define X64_REGION_MAX 0xffff /* bytes of code: offsets in a region have 16 bits */

/* Makes a region that was copied right for guest code at `pc`: its code, which begins at `code`. Returns false, with half of it done,
 * when an address is too far up for where it has to go, or a record is not one that x64_compile makes of code that is moved. */
bool x64_relocate(uint64_t pc, uint8_t *code, uint32_t code_size, const struct reloc *relocs, uint32_t nrelocs);

/* Where a region that is executed in place is, and what it refers to. The places are counted from anywhere, but all from the same. */
struct x64_places {
        uint64_t code;        /* of the region */
        uint64_t stubs;       /* the copy of what is at x64_stubs.enter */
        uint64_t base;        /* the base word */
        const uint64_t *slot; /* by number of the exit. 0: the exit has none, or will be bound */
        uint32_t nexits;      /* of which slot[] tells */
};

/* Makes a region right for these places: its code, which is written at `code`. Returns false, with half of it done, when one is more
 * than 2 GiB away, or a record is not one that x64_compile makes of code that is executed in place. */
bool x64_settle(const struct x64_places *places, uint8_t *code, uint32_t code_size, const struct reloc *relocs, uint32_t nrelocs);

/* Does this exit of a region that is executed in place jump by a slot? */
static inline bool x64_has_slot(const struct exit_rec *e)
{
        return !e->poll && !e->other && !e->head;
}

/* May this exit be bound to a region? */
static inline bool x64_may_bind(const struct exit_rec *e)
{
        return x64_has_slot(e) && !e->leaves;
}

/* Makes an exit that has a slot, or is bare, of a region that is executed in place jump to `target`, for good. The
 * region's code is at `code`, at the distance from `target` that it will always have. Returns false, having done nothing, when that is
 * too far, or the exit is not one of such a region. */
bool x64_bind(uint8_t *code, uint32_t code_size, const struct exit_rec *e, const uint8_t *target);

enum {
        X64_SLOT_JUMP = 6, /* bytes of the jump of an exit that has a slot */
        X64_LINK_SITE = 5, /* bytes of a call of a stub by an exit */
};
/* Writes at p, which is at place `at`, where a slot leads to that is not linked: X64_LINK_SITE bytes. Returns false when the stubs are too
 * far. */
bool x64_link_site(const struct x64_places *places, uint8_t *p, uint64_t at);

/* Compiles the region into `code`, where X64_REGION_MAX + 128 bytes must be free. Returns its entry point; NULL when the region is
 * too long, and is to be made of fewer guest instructions. *job is what this works in, and need not be initialised; *ret_out is
 * part of it. Compilations with different ones may run at the same time. */
uint8_t *x64_compile(struct compile *job, const struct ir *ir, struct code *code, const struct region_out **ret_out);

/* Returns where a region that is copied is to begin, at p or behind it. */
uint8_t *x64_place(uint8_t *p, const struct exit_rec *exits, uint32_t nexits);

/* Finds the address of the memory operand of the instruction at `insn`, when the registers are gpr[] (in x86 register order).
 * Returns false when it has no memory operand, or none with ModRM and registers. Async-signal-safe. */
bool x64_operand_address(const uint8_t *insn, const uint64_t gpr[16], uint64_t *ret);

/* Rebuilds the guest state at host code offset `off` of a region (the start of the instruction that faulted),
 * reading host registers from `gpr` (in x86 register order) and `xmm`. Writes cpu->x, v, flags, pc, and
 * bits 15:8 of mode.
 * Async-signal-safe. */
void x64_recover(struct cpu *cpu, uint64_t region_pc, const uint8_t *journal, uint32_t njournal, uint32_t off,
                 const uint64_t gpr[16], const vreg *xmm, uint64_t eflags);
