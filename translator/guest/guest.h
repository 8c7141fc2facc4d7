/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seam between guest architectures and the rest: struct guest has all that run/ and linux/ need to know of one. A process
 * runs one guest, which the loader chooses by the program's ELF header.
 *
 * Translated code never calls these functions. They are called once for a region that is lifted, an exit, an instruction that is
 * printed, a thread, or a fault.
 */
#pragma once
#include "ir/slots.h"
#include "code.h"

struct cpu;
struct lift;
struct loop_map;

/* What an instruction does to memory, as far as the description of its fault tells. */
enum access_kind {
        ACCESS_LOAD,
        ACCESS_STORE,
        ACCESS_ATOMIC, /* reads, then writes */
        ACCESS_CACHE,  /* maintenance by address */
};
struct access {
        enum access_kind kind;
        bool has_base; /* the address begins with a register, whose value is `base` */
        uint64_t base;
};

struct guest {
        const char *name;  /* as -version tells it */
        uint8_t elf_class; /* e_ident[EI_CLASS] and e_machine of its programs */
        uint16_t elf_machine;
        uint64_t address_limit;  /* the first address that is none */
        uint64_t state_bits;     /* bits of a pc that are state of the CPU and no part of the address (loc.h) */
        bool standard_fp;        /* it has instructions that compute in the standard FP state (FPO_STANDARD) */
        unsigned max_side_exits; /* conditional branches, and the like, that a region passes */
        const struct ir_guest *registers;

        /* Lifts a region, instruction by instruction: reads it through l->code, calls lift_begin(), emits what it does, or calls
         * lift_undefined(). It does so while lift_next() says that the region goes on, and there is code to be read. */
        void (*lift)(struct lift *l);

        /* Returns the parts of NZCV (enum flags_parts) that some path from pc may read before it overwrites them, as far as a
         * short look shows, and perhaps FLAGS_UNASKED. */
        unsigned (*flags_live)(fetch_fn *fetch, uint64_t pc);
        /* Notes the places that branches of code in this state (state_bits) lead back to in a page, which is copied to an address that is
         * a multiple of 16. */
        void (*find_loops)(const uint8_t *page, uint64_t state, struct loop_map *map);
        /* Called before the exit that leads from a region to its own beginning; NULL: the guest has nothing to do there. */
        void (*before_loop)(struct lift *l);

        /* Writes the instruction at pc to `text`, in hexadecimal and as assembler. Returns false when it cannot be read. */
        bool (*print)(fetch_fn *fetch, uint64_t pc, char *text, size_t size);

        /* For a new thread: opens its exclusive monitor, and makes what follows from its registers as they are now. */
        void (*reset_state)(struct cpu *cpu);

        /* Copies the registers that a new thread takes over from the thread that makes it, which is the caller. */
        void (*copy_state)(struct cpu *to, struct cpu *from);

        /* Describes what the instruction at cpu->pc, whose access to memory faulted, was doing. */
        struct access (*describe_fault)(const struct cpu *cpu);
};

/* The process's guest; NULL until the loader has chosen it, with the interface that its programs are made for (linux/abi.h). */
extern const struct guest *the_guest;

/* The address that a pc stands for. */
static inline uint64_t guest_address(uint64_t pc)
{
        return pc & ~the_guest->state_bits;
}

/* Bytes of the guest's unit of code: instructions begin at multiples of it. */
static inline unsigned guest_unit(void)
{
        return 1u << the_guest->registers->code_shift;
}
