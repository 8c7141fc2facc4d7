/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The translator's reader of units (translator/run/unit_read.c), with an image that may say anything: the input is struct cache_image, what is
 * behind the lead of the first segment, and places to be asked for. Nothing outside of the two segments is read, and no slot is outside of the
 * memory for slots. */
#include "fuzz.h"

#include "base/util.h"
#include "run/unit_read.c"

enum { CODE = 8 * CACHE_PAGE, PLACES = 64 };

static uint8_t *data, *code, *slots;
static size_t data_bytes;

static void must_be_slots(uint64_t at, uint64_t size)
{
        MUST(at % CACHE_PAGE == 0 && size % CACHE_PAGE == 0 && size > 0);
        MUST(at >= (uint64_t)(uintptr_t)slots && size <= CODE && at - (uint64_t)(uintptr_t)slots <= CODE - size);
}

/* madvise(2). Of memory that is locked some advice is refused. */
long rt_syscall(long nr, uint64_t at, uint64_t size, uint64_t advice, uint64_t a3, uint64_t a4, uint64_t a5)
{
        (void)a3, (void)a4, (void)a5;
        MUST(nr == __NR_madvise);
        must_be_slots(at, size);
        if (size > CACHE_PAGE)
                return -EINVAL;
        if (advice == MADV_DONTNEED)
                memset((uint8_t *)(uintptr_t)at, 0, size);
        return 0;
}

long rt_mmap(uint64_t at, size_t size, int prot, int flags, int fd, uint64_t offset)
{
        (void)prot, (void)flags, (void)fd, (void)offset;
        must_be_slots(at, size);
        memset((uint8_t *)(uintptr_t)at, 0, size);
        return (long)at;
}

static bool is_within(const void *at, const uint8_t *all, size_t bytes)
{
        return (const uint8_t *)at >= all && (const uint8_t *)at < all + bytes;
}

void rt_populate(const void *start, const void *end, bool write)
{
        const void *last = (const uint8_t *)end - 1;
        if (write)
                must_be_slots((uint64_t)(uintptr_t)start, (uint64_t)((const uint8_t *)end - (const uint8_t *)start));
        else
                MUST((is_within(start, data, data_bytes) && is_within(last, data, data_bytes)) ||
                     (is_within(start, code, CODE) && is_within(last, code, CODE)));
}

void *rt_alloc(size_t size)
{
        return calloc(1, size);
}

_Noreturn void rt_die(const char *format, ...)
{
        (void)format;
        abort();
}

static uint32_t sum;

/* Reads all of these bytes; ASan notices where they are nobody's. */
static void read_all(const void *at, uint64_t n)
{
        for (uint64_t k = 0; k < n; k++)
                sum += ((const uint8_t *)at)[k];
}

static void look_at_region(const struct units_block *b, const uint8_t *host)
{
        struct units_region r;

        if (!units_region_at(b, host, &r))
                return;
        MUST(host >= r.code && host < r.code + r.is->code_bytes);
        MUST(r.code >= b->code && r.code + r.is->code_bytes <= b->code + b->page->code_bytes);
        read_all(r.exits, r.is->nexits * sizeof(r.exits[0]));
        read_all(r.traps, r.is->ntraps * sizeof(r.traps[0]));
        read_all(r.journal, r.is->njournal);
}

static void look_at_block(const struct units_block *b)
{
        const struct cache_page *p = b->page;

        MUST(b->code >= code && b->code + p->code_bytes <= code + CODE);
        MUST((uint8_t *)b->slot >= slots && (uint8_t *)(b->slot + p->nslots) <= slots + CODE && p->nslots > 0);
        read_all(b->text, p->text_bytes);
        read_all(b->in_page, b->block->nregions * sizeof(b->in_page[0]));
        read_all(b->region, b->block->nregions * sizeof(b->region[0]));
        const bool lead = units_begin_slots(b);
        for (uint32_t k = 0; k < p->nslots - 1; k++) {
                MUST(!lead || units_has(b, (const uint8_t *)(uintptr_t)b->slot[k + 1]));
                MUST(!lead || b->link[k] < p->code_bytes);
                read_all(&b->target[k], sizeof(b->target[k]));
        }
        for (uint32_t k = 0; k < b->block->nregions; k++) {
                uint32_t at = units_entry(b->in_page, b->block->nregions, p->code_bytes, b->in_page[k]);
                MUST(at == CACHE_NOWHERE || at < p->code_bytes);
                look_at_region(b, b->code + b->code_at[k]);
        }
        b->slot[0] = 1; /* as an active block has it */
}

static void look_at_image(struct units *u, uint16_t places[PLACES])
{
        uint8_t config[CACHE_CONFIG];
        struct units_block b;

        memset(config, 'c', sizeof(config));
        for (uint32_t k = 0; k < u->image->nbuckets; k++)
                if (units_bucket(u, k | ~(u->image->nbuckets - 1))->unit && units_open(u, u->bucket[k].unit - 1, config) &&
                    units_new_block(u, u->bucket[k].unit - 1, u->bucket[k].page, &b))
                        look_at_block(&b);
        for (uint32_t k = 0; k < PLACES; k++) {
                uint32_t n, index;
                const uint8_t *host = u->code + places[k] % CODE;
                if (units_block_at(u, host, &b, &n, &index)) {
                        MUST(host >= b.code && host < b.code + b.page->code_bytes);
                        look_at_region(&b, host);
                }
        }
        units_ask_again(u);
        units_drop_slots(u);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
        struct cache_image image;
        uint16_t places[PLACES] = {};
        struct units u = {};

        if (size < sizeof(image))
                return 0;
        /* What is behind the pages of the first segment must not be touched. */
        const size_t bytes = (size - sizeof(image)) / CACHE_PAGE * CACHE_PAGE + CACHE_PAGE;
        data_bytes = bytes;
        data = aligned_alloc(CACHE_PAGE, bytes);
        code = aligned_alloc(CACHE_PAGE, CODE);
        slots = aligned_alloc(CACHE_PAGE, CODE);
        MUST(data && code && slots);
        memset(data, 0, bytes);
        memset(code, 0, CODE);
        memset(slots, 0, CODE);
        memcpy(&image, input, sizeof(image));
        memcpy(data, input + sizeof(image), size - sizeof(image));
        memcpy(places, input + size / 2, size / 2 < sizeof(places) ? size / 2 : sizeof(places));
        /* The kernel maps no more than there is in the file. */
        if (units_are_sound(&image) && image.data_bytes <= bytes && image.code_bytes <= CODE) {
                units_set(&u, &image, data, code);
                u.slots = slots;
                look_at_image(&u, places);
                free(u.state);
        }
        free(slots);
        free(code);
        free(data);
        return 0;
}
