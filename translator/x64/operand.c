/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address of an instruction's memory operand. The host does not tell it when it is not canonical. */
#include "region.h"

static int64_t read_signed(const uint8_t *p, unsigned bytes)
{
        return bytes == 1 ? (int8_t)p[0]
                          : (int32_t)((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
}

static bool is_prefix(uint8_t b)
{
        return b == 0x66 || b == 0xf2 || b == 0xf3 || b == 0xf0;
}

/* Skips prefixes and opcode (Intel SDM volume 2, 2.1, 2.2.1, 2.3). Returns where ModRM is; bits of *ret_rex as in REX. */
static const uint8_t *skip_opcode(const uint8_t *p, unsigned *ret_rex)
{
        while (is_prefix(*p))
                p++;
        if (*p == 0xc5)
                return p + 3;
        if (*p == 0xc4) {
                *ret_rex = ~(unsigned)p[1] >> 5 & 3; /* X, B */
                return p + 4;
        }
        if ((*p & 0xf0) == 0x40)
                *ret_rex = *p++;
        if (*p != 0x0f)
                return p + 1;
        return p[1] == 0x38 || p[1] == 0x3a ? p + 3 : p + 2;
}

bool x64_operand_address(const uint8_t *insn, const uint64_t gpr[16], uint64_t *ret)
{
        unsigned rex = 0;
        const uint8_t *p = skip_opcode(insn, &rex);
        unsigned mod = *p >> 6, base = *p & 7, index = 4, shift = 0;
        if (mod == 3 || (mod == 0 && base == 5))
                return false; /* register, or relative to RIP */
        p++;
        if (base == 4) {
                shift = *p >> 6;
                index = (*p >> 3 & 7) | (rex & 2) << 2;
                base = *p++ & 7;
        }
        bool no_base = mod == 0 && base == 5;
        uint64_t a = no_base ? 0 : gpr[base | (rex & 1) << 3];
        if (index != 4)
                a += gpr[index] << shift;
        if (mod == 1)
                a += (uint64_t)read_signed(p, 1);
        else if (mod == 2 || no_base)
                a += (uint64_t)read_signed(p, 4);
        *ret = a;
        return true;
}
