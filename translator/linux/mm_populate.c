/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages that are asked for because a start needs most of them (see mm.h). */
#include "rt/rt.h"
#include "mm.h"

/* More bytes than these are not asked for: of large pieces less is needed. */
enum { DATA_MOST = 128 << 10, ZEROES_MOST = 32 << 10, SYMBOLS_MOST = 256 << 10 };
enum { PIECE = 64 << 10 };     /* as much as a fault maps of a file */
enum { SHARE_OF_SYMBOLS = 8 }; /* of a library's text, in one of them */

static void populate(uint64_t start, uint64_t end, uint64_t most)
{
        rt_populate((const void *)start, (const void *)(end - start < most ? end : start + most), true);
}

void mm_populate_data(uint64_t start, uint64_t end)
{
        populate(start, end, DATA_MOST);
}

void mm_populate_zeroes(uint64_t start, uint64_t end)
{
        populate(start, end, ZEROES_MOST);
}

void mm_populate_symbols(uint64_t start, uint64_t end)
{
        const uint64_t all = (end - start) / SHARE_OF_SYMBOLS, bytes = all < SYMBOLS_MOST ? all : SYMBOLS_MOST;
        for (uint64_t at = start; at <= start + bytes; at += PIECE)
                rt_populate((const void *)at, (const void *)(at + PAGE_SIZE), false);
}
