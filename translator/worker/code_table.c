/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of branches (see code_table.h). */
#include "code_table.h"
#include "guest/guest.h"
#include "rt/rt.h"
#include "window.h"

/* TBB and TBH with the table behind them: distances forward, in halfwords. The table ends where the nearest target is, or before. */
static void thumb_table(uint64_t pc, void (*f)(uint64_t target))
{
        const uint64_t base = guest_address(pc) + 4;
        const uint8_t *p = window_fetch(guest_address(pc)), *q = window_fetch(guest_address(pc) + 2);
        uint16_t first, second;
        if (!p || !q)
                return;
        memcpy(&first, p, sizeof(first));
        memcpy(&second, q, sizeof(second));
        if (first != 0xe8df || (second & 0xffe0) != 0xf000)
                return;
        const unsigned size = second & 0x10 ? 2 : 1;
        uint64_t end = UINT64_MAX;
        for (uint64_t at = base; at < end; at += size) {
                uint16_t distance = 0;
                const uint8_t *e = window_fetch(at), *last = window_fetch(at + size - 1);
                if (!e || !last)
                        return;
                memcpy(&distance, e, size);
                uint64_t target = base + 2u * distance;
                if (!distance)
                        return;
                if (target < end)
                        end = target;
                f(target | (pc & the_guest->state_bits));
        }
}

void code_table_each(uint64_t pc, void (*f)(uint64_t target))
{
        if (pc & the_guest->state_bits)
                thumb_table(pc, f);
}
