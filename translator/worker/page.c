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
        uint32_t links[PAGE_PLACES_MAX]; /* where slots lead to at first */
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

/* Notes the places in the page, behind `place`, that the region leads to and nobody knew of: where it is shorter than the scout's. */
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

static uint32_t keep(const void *from, size_t bytes)
{
        uint32_t at = work->nkept;
        memcpy(work->kept + at, from, bytes);
        work->nkept += (uint32_t)(bytes + 7) & ~7u;
        return at;
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

static void compile_all(struct page_job *job)
{
        work->code.p = job->code;
        for (unsigned p = page_map_next(&job->entries, 0); p < CACHE_PAGE; p = page_map_next(&job->entries, p + 1)) {
                uint8_t *entry;
                if (job->code + PAGE_CODE_MAX - work->code.p < CODE_ROOM ||
                    sizeof(work->kept) - work->nkept < sizeof(struct region_out))
                        break;
                const struct region_out *out = compile(p, &entry);
                if (!out)
                        continue;
                add_entries(p, out);
                add_region(p, entry, out);
        }
        job->code_bytes = (uint32_t)(work->code.p - job->code);
}

/* ---- exits ---- */

/* Returns the region of this page that an exit leads to, or NULL. */
static const struct made *target_of(const struct made *m, const struct exit_rec *e)
{
        int64_t to = (int64_t)m->place + e->target;
        return to >= 0 && to < CACHE_PAGE && work->made_at[to] ? &work->made[work->made_at[to] - 1] : NULL;
}

/* Returns the slot of exits to that target, which is from the page; a new one leads to `link` at first. 0: there are too many. */
static uint16_t slot_of(int32_t target, uint32_t link, bool *ret_new)
{
        uint32_t h = (uint32_t)target * 0x9e3779b1u >> 16;
        while (work->slots[h % TARGETS].slot && work->slots[h % TARGETS].target != target)
                h++;
        uint16_t *slot = &work->slots[h % TARGETS].slot;
        *ret_new = !*slot;
        if (*slot || work->nslots == TARGETS - 2)
                return *slot;
        work->slots[h % TARGETS].target = target;
        work->links[work->nslots] = link;
        return *slot = (uint16_t)++work->nslots;
}

/* Chooses slots for the exits of a region, and puts the records of those that somebody will look for. slot[]: where they are. Returns
 * false when there are too many. */
static bool choose_slots(struct cache_region *r, const struct made *m, uint64_t slot[EXIT_MAX])
{
        const struct exit_rec *exits = (const struct exit_rec *)(work->kept + m->exits);
        struct cache_exit *to = (struct cache_exit *)(work->records + work->nrecords);
        for (uint32_t k = 0; k < m->nexits; k++) {
                const struct exit_rec *e = &exits[k];
                const bool has_slot = x64_has_slot(e);
                bool is_new = !has_slot;
                uint16_t n = 0;
                slot[k] = 0;
                if (e->head || (has_slot && target_of(m, e)))
                        continue;
                if (has_slot && !(n = slot_of(m->place + e->target, (uint32_t)(m->code - page_job->code) + e->at, &is_new)))
                        return false;
                slot[k] = n ? PAGE_SLOTS_AT + 8u * n : 0;
                if (is_new)
                        to[r->nexits++] = (struct cache_exit){ .target = e->target, .at = e->at, .slot = n, .poll = e->poll };
        }
        work->nrecords += (uint32_t)(r->nexits * sizeof(*to) + 7) & ~7u;
        return true;
}

static bool bind(const struct made *m)
{
        const struct exit_rec *exits = (const struct exit_rec *)(work->kept + m->exits);
        for (uint32_t k = 0; k < m->nexits; k++) {
                const struct made *to = x64_has_slot(&exits[k]) ? target_of(m, &exits[k]) : NULL;
                if (to && !x64_bind(m->code, m->code_bytes, &exits[k], to->code))
                        return false;
        }
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
        uint32_t at = work->nrecords;
        memcpy(work->records + at, from, bytes);
        work->nrecords += (uint32_t)(bytes + 7) & ~7u;
        return at;
}

static bool settle(struct cache_region *r, const struct made *m)
{
        uint64_t slot[EXIT_MAX];
        const struct x64_places places = { .code = (uint64_t)page_job->code_at + (uint64_t)(m->code - page_job->code),
                                           .base = PAGE_SLOTS_AT,
                                           .slot = slot,
                                           .nexits = m->nexits };
        const size_t records = m->nexits * sizeof(struct cache_exit) + m->ntraps * sizeof(struct trap_rec) + m->njournal + 32;
        if (records > RECORDS_MAX - work->nrecords)
                return false;
        *r = (struct cache_region){
                .code_at = (uint32_t)(m->code - page_job->code),
                .code_bytes = m->code_bytes,
                .exits_at = work->nrecords,
                .njournal = m->njournal,
                .ntraps = m->ntraps,
                .in_page = m->place,
        };
        if (!choose_slots(r, m, slot))
                return false;
        r->traps_at = put_record(work->kept + m->traps, m->ntraps * sizeof(struct trap_rec));
        r->journal_at = put_record(work->kept + m->journal, m->njournal);
        const struct reloc *relocs = (const struct reloc *)(work->kept + m->relocs);
        return x64_settle(&places, m->code, m->code_bytes, relocs, m->nrelocs) && bind(m) && list_places(m, slot);
}

static void put_part(uint32_t *at, const void *from, size_t bytes)
{
        memcpy(page_job->block + *at, from, bytes);
        *at += (uint32_t)(bytes + 7) & ~7u;
}

static void make_block(void)
{
        const struct cache_block head = { .nregions = work->nmade, .nslots = work->nslots + 1 };
        const size_t regions = head.nregions * sizeof(work->region[0]), links = work->nslots * sizeof(work->links[0]);
        const uint32_t records = (uint32_t)(sizeof(head) + regions + ((links + 7) & ~(size_t)7));
        for (uint32_t k = 0; k < head.nregions; k++) {
                struct cache_region *r = &work->region[k];
                r->exits_at += records;
                r->traps_at += records;
                r->journal_at += records;
        }
        uint32_t at = 0;
        put_part(&at, &head, sizeof(head));
        put_part(&at, work->region, regions);
        put_part(&at, work->links, links);
        put_part(&at, work->records, work->nrecords);
        page_job->block_bytes = at;
        page_job->nslots = head.nslots;
}

int page_run(void)
{
        window = (struct window){ .addr = PAGE_ADDRESS, .bytes = page_job->text, .size = page_job->text_bytes };
        compile_all(page_job);
        for (uint32_t k = 0; k < work->nmade; k++)
                if (!settle(&work->region[k], &work->made[k]))
                        return 1;
        make_block();
        return 0;
}
