/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Indirect branches (see code_table.h). */
#include "code_table.h"
#include "guest/guest.h"
#include "rt/rt.h"

enum { ENTRIES_MAX = 1024, UNROLLED_MAX = 64 };

static fetch_fn *fetch_code;

/* Reads so many bytes at an address, which are in one line. Returns false when they are no code. */
static bool read(uint64_t addr, void *ret, unsigned bytes)
{
        const uint8_t *p = addr % FETCH_LINE <= FETCH_LINE - bytes ? fetch_code(addr) : NULL;
        if (!p)
                return false;
        memcpy(ret, p, bytes);
        return true;
}

/* TBB and TBH with the table behind them: distances forward, in halfwords. The table ends where the nearest target is, or before. */
static void halfwords(uint64_t base, unsigned size, void (*f)(uint64_t target))
{
        uint64_t end = UINT64_MAX;
        uint16_t distance = 0;
        for (uint64_t at = base; at < end && read(at, &distance, size) && distance; at += size) {
                uint64_t target = base + 2u * distance;
                if (target < end)
                        end = target;
                f(target | the_guest->state_bits);
        }
}

/* A table of distances from itself. Those of a T32 function are odd. */
static void distances(uint64_t base, uint64_t state, void (*f)(uint64_t target))
{
        enum { FAR = 1 << 16 };
        uint64_t end = UINT64_MAX;
        int32_t d;
        for (unsigned k = 0; k < ENTRIES_MAX && base + 4 * k < end && read(base + 4 * k, &d, sizeof(d)); k++) {
                if (d <= -FAR || d >= FAR || !d || ((uint32_t)d & 3 & (state ? 1 : 3)) != state)
                        return;
                uint64_t target = base + (uint64_t)(int64_t)d;
                if (d > 0 && guest_address(target) < end)
                        end = guest_address(target);
                f(target);
        }
}

/* The half of an instruction that has no small numbers in it. */
static bool kind_of(uint64_t addr, uint64_t state, uint16_t *ret)
{
        return read(addr + (state ? 0 : 2), ret, sizeof(*ret));
}

/* Steps of a loop that is unrolled, as they are for copying and dividing: all that begin as the first one. */
static bool steps(uint64_t base, uint64_t state, void (*f)(uint64_t target))
{
        enum { ENOUGH = 4 };
        uint16_t first, other;
        for (unsigned stride = 4; kind_of(base, state, &first) && stride <= 16; stride += 4) {
                unsigned n = 1;
                while (n < UNROLLED_MAX && kind_of(base + n * stride, state, &other) && other == first)
                        n++;
                for (unsigned k = 0; n >= ENOUGH && k < n; k++)
                        f((base + k * stride) | state);
                if (n >= ENOUGH)
                        return true;
        }
        return false;
}

static void of_thumb(uint64_t at, uint64_t base, void (*f)(uint64_t target))
{
        uint16_t first, second;
        if (!read(at, &first, sizeof(first)))
                return;
        if (first == 0xe8df && read(at + 2, &second, sizeof(second)) && (second & 0xffe0) == 0xf000)
                halfwords(at + 4, second & 0x10 ? 2 : 1, f);
        else if ((first & 0xff87) == 0x4687 && base) /* MOV PC */
                steps(base, 1, f);
        else if (base)
                distances(base, 1, f);
}

static void of_arm(uint64_t at, uint64_t base, void (*f)(uint64_t target))
{
        uint32_t insn;
        if (!read(at, &insn, sizeof(insn)))
                return;
        if ((insn & 0x0ffff000) != 0x008ff000) { /* ADD PC, PC */
                if (base)
                        distances(base, 0, f);
                return;
        }
        for (unsigned gap = 4; gap <= 12 && !steps(at + gap, 0, f); gap += 4)
                ;
}

void code_table_each(fetch_fn *fetch, uint64_t pc, uint64_t base, void (*f)(uint64_t target))
{
        fetch_code = fetch;
        if (!the_guest->state_bits)
                return;
        if (pc & the_guest->state_bits)
                of_thumb(guest_address(pc), base, f);
        else
                of_arm(pc, base, f);
}
