/* The file of shared translations (see share.h). */
#include <linux/elf.h>
#include <linux/mman.h>
#include "cache.h"
#include "exec_thread.h"
#include "log.h"
#include "share.h"
#include "../guest/soften.h"
#include "../linux/share_fd.h"

enum {
        BUCKETS = 1 << 14,
        UNIT = 16,                  /* entries begin at multiples of it */
        LINES_MAX = 32,
        PENDING_BYTES = 1 << 20,    /* of what is not in the file yet */
        BUILD_ID = 20,
};

struct header {
        uint8_t build[BUILD_ID];    /* of the translator */
        uint32_t used;              /* units, the header's included */
        uint64_t config;            /* of options and CPU features */
        uint32_t bucket[BUCKETS];   /* place of the first entry in units, 0 = none */
};

/* Behind it, each part at a multiple of 8: lines (offset from pc's own in bytes), exits, traps, relocations, code, journal. */
struct entry {
        uint32_t next;              /* of its bucket */
        uint32_t size;              /* with its parts: a multiple of UNIT */
        uint64_t key, check;        /* hash of the first line, place in the page and mode; of all lines */
        uint64_t pc;                /* the only one it is for, or 0 */
        uint32_t mode;
        int32_t lo, hi;             /* guest code, relative to pc */
        uint32_t code_size, njournal;
        uint16_t nlines, nexits, ntraps, nrelocs;
} __attribute__((aligned(UNIT)));

static struct {
        struct header *file;        /* NULL: none */
        bool left;
        struct rt_own own, pending_own;
        uint8_t *pending;           /* entries, one behind the other */
        uint32_t pending_used;
} share;

static struct { /* read for the region that is being made */
        uint64_t base[LINES_MAX], hash[LINES_MAX];
        unsigned n;
        bool unfit;
} lines;

/* ---- hashes ---- */

static uint64_t mix(uint64_t h, uint64_t v) {
        h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
        return h ^ h >> 32;
}

static uint64_t hash_words(const void *words, size_t bytes) {
        const uint64_t *p = words;
        uint64_t h = bytes;
        for (size_t k = 0; k < bytes / 8; k++)
                h = mix(h, p[k]);
        return h;
}

static uint64_t key_of(uint64_t pc, uint32_t mode, uint64_t first_line) {
        return mix(first_line, (pc & 4095) | (uint64_t) mode << 12);
}

static uint64_t config_hash(void) {
        uint64_t h = mix(exec_opts, exec_cpu_limit());
        const uint8_t *feature = (const uint8_t *) &x64_features;
        for (size_t k = 0; k < sizeof(x64_features); k++)
                h = mix(h, feature[k]);
        return mix(h, (uint64_t) (x64_stubs.helper_sync - x64_stubs.enter));
}

/* The linker's build id (NT_GNU_BUILD_ID) from the program headers; NULL: none. */
static const uint8_t *build_id(void) {
        const Elf64_Ehdr *eh = (const Elf64_Ehdr *) __ehdr_start;
        const Elf64_Phdr *ph = (const Elf64_Phdr *) (__ehdr_start + eh->e_phoff);
        for (unsigned k = 0; k < eh->e_phnum; k++) {
                const Elf64_Nhdr *n = (const Elf64_Nhdr *) (__ehdr_start + ph[k].p_vaddr);
                if (ph[k].p_type == PT_NOTE && n->n_type == 3 && n->n_namesz == 4 && n->n_descsz == BUILD_ID)
                        return (const uint8_t *) (n + 1) + 4;
        }
        return NULL;
}

/* ---- lines of guest code ---- */

bool share_wanted(void) {
        const unsigned logs = LOG_IN_ASM | LOG_IR | LOG_OUT_ASM;
        return !(exec_opts & IR_OPT_NO_SHARE) && !share.left && !exec_tagged && !soften_any() && !rt_log_enabled(logs);
}

void share_begin(void) {
        lines.n = 0;
        lines.unfit = false;
}

void share_line(uint64_t base, const uint32_t *line) {
        if (!line || lines.n == LINES_MAX) {
                lines.unfit = true;
                return;
        }
        lines.base[lines.n] = base;
        lines.hash[lines.n++] = hash_words(line, FETCH_LINE);
}

static uint64_t check_of_lines(void) {
        uint64_t h = 0;
        for (unsigned k = 0; k < lines.n; k++)
                h = mix(h, lines.hash[k]);
        return h;
}

/* ---- an entry's parts ---- */

struct parts {
        int32_t *lines;
        struct exit_rec *exits;
        struct trap_rec *traps;
        struct reloc *relocs;
        uint8_t *code, *journal, *end;
};

static uint8_t *next_part(uint8_t **p, size_t bytes) {
        uint8_t *part = *p;
        *p += (bytes + 7) & ~(size_t) 7;
        return part;
}

/* Where they are, from the numbers in head: a copy that nobody changes meanwhile. */
static struct parts find_parts(const struct entry *head, const struct entry *e) {
        struct parts s;
        uint8_t *p = (uint8_t *) (uintptr_t) (e + 1);
        s.lines = (int32_t *) next_part(&p, head->nlines * sizeof(*s.lines));
        s.exits = (struct exit_rec *) next_part(&p, head->nexits * sizeof(*s.exits));
        s.traps = (struct trap_rec *) next_part(&p, head->ntraps * sizeof(*s.traps));
        s.relocs = (struct reloc *) next_part(&p, head->nrelocs * sizeof(*s.relocs));
        s.code = next_part(&p, head->code_size);
        s.journal = next_part(&p, head->njournal);
        s.end = p;
        return s;
}

/* ---- taking ---- */

static const struct entry *entry_at(uint32_t place) {
        if (place < sizeof(struct header) / UNIT || place > (SHARE_BYTES - sizeof(struct entry)) / UNIT)
                return NULL;
        return (const struct entry *) ((const uint8_t *) share.file + (size_t) place * UNIT);
}

/* Do its numbers fit together, and into the tables that they are for? */
static bool is_sound(const struct entry *head, const struct entry *e) {
        const uint8_t *end = (const uint8_t *) share.file + SHARE_BYTES;
        return head->nlines && head->nlines <= LINES_MAX && head->nexits <= EXIT_MAX && head->nrelocs <= RELOC_MAX &&
               head->ntraps <= sizeof(((struct region_out *) 0)->traps) / sizeof(struct trap_rec) &&
               head->code_size <= X64_REGION_MAX && head->njournal <= JOURNAL_MAX && find_parts(head, e).end <= end;
}

/* Is the guest code still what it was made from? */
static bool is_same_code(const struct entry *head, const struct entry *e, uint64_t pc, fetch_fn *fetch) {
        uint64_t first = pc - pc % FETCH_LINE, h = 0;
        const struct parts s = find_parts(head, e);
        for (unsigned k = 0; k < head->nlines; k++) {
                const uint32_t *line = fetch(first + (uint64_t) (int64_t) s.lines[k]);
                if (!line)
                        return false;
                h = mix(h, hash_words(line, FETCH_LINE));
        }
        return h == head->check;
}

static struct region_out taken;

/* Everything but the code, whose place is known to the caller. */
static void copy_records(const struct entry *head, const struct parts *s) {
        taken.code_size = head->code_size;
        taken.nexits = head->nexits;
        taken.ntraps = head->ntraps;
        taken.njournal = head->njournal;
        memcpy(taken.exits, s->exits, head->nexits * sizeof(taken.exits[0]));
        memcpy(taken.traps, s->traps, head->ntraps * sizeof(taken.traps[0]));
        memcpy(taken.journal, s->journal, head->njournal);
}

static bool are_sound_exits(void) {
        for (uint32_t k = 0; k < taken.nexits; k++)
                if (taken.exits[k].at + 5 > taken.code_size || taken.exits[k].site)
                        return false;
        return true;
}

static struct region *take(const struct entry *head, const struct entry *e, uint64_t pc, struct code *code) {
        const struct parts s = find_parts(head, e);
        uint8_t *entry = (uint8_t *) (((uintptr_t) code->p + 15) & ~(uintptr_t) 15);
        copy_records(head, &s);
        memcpy(entry, s.code, head->code_size);
        if (!are_sound_exits() ||
            !x64_relocate(pc, entry, head->code_size, taken.journal, head->njournal, s.relocs, head->nrelocs))
                return NULL;
        code->p = entry + head->code_size;
        cache_stats.taken++;
        uint64_t lo = pc + (uint64_t) (int64_t) head->lo, hi = pc + (uint64_t) (int64_t) head->hi;
        return cache_add(pc, head->mode, lo, hi, entry, &taken, code);
}

struct region *share_take(uint64_t pc, uint32_t mode, struct code *code, fetch_fn *fetch) {
        const uint64_t base = pc - pc % FETCH_LINE;
        const uint32_t *first = share.file && !(pc & 3) ? fetch(base) : NULL;
        if (!first)
                return NULL;
        uint64_t key = key_of(pc, mode, hash_words(first, FETCH_LINE));
        uint32_t at = __atomic_load_n(&share.file->bucket[key % BUCKETS], __ATOMIC_ACQUIRE);
        for (unsigned left = 256; left; left--) { /* a chain that leads in a circle is no reason to stay */
                const struct entry *e = entry_at(at);
                if (!e)
                        break;
                const struct entry head = *e;
                bool fits = head.key == key && head.mode == mode && (!head.pc || head.pc == pc);
                if (fits && is_sound(&head, e) && is_same_code(&head, e, pc, fetch))
                        return take(&head, e, pc, code);
                at = head.next;
        }
        return NULL;
}

/* ---- adding ---- */

static size_t entry_size(const struct entry *head) {
        return ((size_t) (find_parts(head, head).end - (const uint8_t *) head) + UNIT - 1) & ~(size_t) (UNIT - 1);
}

static void fill(struct entry *e, const uint8_t *code, const struct region_out *out) {
        const struct parts s = find_parts(e, e);
        for (unsigned k = 0; k < lines.n; k++)
                s.lines[k] = (int32_t) (lines.base[k] - lines.base[0]);
        memcpy(s.exits, out->exits, out->nexits * sizeof(out->exits[0]));
        memcpy(s.traps, out->traps, out->ntraps * sizeof(out->traps[0]));
        memcpy(s.relocs, out->relocs, out->nrelocs * sizeof(out->relocs[0]));
        memcpy(s.code, code, out->code_size);
        memcpy(s.journal, out->journal, out->njournal);
}

static bool have_pending(void) {
        if (share.pending)
                return true;
        long p = rt_mmap(0, PENDING_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p < 0 && p > -4096)
                return false;
        share.pending = (uint8_t *) p;
        rt_own_add(&share.pending_own, share.pending, PENDING_BYTES);
        return true;
}

void share_record(const struct ir *ir, uint32_t mode, const uint8_t *code, const struct region_out *out) {
        if (lines.unfit || !out->movable || !have_pending())
                return;
        struct entry head = {
                .key = key_of(ir->pc, mode, lines.hash[0]), .check = check_of_lines(), .pc = x64_is_fixed(ir->pc) ? ir->pc : 0,
                .mode = mode, .lo = (int32_t) (ir->lo - ir->pc), .hi = (int32_t) (ir->hi - ir->pc),
                .code_size = out->code_size, .njournal = out->njournal, .nlines = (uint16_t) lines.n,
                .nexits = (uint16_t) out->nexits, .ntraps = (uint16_t) out->ntraps, .nrelocs = (uint16_t) out->nrelocs,
        };
        head.size = (uint32_t) entry_size(&head);
        if (head.size > PENDING_BYTES - share.pending_used)
                share_publish(false);
        if (head.size > PENDING_BYTES - share.pending_used)
                return;
        struct entry *e = (struct entry *) (share.pending + share.pending_used);
        *e = head;
        fill(e, code, out);
        share.pending_used += head.size;
}

/* Another process may have put the same into the file. */
static bool is_listed(const struct entry *new) {
        uint32_t at = __atomic_load_n(&share.file->bucket[new->key % BUCKETS], __ATOMIC_ACQUIRE);
        const struct entry *e;
        for (unsigned left = 256; left && (e = entry_at(at)); left--, at = e->next)
                if (e->key == new->key && e->check == new->check && e->mode == new->mode && e->pc == new->pc)
                        return true;
        return false;
}

/* False: there is no more room. */
static bool put(const struct entry *new) {
        uint32_t units = new->size / UNIT, at = __atomic_load_n(&share.file->used, __ATOMIC_RELAXED);
        do {
                if (at < sizeof(struct header) / UNIT || at > SHARE_BYTES / UNIT - units)
                        return false;
        } while (!__atomic_compare_exchange_n(&share.file->used, &at, at + units, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
        struct entry *e = (struct entry *) ((uint8_t *) share.file + (size_t) at * UNIT);
        memcpy(e, new, new->size);
        uint32_t *bucket = &share.file->bucket[new->key % BUCKETS], first = __atomic_load_n(bucket, __ATOMIC_RELAXED);
        do
                e->next = first;
        while (!__atomic_compare_exchange_n(bucket, &first, at, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
        return true;
}

static bool map_file(int fd) {
        long p = rt_mmap(0, SHARE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
        if (p < 0 && p > -4096)
                return false;
        share.file = (struct header *) p;
        rt_own_add(&share.own, share.file, SHARE_BYTES);
        return true;
}

static void unmap_file(void) {
        rt_own_remove(&share.own);
        (void) rt_munmap(share.file, SHARE_BYTES);
        share.file = NULL;
}

static void create_file(void) {
        const uint8_t *build = build_id();
        int fd = build ? share_fd_create(SHARE_BYTES) : -1;
        if (fd < 0)
                return;
        if (!map_file(fd)) {
                share_fd_close();
                return;
        }
        memcpy(share.file->build, build, BUILD_ID);
        share.file->config = config_hash();
        share.file->used = sizeof(struct header) / UNIT;
}

void share_publish(bool create) {
        if (!share.file && create)
                create_file();
        if (!share.file)
                return;
        for (uint32_t at = 0; at < share.pending_used;) {
                const struct entry *e = (const struct entry *) (share.pending + at);
                at += e->size;
                if (!is_listed(e) && !put(e))
                        break;
        }
        share.pending_used = 0;
}

/* ---- coming and going ---- */

bool share_adopt(int fd) {
        const uint8_t *build = build_id();
        if (!build || !map_file(fd))
                return false;
        if (!memcmp(share.file->build, build, BUILD_ID) && share.file->config == config_hash())
                return true;
        unmap_file();
        return false;
}

bool share_leave(void) {
        bool took_part = share.file;
        share.left = true;
        if (share.file)
                unmap_file();
        if (share.pending) {
                rt_own_remove(&share.pending_own);
                (void) rt_munmap(share.pending, PENDING_BYTES);
                share.pending = NULL;
                share.pending_used = 0;
        }
        return took_part;
}
