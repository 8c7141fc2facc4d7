/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading T32, the units of which have 16 bits. */
#pragma once
#include "guest/code.h"

/* Units of the Thumb instruction that begins with `unit`: 1 or 2. */
static inline unsigned a32_thumb_units(uint16_t unit)
{
        return unit >> 11 >= 0x1d ? 2 : 1;
}

/* As a32_read_thumb(), wherever the instruction lies. */
unsigned a32_read_thumb_units(struct code_reader *code, uint32_t *ret);

/* Reads an instruction: its two units in their order, or a single one in the upper half. Returns how many bytes it has, 0 when it
 * cannot be read. */
static inline unsigned a32_read_thumb(struct code_reader *code, uint32_t *ret)
{
        uint32_t pair;

        if (!code_peek_pair(code, &pair))
                return a32_read_thumb_units(code, ret);
        unsigned bytes = 2 * a32_thumb_units((uint16_t)(pair >> 16));
        *ret = bytes == 2 ? pair & 0xffff0000 : pair;
        code_skip(code, bytes);
        return bytes;
}
