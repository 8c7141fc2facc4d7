/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine state of a case: how it is made from the seed, and the record of what it has become (harness.c, compare.c). */
#pragma once
#include <stdint.h>

enum { WORDS = 6, SCRATCH_SIZE = 4096 };
/* Everything has a fixed address, so that pointers are equal everywhere. */
#define SCRATCH UINT64_C(0x2000001000) /* between two pages that are not mapped */
#define CODE UINT64_C(0x2100000000)

struct record {
        uint64_t x[31], sp, pc; /* pc: relative to the case's first instruction */
        uint64_t v[32][2];
        uint32_t nzcv, fpsr, fpcr, signal;
        uint64_t memory; /* hash */
};
