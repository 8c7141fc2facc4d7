/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions of random guest instructions for fuzz-ir, lifted: what those of all guests share. Those that branch or need the system are
 * left out, and FP arithmetic is software's (tests/fp has the host's). */
#pragma once
#include "../../translator/guest/code.h"
#include "enc.h"
#include "fuzz-ir.h"

/* The code of a region: as many bytes from pc0 on. */
enum { CODE_SIZE = 256 };
extern uint8_t fuzz_code[CODE_SIZE];
const uint8_t *fuzz_fetch(uint64_t addr);
