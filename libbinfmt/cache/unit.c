/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/util.h"

/* More pages than the largest file has that is looked at. */
#define PAGES_MAX (1u << 20)

/* Whether so many bytes at this place are inside size bytes. */
static bool inside(uint64_t at, uint64_t bytes, uint64_t size)
{
        return at <= size && bytes <= size - at;
}

static bool header_is_good(const struct cache_unit *h, size_t size)
{
        if (memcmp(h->magic, CACHE_UNIT_MAGIC, sizeof(h->magic)) != 0)
                return false;
        if (h->data_bytes % CACHE_PAGE || h->code_bytes % CACHE_PAGE || (uint64_t)h->data_bytes + h->code_bytes != size)
                return false;
        if (h->npages == 0 || h->npages > PAGES_MAX ||
            !inside(sizeof(*h), (uint64_t)h->npages * sizeof(struct cache_page), h->data_bytes))
                return false;
        if (h->slots_bytes % CACHE_PAGE || h->slots_bytes == 0 || h->slots_bytes > h->code_bytes ||
            h->stubs_bytes > h->code_bytes)
                return false;
        return true;
}

static bool page_is_good(const struct unit *u, const struct cache_page *p)
{
        const struct cache_unit *h = u->header;

        if (p->text_bytes < CACHE_PAGE || p->text_bytes > CACHE_PAGE + CACHE_TAIL ||
            !inside(p->text_at, p->text_bytes, h->data_bytes))
                return false;
        if (p->block_at % 8 || p->block_bytes < sizeof(struct cache_block) || !inside(p->block_at, p->block_bytes, h->data_bytes))
                return false;
        if (p->code_at < h->stubs_bytes || !inside(p->code_at, p->code_bytes, h->code_bytes))
                return false;
        return p->nslots > 0 && p->slots_at % 8 == 0 && inside(p->slots_at, (uint64_t)p->nslots * 8, h->slots_bytes);
}

int unit_open(const void *data, size_t size, struct unit *ret)
{
        struct unit u = { .data = data, .size = size, .header = data };

        if (size < sizeof(*u.header) || !header_is_good(u.header, size))
                return -EBADMSG;
        u.pages = (const void *)(u.header + 1);
        for (uint32_t i = 0; i < u.header->npages; i++)
                if (!page_is_good(&u, &u.pages[i]))
                        return -EBADMSG;
        *ret = u;
        return 0;
}

/* Whether a text is what a process has that maps the guest file: behind the file's end, the rest of its last page is zeros. */
static bool is_in_file(const uint8_t *text, const struct cache_page *p, const uint8_t *guest, size_t guest_size)
{
        uint64_t at = (uint64_t)p->file_page * CACHE_PAGE,
                 mapped = ((uint64_t)guest_size + CACHE_PAGE - 1) & ~(CACHE_PAGE - 1ULL);

        if (!inside(at, p->text_bytes, mapped))
                return false;
        size_t there = guest_size - at < p->text_bytes ? guest_size - at : p->text_bytes;
        if (memcmp(text, guest + at, there) != 0)
                return false;
        while (there < p->text_bytes)
                if (text[there++] != 0)
                        return false;
        return true;
}

int unit_compare(const struct unit *u, const void *guest, size_t guest_size)
{
        for (uint32_t i = 0; i < u->header->npages; i++) {
                const struct cache_page *p = &u->pages[i];
                if ((i > 0 && p->file_page <= p[-1].file_page) || !is_in_file(u->data + p->text_at, p, guest, guest_size))
                        return -EBADMSG;
        }
        return 0;
}

bool unit_is_current(const struct unit *u, const uint8_t (*configs)[CACHE_CONFIG], size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (memcmp(u->header->config, configs[i], CACHE_CONFIG) == 0)
                        return true;
        return false;
}
