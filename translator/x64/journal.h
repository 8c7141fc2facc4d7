/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal of a region: how the places of the guest's registers change along its code.
 *
 * It is a sequence of entries in code order. An entry begins with a byte: its distance from the previous one in bytes of code
 * (255: the next two bytes, little-endian, hold it). The second byte says what changed; the new value follows:
 *   slot 0 .. SLOT_FC   byte, place: 0-15 general register, 16-31 vector register, 32.. + slot: that slot's field in
 *                       struct cpu, 128.. + k: spill slot; J_HIGH...: the high half of what is in a vector register, a
 *                       vector slot's field, a spill slot; J_CONST: eight bytes of constant; J_PCREL: four bytes, the constant is
 *                       the region's pc + this (signed), of guests with addresses of 32 bits the low 32 bits of the sum;
 *                       for SLOT_NZCV also J_FLAGS: the flags are described by J_KIND
 *   J_PC                four bytes: pc relative to the region's
 *   J_KIND              byte, enum fkind; byte, width
 *   J_PARTS             byte, what is replaced of the flags that the last J_KIND describes (J_OF_...); byte, width of SLOT_FN
 *   J_MODE              byte: bits 15:8 of cpu->mode; 0 at the start
 * At the start each pinned slot is in its pin, every other one in its field. Entries up to and including the
 * faulting instruction's offset hold.
 */
#pragma once

enum {
        J_PC = 0x80,
        J_KIND = 0x81,
        J_MODE = 0x82,
        J_PARTS = 0x83,
        J_FIELD = 32,
        J_HIGH_REG = 100,
        J_SPILL = 128,
        J_HIGH_SPILL = 160,
        J_HIGH_FIELD = 192, /* + slot - SLOT_V0 */
        J_PCREL = 0xfd,
        J_FLAGS = 0xfe,
        J_CONST = 0xff,
};

/* Parts of flags: N and Z come from the place of SLOT_FN; C from that of SLOT_FC too. */
enum { J_OF_NZ = 1, J_OF_NZC = 2 };

/* Where a flags value is, or what it is made from. */
enum fkind {
        K_NONE, /* not in EFLAGS; in the journal: where the place of SLOT_NZCV says */
        /* in EFLAGS, with Arm's N, Z and V; CF is */
        K_SUB,       /* the inverse of Arm's C */
        K_ADD,       /* Arm's C (results of logical operations too) */
        K_FCMP,      /* what UCOMISx a, b makes */
        K_FCMP_SWAP, /* what UCOMISx b, a makes */
        /* in the journal only: nowhere, but the operands are where the places of SLOT_FA and SLOT_FB say */
        K_OF_SUB,
        K_OF_ADD,
        K_OF_AND,
        K_OF_FCMP, /* doubles or singles by width, in vector registers */
};
