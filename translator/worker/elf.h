/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a guest file that is in memory: of both classes, and from anybody. Nothing that is outside of it is read. */
#pragma once
#include <linux/elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Code: a part of the file that is executed and not written, as it is mapped, in whole pages. */
struct elf_code {
        uint64_t addr, offset; /* multiples of CACHE_PAGE */
        uint64_t size;         /* the same, of what is in the file */
};

struct elf_view {
        const uint8_t *file;
        uint64_t size;
        Elf64_Ehdr eh;
        Elf64_Phdr ph[64];
        unsigned nph;
        struct elf_code code[16];
        unsigned ncode;
        /* Where section headers say that instructions are, for much of a segment that is executed may be data. None: nobody says so. */
        struct elf_range {
                uint64_t addr, size;
        } text[32];
        unsigned ntext;
};

/* Reads the headers. Returns false when it is no program or library, or has no code. */
bool elf_view_read(struct elf_view *v, const uint8_t *file, uint64_t size);

static inline bool elf_is_wide(const struct elf_view *v)
{
        return v->eh.e_ident[EI_CLASS] == ELFCLASS64;
}

/* Return what is at a place in the file, or at an address; NULL: it is not in the file, not all of it. */
const uint8_t *elf_at(const struct elf_view *v, uint64_t offset, uint64_t bytes);
const uint8_t *elf_at_address(const struct elf_view *v, uint64_t addr, uint64_t bytes);

/* Returns true when instructions may be at an address. */
bool elf_is_text(const struct elf_view *v, uint64_t addr);

/* Calls f for each section header. */
void elf_each_section(struct elf_view *v, void (*f)(struct elf_view *v, const Elf64_Shdr *s));

/* Returns the program header of that type, or NULL. */
const Elf64_Phdr *elf_segment(const struct elf_view *v, uint32_t type);

/* Calls f for each place where the file says that code begins: a value for the guest's pc. Of these it is not certain that there is
 * code; `state_known` is false where the value does not say whether it is T32. */
typedef void elf_root_fn(uint64_t pc, bool state_known);
void elf_each_root(struct elf_view *v, elf_root_fn *f);
