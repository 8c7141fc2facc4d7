/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Units in the image: which there are, and which of their blocks are active (see unit.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/elf.h>
#include <linux/mman.h>
#include <linux/resource.h>
#include "cache-room.h"
#include "cache.h"
#include "config.h"
#include "guest/code.h"
#include "guest/fp_in_software.h"
#include "log.h"
#include "page_key.h"
#include "rt/rt.h"
#include "settings.h"
#include "translate.h"
#include "unit.h"
#include "unit_read.h"

enum { REFUSED = 256, RECENT = 512 };

/* Active blocks by the number of their guest page: open addressing, from the number's low bits on, so that neighbours share cache lines
 * and pages; at most half full, then the next table has twice as many entries, up to 32,768. Entries are only added, until all are
 * forgotten. A table that was left stays, as somebody may look at it. */
enum { ACTIVE_FIRST = 128, ACTIVE_TABLES = 9 };
/* Blocks are counted by a hash; those whose code went so often are not made active any more. */
enum { LOST = 1024, LOST_MOST = 4 };
struct active {
        uint64_t page;           /* address; 0: the entry is free */
        const uint16_t *in_page; /* of the block, with code_at behind it */
        const uint8_t *code;
        uint32_t nregions, code_bytes;
};
static struct active first_entries[ACTIVE_FIRST] RT_MEDIUM;
static struct active_table {
        struct active *entry;
        uint32_t size;
} tables[ACTIVE_TABLES];

static struct {
        struct units all;
        bool on;
        uint8_t config[CACHE_CONFIG];
        struct active_table *table; /* of active blocks */
        uint32_t nactive;
        uint64_t lowest, highest;     /* pages that are active are in [lowest, highest] */
        uint32_t changes, refused_at; /* how often code has changed; when refused[] was emptied */
} units;
static uint64_t refused[REFUSED] RT_MEDIUM; /* pages that no unit has, by the low bits of their numbers */
static uint8_t lost[LOST] RT_MEDIUM;        /* how often code of active blocks has gone */

/* ---- coming ---- */

CACHE_ROOM;

static const struct cache_image *find_image(const uint8_t *base)
{
        const Elf64_Ehdr *eh = (const Elf64_Ehdr *)base;
        const Elf64_Phdr *ph = (const Elf64_Phdr *)(base + eh->e_phoff);
        for (unsigned k = 0; k < eh->e_phnum; k++)
                if (ph[k].p_type == PT_BINFMT_CACHE && ph[k].p_memsz >= sizeof(struct cache_image))
                        return (const struct cache_image *)(base + ph[k].p_vaddr);
        return NULL;
}

/* Returns false where the program could not do with what the segments leave of its addresses. */
static bool are_addresses_plenty(uint64_t bytes)
{
        enum { SHARE = 8 };
        struct rlimit64 r;
        return sys_call4(__NR_prlimit64, 0, RLIMIT_AS, 0, &r) < 0 || r.rlim_max / SHARE > bytes;
}

/* Where in memory the image's segments are wanted: each where huge pages of the file can be mapped, code as far above its slots as
 * cache-format.h says, and the code cache comes behind it, near enough for jumps of 32 bits. What is between slots and code is given back. */
struct places {
        uint64_t data, slots, code, end;
};

static uint64_t huge_pages(uint64_t bytes)
{
        return (bytes + CACHE_ALIGN - 1) & ~(uint64_t)(CACHE_ALIGN - 1);
}

/* Reserves addresses. Returns false where they cannot be had. */
static bool reserve(const struct cache_image *image, struct places *ret)
{
        static struct own_memory below, above;
        const uint64_t data = huge_pages(image->data_bytes), code = huge_pages(image->code_bytes);
        const uint64_t bytes = CACHE_ALIGN + data + CACHE_SLOTS_BELOW + code;
        if (!are_addresses_plenty(CACHE_ALIGN + data + 2 * code))
                return false;
        long p = own_memory_map(&below, 0, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
        if (rt_failed(p))
                return false;
        ret->data = huge_pages((uint64_t)p + CACHE_PAGE); /* behind the lead */
        ret->slots = ret->data + data;
        ret->code = ret->slots + CACHE_SLOTS_BELOW;
        ret->end = ret->code + code;
        own_memory_cut(&below, ret->slots + code, ret->code - CACHE_PAGE, &above);
        return true;
}

/* Moves a segment of which one page, the lead, is mapped to where `at` is behind the lead, and extends it up to `end`. Where the kernel has
 * dropped its page cache, for want of memory, it is to read it again in huge pages, as it was when the image was written; and only what
 * is touched, because what it reads ahead is in small ones. */
static bool move(uint64_t lead, uint64_t at, uint64_t end)
{
        const uint64_t bytes = CACHE_PAGE + end - at;
        if (rt_failed(sys_call5(__NR_mremap, lead, CACHE_PAGE, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, at - CACHE_PAGE)))
                return false;
        (void)sys_call3(__NR_madvise, at - CACHE_PAGE, bytes, MADV_HUGEPAGE);
        (void)sys_call3(__NR_madvise, at - CACHE_PAGE, bytes, MADV_RANDOM);
        return true;
}

void unit_place(void)
{
        static struct cache_image copy;
        const uint8_t *base = (const uint8_t *)__ehdr_start;
        const struct cache_image *image = find_image(base);
        if (!image)
                return;
        rt_populate(image, image + 1, false);
        /* Where the kernel has mapped the segments, whatever the image says of itself. */
        const uint64_t data_at = (uint64_t)image, code_at = data_at + CACHE_PAGE;
        bool sound = data_at % CACHE_PAGE == 0 && data_at - (uint64_t)base == image->data_at && units_are_sound(image);
        struct places p;
        copy = *image;
        /* Without its page, the lead takes no page table where it is moved to. */
        (void)sys_call3(__NR_madvise, data_at, CACHE_PAGE, MADV_DONTNEED);
        if (sound && reserve(&copy, &p) && move(data_at, p.data, p.slots) && move(code_at, p.code, p.end)) {
                units_set(&units.all, &copy, (const uint8_t *)p.data, (uint8_t *)p.code);
                return;
        }
        (void)rt_munmap((void *)data_at, CACHE_PAGE);
        (void)rt_munmap((void *)code_at, CACHE_PAGE);
}

void unit_begin(void)
{
        const unsigned logs = LOG_IN_ASM | LOG_IR | LOG_OUT_ASM;
        if (!units.all.image || run_settings.off & RUN_NO_CACHE || rt_log_enabled(logs) || !config_get(units.config))
                return;
        tables[0] = (struct active_table){ .entry = first_entries, .size = ACTIVE_FIRST };
        units.table = tables;
        units.on = true;
}

/* ---- active blocks ---- */

/* Returns the entry of a page in this table, or a free one. */
static struct active *entry_in(const struct active_table *t, uint64_t page)
{
        const uint32_t mask = t->size - 1;
        for (uint32_t k = (uint32_t)(page / CACHE_PAGE) & mask;; k = (k + 1) & mask) {
                uint64_t is = __atomic_load_n(&t->entry[k].page, __ATOMIC_ACQUIRE);
                if (is == page || !is)
                        return &t->entry[k];
        }
}

static struct active *entry_of(uint64_t page)
{
        return entry_in(__atomic_load_n(&units.table, __ATOMIC_ACQUIRE), page);
}

/* Goes on with a larger table. Returns false when there is none, or no memory for it. */
static bool grow(void)
{
        struct active_table *old = units.table, *new = old + 1;
        if (new == tables + ACTIVE_TABLES)
                return false;
        new->size = 2 * old->size;
        new->entry = rt_alloc(new->size * sizeof(new->entry[0]));
        if (!new->entry)
                return false;
        for (uint32_t k = 0; k < old->size; k++)
                if (old->entry[k].page)
                        *entry_in(new, old->entry[k].page) = old->entry[k];
        __atomic_store_n(&units.table, new, __ATOMIC_RELEASE);
        return true;
}

static bool has_room(void)
{
        return units.nactive < units.table->size / 2 || grow();
}

static void add_active(uint64_t page, const struct units_block *b)
{
        struct active *a = entry_of(page);
        a->in_page = b->in_page;
        a->code = b->code;
        a->nregions = b->block->nregions;
        a->code_bytes = b->page->code_bytes;
        if (!units.nactive++ || page < units.lowest)
                __atomic_store_n(&units.lowest, page, __ATOMIC_RELAXED);
        if (page > units.highest)
                __atomic_store_n(&units.highest, page, __ATOMIC_RELAXED);
        __atomic_store_n(&a->page, page, __ATOMIC_RELEASE);
}

/* Returns the first active block at or behind a page whose code has something of [start, end), or NULL; *page is where it is. */
static const struct active *active_in(uint64_t *page, uint64_t end)
{
        uint64_t lowest = __atomic_load_n(&units.lowest, __ATOMIC_RELAXED),
                 highest = __atomic_load_n(&units.highest, __ATOMIC_RELAXED);
        if (*page < lowest)
                *page = lowest;
        for (; *page < end && *page <= highest; *page += CACHE_PAGE) {
                const struct active *a = *page ? entry_of(*page) : NULL;
                if (a && a->page)
                        return a;
        }
        return NULL;
}

/* The first page whose block depends on what is at start. */
static uint64_t first_page(uint64_t start)
{
        return start < CACHE_PAGE + CACHE_TAIL ? 0 : (start - CACHE_TAIL) & ~(uint64_t)(CACHE_PAGE - 1);
}

bool unit_depends_on(uint64_t start, uint64_t end)
{
        uint64_t page = first_page(start);
        return active_in(&page, end);
}

static uint8_t *times_lost(const uint16_t *in_page)
{
        return &lost[(uintptr_t)in_page / 64 % LOST];
}

bool unit_lose(uint64_t start, uint64_t end)
{
        uint64_t page = first_page(start);
        bool any = false;
        for (const struct active *a; (a = active_in(&page, end)); page += CACHE_PAGE) {
                uint8_t *times = times_lost(a->in_page);
                *times += *times < LOST_MOST;
                any = true;
        }
        return any;
}

void unit_changed(void)
{
        __atomic_fetch_add(&units.changes, 1, __ATOMIC_RELAXED);
}

void unit_forget(void)
{
        if (!units.nactive)
                return;
        units_drop_slots(&units.all);
        memset(units.table->entry, 0, units.table->size * sizeof(units.table->entry[0]));
        units.nactive = 0;
        units.lowest = units.highest = 0;
}

void unit_after_fork(void)
{
        if (units.nactive)
                units_ask_again(&units.all);
}

/* ---- pages that no unit has ---- */

static uint64_t *refusal(uint64_t page)
{
        return &refused[page / CACHE_PAGE % REFUSED];
}

static bool is_refused(uint64_t page)
{
        uint32_t changes = __atomic_load_n(&units.changes, __ATOMIC_RELAXED);
        if (changes != units.refused_at) {
                memset(refused, 0, sizeof(refused));
                units.refused_at = changes;
        }
        return *refusal(page) == page;
}

/* ---- comparing ---- */

/* What the guest has at the page that is to be compared, and behind it. */
static uint8_t guest[CACHE_PAGE + CACHE_TAIL] RT_MEDIUM;

/* Is it guest code that cannot change unnoticed, and is nobody else's? */
static bool is_fixed(uint64_t page)
{
        return code_hooks->is_fixed && code_hooks->is_fixed(page);
}

/* Asks for a page of the guest's, unless that was done for one that a fault would map beside it. */
static void ask_for_guest(uint64_t page)
{
        enum { BESIDE = 16 * CACHE_PAGE, WINDOWS = 64 };
        static uint64_t asked[WINDOWS];
        const uint64_t window = page / BESIDE;
        if (asked[window % WINDOWS] == window)
                return;
        asked[window % WINDOWS] = window;
        rt_populate((const void *)page, (const void *)(page + CACHE_PAGE), false);
}

/* Reads the page to guest[]. */
static bool read_page(uint64_t page)
{
        ask_for_guest(page);
        return is_fixed(page) && !code_hooks->is_vdso(page) && guest_read(guest, page, CACHE_PAGE) >= 0;
}

static bool is_same(const struct units_block *b, uint64_t page)
{
        const uint32_t tail = b->page->text_bytes - CACHE_PAGE;
        return memcmp(guest, b->text, CACHE_PAGE) == 0 &&
               (!tail || (is_fixed(page + CACHE_PAGE) && guest_read(guest + CACHE_PAGE, page + CACHE_PAGE, tail) >= 0 &&
                          memcmp(guest + CACHE_PAGE, b->text + CACHE_PAGE, tail) == 0));
}

/* Makes the block active that this bucket leads to, if it is the page's. */
static bool activate_block(uint64_t page, const struct cache_bucket *bucket)
{
        const uint32_t n = bucket->unit - 1;
        struct units_block b;
        if (!units_open(&units.all, n, units.config))
                return false;
        if (!units_new_block(&units.all, n, bucket->page, &b) || b.slot[0] || *times_lost(b.in_page) == LOST_MOST ||
            !is_same(&b, page) || !units_begin_slots(&b))
                return false;
        b.slot[0] = page;
        add_active(page, &b);
        cache_stats.pages++;
        return true;
}

/* Makes the block of the page active that a unit has for it. Returns false when none has. */
static bool activate(uint64_t page)
{
        if (is_refused(page) || !has_room())
                return false;
        struct units *all = &units.all;
        const bool wanted = !fp_in_software_in(page, page + CACHE_PAGE + CACHE_TAIL); /* which units know nothing of */
        const uint64_t key = wanted && read_page(page) ? page_key(guest) : 0;
        for (uint32_t k = 0; key && k < CACHE_PROBES; k++) {
                const struct cache_bucket *bucket = units_bucket(all, (uint32_t)key + k);
                if (!bucket->unit)
                        break;
                if (bucket->key == key && activate_block(page, bucket))
                        return true;
        }
        *refusal(page) = page;
        return false;
}

uint8_t *unit_find(struct loc loc, bool may_activate)
{
        const uint64_t page = loc_address(loc) & ~(uint64_t)(CACHE_PAGE - 1);
        if (!units.on || loc.mode || translate_tagged || !page)
                return NULL;
        const struct active *a = entry_of(page);
        if (!a->page && (!may_activate || !activate(page)))
                return NULL;
        if (!a->page) /* it was activated, perhaps in another table */
                a = entry_of(page);
        uint32_t at = units_entry(a->in_page, a->nregions, a->code_bytes, loc_in_page(loc));
        return at == CACHE_NOWHERE ? NULL : (uint8_t *)(uintptr_t)a->code + at;
}

/* ---- where a host address is ---- */

bool unit_contains(const uint8_t *host)
{
        return units.on && host >= units.all.code && host < units.all.code + units.all.image->code_bytes;
}

/* As units_block_at. A block that was found is remembered, because the search goes through much memory. */
static bool block_at(const uint8_t *host, struct units_block *ret)
{
        static uint64_t recent[RECENT] RT_MEDIUM;
        enum { UNIT_BITS = 22, INDEX_BITS = 20 }; /* and 22 for the number of the page of host code, as the unit's + 1 is not 0 */
        const uint64_t page = (uint64_t)(host - units.all.code) / CACHE_PAGE;
        uint64_t *known = &recent[page % RECENT], is = __atomic_load_n(known, __ATOMIC_RELAXED);
        uint32_t unit = (uint32_t)(is >> INDEX_BITS) & ((1u << UNIT_BITS) - 1), index = (uint32_t)is & ((1u << INDEX_BITS) - 1);
        if (unit && is >> (UNIT_BITS + INDEX_BITS) == page && units_block(&units.all, unit - 1, index, ret) &&
            units_has(ret, host))
                return true;
        if (!units_block_at(&units.all, host, ret, &unit, &index))
                return false;
        if (unit + 1 < 1u << UNIT_BITS && index < 1u << INDEX_BITS)
                __atomic_store_n(known, page << (UNIT_BITS + INDEX_BITS) | (uint64_t)(unit + 1) << INDEX_BITS | index,
                                 __ATOMIC_RELAXED);
        return true;
}

bool unit_region_at(const uint8_t *host, struct region *ret)
{
        struct units_block b;
        struct units_region r;
        if (!unit_contains(host) || !block_at(host, &b) || !b.slot[0] || !units_region_at(&b, host, &r))
                return false;
        *ret = (struct region){ .loc = { .pc = b.slot[0] + r.in_page },
                                .code = (uint8_t *)(uintptr_t)r.code,
                                .code_size = r.is->code_bytes,
                                .traps = (struct trap_rec *)(uintptr_t)r.traps,
                                .ntraps = r.is->ntraps,
                                .journal = (uint8_t *)(uintptr_t)r.journal,
                                .njournal = r.is->njournal,
                                .in_place = true };
        return true;
}

/* Where an exit leads to. Code that was made for another address does not know where addresses of 32 bits wrap. */
static uint64_t target_pc(uint64_t from, int32_t distance)
{
        const uint64_t pc = from + (uint64_t)(int64_t)distance;
        return the_guest->registers->addr32 ? (uint32_t)pc : pc;
}

/* Describes an exit that has no slot. */
static bool other_exit_at(const struct units_block *b, const uint8_t *site, struct unit_exit *ret)
{
        struct units_region r;
        if (!units_region_at(b, site, &r))
                return false;
        for (unsigned k = 0; k < r.is->nexits; k++)
                if (r.code + r.exits[k].at == site) {
                        *ret = (struct unit_exit){ .pc = target_pc(b->slot[0] + r.in_page, r.exits[k].target) };
                        return true;
                }
        return false;
}

bool unit_exit_at(const uint8_t *after, struct unit_exit *ret)
{
        struct units_block b;
        const uint8_t *site = after - X64_LINK_SITE;
        if (!unit_contains(site) || !block_at(site, &b) || !b.slot[0])
                return false;
        const uint32_t at = (uint32_t)(site - b.code), n = b.page->nslots - 1;
        for (uint32_t k = 0; k < n; k++)
                if (b.link[k] == at) {
                        *ret = (struct unit_exit){ .pc = target_pc(b.slot[0], b.target[k]), .slot = &b.slot[k + 1] };
                        return true;
                }
        return other_exit_at(&b, site, ret);
}
