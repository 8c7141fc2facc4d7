/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes translations of two processes interchangeable (see config.h). */
#include <linux/elf.h>
#include "config.h"
#include "guest/guest.h"
#include "rt/rt.h"
#include "settings.h"
#include "x64/asm.h"
#include "x64/region.h"

enum { BUILD_ID = 20 };

struct config {
        uint8_t build[BUILD_ID]; /* of the translator */
        uint16_t elf_machine;    /* of the guest, with elf_class */
        uint8_t elf_class;
        uint32_t opts, cpu_limit;
        struct x64_features features;
        int64_t stubs; /* their layout depends on the features */
};
_Static_assert(sizeof(struct config) <= CACHE_CONFIG, "a configuration fits into the files' field");

static const uint8_t *build_id; /* that the linker has made (NT_GNU_BUILD_ID), or NULL: there is none */

void config_begin(void)
{
        const Elf64_Ehdr *eh = (const Elf64_Ehdr *)__ehdr_start;
        const Elf64_Phdr *ph = (const Elf64_Phdr *)(__ehdr_start + eh->e_phoff);
        for (unsigned k = 0; k < eh->e_phnum; k++) {
                const Elf64_Nhdr *n = (const Elf64_Nhdr *)(__ehdr_start + ph[k].p_vaddr);
                if (ph[k].p_type == PT_NOTE && n->n_type == 3 && n->n_namesz == 4 && n->n_descsz == BUILD_ID)
                        build_id = (const uint8_t *)(n + 1) + 4;
        }
}

bool config_get(uint8_t ret[CACHE_CONFIG])
{
        struct config c;
        memset(ret, 0, CACHE_CONFIG);
        memset(&c, 0, sizeof(c)); /* its padding is compared too */
        if (!build_id)
                return false;
        memcpy(c.build, build_id, BUILD_ID);
        c.elf_machine = the_guest->elf_machine;
        c.elf_class = the_guest->elf_class;
        c.opts = run_settings.passes_off;
        c.cpu_limit = run_settings.cpu_limit;
        c.features = x64_features;
        c.stubs = x64_stubs.helper_sync - x64_stubs.enter;
        memcpy(ret, &c, sizeof(c));
        return true;
}
