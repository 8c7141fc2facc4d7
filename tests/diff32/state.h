/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine state of a case: how it is made from the seed, and the record of what it has become (harness.c, compare.c). */
#pragma once
#include <stdint.h>

enum { SCRATCH_SIZE = 4096 };
/* Everything has a fixed address, so that pointers are equal everywhere. */
#define SCRATCH 0x20001000u /* between two pages that are not mapped */
#define CODE 0x30000000u

struct record {
        uint32_t r[15], pc; /* pc: relative to the case's first instruction */
        uint32_t cpsr, fpscr, signal, unused;
        uint64_t d[32];
        uint64_t memory; /* hash */
};
