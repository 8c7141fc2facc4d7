/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading T32 (see thumb.h). */
#include "thumb.h"

unsigned a32_read_thumb_units(struct code_reader *code, uint32_t *ret)
{
        uint16_t first, second = 0;

        if (!code_read16(code, &first))
                return 0;
        unsigned units = a32_thumb_units(first);
        if (units == 2 && !code_read16(code, &second))
                return 0;
        *ret = (uint32_t)first << 16 | second;
        return 2 * units;
}
