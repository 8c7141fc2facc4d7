/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the integer ops compute (see alu.h). */
#include "alu.h"

static uint64_t reverse_bits(uint64_t v, unsigned bits)
{
        uint64_t r = 0;
        for (unsigned k = 0; k < bits; k++)
                r |= (v >> k & 1) << (bits - 1 - k);
        return r;
}

static uint64_t divide(const struct ir_ins *i, uint64_t x, uint64_t y)
{
        if (i->op == IR_UDIV)
                return y ? x / y : 0;
        int64_t a = sign_extend(x, i->sz), b = sign_extend(y, i->sz);
        if (!b)
                return 0;
        return b == -1 ? -(uint64_t)a : (uint64_t)(a / b);
}

static uint64_t crc32c(uint32_t crc, uint64_t data, unsigned bytes)
{
        for (unsigned k = 0; k < bytes; k++) {
                crc ^= (uint8_t)(data >> 8 * k);
                for (unsigned b = 0; b < 8; b++)
                        crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
        }
        return crc;
}

bool ir_alu(const struct ir_ins *i, uint64_t x, uint64_t y, unsigned carry, uint64_t *ret)
{
        uint64_t m = width_mask(i->sz), r;
        unsigned bits = 8u << i->sz, n = (unsigned)y & (bits - 1);
        switch (i->op) {
        case IR_ADD: r = x + y; break;
        case IR_SUB: r = x - y; break;
        case IR_ADC: r = x + y + carry; break;
        case IR_SBC: r = x - y - !carry; break;
        case IR_AND: r = x & y; break;
        case IR_OR: r = x | y; break;
        case IR_XOR: r = x ^ y; break;
        case IR_ANDN: r = x & ~y; break;
        case IR_NOT: r = ~x; break;
        case IR_NEG: r = -x; break;
        case IR_MUL: r = x * y; break;
        case IR_UMULH: r = (uint64_t)((unsigned __int128)x * y >> 64); break;
        case IR_SMULH: r = (uint64_t)((__int128)(int64_t)x * (int64_t)y >> 64); break;
        case IR_UDIV:
        case IR_SDIV: r = divide(i, x & m, y & m); break;
        case IR_SHL: r = x << n; break;
        case IR_SHR: r = (x & m) >> n; break;
        case IR_SAR: r = (uint64_t)(sign_extend(x, i->sz) >> n); break;
        case IR_ROR: r = n ? (x & m) >> n | x << (bits - n) : x; break;
        case IR_EXTR: r = (y & m) >> i->disp | x << (bits - (unsigned)i->disp); break;
        case IR_ZEXT: r = x & m; break;
        case IR_SEXT: r = (uint64_t)sign_extend(x, i->aux); break;
        case IR_CLZ: r = x & m ? (uint64_t)__builtin_clzll(x & m) - (64 - bits) : bits; break;
        case IR_RBIT: r = reverse_bits(x, bits); break;
        case IR_BSWAP: r = __builtin_bswap64(x) >> (64 - bits); break;
        case IR_REV16: r = (x & UINT64_C(0x00ff00ff00ff00ff)) << 8 | (x >> 8 & UINT64_C(0x00ff00ff00ff00ff)); break;
        case IR_BFI: {
                uint64_t f = width_mask(3) >> (64 - i->aux) << i->disp;
                r = (x & ~f) | (y << i->disp & f);
                break;
        }
        case IR_CRC32C: r = crc32c((uint32_t)x, y, 1u << i->aux); break;
        default: return false;
        }
        *ret = r & m;
        return true;
}
