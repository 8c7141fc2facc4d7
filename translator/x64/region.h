/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the code generator offers: the stubs, compiling a region, moving it, and what the fault handlers need. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "ir/ir.h"
#include "asm.h"

/* A place in emitted code from which another region is reached directly. Of an exit the 5 bytes at `at` are CALL x64_stubs.link
 * at first and JMP target when it is linked, of a call (is_call) CALL x64_stubs.link_call and CALL target. They do not cross an
 * 8-byte boundary, so that they can be changed while other threads run. */
struct exit_rec {
        uint32_t at;    /* offset in the region's code */
        int32_t target; /* region pc + target: guest pc it leads to */
        bool is_call : 1;
        bool poll : 1;  /* the exit asks cpu->poll first; its cold path reports this record */
        bool other : 1; /* its target is found with another mode than this region: it is never linked */
        uint16_t head;  /* not 0: the way back of a loop. The 5 bytes are a JMP behind themselves at first, and when they are
                         * linked, to the same region only, a JMP to this offset. */
        bool slot : 1; /* run/cache.c's own: `site` is 8 bytes of memory through which code that is executed in place jumps to the
                         * target, and `at` how far before them the address is that they have when they are not linked */
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
