/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See mm_space.h. The map has a bit for each page of 4 GiB. Of its 128 KiB only those pages are ever touched that stand for
 * addresses in use, one for 128 MiB. A look at one word tells of 64 pages, and from where on there are gaps of a size is remembered, so
 * that it does not matter how many mappings there are. */
#include "mm.h"
#include "mm_space.h"
#include "rt/rt.h"

enum { PAGE_SHIFT = 12, WORD_BITS = 64, WORDS = 1 << (32 - PAGE_SHIFT - 6), CLASSES = 21 };
/* Nothing is chosen below: vm.mmap_min_addr as distributions set it. */
#define LOWEST (UINT64_C(65536) >> PAGE_SHIFT)

static uint64_t map[WORDS] RT_LARGE; /* a bit for each page: it is used */
static struct {
        uint64_t base, fallback, end; /* pages; base is 0 where mappings are not placed here */
        bool bottom_up;
        /* No gap of 2^index pages or more ends above that page, up to `base`: it need not be looked for. */
        uint64_t below[CLASSES];
} space;

void mm_space_init(uint64_t base, bool bottom_up, uint64_t fallback, uint64_t end)
{
        space.base = base >> PAGE_SHIFT;
        space.bottom_up = bottom_up;
        space.fallback = fallback >> PAGE_SHIFT;
        space.end = end >> PAGE_SHIFT;
        for (unsigned c = 0; c < CLASSES; c++)
                space.below[c] = space.base;
}

bool mm_space_is_ours(void)
{
        return space.base;
}

bool mm_space_beyond(uint64_t start, uint64_t size)
{
        uint64_t end = space.end << PAGE_SHIFT, whole = PAGE_UP(size);

        return whole < size || whole > end || start > end - whole;
}

/* ---- the map ---- */

/* Bits of word w that stand for pages of [from, to). */
static uint64_t bits_of(uint64_t w, uint64_t from, uint64_t to)
{
        uint64_t low = w * WORD_BITS, bits = UINT64_MAX;

        if (from > low)
                bits &= UINT64_MAX << (from - low);
        if (to < low + WORD_BITS)
                bits &= ~(UINT64_MAX << (to - low));
        return bits;
}

enum { USED, FREE };

/* The pages of word w, of those in [from, to), that are so. */
static uint64_t such(uint64_t w, uint64_t from, uint64_t to, unsigned what)
{
        return (what == USED ? map[w] : ~map[w]) & bits_of(w, from, to);
}

/* Returns the first page of [from, to) that is so, or `to`. */
static uint64_t first(uint64_t from, uint64_t to, unsigned what)
{
        for (uint64_t w = from / WORD_BITS; from < to && w <= (to - 1) / WORD_BITS; w++)
                if (such(w, from, to, what))
                        return w * WORD_BITS + (uint64_t)__builtin_ctzll(such(w, from, to, what));
        return to;
}

/* Returns the page behind the last of [from, to) that is so, or `from`. */
static uint64_t behind_last(uint64_t from, uint64_t to, unsigned what)
{
        for (uint64_t w = to / WORD_BITS + 1; from < to && w-- > from / WORD_BITS;)
                if (w * WORD_BITS < to && such(w, from, to, what))
                        return (w + 1) * WORD_BITS - (uint64_t)__builtin_clzll(such(w, from, to, what));
        return from;
}

/* Remembers that the pages [from, to) became free, and so are part of a gap that may be larger. */
static void gap_grew(uint64_t from, uint64_t to)
{
        enum { FAR = 512 }; /* a gap that goes on for so long counts as one without end */
        uint64_t low = from > FAR ? from - FAR : 0, high = space.base - to > FAR ? to + FAR : space.base;
        uint64_t start = behind_last(low, from, USED), end = first(to, high, USED);
        bool endless = start == low || end == to + FAR;

        if (end == to + FAR)
                end = space.base;
        for (unsigned c = 0; c < CLASSES && (endless || end - start >= UINT64_C(1) << c); c++)
                if (space.below[c] < end)
                        space.below[c] = end;
}

static void note(uint64_t start, uint64_t end, bool used)
{
        uint64_t from = start >> PAGE_SHIFT, to = (end + PAGE_SIZE - 1) >> PAGE_SHIFT;

        if (to > (uint64_t)WORDS * WORD_BITS)
                to = (uint64_t)WORDS * WORD_BITS;
        if (!mm_space_is_ours() || from >= to)
                return;
        for (uint64_t w = from / WORD_BITS; w <= (to - 1) / WORD_BITS; w++)
                if (used)
                        map[w] |= bits_of(w, from, to);
                else
                        map[w] &= ~bits_of(w, from, to);
        if (!used && from < space.base)
                gap_grew(from, to < space.base ? to : space.base);
}

void mm_space_used(uint64_t start, uint64_t end)
{
        note(start, end, true);
}

void mm_space_free(uint64_t start, uint64_t end)
{
        note(start, end, false);
}

/* ---- gaps. Sizes, places and limits are in pages; a place that is 0 is none. ---- */

static uint64_t find_down(uint64_t n)
{
        unsigned class = WORD_BITS - 1 - (unsigned)__builtin_clzll(n);
        uint64_t to = space.below[class], widest = 0, at = 0;

        while (to >= LOWEST + n) {
                uint64_t taken = behind_last(to - n, to, USED);
                if (taken == to - n) {
                        at = taken;
                        break;
                }
                if (to - taken > widest)
                        widest = to - taken;
                to = behind_last(LOWEST, taken, FREE);
        }
        for (unsigned c = class; c < CLASSES; c++)
                if (UINT64_C(1) << c > widest && space.below[c] > to)
                        space.below[c] = to;
        return at;
}

static uint64_t find_down_aligned(uint64_t n, uint64_t align)
{
        for (uint64_t to = space.base; to >= LOWEST + n;) {
                uint64_t at = (to - n) / align * align;
                if (at < LOWEST)
                        break;
                uint64_t taken = behind_last(at, at + n, USED);
                if (taken == at)
                        return at;
                to = behind_last(LOWEST, taken, FREE);
        }
        return 0;
}

static uint64_t find_up(uint64_t from, uint64_t to, uint64_t n, uint64_t align)
{
        for (uint64_t at = from; (at = first(at, to, FREE)) < to;) {
                at = (at + align - 1) / align * align;
                if (at > to || to - at < n)
                        break;
                uint64_t taken = first(at, at + n, USED);
                if (taken == at + n)
                        return at;
                at = taken;
        }
        return 0;
}

/* As arch_get_unmapped_area_topdown() of mm/mmap.c: what finds no place below the stack's gap is put anywhere. */
static uint64_t find(uint64_t n, uint64_t align)
{
        if (space.bottom_up)
                return find_up(space.base, space.end, n, align);
        uint64_t at = align == 1 ? find_down(n) : find_down_aligned(n, align);
        return at ? at : find_up(space.fallback, space.end, n, align);
}

/* The hint's page, if the mapping fits there. */
static uint64_t hinted(const struct mm_search *s, uint64_t n)
{
        uint64_t at = s->hint >> PAGE_SHIFT;

        if (at && at < LOWEST)
                at = LOWEST;
        if (!at || at >= space.end || space.end - at < n || (at << PAGE_SHIFT) % s->align)
                return 0;
        return first(at, at + n, USED) == at + n ? at : 0;
}

/* Notes something that is mapped in [start, end) and was not known of: a stack that the kernel has made larger. */
static void learn(uint64_t start, uint64_t end)
{
        uint64_t at = end;

        while (at > start && mm_mapped_up_to(at - PAGE_SIZE, at) != at)
                at -= PAGE_SIZE;
        if (at == start) /* nothing can be found out */
                mm_space_used(start, end);
        else
                mm_space_used(mm_mapped_from(at), at);
}

bool mm_search_next(struct mm_search *s)
{
        uint64_t n = PAGE_UP(s->size) >> PAGE_SHIFT, at = 0;

        if (s->tried)
                learn(s->at, s->at + s->size);
        if (n && n <= space.end) {
                at = s->hint ? hinted(s, n) : 0;
                if (!at)
                        at = find(n, s->align / PAGE_SIZE);
        }
        s->tried = at;
        s->at = at << PAGE_SHIFT;
        return at;
}
