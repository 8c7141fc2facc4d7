/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translating a page (see page.h): first all regions are compiled, then it is known which exits lead to one of them. */
#include "page.h"
#include "guest/region_lift.h"
#include "rt/rt.h"
#include "run/settings.h"
#include "run/translate.h"
#include "window.h"
#include "x64/compile.h"

enum {
        PAGE_ADDRESS = 0x10000000, /* code does not depend on it */
        REGIONS_MAX = CACHE_PAGE / 4 + CACHE_PAGE / 2,
        CODE_ROOM = X64_REGION_MAX + 1025, /* for one region */
        RECORDS_MAX = PAGE_BLOCK_MAX / 2,
        TARGETS = 1 << 13, /* of a table of slots */
};

/* Where the slots of the unit begin, and its code part: addresses do not matter, the distance does. */
#define SLOTS_AT UINT64_C(0)
#define CODE_AT (SLOTS_AT + CACHE_SLOTS_BELOW)

struct page_job *page_job;

/* Records of a region as x64_compile has made them, until it is settled. */
struct made {
        uint8_t *code;
        uint32_t code_bytes;
        uint32_t exits, traps, relocs, journal; /* where they begin in what is kept */
        uint16_t place, nexits, ntraps, nrelocs;
        uint32_t njournal;
};

/* What the child works in. */
static struct work {
        struct ir ir;
        struct compile compile;
        struct code code;
        uint32_t nmade;
        struct made made[REGIONS_MAX];
        uint16_t made_at[CACHE_PAGE]; /* by place: the number of the region + 1 */
        uint32_t nkept;               /* bytes */
        uint8_t kept[8 << 20];
        struct {
                int32_t target; /* from the page */
                uint16_t slot;  /* 0: none */
        } slots[TARGETS];       /* open addressing */
        uint32_t nslots;
        uint32_t links[PAGE_PLACES_MAX];  /* where slots lead to at first, */
        int32_t targets[PAGE_PLACES_MAX]; /* and what they are for */
        struct cache_region region[REGIONS_MAX];
        uint32_t nrecords;
        uint8_t records[RECORDS_MAX];
} * work;

void page_prepare(void)
{
        work = rt_alloc(sizeof(*work));
        if (!work)
                rt_die("out of memory");
}

/* ---- compiling ---- */

/* Does a region of the page begin at pc? */
static bool begins_at(uint64_t pc)
{
        const uint64_t place = pc - PAGE_ADDRESS;
        return place < CACHE_PAGE && page_map_has(&page_job->entries, (unsigned)place);
}

/* Notes the places in the page, behind `place`, that the region leads to and nobody knew of: where it would be too long, or is shorter than
 * the scout's. */
static void add_entries(unsigned place, const struct region_out *out)
{
        for (uint32_t k = 0; k < out->nexits; k++) {
                int64_t to = (int64_t)place + out->exits[k].target;
                if (to > place && to < CACHE_PAGE && !out->exits[k].other)
                        page_map_add(&page_job->entries, (unsigned)to);
        }
}

/* Compiles the region at a place. Returns NULL when there is none. */
static const struct region_out *compile(unsigned place, uint8_t **ret_entry)
{
        const struct region_out *out;
        uint64_t undefined;
        struct loc loc = { .pc = PAGE_ADDRESS + place };
        for (unsigned max = TRANSLATE_MAX_INSNS; max; max /= 2) {
                struct code code = work->code;
                work->ir.guest = the_guest->registers;
                work->ir.opts = run_settings.passes_off;
                work->ir.movable = work->ir.in_place = true;
                work->ir.begins_at = begins_at;
                if (!lift_region(&work->ir, loc, max, window_fetch, &undefined))
                        return NULL;
                *ret_entry = x64_compile(&work->compile, &work->ir, &code, &out);
                if (!*ret_entry)
                        continue;
                if (!out->movable)
                        return NULL;
                work->code = code;
                return out;
        }
        return NULL;
}

/* Puts bytes behind *used others, which end at a multiple of 8. Returns where they are. */
static uint32_t put(uint8_t *to, uint32_t *used, const void *from, size_t bytes)
{
        uint32_t at = *used;
        memcpy(to + at, from, bytes);
        *used += (uint32_t)(bytes + 7) & ~7u;
        return at;
}

static uint32_t keep(const void *from, size_t bytes)
{
        return put(work->kept, &work->nkept, from, bytes);
}

static void add_region(unsigned place, uint8_t *entry, const struct region_out *out)
{
        work->made[work->nmade++] = (struct made){
                .code = entry,
                .code_bytes = out->code_size,
                .exits = keep(out->exits, out->nexits * sizeof(out->exits[0])),
                .traps = keep(out->traps, out->ntraps * sizeof(out->traps[0])),
                .relocs = keep(out->relocs, out->nrelocs * sizeof(out->relocs[0])),
                .journal = keep(out->journal, out->njournal),
                .place = (uint16_t)place,
                .nexits = (uint16_t)out->nexits,
                .ntraps = (uint16_t)out->ntraps,
                .nrelocs = (uint16_t)out->nrelocs,
                .njournal = out->njournal,
        };
        work->made_at[place] = (uint16_t)work->nmade;
}

/* Does the code end with the jump of an exit that leads to this place in the page, and is not all there is? Then that is the last exit, and
 * the last place that refers to something. */
static bool ends_with_jump_to(const struct made *m, unsigned place)
{
        const struct exit_rec *e = (const struct exit_rec *)(work->kept + m->exits) + m->nexits - 1;
        const struct reloc *r = (const struct reloc *)(work->kept + m->relocs) + m->nrelocs - 1;
        return m->nexits && m->nrelocs && x64_has_slot(e) && !e->is_call && e->at &&
               e->at + (uint32_t)X64_SLOT_JUMP == m->code_bytes && m->place + e->target == (int)place && r->kind == RELOC_SLOT &&
               r->value == m->nexits - 1;
}

/* As compile(). Where the region before this one would jump to it, it loses the jump: its code goes on in this one's. */
static const struct region_out *compile_next(unsigned place, uint8_t **ret_entry)
{
        struct made *last = work->nmade ? &work->made[work->nmade - 1] : NULL;
        if (!last || !ends_with_jump_to(last, place))
                return compile(place, ret_entry);
        uint8_t jump[X64_SLOT_JUMP], *end = work->code.p, *at = end - sizeof(jump);
        memcpy(jump, at, sizeof(jump));
        work->code.p = at;
        const struct region_out *out = compile(place, ret_entry);
        if (out && *ret_entry == at) {
                last->code_bytes -= (uint32_t)sizeof(jump);
                last->nexits--;
                last->nrelocs--;
                return out;
        }
        memcpy(at, jump, sizeof(jump));
        work->code.p = end;
        return out ? compile(place, ret_entry) : NULL;
}

static void compile_all(struct page_job *job)
{
        work->code.p = job->code;
        for (unsigned p = page_map_next(&job->entries, 0); p < CACHE_PAGE; p = page_map_next(&job->entries, p + 1)) {
                uint8_t *entry;
                if (job->code + PAGE_CODE_MAX - work->code.p < CODE_ROOM ||
                    sizeof(work->kept) - work->nkept < sizeof(struct region_out))
                        break;
                const struct region_out *out = compile_next(p, &entry);
                if (!out)
                        continue;
                add_entries(p, out);
                add_region(p, entry, out);
        }
        job->code_bytes = (uint32_t)(work->code.p - job->code);
}

/* ---- exits ---- */

/* Returns the region of this page that an exit is to be bound to, or NULL. */
static const struct made *target_of(const struct made *m, const struct exit_rec *e)
{
        int64_t to = (int64_t)m->place + e->target;
        return x64_may_bind(e) && to >= 0 && to < CACHE_PAGE && work->made_at[to] ? &work->made[work->made_at[to] - 1] : NULL;
}

/* Returns the slot of exits to that target, which is from the page. 0: there are too many. */
static uint16_t slot_of(int32_t target)
{
        uint32_t h = (uint32_t)target * 0x9e3779b1u >> 16;
        while (work->slots[h % TARGETS].slot && work->slots[h % TARGETS].target != target)
                h++;
        uint16_t *slot = &work->slots[h % TARGETS].slot;
        if (*slot || work->nslots == TARGETS - 2)
                return *slot;
        work->slots[h % TARGETS].target = target;
        work->targets[work->nslots] = target;
        return *slot = (uint16_t)++work->nslots;
}

/* Chooses slots for the exits of a region, and puts the records of those that have none. slot[]: where they are. Returns false when
 * there are too many. */
static bool choose_slots(struct cache_region *r, const struct made *m, uint64_t slot[EXIT_MAX])
{
        const struct exit_rec *exits = (const struct exit_rec *)(work->kept + m->exits);
        struct cache_exit *to = (struct cache_exit *)(work->records + work->nrecords);
        for (uint32_t k = 0; k < m->nexits; k++) {
                const struct exit_rec *e = &exits[k];
                const bool has_slot = x64_has_slot(e);
                slot[k] = 0;
                if (e->head || target_of(m, e))
                        continue;
                if (!has_slot) {
                        to[r->nexits++] = (struct cache_exit){ .target = e->target, .at = e->at, .poll = e->poll };
                        continue;
                }
                uint16_t n = slot_of(m->place + e->target);
                if (!n)
                        return false;
                slot[k] = SLOTS_AT + 8 * n;
        }
        work->nrecords += (uint32_t)(r->nexits * sizeof(*to) + 7) & ~7u;
        return true;
}

/* Lists the distances to slots, which are not known yet. */
static bool list_places(const struct made *m, const uint64_t slot[EXIT_MAX])
{
        const struct reloc *relocs = (const struct reloc *)(work->kept + m->relocs);
        for (uint32_t k = 0; k < m->nrelocs; k++) {
                if (relocs[k].kind != RELOC_BASE && (relocs[k].kind != RELOC_SLOT || !slot[relocs[k].value]))
                        continue;
                if (page_job->nplaces == PAGE_PLACES_MAX)
                        return false;
                page_job->place[page_job->nplaces++] = (uint32_t)(m->code - page_job->code) + relocs[k].at;
        }
        return true;
}

/* ---- the block ---- */

static uint32_t put_record(const void *from, size_t bytes)
{
        return put(work->records, &work->nrecords, from, bytes);
}

static bool settle(struct cache_region *r, const struct made *m)
{
        uint64_t slot[EXIT_MAX];
        const struct x64_places places = { .stubs = CODE_AT,
                                           .code = CODE_AT + page_job->code_at + (uint64_t)(m->code - page_job->code),
                                           .base = SLOTS_AT,
                                           .slot = slot,
                                           .nexits = m->nexits };
        const size_t records = m->nexits * sizeof(struct cache_exit) + m->ntraps * sizeof(struct trap_rec) + m->njournal + 32;
        if (records > RECORDS_MAX - work->nrecords)
                return false;
        *r = (struct cache_region){
                .code_bytes = m->code_bytes,
                .exits_at = work->nrecords,
                .njournal = m->njournal,
                .ntraps = m->ntraps,
        };
        if (!choose_slots(r, m, slot))
                return false;
        r->traps_at = put_record(work->kept + m->traps, m->ntraps * sizeof(struct trap_rec));
        r->journal_at = put_record(work->kept + m->journal, m->njournal);
        const struct reloc *relocs = (const struct reloc *)(work->kept + m->relocs);
        return x64_settle(&places, m->code, m->code_bytes, relocs, m->nrelocs) && list_places(m, slot);
}

/* Returns what an exit is bound to: a region of this page; one that is bare, and leads to none, where its slot leads to at first. NULL:
 * nothing. */
static const uint8_t *bound_to(const struct made *m, const struct exit_rec *e)
{
        const struct made *to = target_of(m, e);
        if (to)
                return to->code;
        return e->bare ? page_job->code + work->links[slot_of(m->place + e->target) - 1] : NULL;
}

static bool bind(const struct made *m)
{
        const struct exit_rec *exits = (const struct exit_rec *)(work->kept + m->exits);
        for (uint32_t k = 0; k < m->nexits; k++) {
                const uint8_t *to = bound_to(m, &exits[k]);
                if (to && !x64_bind(m->code, m->code_bytes, &exits[k], to))
                        return false;
        }
        return true;
}

/* Puts where slots lead to at first behind all code. */
static bool put_links(void)
{
        const struct x64_places places = { .stubs = 0 };
        if (page_job->code_bytes + work->nslots * X64_LINK_SITE > PAGE_CODE_MAX)
                return false;
        for (uint32_t k = 0; k < work->nslots; k++) {
                const uint32_t at = page_job->code_bytes;
                if (!x64_link_site(&places, page_job->code + at, (uint64_t)page_job->code_at + at))
                        return false;
                work->links[k] = at;
                page_job->code_bytes += X64_LINK_SITE;
        }
        return true;
}

static void make_block(void)
{
        const struct cache_block head = { .nregions = work->nmade, .nslots = work->nslots + 1 };
        uint8_t *block = page_job->block;
        const uint32_t n = head.nregions, at = (uint32_t)cache_block_regions(n, head.nslots);
        const uint32_t records = at + n * (uint32_t)sizeof(work->region[0]);
        uint16_t *in_page = (uint16_t *)(block + sizeof(head));
        uint32_t *code_at = (uint32_t *)(block + cache_block_code_at(n));
        memcpy(block, &head, sizeof(head));
        for (uint32_t k = 0; k < n; k++) {
                struct cache_region *r = &work->region[k];
                in_page[k] = work->made[k].place;
                code_at[k] = (uint32_t)(work->made[k].code - page_job->code);
                r->exits_at += records;
                r->traps_at += records;
                r->journal_at += records;
        }
        memcpy(block + cache_block_link(n), work->links, work->nslots * sizeof(work->links[0]));
        memcpy(block + cache_block_target(n, head.nslots), work->targets, work->nslots * sizeof(work->targets[0]));
        memcpy(block + at, work->region, n * sizeof(work->region[0]));
        memcpy(block + records, work->records, work->nrecords);
        page_job->block_bytes = records + work->nrecords;
        page_job->nslots = head.nslots;
}

int page_run(void)
{
        window = (struct window){ .addr = PAGE_ADDRESS, .bytes = page_job->text, .size = page_job->text_bytes };
        compile_all(page_job);
        for (uint32_t k = 0; k < work->nmade; k++)
                if (!settle(&work->region[k], &work->made[k]))
                        return 1;
        if (!put_links())
                return 1;
        for (uint32_t k = 0; k < work->nmade; k++)
                if (!bind(&work->made[k]))
                        return 1;
        make_block();
        return 0;
}
