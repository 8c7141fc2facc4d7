/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the cache's worker reads of a guest file before it translates (translator/worker/elf.c, roots.c): headers of both classes, symbols,
 * relocations, tables for unwinding. Nothing outside of the file is read. What is code is in whole pages that begin in the file. */
#include "fuzz.h"

#include "linux/elf_wide.c"
#include "worker/elf.c"
#include "worker/roots.c"

static const struct elf_view *read_view;
static unsigned nroots;

static void look_at_root(uint64_t pc, bool state_known)
{
        bool in_code = false;

        for (unsigned k = 0; k < read_view->ncode; k++)
                in_code |= pc - read_view->code[k].addr < read_view->code[k].size;
        MUST(in_code || !state_known); /* a table of unwinding may name any place */
        nroots++;
}

static void check_code(const struct elf_view *v, const struct elf_code *c)
{
        MUST(c->addr % CACHE_PAGE == 0 && c->offset % CACHE_PAGE == 0 && c->size % CACHE_PAGE == 0 && c->size > 0);
        MUST(c->offset < v->size && c->size <= (v->size - c->offset + CACHE_PAGE - 1) / CACHE_PAGE * CACHE_PAGE);
        MUST(c->addr + c->size > c->addr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct elf_view view;
        uint8_t *file = malloc(size ? size : 1); /* of just this size, so that ASan notices what is read behind it */

        MUST(file);
        if (size)
                memcpy(file, data, size);
        if (elf_view_read(&view, file, size)) {
                read_view = &view;
                MUST(view.ncode > 0 && view.ncode <= 16 && view.nph <= 64 && view.ntext <= 32);
                for (unsigned k = 0; k < view.ncode; k++)
                        check_code(&view, &view.code[k]);
                elf_each_root(&view, look_at_root);
        }
        free(file);
        return 0;
}
