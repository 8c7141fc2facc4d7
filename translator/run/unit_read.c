/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the units of an image (see unit_read.h). */
#include <asm/unistd.h>
#include <linux/mman.h>
#include "rt/rt.h"
#include "unit_read.h"

/* The image is asked for in pieces of this many bytes: as many as a huge page has. */
#define PIECE CACHE_ALIGN

/* Slots are made ready in pieces of this many bytes: neighbours are often used, too, and one call costs less than two faults for each
 * page. */
enum { WINDOW = 64 << 10 };

/* Are `n` things of `size` bytes at `at` within `end` bytes? `at` is to be a multiple of `align`. */
static bool fits(uint64_t at, uint64_t n, uint64_t size, uint64_t end, uint64_t align)
{
        return at % align == 0 && at <= end && n <= (end - at) / size;
}

bool units_are_sound(const struct cache_image *i)
{
        const uint64_t most = UINT64_C(1) << 34; /* bytes: more than any image has */
        /* Where the segments are is where memory is moved from, so it must not be the translator's. */
        if (memcmp(i->magic, CACHE_IMAGE_MAGIC, sizeof(i->magic)) != 0 || i->code_at - i->data_at != CACHE_PAGE ||
            i->data_bytes > most || i->code_bytes > CACHE_CODE_MAX)
                return false;
        uint64_t members = i->data_bytes, buckets = members - (uint64_t)i->nunits * sizeof(struct cache_member);
        return i->nunits <= members / sizeof(struct cache_member) && i->nbuckets && !(i->nbuckets & (i->nbuckets - 1)) &&
               i->nbuckets <= buckets / sizeof(struct cache_bucket) && i->data_bytes % CACHE_PAGE == 0 &&
               i->code_bytes % CACHE_PAGE == 0 && i->data_at % CACHE_PAGE == 0 && i->code_at % CACHE_PAGE == 0;
}

/* Of the maps of pieces. */
static size_t asked_bytes(const struct cache_image *image)
{
        return (image->data_bytes + image->code_bytes) / PIECE / 8 + 2;
}

/* Of the map of windows. */
static size_t ready_bytes(const struct cache_image *image)
{
        return image->code_bytes / WINDOW / 8 + 1;
}

void units_set(struct units *u, const struct cache_image *image, const uint8_t *data, uint8_t *code)
{
        /* zeroed: all units are unseen, no window is ready */
        u->state = rt_alloc(image->nunits + ready_bytes(image) + asked_bytes(image));
        if (!u->state)
                return;
        u->ready = u->state + image->nunits;
        u->asked_data = u->ready + ready_bytes(image);
        u->asked_code = u->asked_data + image->data_bytes / PIECE / 8 + 1;
        u->image = image;
        u->data = data;
        u->slots = code - CACHE_SLOTS_BELOW;
        u->member = (const struct cache_member *)(const void *)data;
        u->bucket = (const struct cache_bucket *)(u->member + image->nunits);
        u->code = code;
}

/* Asks for a piece of the image, unless that was done. The page that is wanted will do: a huge one, or what a fault maps beside it. */
static void ask(uint8_t *asked, const uint8_t *segment, const void *at)
{
        const size_t piece = (size_t)((const uint8_t *)at - segment) / PIECE;
        if (asked[piece / 8] & 1u << piece % 8)
                return;
        asked[piece / 8] |= (uint8_t)(1u << piece % 8);
        rt_populate(at, (const uint8_t *)at + 1, false);
}

static size_t asked_again(const uint8_t *asked, size_t bytes, const uint8_t *segment)
{
        size_t n = 0;
        for (size_t k = 0; k <= bytes / PIECE; k++)
                if (asked[k / 8] & 1u << k % 8) {
                        n++;
                        if (segment)
                                rt_populate(segment + k * PIECE, segment + k * PIECE + 1, false);
                }
        return n;
}

void units_ask_again(struct units *u)
{
        enum { MOST = 24 }; /* of more the child may not need a half before it ends */
        const size_t data = u->image->data_bytes, code = u->image->code_bytes;
        if (asked_again(u->asked_data, data, NULL) + asked_again(u->asked_code, code, NULL) > MOST)
                return;
        (void)asked_again(u->asked_data, data, u->data);
        (void)asked_again(u->asked_code, code, u->code);
}

const struct cache_bucket *units_bucket(struct units *u, uint32_t k)
{
        const struct cache_bucket *bucket = &u->bucket[k & (u->image->nbuckets - 1)];
        ask(u->asked_data, u->data, bucket);
        return bucket;
}

/* ---- units ---- */

/* Returns the number of the last one of n things of `stride` bytes whose first number, at `place`, is not above `value`; 0 where none
 * is. */
static uint32_t last_not_above(const void *first, uint32_t n, size_t stride, size_t width, uint64_t value)
{
        uint32_t low = 0;
        for (uint32_t high = n; high - low > 1;) {
                uint32_t middle = low + (high - low) / 2;
                uint64_t is = 0;
                __builtin_memcpy(&is, (const uint8_t *)first + middle * stride, width == 8 ? 8 : 4);
                if (is <= value)
                        low = middle;
                else
                        high = middle;
        }
        return low;
}

/* Returns the number of the unit that this place in the second segment is in, if in any. */
static uint32_t unit_at(const struct units *u, uint64_t at)
{
        return last_not_above(&u->member[0].code_at, u->image->nunits, sizeof(u->member[0]), 8, at);
}

static const struct cache_unit *unit_of(const struct units *u, uint32_t n)
{
        return (const struct cache_unit *)(u->data + u->member[n].data_at);
}

/* Asks for the record of a page, and what is before it. Any number will do. */
static void ask_for_page(struct units *u, uint32_t n, uint32_t index)
{
        const uint64_t at = u->member[n].data_at + sizeof(struct cache_unit) + index * sizeof(struct cache_page);
        if (at < u->image->data_bytes)
                ask(u->asked_data, u->data, u->data + at);
}

/* Is the code part right behind that of the unit before it, and found by its addresses? Nowhere else may it be: its slots are put over what is
 * so far below it. */
static bool is_in_its_place(const struct units *u, uint32_t n)
{
        const struct cache_member *m = &u->member[n];
        return m->code_bytes && m->code_at == (n ? m[-1].code_at + m[-1].code_bytes : 0) && unit_at(u, m->code_at) == n &&
               unit_at(u, m->code_at + m->code_bytes - 1) == n;
}

/* Is the last page's code the last there is? By the number of pages a place in the code is looked for. */
static bool has_all_pages(const struct cache_unit *is)
{
        const struct cache_page *last = (const struct cache_page *)(is + 1) + is->npages - 1;
        return is->npages && fits(last->code_at, last->code_bytes, 1, is->code_bytes, 1) &&
               is->code_bytes - last->code_at - last->code_bytes < CACHE_PAGE;
}

static bool is_sound_unit(const struct units *u, uint32_t n, const uint8_t config[CACHE_CONFIG])
{
        const struct cache_member *m = &u->member[n];
        if (!fits(m->data_at, m->data_bytes, 1, u->image->data_bytes, CACHE_PAGE) || m->data_bytes < sizeof(struct cache_unit) ||
            !fits(m->code_at, m->code_bytes, 1, u->image->code_bytes, CACHE_PAGE) || !is_in_its_place(u, n))
                return false;
        const struct cache_unit *is = unit_of(u, n);
        return memcmp(is->magic, CACHE_UNIT_MAGIC, sizeof(is->magic)) == 0 && memcmp(is->config, config, CACHE_CONFIG) == 0 &&
               is->data_bytes == m->data_bytes && is->code_bytes == m->code_bytes &&
               fits(sizeof(*is), is->npages, sizeof(struct cache_page), is->data_bytes, 1) && is->slots_bytes % CACHE_PAGE == 0 &&
               is->slots_bytes && is->slots_bytes <= is->code_bytes && is->code_bytes % CACHE_PAGE == 0 && has_all_pages(is);
}

static void *slots_of(const struct units *u, uint32_t n, size_t *ret_bytes)
{
        *ret_bytes = unit_of(u, n)->slots_bytes;
        return u->slots + u->member[n].code_at;
}

static bool map_slots(const struct units *u, uint32_t n)
{
        size_t bytes;
        void *at = slots_of(u, n, &bytes);
        return !rt_failed(rt_mmap((uint64_t)(uintptr_t)at, bytes, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0));
}

bool units_open(struct units *u, uint32_t n, const uint8_t config[CACHE_CONFIG])
{
        if (n >= u->image->nunits)
                return false;
        if (u->state[n] == UNIT_UNSEEN) {
                ask_for_page(u, n, 0);
                bool ready = is_sound_unit(u, n, config) && map_slots(u, n);
                __atomic_store_n(&u->state[n], ready ? UNIT_OPEN : UNIT_REFUSED, __ATOMIC_RELEASE);
        }
        return u->state[n] == UNIT_OPEN;
}

static void make_zero(void *at, size_t bytes)
{
        if (sys_call3(__NR_madvise, at, bytes, MADV_DONTNEED) < 0) /* it is locked in memory */
                memset(at, 0, bytes);
}

void units_drop_slots(struct units *u)
{
        memset(u->ready, 0, ready_bytes(u->image));
        for (uint32_t n = 0; n < u->image->nunits; n++) {
                if (u->state[n] != UNIT_OPEN)
                        continue;
                size_t bytes;
                void *at = slots_of(u, n, &bytes);
                make_zero(at, bytes);
        }
}

/* ---- blocks ---- */

/* Sets what follows *ret->block. Returns false when it is not all there, or the regions are others than were counted: records begin behind
 * them. */
static bool read_block(struct units_block *ret)
{
        const struct cache_page *p = ret->page;
        const struct cache_block *block = ret->block;
        const uint8_t *at = (const uint8_t *)block;
        const uint32_t n = block->nregions;
        const uint64_t regions = cache_block_regions(n, p->nslots);
        if (block->nslots != p->nslots || !fits(regions, n, sizeof(struct cache_region), p->block_bytes, 8))
                return false;
        ret->in_page = (const uint16_t *)(block + 1);
        ret->code_at = (const uint32_t *)(at + cache_block_code_at(n));
        ret->link = (const uint32_t *)(at + cache_block_link(n));
        ret->target = (const int32_t *)(at + cache_block_target(n, p->nslots));
        ret->region = (const struct cache_region *)(at + regions);
        return !n || ret->region[0].exits_at == regions + n * sizeof(struct cache_region);
}

static bool get_block(const struct units *u, uint32_t n, uint32_t index, struct units_block *ret)
{
        const struct cache_unit *is = unit_of(u, n);
        if (index >= is->npages)
                return false;
        const struct cache_page *p = (const struct cache_page *)(is + 1) + index;
        if (p->text_bytes < CACHE_PAGE || p->text_bytes > CACHE_PAGE + CACHE_TAIL ||
            !fits(p->text_at, p->text_bytes, 1, is->data_bytes, 1) || p->block_bytes < sizeof(struct cache_block) ||
            !fits(p->block_at, p->block_bytes, 1, is->data_bytes, 8) || !fits(p->code_at, p->code_bytes, 1, is->code_bytes, 1) ||
            !p->nslots || !fits(p->slots_at, p->nslots, sizeof(uint64_t), is->slots_bytes, sizeof(uint64_t)))
                return false;
        ret->page = p;
        ret->text = (const uint8_t *)is + p->text_at;
        ret->block = (const struct cache_block *)((const uint8_t *)is + p->block_at);
        ret->code = u->code + u->member[n].code_at + p->code_at;
        ret->slot = (uint64_t *)(u->slots + u->member[n].code_at + p->slots_at);
        return true;
}

/* Asks for memory for a slot of unit n, and its neighbours. */
static void make_ready(struct units *u, uint32_t n, const uint64_t *slot)
{
        const uint64_t window = (uint64_t)((const uint8_t *)slot - u->slots) / WINDOW, first = u->member[n].code_at,
                       last = first + unit_of(u, n)->slots_bytes;
        const uint64_t start = window * WINDOW < first ? first : window * WINDOW,
                       end = (window + 1) * WINDOW < last ? (window + 1) * WINDOW : last;
        if (u->ready[window / 8] & 1u << window % 8)
                return;
        u->ready[window / 8] |= (uint8_t)(1u << window % 8);
        rt_populate(u->slots + start, u->slots + end, true);
}

bool units_block(const struct units *u, uint32_t n, uint32_t index, struct units_block *ret)
{
        return get_block(u, n, index, ret) && read_block(ret);
}

bool units_new_block(struct units *u, uint32_t n, uint32_t index, struct units_block *ret)
{
        ask_for_page(u, n, index);
        if (!get_block(u, n, index, ret))
                return false;
        make_ready(u, n, ret->slot);
        ask(u->asked_data, u->data, ret->text);
        ask(u->asked_data, u->data, ret->block);
        ask(u->asked_code, u->code, ret->code);
        return read_block(ret);
}

bool units_begin_slots(const struct units_block *b)
{
        for (uint32_t k = 1; k < b->page->nslots; k++) {
                if (b->link[k - 1] >= b->page->code_bytes)
                        return false;
                b->slot[k] = (uint64_t)(uintptr_t)(b->code + b->link[k - 1]);
        }
        return true;
}

bool units_block_at(const struct units *u, const uint8_t *host, struct units_block *ret, uint32_t *ret_n, uint32_t *ret_index)
{
        const uint64_t at = (uint64_t)(host - u->code);
        uint32_t n = unit_at(u, at);
        if (n >= u->image->nunits || __atomic_load_n(&u->state[n], __ATOMIC_ACQUIRE) != UNIT_OPEN || at < u->member[n].code_at)
                return false;
        const struct cache_unit *is = unit_of(u, n);
        const struct cache_page *page = (const struct cache_page *)(is + 1);
        uint32_t index = last_not_above(&page[0].code_at, is->npages, sizeof(page[0]), 4, at - u->member[n].code_at);
        *ret_n = n;
        *ret_index = index;
        return units_block(u, n, index, ret) && units_has(ret, host);
}

/* ---- regions ---- */

/* Is region k behind the one before it, and before the next one? */
static bool is_in_order(const uint16_t *in_page, const uint32_t *code_at, uint32_t n, uint32_t k)
{
        return (!k || (in_page[k - 1] < in_page[k] && code_at[k - 1] < code_at[k])) &&
               (k + 1 == n || (in_page[k] < in_page[k + 1] && code_at[k] < code_at[k + 1]));
}

uint32_t units_entry(const uint16_t *in_page, uint32_t nregions, uint32_t code_bytes, uint16_t place)
{
        const uint32_t *code_at = (const uint32_t *)(in_page + (nregions + 1) / 2 * 2);
        uint32_t low = 0, high = nregions;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (in_page[middle] < place)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low == nregions || in_page[low] != place || code_at[low] >= code_bytes ||
            !is_in_order(in_page, code_at, nregions, low))
                return CACHE_NOWHERE;
        return code_at[low];
}

bool units_region_at(const struct units_block *b, const uint8_t *host, struct units_region *ret)
{
        const uint32_t at = (uint32_t)(host - b->code), end = b->page->block_bytes, n = b->block->nregions;
        if (!n)
                return false;
        const uint32_t k = last_not_above(b->code_at, n, sizeof(b->code_at[0]), 4, at), code_at = b->code_at[k];
        const struct cache_region *r = &b->region[k];
        if (at < code_at || at - code_at >= r->code_bytes || !fits(code_at, r->code_bytes, 1, b->page->code_bytes, 1) ||
            !fits(r->exits_at, r->nexits, sizeof(struct cache_exit), end, 4) ||
            !fits(r->traps_at, r->ntraps, sizeof(struct trap_rec), end, 4) || !fits(r->journal_at, r->njournal, 1, end, 1))
                return false;
        const uint8_t *block = (const uint8_t *)b->block;
        *ret = (struct units_region){ .is = r,
                                      .code = b->code + code_at,
                                      .in_page = b->in_page[k],
                                      .exits = (const struct cache_exit *)(block + r->exits_at),
                                      .traps = (const struct trap_rec *)(block + r->traps_at),
                                      .journal = block + r->journal_at };
        return true;
}
