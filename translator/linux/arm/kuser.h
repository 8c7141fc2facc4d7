/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vectors page: a page near the end of the address space with code that the kernel offers to programs, the kuser helpers, and
 * with the code that handlers without SA_RESTORER return to (Documentation/arch/arm/kernel_user_helpers.rst;
 * arch/arm64/kernel/kuser32.S, sigreturn32.S). */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct lift;

enum {
        ARM_PAGE = 4096,
        /* places on the page */
        ARM_MEMORY_BARRIER_AT = 0xfa0,
        ARM_GET_TLS_AT = 0xfe0,
        ARM_SHORT = 2, /* words that these two have */
};
extern const uint32_t arm_memory_barrier[ARM_SHORT], arm_get_tls[ARM_SHORT];

/* Writes what is on the page. */
void arm_vectors_fill(uint32_t page[ARM_PAGE / 4]);

/* Maps it. At ARM_VECTORS (layout.h). Where that is refused there is none. */
void arm_map_vectors(void);

/* For guest/code.h: lifts what the kuser helper at `target` does, unless the program has put something else there: the page is part of
 * its address space. Those that compare and exchange run as the code on the page: when
 * the comparison fails they must not write. */
bool arm_lift_kuser(struct lift *l, uint64_t target);

/* The pc of the code that calls sigreturn or, `rt`, rt_sigreturn, in the state of the handler; and the same code in two words, for
 * frames. */
uint32_t arm_sigreturn_pc(bool thumb, bool rt);
void arm_sigreturn_words(bool thumb, bool rt, uint32_t ret[2]);
