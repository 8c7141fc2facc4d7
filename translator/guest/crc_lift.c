/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CRC instructions (see crc_lift.h). */
#include "crc_lift.h"

/* arg[1] = CRC-32 (polynomial 0x04c11db7, reflected) so far, arg[2] = 1 << imm bytes of data. */
static void helper_crc32(struct cpu *cpu, harg *arg, uint64_t imm)
{
        static const uint32_t table[16] = {
                0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
        };
        uint32_t crc = (uint32_t)arg[1].d[0];
        uint64_t data = arg[2].d[0];
        (void)cpu;
        for (unsigned n = 2u << imm; n; n--, data >>= 4)
                crc = crc >> 4 ^ table[(crc ^ data) & 15];
        arg[0].d[0] = crc;
}

ref lift_crc32(struct ir *ir, bool castagnoli, unsigned sz, ref crc, ref data)
{
        if (castagnoli)
                return ir_opi(ir, IR_CRC32C, 2, crc, data, REF_NONE, (int64_t)((uint64_t)sz << 32));
        return ir_helper_g(ir, helper_crc32, crc, data, REF_NONE, sz);
}
