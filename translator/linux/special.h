/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages that the guest's kernel gives each program: the vDSO, the vectors page of 32-bit ARM. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Maps memory for such pages, which can be written for now: at that address, or, if it is 0, where there is room. Returns the
 * address, or a negative errno. */
long special_map(uint64_t at, size_t size);
/* Makes them what they are for the program: it may read and execute them. In /proc/self/maps they have that name, "[vdso]" for
 * example. */
void special_seal(uint64_t start, size_t size, const char *name);
/* Returns the name of the pages that begin at `start`, or NULL. */
const char *special_name(uint64_t start);
