/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest CPU's state as translated code sees it.
 *
 * Each guest thread has one `struct cpu`. Translated code keeps &cpu->x[CPU_BASE] in RBP, so that an 8-bit displacement reaches the general
 * registers from x4 on, at -128, and, up to +127, what it touches often and follows right behind them. x0 to x3 are in host registers.
 *
 * Between regions each guest register is in its *home*: a fixed host register for the pinned ones
 * (x64/abi.h), the field here for all others. Inside a region a register is an SSA value and may be
 * anywhere; the region's journal says where (x64/journal.h). Whenever C code runs on behalf of the guest outside of a region
 * (system calls, signals), every register is here.
 */
#pragma once
#include <stdint.h>
#include <stddef.h>
#include "slots.h"

typedef union vreg {
        uint8_t b[16];
        uint16_t h[8];
        uint32_t s[4];
        uint64_t d[2];
        int8_t sb[16];
        int16_t sh[8];
        int32_t ss[4];
        int64_t sd[2];
} __attribute__((aligned(16))) vreg;

/* An argument of a helper: general register value in .d[0], vector in all of it. */
typedef union vreg harg;

/* Bits of an index of the tables of indirect branches. Code looks in the near one, by the low bits of the address. It begins with 256
 * entries, a page, as a short program has few targets, and a fork copies what was written; it grows when they displace each other. When it has
 * all its entries, what misses there looks in the far one. That has all targets that have missed since; it adds the bits from IBTC_FOLD on to
 * the low ones without carry, because functions are often aligned (V8's to 32 bytes), so that their low bits tell little. */
#define IBTC_FIRST_BITS 8
#define IBTC_BITS 12
#define IBTC_FAR_BITS 12
#define IBTC_FOLD 12
struct ibtc_entry {
        uint64_t pc; /* guest pc, or IBTC_EMPTY */
        void *code;  /* host entry point */
};

/* A pc that entry k of a table never holds, which marks it as empty: 0, and for entry 0, where 0 belongs, 4. */
#define IBTC_EMPTY(k) ((k) ? UINT64_C(0) : UINT64_C(4))

struct cpu {
        uint64_t x[32]; /* x0..x30, sp */
        uint64_t pc;    /* valid outside of translated code */
        /* NZCV in the places where LAHF and SETO put the host's flags: bit 0 is V, bit 8 C, bit 14 Z, bit 15 N. C has Arm's
         * sense: a subtraction without borrow sets it. flags_to_nzcv() and nzcv_to_flags() convert. */
        uint32_t flags;
        uint32_t poll;        /* non-zero: leave translated code at the next poll (an asynchronous request) */
        uint32_t ibtc_mask;   /* of the near table: the bits of an address that are an index */
        uint32_t has_far;     /* 1: the far table has entries, or had */
        uint64_t excl_addr;   /* exclusive monitor: address, or ~0 when open */
        uint64_t excl_val[2]; /* exclusive monitor: the value that was loaded */
        uint64_t tpidr;       /* TPIDR_EL0; of 32-bit guests TPIDRURO */
        uint64_t tpidrurw;    /* of 32-bit guests */
        uint32_t fpcr;        /* FPCR as the guest wrote it */
        uint32_t fpsr;        /* sticky bits gathered by software; MXCSR holds the rest while code runs */
        uint32_t mxcsr;       /* the MXCSR to run the guest with */
        uint32_t mode;        /* enum mode (guest/loc.h): regions are looked up with it. Bits 15:8: of the instruction at pc */
        void *host_sp;        /* C stack while in translated code */
        void *ret_sp;         /* call/return stack while in C */
        void *ret_base;       /* where ret_sp is when the call/return stack is empty */
        uint64_t helper_pc;   /* guest pc of the running helper that may fault, else 0 */
        uint64_t exit_site;   /* EXIT_LINK, EXIT_POLL: the host address behind the exit's CALL */
        uint64_t flush_addr;  /* EXIT_ICACHE: a guest address in the line */
        uint64_t helper_imm;  /* the running helper's constant */
        vreg v[32];
        vreg spill[32];                             /* values that found no register inside a region */
        const char *image;                          /* where the translator's image begins: helpers are called by their offsets */
        vreg save[24];                              /* registers around a helper call (x64/stubs.c) */
        harg harg[4];                               /* of a helper: [0] its result, [1] to [3] its arguments */
        struct thread *thread;                      /* the rest of the guest thread (run/thread.h) */
        struct ibtc_entry ibtc[1u << IBTC_BITS];    /* targets of indirect branches: the near table, */
        struct ibtc_entry far[1u << IBTC_FAR_BITS]; /* and the far one */
};

/* Returns a mode with bits 15:8 replaced by those of an instruction. */
static inline uint32_t mode_at_insn(uint32_t mode, uint8_t insn)
{
        return (mode & ~UINT32_C(0xff00)) | (uint32_t)insn << 8;
}

/* What NZCV is to be made from when somebody asks. An exit behind which nobody is seen to ask leaves that: it takes two stores or
 * three, where making NZCV takes ten instructions. struct ir_guest says where in struct cpu it is. */
struct flags_source {
        uint32_t a, b; /* operands of `sum` */
        uint32_t n;    /* N and Z are its */
        uint32_t c;    /* C is its bit 0 */
        union {
                struct {
                        uint8_t sum;       /* enum flags_sum: what n and c do not tell is that of the sum */
                        uint8_t nz, carry; /* 1: n counts; c counts */
                        uint8_t byte;      /* an operand of `sum` */
                };
                uint32_t any; /* 0: NZCV is in cpu->flags */
        };
};

enum flags_sum {
        SUM_NONE,     /* what n and c do not tell is in cpu->flags */
        SUM_ADD,      /* a + b */
        SUM_SUB,      /* a - b */
        SUM_ADD_BYTE, /* a + byte */
        SUM_SUB_BYTE, /* a - byte */
        SUM_SUB_0,    /* n - 0 */
};

/* Returns NZCV, in the form of cpu->flags, of a + b + carry, of width sz (2 or 3). */
uint32_t cpu_flags_of_sum(uint64_t a, uint64_t b, unsigned carry, unsigned sz);
/* Makes cpu->flags from what the guest's *from says, and empties that. */
void cpu_make_flags(struct cpu *cpu, struct flags_source *from);

/* Offset of a field from RBP in translated code, and where RBP is. */
#define CPU_BASE 20
#define CPU_OFF_AT(offset) ((int32_t)(offset) - (int32_t)offsetof(struct cpu, x[CPU_BASE]))
#define CPU_OFF(field) CPU_OFF_AT(offsetof(struct cpu, field))

/* Returns NZCV in bits 31:28, as MRS NZCV gives it. */
static inline uint32_t flags_to_nzcv(uint32_t f)
{
        return (f & 0x8000) << 16 | (f & 0x4000) << 16 | (f & 0x100) << 21 | (f & 1) << 28;
}

/* Takes NZCV in bits 31:28 (others ignored); returns the form of cpu->flags. */
static inline uint32_t nzcv_to_flags(uint32_t n)
{
        return (n >> 16 & 0xc000) | (n >> 21 & 0x100) | (n >> 28 & 1);
}

/* What a comparison of floating-point numbers found, as the host found it. */
enum fcmp {
        FCMP_PLAIN = 1, /* UCOMISx a, b has left the byte in bits 15:8 in EFLAGS */
        FCMP_SWAP = 2,  /* UCOMISx b, a has */
        FCMP_CF = 1 << 8,
        FCMP_PF = 1 << 10,
        FCMP_ZF = 1 << 14,
};

/* Takes NZCV in bits 31:28, or in the form above; returns bits 31:28. */
static inline uint32_t fcmp_to_nzcv(uint64_t v)
{
        if (!(v & (FCMP_PLAIN | FCMP_SWAP)))
                return (uint32_t)v & 0xf0000000;
        if (v & FCMP_PF)
                return UINT32_C(3) << 28; /* unordered */
        if (v & FCMP_ZF)
                return UINT32_C(6) << 28;
        return !(v & FCMP_CF) == !(v & FCMP_SWAP) ? UINT32_C(2) << 28 : UINT32_C(8) << 28; /* a > b, a < b */
}
