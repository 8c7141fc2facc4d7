/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers for fuzz-ir. */
#include "fuzz-ir.h"

uint64_t rng_state;

uint64_t rnd(void)
{ /* splitmix64 */
        uint64_t z = rng_state += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        return z ^ z >> 31;
}

uint64_t interesting(void)
{
        static const uint64_t v[] = { 0,
                                      1,
                                      2,
                                      3,
                                      31,
                                      32,
                                      63,
                                      64,
                                      0x7f,
                                      0x80,
                                      0xff,
                                      0x7fff,
                                      0x8000,
                                      0x7fffffff,
                                      0x80000000,
                                      0xffffffff,
                                      0x100000000,
                                      0x7fffffffffffffff,
                                      0x8000000000000000,
                                      0xffffffffffffffff };
        return rnd() & 1 ? v[rnd() % (sizeof(v) / sizeof(v[0]))] : rnd();
}

uint8_t flags_asked[IR_MAX];

uint32_t flags_of_parts(unsigned parts)
{
        return (parts & FLAGS_NZ ? 0xc000 : 0) | (parts & FLAGS_C ? 0x100 : 0) | (parts & FLAGS_V ? 1 : 0);
}
