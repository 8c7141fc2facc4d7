/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translations that a process hands down (see share.h). */
#include <asm/errno.h>
#include <linux/mman.h>
#include "cache.h"
#include "config.h"
#include "threads.h"
#include "guest/code.h"
#include "log.h"
#include "settings.h"
#include "share.h"
#include "translate.h"
#include "guest/fp_in_software.h"

enum {
        UNIT = 8,
        BODY_MAX = 4 << 20, /* bytes, what was inherited included */
        PROBES = 16,        /* buckets of the table that are looked at for one region */
        RECENT = 512,       /* lines whose place is remembered */
};

/* Places are offsets in the body, in units of 8 bytes. The first unit of the body is not used, so that 0 is no place. */
struct bucket {
        uint32_t hash, place; /* of an entry */
};

struct header {
        uint8_t magic[8];
        uint8_t config[CACHE_CONFIG];
        uint32_t nbuckets; /* a power of two */
        uint32_t nentries;
        uint64_t body_size;
};

/* A line of guest code that a region was made from. */
struct line_rec {
        int32_t distance; /* in lines, from the line that the region begins in; from address 0 with LINE_STAYS */
        uint32_t known : 2;
        uint32_t place : 30; /* of the FETCH_LINE bytes that were there */
};
_Static_assert(BODY_MAX / UNIT < 1 << 30, "places of lines have 30 bits");

/* A region. Its parts follow, each at a multiple of 8: lines, exits, traps, relocations, code, journal. */
struct entry {
        uint32_t hash;
        uint32_t mode;
        uint32_t code_size, njournal;
        uint16_t nlines, nexits, ntraps, nrelocs;
        uint16_t page_offset;
} __attribute__((aligned(UNIT)));

static struct {
        bool left;
        struct own_memory own, record_own;
        const struct header *file; /* inherited; NULL: none */
        const uint8_t *body;       /* its body */
        size_t body_size;          /* the size of that, where the record goes on */
        uint8_t *record;           /* the rest of the body, entries and lines; NULL: nothing is recorded yet */
        size_t recorded, record_max;
        struct bucket *list; /* the record's entries: this list grows downwards from the end of the record's memory */
        uint32_t nrecorded;
        struct {
                uint64_t base;
                uint32_t place; /* of the bytes that were recorded for the line at this address; 0: none */
        } recent[RECENT];
} share RT_LARGE;

/* ---- the body ---- */

/* Returns what is at a place, or NULL when there are not `size` bytes. */
static const void *body_at(uint32_t place, size_t size)
{
        size_t at = (size_t)place * UNIT;
        if (at < share.body_size)
                return place && size <= share.body_size - at ? share.body + at : NULL;
        at -= share.body_size;
        return at < share.recorded && size <= share.recorded - at ? share.record + at : NULL;
}

struct parts {
        struct line_rec *lines;
        struct exit_rec *exits;
        struct trap_rec *traps;
        struct reloc *relocs;
        uint8_t *code, *journal, *end;
};

static uint8_t *next_part(uint8_t **p, size_t bytes)
{
        uint8_t *part = *p;
        *p += (bytes + UNIT - 1) & ~(size_t)(UNIT - 1);
        return part;
}

static struct parts find_parts(const struct entry *e)
{
        struct parts s;
        uint8_t *p = (uint8_t *)(uintptr_t)(e + 1);
        s.lines = (struct line_rec *)next_part(&p, e->nlines * sizeof(*s.lines));
        s.exits = (struct exit_rec *)next_part(&p, e->nexits * sizeof(*s.exits));
        s.traps = (struct trap_rec *)next_part(&p, e->ntraps * sizeof(*s.traps));
        s.relocs = (struct reloc *)next_part(&p, e->nrelocs * sizeof(*s.relocs));
        s.code = next_part(&p, e->code_size);
        s.journal = next_part(&p, e->njournal);
        s.end = p;
        return s;
}

static size_t entry_size(const struct entry *e)
{
        return (size_t)(find_parts(e).end - (const uint8_t *)e);
}

static uint32_t mix(uint32_t h, uint32_t v)
{
        uint64_t x = ((uint64_t)h << 32 | v) * UINT64_C(0x9e3779b97f4a7c15);
        return (uint32_t)(x >> 32 ^ x);
}

static uint32_t hash_of(struct loc loc, const uint8_t first_line[FETCH_LINE])
{
        uint32_t h = mix(loc.mode, loc_in_page(loc));
        for (unsigned k = 0; k < FETCH_LINE; k += 4) {
                uint32_t word;
                __builtin_memcpy(&word, first_line + k, sizeof(word));
                h = mix(h, word);
        }
        return h;
}

/* ---- taking ---- */

bool share_wanted(void)
{
        const unsigned logs = LOG_IN_ASM | LOG_IR | LOG_OUT_ASM;
        return !(run_settings.off & RUN_NO_SHARE) && !share.left && !translate_tagged && !fp_in_software_any() &&
               !rt_log_enabled(logs);
}

/* Returns the entry at a place, or NULL when its numbers do not fit together, or not into the tables that they are for. */
static const struct entry *sound_entry(uint32_t place)
{
        const struct entry *e = body_at(place, sizeof(*e));
        bool sound = e && e->nlines && e->nlines <= GUEST_LINES_MAX && e->nexits <= EXIT_MAX && e->nrelocs <= RELOC_MAX &&
                     e->ntraps <= sizeof(((struct region_out *)0)->traps) / sizeof(struct trap_rec) &&
                     e->code_size <= X64_REGION_MAX && e->njournal <= JOURNAL_MAX;
        return sound && body_at(place, entry_size(e)) ? e : NULL;
}

/* Where the lines of an entry are in this process. */
static uint64_t line[GUEST_LINES_MAX] RT_MEDIUM;

/* Is what the entry knows of a line so here? */
static bool is_so(const struct line_rec *rec, uint64_t addr)
{
        return !(rec->known & LINE_CONSTANT) || (code_hooks->is_fixed && code_hooks->is_fixed(addr));
}

/* Returns true when the guest code at loc is what the entry was made from. Sets line[]. */
static bool is_same_code(const struct entry *e, struct loc loc)
{
        const struct line_rec *rec = find_parts(e).lines;
        for (unsigned k = 0; k < e->nlines; k++) {
                line[k] = (rec[k].known & LINE_STAYS ? 0 : loc_line(loc)) + (uint64_t)(int64_t)rec[k].distance * FETCH_LINE;
                const void *was = body_at(rec[k].place, FETCH_LINE), *is = was ? guest_code_fetch(line[k]) : NULL;
                if (!is || memcmp(is, was, FETCH_LINE) != 0 || !is_so(&rec[k], line[k]))
                        return false;
        }
        return true;
}

static struct region_out *taken; /* memory that few processes need */

/* Copies all of an entry but its code to `taken`. */
static void copy_records(const struct entry *e, const struct parts *s)
{
        taken->code_size = e->code_size;
        taken->nexits = e->nexits;
        taken->ntraps = e->ntraps;
        taken->njournal = e->njournal;
        memcpy(taken->exits, s->exits, e->nexits * sizeof(taken->exits[0]));
        memcpy(taken->traps, s->traps, e->ntraps * sizeof(taken->traps[0]));
        memcpy(taken->journal, s->journal, e->njournal);
}

/* Returns true when all exits, of X64_LINK_SITE bytes each, are in the code, those that are linked do not cross an 8-byte boundary
 * (write_jump in cache.c), and all traps go on in the code. */
static bool are_sound_records(void)
{
        for (uint32_t k = 0; k < taken->nexits; k++) {
                const struct exit_rec *e = &taken->exits[k];
                bool fits = e->at <= taken->code_size && taken->code_size - e->at >= X64_LINK_SITE &&
                            (e->poll || e->at % 8 <= 8 - X64_LINK_SITE);
                if (!fits || e->site || e->head >= taken->code_size)
                        return false;
        }
        for (uint32_t k = 0; k < taken->ntraps; k++)
                if (taken->traps[k].at >= taken->code_size || taken->traps[k].end > taken->code_size)
                        return false;
        return true;
}

/* Copies an entry to where the next code goes, and moves it to loc. Returns where its code is, or NULL when it cannot be there. */
static uint8_t *copy_entry(const struct entry *e, struct loc loc, const struct code *code)
{
        const struct parts s = find_parts(e);
        copy_records(e, &s);
        uint8_t *entry = x64_place(code->p, taken->exits, taken->nexits);
        memcpy(entry, s.code, e->code_size);
        bool sound = are_sound_records() && x64_relocate(loc.pc, entry, e->code_size, s.relocs, e->nrelocs);
        return sound ? entry : NULL;
}

struct region *share_take(struct loc loc, struct code *code)
{
        if (!share.file || loc_address(loc) % guest_unit() || code_hooks->is_vdso(loc_address(loc)))
                return NULL;
        guest_code_begin();
        const uint8_t *first = guest_code_fetch(loc_line(loc));
        if (!first)
                return NULL;
        const struct bucket *buckets = (const struct bucket *)(share.file + 1);
        const uint32_t hash = hash_of(loc, first), mask = share.file->nbuckets - 1;
        for (uint32_t k = 0; k < PROBES && buckets[(hash + k) & mask].place; k++) {
                const struct bucket *b = &buckets[(hash + k) & mask];
                const struct entry *e = b->hash == hash ? sound_entry(b->place) : NULL;
                bool fits = e && e->mode == loc.mode && e->page_offset == loc_in_page(loc);
                /* Where one cannot be because it was made at a lower address, there may be another one behind it. */
                uint8_t *entry = fits && is_same_code(e, loc) ? copy_entry(e, loc, code) : NULL;
                if (!entry)
                        continue;
                code->p = entry + e->code_size;
                cache_stats.taken++;
                return cache_add(loc, &(struct guest_deps){ e->nlines, line, NULL }, entry, taken, code);
        }
        return NULL;
}

/* ---- recording ---- */

/* Returns how large the body may become: less where the cache is smaller than usual (-tb-size, RLIMIT_AS). */
static size_t body_max(void)
{
        size_t part = cache_code_bytes() / 16;
        return part < BODY_MAX ? part & ~(size_t)4095 : BODY_MAX;
}

static bool have_record(void)
{
        if (share.record)
                return true;
        if (!share.body_size)
                share.body_size = UNIT;
        size_t max = body_max();
        if (share.body_size >= max)
                return false;
        share.record_max = (max - share.body_size + 4095) & ~(size_t)4095;
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        long p = own_memory_map(&share.record_own, 0, share.record_max, PROT_READ | PROT_WRITE, flags, -1);
        if (rt_failed(p))
                return false;
        share.record = (uint8_t *)p;
        share.list = (struct bucket *)(share.record + share.record_max);
        return true;
}

/* Adds `size` bytes to the record. Returns their place, and in *ret where they are to be written; 0: there is no room. */
static uint32_t append(size_t size, void *ret)
{
        size_t listed = (share.nrecorded + 1) * sizeof(struct bucket); /* with the entry that this may become */
        size = (size + UNIT - 1) & ~(size_t)(UNIT - 1);
        if (share.recorded + listed + size > share.record_max)
                return 0;
        *(void **)ret = share.record + share.recorded;
        uint32_t place = (uint32_t)((share.body_size + share.recorded) / UNIT);
        share.recorded += size;
        return place;
}

/* Returns the place of the bytes of line k of guest_lines, or 0 when there is no room. They are recorded only once as long as
 * they do not change. */
static uint32_t place_of_line(unsigned k)
{
        uint64_t base = guest_lines.base[k];
        unsigned r = (unsigned)(base / FETCH_LINE % RECENT);
        if (share.recent[r].place && share.recent[r].base == base &&
            memcmp(body_at(share.recent[r].place, FETCH_LINE), guest_lines.bytes[k], FETCH_LINE) == 0)
                return share.recent[r].place;
        uint8_t *to;
        uint32_t place = append(FETCH_LINE, &to);
        if (place) {
                memcpy(to, guest_lines.bytes[k], FETCH_LINE);
                share.recent[r].base = base;
                share.recent[r].place = place;
        }
        return place;
}

static bool fill(struct entry *e, const uint8_t *code, const struct region_out *out)
{
        const struct parts s = find_parts(e);
        for (unsigned k = 0; k < guest_lines.n; k++) {
                const uint8_t known = guest_lines.known[k];
                uint64_t from = known & LINE_STAYS ? 0 : guest_lines.base[0];
                int64_t distance = (int64_t)(guest_lines.base[k] - from) / (int64_t)FETCH_LINE;
                s.lines[k] = (struct line_rec){ .distance = (int32_t)distance, .known = known, .place = place_of_line(k) };
                if (!s.lines[k].place || s.lines[k].distance != distance)
                        return false;
        }
        memcpy(s.exits, out->exits, out->nexits * sizeof(out->exits[0]));
        memcpy(s.traps, out->traps, out->ntraps * sizeof(out->traps[0]));
        memcpy(s.relocs, out->relocs, out->nrelocs * sizeof(out->relocs[0]));
        memcpy(s.code, code, out->code_size);
        memcpy(s.journal, out->journal, out->njournal);
        return true;
}

void share_record(struct loc loc, const uint8_t *code, const struct region_out *out)
{
        struct entry *e, head = {
                .mode = loc.mode,
                .page_offset = loc_in_page(loc),
                .code_size = out->code_size,
                .njournal = out->njournal,
                .nlines = (uint16_t)guest_lines.n,
                .nexits = (uint16_t)out->nexits,
                .ntraps = (uint16_t)out->ntraps,
                .nrelocs = (uint16_t)out->nrelocs,
        };
        if (!out->movable || code_hooks->is_vdso(loc_address(loc)) || !have_record())
                return;
        head.hash = hash_of(loc, guest_lines.bytes[0]);
        uint32_t place = append(entry_size(&head), &e);
        if (!place)
                return;
        *e = head;
        if (!fill(e, code, out)) /* there is no room for its lines: it does not come into the list, so that nobody takes it */
                return;
        share.nrecorded++;
        share.list[-(ptrdiff_t)share.nrecorded] = (struct bucket){ .hash = head.hash, .place = place };
}

/* ---- handing down ---- */

static void add_bucket(struct bucket *buckets, uint32_t nbuckets, struct bucket s)
{
        for (uint32_t k = 0; k < PROBES; k++) {
                struct bucket *to = &buckets[(s.hash + k) & (nbuckets - 1)];
                if (!to->place) {
                        *to = s;
                        return;
                }
        }
}

static void fill_table(struct header *h)
{
        struct bucket *buckets = (struct bucket *)(h + 1);
        const struct bucket *old = share.file ? (const struct bucket *)(share.file + 1) : NULL;
        for (uint32_t k = 0; share.file && k < share.file->nbuckets; k++)
                if (old[k].place)
                        add_bucket(buckets, h->nbuckets, old[k]);
        for (uint32_t k = 1; k <= share.nrecorded; k++)
                add_bucket(buckets, h->nbuckets, share.list[-(ptrdiff_t)k]);
}

size_t share_body_size(void)
{
        return share.body_size + __atomic_load_n(&share.recorded, __ATOMIC_RELAXED);
}

static bool make_file(struct share_file *ret)
{
        uint8_t config[CACHE_CONFIG];
        uint32_t n = share.nrecorded + (share.file ? share.file->nentries : 0), nbuckets = 64;
        while (nbuckets < 2 * n)
                nbuckets *= 2;
        size_t size = sizeof(struct header) + nbuckets * sizeof(struct bucket);
        struct header *h = n && config_get(config) ? rt_alloc(size) : NULL;
        if (!h)
                return false;
        memcpy(h->magic, SHARE_MAGIC, sizeof(h->magic));
        memcpy(h->config, config, sizeof(h->config));
        h->nbuckets = nbuckets;
        h->nentries = n;
        h->body_size = share_body_size();
        fill_table(h);
        static const uint8_t nothing[UNIT];
        ret->table = h;
        ret->piece[0].p = h, ret->piece[0].size = size;
        ret->piece[1].p = share.file ? share.body : nothing, ret->piece[1].size = share.body_size;
        ret->piece[2].p = share.record, ret->piece[2].size = share.recorded;
        return true;
}

bool share_file_make(struct share_file *ret)
{
        rt_mutex_lock(&run_lock);
        bool r = share_wanted() && make_file(ret);
        rt_mutex_unlock(&run_lock);
        return r;
}

void share_file_done(struct share_file *f)
{
        rt_free(f->table);
}

/* ---- coming and going ---- */

static bool is_sound_header(const struct header *h, size_t size)
{
        uint8_t config[CACHE_CONFIG];
        if (size < sizeof(*h) || memcmp(h->magic, SHARE_MAGIC, sizeof(h->magic)) != 0 || !config_get(config) ||
            memcmp(h->config, config, sizeof(config)) != 0)
                return false;
        size_t table = (size_t)h->nbuckets * sizeof(struct bucket), rest = size - sizeof(*h);
        return h->nbuckets && !(h->nbuckets & (h->nbuckets - 1)) && h->nentries <= h->nbuckets && table <= rest &&
               h->body_size == rest - table && h->body_size % UNIT == 0 && h->body_size >= UNIT;
}

bool share_adopt(int fd, size_t size)
{
        if (!taken)
                taken = rt_alloc(sizeof(*taken));
        long p = taken && size <= 2 * BODY_MAX ? own_memory_map(&share.own, 0, size, PROT_READ, MAP_PRIVATE, fd) : -ENOMEM;
        if (rt_failed(p))
                return false;
        const struct header *h = (const struct header *)p;
        if (!is_sound_header(h, size)) {
                own_memory_remove(&share.own);
                (void)rt_munmap((void *)p, size);
                return false;
        }
        share.file = h;
        share.body = (const uint8_t *)(h + 1) + h->nbuckets * sizeof(struct bucket);
        share.body_size = h->body_size;
        return true;
}

void share_leave(void)
{
        share.left = true;
}
