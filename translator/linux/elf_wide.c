/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers of 32-bit ELF files as those of 64-bit ones (see elf_wide.h). */
#include "elf_wide.h"
#include "rt/rt.h"

Elf64_Ehdr elf_wide_ehdr(const Elf32_Ehdr *h)
{
        Elf64_Ehdr to = {
                .e_type = h->e_type,
                .e_machine = h->e_machine,
                .e_entry = h->e_entry,
                .e_phoff = h->e_phoff,
                .e_shoff = h->e_shoff,
                .e_flags = h->e_flags,
                .e_phentsize = h->e_phentsize,
                .e_phnum = h->e_phnum,
                .e_shnum = h->e_shnum,
        };
        memcpy(to.e_ident, h->e_ident, EI_NIDENT);
        return to;
}

Elf64_Phdr elf_wide_phdr(const Elf32_Phdr *p)
{
        return (Elf64_Phdr){
                .p_type = p->p_type,
                .p_flags = p->p_flags,
                .p_offset = p->p_offset,
                .p_vaddr = p->p_vaddr,
                .p_filesz = p->p_filesz,
                .p_memsz = p->p_memsz,
                .p_align = p->p_align,
        };
}
