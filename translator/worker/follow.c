/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Following code (see follow.h). */
#include "follow.h"
#include "code_table.h"
#include "guest/region_lift.h"
#include "ir/exits.h"
#include "rt/rt.h"
#include "run/settings.h"
#include "run/translate.h"
#include "window.h"

/* Places that are to be tried. */
struct wish {
        bool any;
        struct page_map map;
};

struct follow_info {
        uint64_t addr;
        const uint8_t *bytes;
        bool tail, waits;                    /* waits: not all entries and ends were lifted */
        struct page_map lifted;              /* entries from which code was lifted */
        struct page_map ends;                /* where regions of this page end that would have been too long */
        struct page_map covered;             /* instructions that are part of a region */
        struct wish guesses;                 /* what is behind regions */
        struct wish pointers;                /* addresses that regions compute */
        uint8_t literal[CACHE_PAGE / 4 / 8]; /* words that regions take for constants */
};

struct follow_info *follow_info;
const size_t follow_info_size = sizeof(struct follow_info);
struct page_map *(*follow_entries)(uint32_t n);
uint32_t (*follow_page_of)(uint64_t addr);
struct ir *follow_ir;

static uint32_t npages;
static struct follow_info *here; /* whose region is lifted */

static unsigned place_of(uint64_t pc)
{
        return (unsigned)(pc % CACHE_PAGE);
}

/* Is pc that of a place in the maps? */
static bool is_place(uint64_t pc)
{
        return guest_address(pc) % guest_unit() == 0 && (pc & 1 || pc % 4 == 0);
}

static uint32_t page_at(uint64_t pc)
{
        uint32_t n = is_place(pc) ? follow_page_of(guest_address(pc)) : UINT32_MAX;
        return n < npages ? n : UINT32_MAX;
}

void follow_page(uint64_t addr, const uint8_t *bytes, bool tail)
{
        follow_info[npages].addr = addr;
        follow_info[npages].bytes = bytes;
        follow_info[npages++].tail = tail;
}

void follow_add(uint64_t pc)
{
        uint32_t n = page_at(pc);
        if (n != UINT32_MAX && page_map_add(follow_entries(n), place_of(pc)))
                follow_info[n].waits = true;
}

static bool is_covered(uint64_t pc)
{
        uint32_t n = page_at(pc);
        return n != UINT32_MAX &&
               (page_map_has(&follow_info[n].covered, place_of(pc)) || page_map_has(follow_entries(n), place_of(pc)));
}

/* A region of the page `here` would have been too long and ends before pc. Where it will end when the page is translated, which is not
 * behind another entry, is seen then: only in other pages there must be a region. */
static void add_end(uint64_t pc)
{
        if (page_at(pc) != (uint32_t)(here - follow_info))
                follow_add(pc);
        else
                here->waits |= page_map_add(&here->ends, place_of(pc));
}

bool follow_was_at(uint64_t pc)
{
        pc = guest_address(pc);
        return is_covered(pc) || is_covered(pc | the_guest->state_bits);
}

static void wish_for(struct wish *w, unsigned place)
{
        w->any |= page_map_add(&w->map, place);
}

static void add_guess(uint64_t pc)
{
        uint32_t n = page_at(pc);
        if (n != UINT32_MAX)
                wish_for(&follow_info[n].guesses, place_of(pc));
}

/* An address that is computed is that of a function, or what is beside code. Who takes the address of a T32 function says so. */
static void add_pointer(uint64_t pc)
{
        uint32_t n = page_at(pc);
        if (n != UINT32_MAX && (!the_guest->state_bits || pc & the_guest->state_bits))
                wish_for(&follow_info[n].pointers, place_of(pc));
        else
                add_guess(pc);
}

static void add_literal(uint64_t addr)
{
        uint32_t n = page_at(addr & ~UINT64_C(3));
        if (n != UINT32_MAX)
                follow_info[n].literal[addr % CACHE_PAGE / 32] |= (uint8_t)(1u << (addr / 4 % 8));
}

static bool is_literal(uint64_t pc)
{
        uint32_t n = page_at(pc);
        return n != UINT32_MAX && follow_info[n].literal[pc % CACHE_PAGE / 32] >> (pc / 4 % 8) & 1;
}

/* ---- regions ---- */

static unsigned instruction_bytes(uint64_t pc)
{
        uint16_t first;
        const uint8_t *p = pc & the_guest->state_bits ? window_fetch(guest_address(pc)) : NULL;
        if (!p)
                return 4;
        memcpy(&first, p, sizeof(first));
        return first >> 11 >= 0x1d ? 4 : 2; /* Arm ARM F3.1 */
}

static void cover(uint64_t pc)
{
        uint32_t n = page_at(pc);
        if (n != UINT32_MAX)
                page_map_add(&follow_info[n].covered, place_of(pc));
}

/* Tables may be in another page than their branch. */
static const uint8_t *fetch_any(uint64_t addr)
{
        uint32_t n = follow_page_of(addr);
        return n < npages ? follow_info[n].bytes + addr % CACHE_PAGE : NULL;
}

static void add_exits(const struct ir *ir, const struct ir_ins *i, uint64_t at, uint64_t base)
{
        const uint64_t target = ir->pc + (uint64_t)(int64_t)i->disp, back = at + i->aux;
        switch (i->op) {
        case IR_EXIT_IF:
                if (!(i->aux2 & EXIT_OTHER_MODE))
                        follow_add(target);
                break;
        case IR_EXIT:
                if (target == at + instruction_bytes(at))
                        add_end(target);
                else
                        follow_add(target);
                break;
        case IR_EXIT_CALL:
                follow_add(target);
                follow_add(back);
                break;
        case IR_EXIT_CALLR: follow_add(back); break;
        case IR_EXIT_IND:
                code_table_each(fetch_any, at, base, follow_add);
                if (ir->ins[i->a].op == IR_CONST || ir->ins[i->a].op == IR_PCREL)
                        follow_add((uint64_t)ir->ins[i->a].imm);
                break;
        case IR_EXIT_SYS:
                if (i->aux != EXIT_UDF && i->aux != EXIT_BRK)
                        follow_add(target);
                break;
        default: break;
        }
}

static void look_at_region(const struct ir *ir)
{
        uint64_t at = ir->pc, base = 0;
        for (uint32_t k = 1; k < ir->n; k++) {
                const struct ir_ins *i = &ir->ins[k];
                if (i->op == IR_INSN) {
                        uint64_t next = ir->pc + (uint64_t)(int64_t)i->disp;
                        if (next != at && next != at + instruction_bytes(at))
                                add_guess(at + instruction_bytes(at));
                        at = next;
                        cover(at);
                } else if (ir_opinfo[i->op].flags & OF_EXIT) {
                        add_exits(ir, i, at, base);
                } else if (i->op == IR_PCREL) {
                        add_pointer((uint64_t)i->imm);
                        if (!((uint64_t)i->imm & 3))
                                base = (uint64_t)i->imm;
                }
        }
        add_guess(at + instruction_bytes(at));
}

/* Lifts the region that begins at a place in page `here`. Returns false when there is none; where it is a guess, also when it ends with
 * an undefined instruction. */
static bool lift(unsigned place, bool is_guess)
{
        struct ir *ir = follow_ir;
        uint64_t undefined;
        const uint32_t tail = here->tail ? CACHE_TAIL : 0;
        window = (struct window){ .addr = here->addr, .bytes = here->bytes, .size = CACHE_PAGE + tail, .literal = add_literal };
        ir->guest = the_guest->registers;
        ir->opts = run_settings.passes_off;
        ir->movable = true;
        if (!lift_region(ir, (struct loc){ .pc = here->addr + place }, TRANSLATE_MAX_INSNS, window_fetch, &undefined))
                return false;
        if (undefined && is_guess)
                return false;
        look_at_region(ir);
        return true;
}

static void lift_each(struct page_map *places)
{
        for (unsigned p = page_map_next(places, 0); p < CACHE_PAGE; p = page_map_next(places, p + 1))
                if (page_map_add(&here->lifted, p) && !lift(p, false))
                        page_map_drop(places, p);
}

/* Lifts all that is noted of page n. */
static void finish_page(uint32_t n)
{
        here = &follow_info[n];
        while (here->waits) {
                here->waits = false;
                lift_each(follow_entries(n));
                lift_each(&here->ends);
        }
}

void follow_all(void)
{
        for (bool again = true; again;) {
                again = false;
                for (uint32_t n = 0; n < npages; n++) {
                        again |= follow_info[n].waits;
                        finish_page(n);
                }
        }
}

/* ---- guesses ---- */

/* Returns true for what fills gaps between functions: instructions that do nothing, and zeros. */
static bool is_filler(uint64_t pc)
{
        const uint8_t *p = window_fetch(guest_address(pc));
        uint32_t word = 0;
        if (!p)
                return false;
        memcpy(&word, p, pc & the_guest->state_bits ? 2 : 4);
        if (!word)
                return true;
        if (pc & the_guest->state_bits)
                return word == 0xbf00 || word == 0x46c0;
        return the_guest->state_bits ? word == 0xe320f000 || word == 0xe1a00000 : word == 0xd503201f;
}

/* Tries code at pc in page n, which is `here`. Returns false when there is none. */
static bool try_one(uint64_t pc, uint32_t n)
{
        if (!page_map_add(&here->lifted, place_of(pc)) || !lift(place_of(pc), true))
                return false;
        page_map_add(follow_entries(n), place_of(pc));
        finish_page(n);
        return true;
}

/* Tries code at pc, and behind it, up to where code is known to be. */
static void try_guess(uint64_t pc, uint32_t n)
{
        const unsigned step = pc & 1 ? 2 : 4;
        for (;; pc += step) {
                if (page_at(pc) != n) {
                        add_guess(pc);
                        return;
                }
                if (is_covered(pc) || is_covered(pc ^ the_guest->state_bits))
                        return;
                if (!is_literal(pc) && !is_filler(pc) && try_one(pc, n))
                        return;
        }
}

/* Takes the first one of page n. Returns false when there is none. */
static bool take(struct wish *w, uint32_t n, uint64_t *ret)
{
        const unsigned p = w->any ? page_map_next(&w->map, 0) : CACHE_PAGE;
        w->any = p != CACHE_PAGE;
        if (!w->any)
                return false;
        page_map_drop(&w->map, p);
        here = &follow_info[n];
        window = (struct window){ .addr = here->addr, .bytes = here->bytes, .size = CACHE_PAGE };
        *ret = here->addr + p;
        return true;
}

void follow_guesses(void)
{
        uint64_t pc;
        for (bool again = true; again;) {
                again = false;
                for (uint32_t n = 0; n < npages; n++)
                        while (take(&follow_info[n].pointers, n, &pc))
                                again |= try_one(pc, n);
                follow_all();
                for (uint32_t n = 0; n < npages && !again; n++)
                        for (; take(&follow_info[n].guesses, n, &pc); again = true)
                                try_guess(pc, n);
                follow_all();
        }
}
