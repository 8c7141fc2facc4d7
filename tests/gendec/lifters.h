/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Computed values in the tables of this test (A32ExpandImm, T32ExpandImm). */
#pragma once
#include <stdint.h>

uint32_t a32_rotated(unsigned rot, unsigned imm8);
uint32_t a32_expand(unsigned high, unsigned imm8);
