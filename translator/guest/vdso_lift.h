/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The instructions of the guest's vDSO that stand for calls of ours (linux/vdso.c). */
#pragma once
#include "lift.h"

/* True, and the instruction was lifted, when the one at l->pc is one of them. */
bool vdso_lift(struct lift *l);

/* Is it an address in the vDSO? The same words mean something else elsewhere. */
bool vdso_contains(uint64_t pc);
