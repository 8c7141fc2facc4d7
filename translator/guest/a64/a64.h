/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A64: the 64-bit instructions of AArch64. */
#pragma once
#include "guest/guest.h"

extern const struct guest guest_a64;

/* ---- parts of it, which have files of their own (guest/guest.h says what they do) ---- */

unsigned a64_flags_live(fetch_fn *fetch, uint64_t pc);
struct access a64_describe_fault(const struct cpu *cpu);
