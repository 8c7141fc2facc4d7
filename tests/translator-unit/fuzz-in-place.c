/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random regions as code that is executed in place: made for one guest address, at one host address; executed for another one, at
 * another one, with nothing changed but the words that are a process's own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "../../translator/ir/exits.h"
#include "../../translator/x64/compile.h"
#include "fuzz-ir.h"

struct in_place_counts in_place_counts;

/* Where things are in the shared pages. OTHERS: for each exit a region that it may lead to, a CALL x64_stubs.link, and from LINK on
 * where its slot leads to at first. */
enum {
        STUBS = 0,
        OTHERS = 0x4000,
        OTHER = 16,
        LINK = 8,
        RETURN = 0x5fff,
        LOOP = 0x6000,
        CODE = 0x8000,
        WORDS = 0x1a000,
        SIZE = 0x1b000
};

/* How an exit goes. */
enum way { UNLINKED, LINKED, BOUND };

static uint8_t *made, *used; /* the pages where they are made, and where they are used */
static struct compile job;
static uint8_t *entry; /* in `used` */
static enum way way[EXIT_MAX];

/* Makes the rel32 at p lead to `target`. */
static void put_rel32(uint8_t *p, const uint8_t *target)
{
        int32_t rel = (int32_t)(target - (p + 4));
        memcpy(p, &rel, 4);
}

void fuzz_leave_loop(uint8_t *site, const uint8_t *head, uint8_t *p, uint32_t turns)
{
        uint8_t *rel32 = site + (site[0] == 0xe9 ? 1 : 2); /* JMP or JE */
        const uint8_t *out = rel32 + 4;
        memcpy(p, &turns, 4);
        put_rel32(rel32, p + 4);
        p[4] = 0x83, p[5] = 0x2d; /* SUB [turns], 1 */
        put_rel32(p + 6, p - 1);
        p[10] = 1;
        p[11] = 0x0f, p[12] = 0x84; /* JE */
        put_rel32(p + 13, out);
        p[17] = 0xe9;
        put_rel32(p + 18, head);
}

static bool map(void)
{
        for (unsigned k = 0; k < 2 && !made; k++) {
                uint8_t *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                if (p == MAP_FAILED)
                        return false;
                *(k ? &made : &used) = p;
        }
        return true;
}

/* The stubs are the same wherever they are made. */
static bool copy_stubs(const struct ir *ir)
{
        const struct stubs was = x64_stubs;
        struct code c = { .p = made + STUBS };
        x64_make_stubs(&c, ir->guest);
        bool same = x64_stubs.size == was.size && x64_stubs.link - x64_stubs.enter == was.link - was.enter &&
                    !memcmp(x64_stubs.enter, was.enter, was.size) && was.size <= OTHERS - STUBS;
        x64_stubs = was;
        return same;
}

/* Puts the region, which is at `from`, into the pages, and decides how each exit goes. Returns where it is, or NULL. */
static uint8_t *put_region(const uint8_t *from, const struct region_out *o)
{
        uint8_t *to = made + CODE + X64_LOOP_ALIGN * (rnd() % 16) + (uintptr_t)from % X64_LOOP_ALIGN;
        const uint8_t *stubs = made + STUBS;
        uint64_t slot[EXIT_MAX];
        memcpy(to, from, o->code_size);
        for (unsigned k = 0; k < o->nexits; k++) {
                uint8_t *other = made + OTHERS + OTHER * k;
                const struct exit_rec *e = &o->exits[k];
                way[k] = e->bare           ? (x64_may_bind(e) && rnd() & 1 ? BOUND : UNLINKED)
                         : x64_has_slot(e) ? (enum way)(rnd() % 3)
                                           : UNLINKED;
                slot[k] = x64_has_slot(e) && !e->bare && way[k] != BOUND ? WORDS + 8 * (k + 1) : 0;
                other[0] = 0xe8;
                put_rel32(other + 1, stubs + (x64_stubs.link - x64_stubs.enter));
        }
        const struct x64_places places = { .code = (uint64_t)(to - made), .stubs = STUBS, .base = WORDS, slot, o->nexits };
        for (unsigned k = 0; k < o->nexits; k++)
                if (!x64_link_site(&places, made + OTHERS + OTHER * k + LINK, OTHERS + OTHER * k + LINK))
                        return NULL;
        if (!x64_settle(&places, to, o->code_size, o->relocs, o->nrelocs))
                return NULL;
        for (unsigned k = 0; k < o->nexits; k++)
                if ((way[k] == BOUND || o->exits[k].bare) &&
                    !x64_bind(to, o->code_size, &o->exits[k], made + OTHERS + OTHER * k + (way[k] == BOUND ? 0 : LINK)))
                        return NULL;
        made[RETURN] = 0xc3;
        return to;
}

/* Makes the words that are the process's own, for a region at `pc`. */
static void make_words(uint64_t pc, const struct region_out *o)
{
        const uint64_t base = pc & ~UINT64_C(4095);
        memset(used + WORDS, 0xcc, 8 * (EXIT_MAX + 1));
        memcpy(used + WORDS, &base, 8);
        for (unsigned k = 0; k < o->nexits; k++) {
                const uint8_t *to = way[k] == LINKED ? used + OTHERS + OTHER * k : used + OTHERS + OTHER * k + LINK;
                if (x64_has_slot(&o->exits[k]) && !o->exits[k].bare && way[k] != BOUND)
                        memcpy(used + WORDS + 8 * (k + 1), &to, 8);
        }
}

uint8_t *in_place_make(struct ir *ir, uint32_t turns, const struct region_out **ret_out)
{
        const uint64_t by = ir->guest->addr32 ? 0x70123000 : UINT64_C(0x2a123456000);
        static uint8_t room[X64_REGION_MAX + 1024] __attribute__((aligned(X64_LOOP_ALIGN)));
        struct code c = { .p = room + rnd() % X64_LOOP_ALIGN };
        const bool movable = ir->movable;
        if (!map() || !copy_stubs(ir))
                return NULL;
        ir->movable = ir->in_place = true;
        fuzz_shift_pcs(ir, by);
        const uint8_t *from = x64_compile(&job, ir, &c, ret_out);
        fuzz_shift_pcs(ir, -by);
        ir->movable = movable;
        ir->in_place = false;
        const struct region_out *o = *ret_out;
        if (!from || !o->movable) {
                in_place_counts.refused++;
                *ret_out = NULL;
                return NULL;
        }
        uint8_t *at = put_region(from, o);
        if (!at)
                return NULL;
        for (unsigned k = 0; k < o->nexits; k++)
                if (o->exits[k].head)
                        fuzz_leave_loop(at + o->exits[k].at, at + o->exits[k].head, made + LOOP, turns);
        const size_t size = (size_t)(at - made) + o->code_size;
        memcpy(used, made, size);
        memset(made, 0xcc, size);
        entry = used + (at - made);
        make_words(ir->pc, o);
        in_place_counts.regions++;
        return entry;
}

void in_place_set_turns(uint32_t turns)
{
        memcpy(used + LOOP, &turns, 4);
}

uint64_t in_place_target(const struct ir *ir, const struct region_out *o, const struct cpu *c)
{
        const uint8_t *site = (const uint8_t *)(uintptr_t)c->exit_site - 5;
        for (unsigned k = 0; k < o->nexits; k++) {
                const uint8_t *expected = used + OTHERS + OTHER * k + (way[k] == UNLINKED ? LINK : 0);
                if (!x64_has_slot(&o->exits[k]))
                        expected = entry + o->exits[k].at;
                if (site != expected || o->exits[k].head)
                        continue;
                in_place_counts.exits[o->exits[k].poll || o->exits[k].leaves ? 3 : way[k]]++;
                in_place_counts.bare += o->exits[k].bare;
                return ir->pc + (uint64_t)(int64_t)o->exits[k].target;
        }
        return ~UINT64_C(0);
}

bool in_place_returns(const struct ir *ir, const struct region_out *o, struct cpu *c, uint64_t back)
{
        const uint8_t *host = ((uint8_t **)c->ret_sp)[0];
        if (host < entry || host >= entry + o->code_size)
                return false;
        in_place_counts.returns++;
        return fuzz_enter(c, used + RETURN, o) == EXIT_LINK && in_place_target(ir, o, c) == back && c->ret_sp == c->ret_base;
}

bool in_place_done(unsigned long long count)
{
        const struct in_place_counts *n = &in_place_counts;
        printf("in place: %u regions, %u refused; exits that were taken: %u unlinked, %u linked, %u bound, %u polls, %u bare; %u returns, %u faults\n",
               n->regions, n->refused, n->exits[0], n->exits[1], n->exits[2], n->exits[3], n->bare, n->returns, n->faults);
        bool some = n->exits[UNLINKED] && n->exits[LINKED] && n->exits[BOUND];
        some &= !fuzz_any_guest || (n->bare && n->returns && n->faults); /* lifted code has no branches, A64's no accesses */
        return count < 1000 || (some && n->regions > count / 2);
}
