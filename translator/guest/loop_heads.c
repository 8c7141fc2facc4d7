/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where loops begin (see loop_heads.h). */
#include <emmintrin.h>
#include <string.h>
#include "code.h"
#include "guest.h"
#include "loop_heads.h"
#include "rt/rt.h"

/* ---- looking for words ---- */

/* Returns the words that match, all of whose bits are set. */
static inline __m128i match(__m128i words, unsigned bytes, const __m128i pattern[2])
{
        const __m128i masked = _mm_and_si128(words, pattern[0]);
        return bytes == 2 ? _mm_cmpeq_epi16(masked, pattern[1]) : _mm_cmpeq_epi32(masked, pattern[1]);
}

static inline __m128i each_word(unsigned bytes, uint32_t v)
{
        return bytes == 2 ? _mm_set1_epi16((short)v) : _mm_set1_epi32((int)v);
}

static inline void find_words(struct loop_map *map, const uint8_t *page, unsigned bytes, const struct word_pattern patterns[4],
                              found_word *found)
{
        __m128i p[4][2];
        for (unsigned k = 0; k < 4; k++) {
                p[k][0] = each_word(bytes, patterns[k].mask);
                p[k][1] = each_word(bytes, patterns[k].value);
        }
        for (unsigned at = 0; at < LOOP_PAGE; at += 16) {
                const __m128i w = _mm_load_si128((const __m128i *)(page + at));
                const __m128i m = _mm_or_si128(_mm_or_si128(match(w, bytes, p[0]), match(w, bytes, p[1])),
                                               _mm_or_si128(match(w, bytes, p[2]), match(w, bytes, p[3])));
                for (unsigned left = (unsigned)_mm_movemask_epi8(m); left;) {
                        const unsigned k = (unsigned)__builtin_ctz(left);
                        found(map, page, at + k);
                        left &= ~(((1u << bytes) - 1) << k);
                }
        }
}

void loop_find_words(struct loop_map *map, const uint8_t *page, unsigned bytes, const struct word_pattern patterns[4],
                     found_word *found)
{
        if (bytes == 2)
                find_words(map, page, 2, patterns, found);
        else
                find_words(map, page, 4, patterns, found);
}

/* ---- pages that were seen ---- */

/* As many as large programs have that are used at the same time: to look at a page takes as long as to translate a region. */
enum { SEEN = 1024 };

static struct seen {
        uint64_t what; /* the page's number, how often all was forgotten before, and the state of its code; 0: nothing was seen */
        struct loop_map map;
} * seen; /* NULL: nothing was asked for yet, or there is no memory, and nothing is known */
static uint64_t forgotten;

void loop_heads_prepare(void)
{
        static bool tried;
        if (tried)
                return;
        tried = true;
        seen = rt_alloc(SEEN * sizeof(*seen));
}

static bool read_page(uint8_t *to, uint64_t page)
{
        for (unsigned k = 0; k < LOOP_PAGE; k += FETCH_LINE)
                if (!code_hooks->read_line || code_hooks->read_line(to + k, page + k) < 0)
                        return false;
        return true;
}

static __attribute__((noinline)) void look_at(struct seen *s, uint64_t page, uint64_t state)
{
        static uint8_t text[LOOP_PAGE] RT_MEDIUM;
        s->map = (struct loop_map){ 0 };
        if (read_page(text, page))
                the_guest->find_loops(text, state, &s->map);
}

/* Returns the map of the page that addr is in. */
static const struct loop_map *map_of(uint64_t addr, uint64_t state)
{
        static const struct loop_map nothing;
        loop_heads_prepare();
        if (!seen)
                return &nothing;
        const uint64_t number = addr / LOOP_PAGE, what = number | (forgotten & 0xffff) << 40 | (state + 1) << 56;
        struct seen *s = &seen[number % SEEN];
        if (s->what != what) {
                s->what = what;
                look_at(s, number * LOOP_PAGE, state);
        }
        return &s->map;
}

bool loop_begins_at(uint64_t addr, uint64_t state)
{
        const unsigned n = (unsigned)(addr % LOOP_PAGE) / 2;
        return map_of(addr, state)->bits[n / 64] >> n % 64 & 1;
}

uint64_t loop_head_from(uint64_t addr, uint64_t state)
{
        const uint64_t page = addr & ~(uint64_t)(LOOP_PAGE - 1);
        const struct loop_map *map = map_of(addr, state);
        for (unsigned n = (unsigned)(addr - page) / 2; n < LOOP_PAGE / 2; n = (n / 64 + 1) * 64) {
                const uint64_t left = map->bits[n / 64] >> n % 64;
                if (left)
                        return page + 2 * (n + (unsigned)__builtin_ctzll(left));
        }
        return page + LOOP_PAGE;
}

void loop_heads_forget(void)
{
        forgotten++;
}
