/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding places where regions begin (see scout.h): what the file says, then all that is reached from there, by lifting. Where nothing
 * leads to what is behind a region, it may still be code, of a switch for example: it is tried last, when more is known of what is
 * data. */
#include "elf.h"
#include "follow.h"
#include "rt/rt.h"
#include "scout.h"
#include "worker.h"

struct scout scout;
static struct elf_view elf RT_LARGE;
static uint32_t first_page[sizeof(elf.code) / sizeof(elf.code[0])]; /* the index of each piece's first page */

/* Returns the index of the page at that address, or UINT32_MAX: it is no code. */
static uint32_t page_of(uint64_t addr)
{
        for (unsigned k = 0; k < elf.ncode && elf_is_text(&elf, addr); k++)
                if (addr - elf.code[k].addr < elf.code[k].size)
                        return first_page[k] + (uint32_t)((addr - elf.code[k].addr) / CACHE_PAGE);
        return UINT32_MAX;
}

/* In order of their places in the file. */
static void sort_code(void)
{
        for (unsigned k = 1; k < elf.ncode; k++)
                for (unsigned n = k; n && elf.code[n].offset < elf.code[n - 1].offset; n--) {
                        struct elf_code c = elf.code[n];
                        elf.code[n] = elf.code[n - 1];
                        elf.code[n - 1] = c;
                }
}

static void list_pages(void)
{
        struct scout_result *r = scout.result;
        sort_code();
        for (unsigned k = 0; k < elf.ncode; k++) {
                struct elf_code *c = &elf.code[k];
                uint64_t n = c->size / CACHE_PAGE;
                if (n > PAGES_MAX - r->npages)
                        n = PAGES_MAX - r->npages;
                c->size = n * CACHE_PAGE;
                first_page[k] = r->npages;
                for (uint32_t p = 0; p < n; p++) {
                        r->page[r->npages].file_page = (uint32_t)(c->offset / CACHE_PAGE) + p;
                        r->page[r->npages++].tail = p + 1 < n;
                        follow_page(c->addr + (uint64_t)p * CACHE_PAGE, scout.file + c->offset + (uint64_t)p * CACHE_PAGE,
                                    p + 1 < n);
                }
        }
}

/* ---- roots ---- */

static unsigned nroots[2]; /* by state: how many are known to have it */

static void add_root(uint64_t pc, bool state_known)
{
        const uint64_t state = pc & the_guest->state_bits;
        if (!state_known)
                return;
        nroots[state]++;
        follow_add(pc);
}

/* Those of which the state is not known, where nothing has been there yet, have the one that most others have. */
static void add_rest(uint64_t pc, bool state_known)
{
        if (!state_known && !follow_was_at(pc))
                follow_add(pc | (nroots[1] > nroots[0] ? the_guest->state_bits : 0));
}

int scout_run(void)
{
        if (!elf_view_read(&elf, scout.file, scout.size))
                return WORKER_NO_UNIT;
        follow_page_of = page_of;
        list_pages();
        elf_each_root(&elf, add_root);
        follow_all();
        elf_each_root(&elf, add_rest);
        follow_all();
        follow_guesses();
        return 0;
}
