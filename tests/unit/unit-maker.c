/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit-maker.h"

#include <stdlib.h>
#include <string.h>

enum { STUBS = 64, CODE = 64, SLOTS = 2 };

/* What belongs to each page. */
struct block {
        _Alignas(8) struct cache_block block;
        uint16_t in_page[2]; /* the second one is not used: the next kind is at a multiple of 4 */
        uint32_t code_at[1];
        uint32_t link[SLOTS - 1];
        int32_t target[SLOTS - 1];
        _Alignas(8) struct cache_region regions[1];
        struct cache_exit exits[1];
        uint8_t journal[8];
};

static size_t round_up(size_t n)
{
        return (n + CACHE_PAGE - 1) / CACHE_PAGE * CACHE_PAGE;
}

uint64_t unit_make_key(const void *page)
{
        uint64_t key = 14695981039346656037ULL;

        for (size_t i = 0; i < CACHE_PAGE; i++)
                key = (key ^ ((const uint8_t *)page)[i]) * 1099511628211ULL;
        return key;
}

static const struct block a_block = {
        .block = { .nregions = 1, .nslots = SLOTS },
        .regions = { { .code_bytes = CODE,
                       .exits_at = offsetof(struct block, exits),
                       .traps_at = offsetof(struct block, journal),
                       .journal_at = offsetof(struct block, journal),
                       .njournal = 8,
                       .nexits = 1 } },
        .link = { 32 },
        .target = { CACHE_PAGE + 4 },
        .exits = { { .target = 4, .at = 48, .poll = 1 } },
};

uint8_t *unit_make(const void *guest, size_t guest_size, uint32_t first, uint32_t npages, uint8_t config, size_t *ret_size)
{
        size_t text_at = sizeof(struct cache_unit) + npages * sizeof(struct cache_page), text = (size_t)npages * CACHE_PAGE;
        size_t blocks_at = text_at + text + 256, data = round_up(blocks_at + npages * sizeof(struct block));
        size_t code = round_up(STUBS + (size_t)npages * CODE), slots = round_up((size_t)npages * SLOTS * 8);
        uint8_t *unit = calloc(1, data + code);

        struct cache_unit *h = (struct cache_unit *)unit;
        *h = (struct cache_unit){ .npages = npages,
                                  .data_bytes = (uint32_t)data,
                                  .code_bytes = (uint32_t)code,
                                  .stubs_bytes = STUBS,
                                  .slots_bytes = (uint32_t)slots };
        memcpy(h->magic, CACHE_UNIT_MAGIC, sizeof(h->magic));
        memset(h->config, config, sizeof(h->config));
        size_t there = guest_size - (size_t)first * CACHE_PAGE;
        memcpy(unit + text_at, (const uint8_t *)guest + (size_t)first * CACHE_PAGE, there < text ? there : text);
        for (uint32_t i = 0; i < npages; i++) {
                struct cache_page *p = (struct cache_page *)(h + 1) + i;
                *p = (struct cache_page){ .file_page = first + i,
                                          .text_at = (uint32_t)(text_at + (size_t)i * CACHE_PAGE),
                                          .text_bytes = i + 1 < npages ? CACHE_PAGE + CACHE_TAIL : CACHE_PAGE,
                                          .block_at = (uint32_t)(blocks_at + i * sizeof(struct block)),
                                          .block_bytes = sizeof(struct block),
                                          .code_at = STUBS + i * CODE,
                                          .code_bytes = CODE,
                                          .slots_at = i * SLOTS * 8,
                                          .nslots = SLOTS };
                p->key = unit_make_key(unit + p->text_at);
                memcpy(unit + p->block_at, &a_block, sizeof(a_block));
        }
        memset(unit + data, 0xcc, STUBS + (size_t)npages * CODE);
        *ret_size = data + code;
        return unit;
}
