/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions that write some of the flags or all (FEAT_FLAGM), the first ones behind a branch that leaves the region: flags
 * that they keep must have been saved there. (32-bit ARM has none of these instructions.) */
#include "check.h"
#include <sys/auxv.h>

enum { N = 8, Z = 4, C = 2, V = 1 };

static volatile uint64_t zero;
static const uint64_t values[] = { 0,      1,      5,       0x7f,    0x80,       0xff,       0x100, 0x180,
                                   0x8000, 0xff00, 0x10000, 0x18000, 0xdeadbeef, 1ull << 63, ~0ull };

/* The flags behind `insn` when they were `flags` before a branch to it. v: the value of its register, %3. */
#define FLAGS_BEHIND(insn, flags, v) \
        ({ \
                uint64_t f; \
                __asm__ volatile(".arch_extension flagm\n\t" \
                                 "msr nzcv, %1\n\t" \
                                 "cbz %2, 1f\n\t" \
                                 "adds xzr, xzr, xzr\n" \
                                 "1:\t" insn "\n\t" \
                                 "mrs %0, nzcv" \
                                 : "=&r"(f) \
                                 : "r"((uint64_t)(flags) << 28), "r"(zero), "r"(v) \
                                 : "cc"); \
                f >> 28; \
        })

static unsigned after_setf(unsigned flags, uint64_t v, unsigned bits)
{
        unsigned sign = v >> (bits - 1) & 1, above = v >> bits & 1;
        return (sign ? N : 0) | (v << (64 - bits) ? 0 : Z) | (flags & C) | (sign ^ above ? V : 0);
}

static unsigned after_rmif(unsigned flags, uint64_t v, unsigned by, unsigned mask)
{
        uint64_t rotated = by ? v >> by | v << (64 - by) : v;
        return (flags & ~mask) | (rotated & mask);
}

#define RMIF_IS_RIGHT(by, mask, flags, v) EQ(FLAGS_BEHIND("rmif %3, #" #by ", #" #mask, flags, v), after_rmif(flags, v, by, mask))

TEST(some_flags_are_written)
{
        CHECK(getauxval(AT_HWCAP) & HWCAP_FLAGM);
        for (unsigned flags = 0; flags < 16; flags++) {
                EQ(FLAGS_BEHIND("cfinv", flags, 0), flags ^ C);
                for (unsigned k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
                        uint64_t v = values[k];
                        EQ(FLAGS_BEHIND("setf8 %w3", flags, v), after_setf(flags, v, 8));
                        EQ(FLAGS_BEHIND("setf16 %w3", flags, v), after_setf(flags, v, 16));
                        RMIF_IS_RIGHT(0, 0, flags, v);
                        RMIF_IS_RIGHT(0, 15, flags, v);
                        RMIF_IS_RIGHT(5, 8, flags, v);
                        RMIF_IS_RIGHT(28, 6, flags, v);
                        RMIF_IS_RIGHT(62, 7, flags, v);
                        RMIF_IS_RIGHT(63, 15, flags, v);
                }
        }
}
