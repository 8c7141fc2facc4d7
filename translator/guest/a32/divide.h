/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of a division in software. */
#pragma once
#include "lift_a32.h"

/* To be called before CMP rn, rm is lifted, which is done always. Where it begins a loop that divides numbers of 64 bits by shifting
 * and subtracting, as libgcc's __udivmoddi4 does, emits what does the loop, and returns true: the comparison is then not to be lifted. */
bool a32_divide_at_once(struct lift *l, unsigned rn, unsigned rm);
