/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A unit, of which the input is the beginning: header and pages. The rest of it is zeros. */
#include "fuzz.h"

#include "cache/unit.h"

enum { ROOM = 1 << 17 };

static _Alignas(4096) uint8_t room[ROOM];

static bool inside(uint64_t at, uint64_t bytes, uint64_t size)
{
        return at + bytes <= size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct cache_unit h;
        struct unit u;

        if (size < sizeof(h) || size > ROOM)
                return 0;
        memset(room, 0, sizeof(room));
        memcpy(room, data, size);
        memcpy(&h, data, sizeof(h));
        uint64_t bytes = (uint64_t)h.data_bytes + h.code_bytes;
        if (bytes > ROOM)
                bytes = ROOM;
        /* What is behind the unit must not be touched. */
        uint8_t *copy = malloc(bytes ? bytes : 1);
        MUST(copy);
        memcpy(copy, room, bytes);
        if (unit_open(copy, bytes, &u) == 0) {
                for (uint32_t i = 0; i < u.header->npages; i++) {
                        const struct cache_page *p = &u.pages[i];
                        MUST(inside(p->text_at, p->text_bytes, u.header->data_bytes));
                        MUST(inside(p->block_at, p->block_bytes, u.header->data_bytes));
                        MUST(inside(p->code_at, p->code_bytes, u.header->code_bytes) && p->code_at >= u.header->stubs_bytes);
                        MUST(inside(p->slots_at, p->nslots * 8ULL, u.header->slots_bytes));
                }
                if (unit_compare(&u, data, size) == 0)
                        MUST((uint64_t)u.pages[u.header->npages - 1].file_page * CACHE_PAGE < size);
        }
        free(copy);
        return 0;
}
