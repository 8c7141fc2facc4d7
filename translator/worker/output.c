/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Laying out a unit (see output.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include "child.h"
#include "rt/rt.h"
#include "run/config.h"
#include "run/page_key.h"
#include "output.h"

/* Bytes that are added at the end, each piece at a multiple of some power of two. */
struct pile {
        uint8_t *start;
        size_t used;
};

static struct {
        struct cache_unit head;
        uint64_t budget, slots; /* slots: of all pages */
        struct cache_page *page;
        uint32_t *nplaces; /* of each page */
        struct pile text, blocks, code, places;
} unit;

static size_t rounded(size_t n, size_t to)
{
        return (n + to - 1) & ~(to - 1);
}

/* Puts bytes on a pile, which has room for them. Returns where they are. */
static uint32_t put(struct pile *p, const void *bytes, size_t n, size_t align)
{
        size_t at = rounded(p->used, align);
        memcpy(p->start + at, bytes, n);
        p->used = at + n;
        return (uint32_t)at;
}

void output_begin(uint64_t budget, const uint8_t *stubs, uint32_t stubs_bytes)
{
        enum { UNIT_MAX = 384 << 20 }; /* of addresses this takes four times as much */
        if (budget > UNIT_MAX)
                budget = UNIT_MAX;
        const size_t room = budget + sizeof(struct page_job);
        struct pile *piles[] = { &unit.text, &unit.blocks, &unit.code, &unit.places };
        unit.budget = budget;
        for (unsigned k = 0; k < sizeof(piles) / sizeof(piles[0]); k++)
                piles[k]->start = child_keep_memory(room);
        unit.page = child_keep_memory(PAGES_MAX * sizeof(unit.page[0]));
        unit.nplaces = child_keep_memory(PAGES_MAX * sizeof(unit.nplaces[0]));
        memcpy(unit.head.magic, CACHE_UNIT_MAGIC, sizeof(unit.head.magic));
        if (!config_get(unit.head.config))
                rt_die("this build has no build id");
        unit.head.stubs_bytes = stubs_bytes;
        put(&unit.code, stubs, stubs_bytes, 1);
}

uint32_t output_code_at(void)
{
        return (uint32_t)rounded(unit.code.used, 64);
}

/* Returns how many bytes the unit would have at least with so many more. */
static uint64_t bytes_with(uint64_t more)
{
        return CACHE_PAGE * 4 + (unit.head.npages + 1) * sizeof(struct cache_page) + unit.text.used + unit.blocks.used +
               unit.code.used + more;
}

/* Of pages that follow one another in the file, the text is put once. */
static uint32_t put_text(uint32_t file_page, const uint8_t *text, uint32_t text_bytes)
{
        const struct cache_page *last = unit.head.npages ? &unit.page[unit.head.npages - 1] : NULL;
        if (last && last->file_page + 1 == file_page)
                unit.text.used = last->text_at + CACHE_PAGE;
        return put(&unit.text, text, text_bytes, 64);
}

bool output_add(uint32_t file_page, const uint8_t *text, uint32_t text_bytes, const struct page_job *job)
{
        const uint32_t code_bytes = job->code_bytes, block_bytes = job->block_bytes, nslots = job->nslots, nplaces = job->nplaces;
        if (!code_bytes || code_bytes > PAGE_CODE_MAX || block_bytes > PAGE_BLOCK_MAX ||
            nplaces > code_bytes / sizeof(job->place[0]) || nplaces > PAGE_PLACES_MAX || nslots > PAGE_PLACES_MAX ||
            nslots > code_bytes / sizeof(uint64_t) || unit.head.npages == PAGES_MAX ||
            bytes_with((uint64_t)code_bytes + block_bytes + text_bytes + 1024) > unit.budget)
                return false;
        const uint32_t text_at = put_text(file_page, text, text_bytes);
        unit.page[unit.head.npages] = (struct cache_page){
                .key = page_key(text),
                .file_page = file_page,
                .text_at = text_at,
                .text_bytes = text_bytes,
                .block_at = put(&unit.blocks, job->block, block_bytes, 8),
                .block_bytes = block_bytes,
                .code_at = put(&unit.code, job->code, code_bytes, 64),
                .code_bytes = code_bytes,
                .slots_at = (uint32_t)(8 * unit.slots),
                .nslots = nslots,
        };
        put(&unit.places, job->place, nplaces * sizeof(job->place[0]), 4);
        unit.nplaces[unit.head.npages++] = nplaces;
        unit.slots += nslots;
        return true;
}

/* ---- the file ---- */

/* Corrects the distances to those of a page. */
static void settle(const struct cache_page *p, const uint32_t *place, uint32_t nplaces)
{
        for (uint32_t k = 0; k < nplaces; k++) {
                uint32_t distance;
                uint8_t *at = unit.code.start + p->code_at + place[k];
                if (place[k] > p->code_bytes - sizeof(distance) || p->code_bytes < sizeof(distance))
                        continue;
                memcpy(&distance, at, sizeof(distance));
                distance += p->slots_at;
                memcpy(at, &distance, sizeof(distance));
        }
}

static void lay_out(void)
{
        struct cache_unit *h = &unit.head;
        const size_t text_at = rounded(sizeof(*h) + h->npages * sizeof(struct cache_page), 64),
                     blocks_at = rounded(text_at + unit.text.used, 64);
        const uint32_t *place = (const uint32_t *)unit.places.start;
        h->data_bytes = (uint32_t)rounded(blocks_at + unit.blocks.used, CACHE_PAGE);
        h->code_bytes = (uint32_t)rounded(unit.code.used, CACHE_PAGE);
        h->slots_bytes = (uint32_t)rounded(8 * unit.slots, CACHE_PAGE);
        for (uint32_t k = 0; k < h->npages; k++) {
                struct cache_page *p = &unit.page[k];
                p->text_at += (uint32_t)text_at;
                p->block_at += (uint32_t)blocks_at;
                settle(p, place, unit.nplaces[k]);
                place += unit.nplaces[k];
        }
}

static int write_at(int fd, const void *bytes, size_t n, uint64_t at)
{
        const uint8_t *p = bytes;
        while (n) {
                long r = sys_call4(__NR_pwrite64, fd, p, n, at);
                if (r == -EINTR)
                        continue;
                if (r <= 0)
                        return r ? (int)r : -ENOSPC;
                p += r, at += (uint64_t)r, n -= (size_t)r;
        }
        return 0;
}

int output_write(int fd)
{
        static const uint8_t zero;
        const struct cache_unit *h = &unit.head;
        if (!h->npages)
                return 1;
        lay_out();
        const uint64_t blocks_at = unit.page[0].block_at, text_at = unit.page[0].text_at,
                       end = (uint64_t)h->data_bytes + h->code_bytes;
        int r = write_at(fd, h, sizeof(*h), 0);
        if (r >= 0)
                r = write_at(fd, unit.page, h->npages * sizeof(unit.page[0]), sizeof(*h));
        if (r >= 0)
                r = write_at(fd, unit.text.start, unit.text.used, text_at);
        if (r >= 0)
                r = write_at(fd, unit.blocks.start, unit.blocks.used, blocks_at);
        if (r >= 0)
                r = write_at(fd, unit.code.start, unit.code.used, h->data_bytes);
        return r < 0 ? r : write_at(fd, &zero, 1, end - 1);
}
