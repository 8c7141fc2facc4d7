/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest code as one translation reads it (see code.h). */
#include "code.h"
#include "rt/rt.h"

enum { SLOTS = 32, PAGES = 4 };
#define NOWHERE 1 /* the address of no line and no page */

struct guest_lines guest_lines RT_LARGE;
const struct code_hooks *code_hooks;

static struct {
        /* slot[n]: the last line that was asked for with a number of remainder n; an index of guest_lines + 1, 0: none was */
        uint8_t slot[SLOTS];
        uint64_t page[PAGES]; /* pages that may be executed */
} recent;

void guest_code_begin(void)
{
        guest_lines.n = 0;
        memset(recent.slot, 0, sizeof(recent.slot));
        for (unsigned k = 0; k < PAGES; k++)
                recent.page[k] = NOWHERE;
}

static bool may_exec(uint64_t addr)
{
        uint64_t page = addr >> 12;
        if (recent.page[page % PAGES] == page)
                return true;
        if (!code_hooks->may_exec(addr))
                return false;
        recent.page[page % PAGES] = page;
        return true;
}

/* Returns the index in guest_lines of the line at `base`, or guest_lines.n when it was not read yet. */
static unsigned find(uint64_t base)
{
        unsigned k = recent.slot[base / FETCH_LINE % SLOTS];
        if (!k)
                return guest_lines.n;
        if (guest_lines.base[k - 1] == base)
                return k - 1;
        for (k = 0; k < guest_lines.n && guest_lines.base[k] != base; k++)
                ;
        return k;
}

/* Reads a word that cannot change, from a line of which that is to be known. */
static bool read_constant(struct code_reader *c, uint64_t addr, uint8_t known, uint32_t *ret)
{
        if (addr % sizeof(*ret) || !code_hooks->is_fixed || !code_hooks->is_fixed(addr))
                return false;
        const uint8_t *at = c->fetch(addr);
        unsigned k = find(addr - addr % FETCH_LINE);
        if (at)
                memcpy(ret, at, sizeof(*ret));
        if (at && k < guest_lines.n)
                guest_lines.known[k] |= known;
        code_go(c, c->addr);
        return at;
}

bool code_read_constant(struct code_reader *c, uint64_t addr, uint32_t *ret)
{
        return read_constant(c, addr, LINE_CONSTANT, ret);
}

bool code_read_kernel(struct code_reader *c, uint64_t addr, uint32_t *ret)
{
        return read_constant(c, addr, LINE_CONSTANT | LINE_STAYS, ret);
}

const uint8_t *guest_code_fetch(uint64_t addr)
{
        const uint64_t base = addr - addr % FETCH_LINE;
        unsigned k = find(base);
        if (k == GUEST_LINES_MAX)
                return NULL;
        if (k == guest_lines.n) {
                if (!may_exec(addr) || guest_read_line(guest_lines.bytes[k], base) < 0)
                        return NULL;
                guest_lines.known[k] = 0;
                guest_lines.base[guest_lines.n++] = base;
        }
        recent.slot[base / FETCH_LINE % SLOTS] = (uint8_t)(k + 1);
        return guest_lines.bytes[k] + addr % FETCH_LINE;
}
