/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a guest file says that code begins (elf_each_root): its entry point, symbols, tables for unwinding, and what is relocated to
 * point into its code. Tables are believed as far as they are in the file; what is no code shows when it is lifted. */
#include "elf.h"
#include "rt/rt.h"

enum { SYMBOLS_MAX = 1 << 22, RELOCATIONS_MAX = 1 << 22 };

static const struct elf_view *view;
static elf_root_fn *add;

static uint64_t word_at(const uint8_t *p)
{
        uint64_t wide;
        uint32_t narrow;
        if (elf_is_wide(view)) {
                memcpy(&wide, p, sizeof(wide));
                return wide;
        }
        memcpy(&narrow, p, sizeof(narrow));
        return narrow;
}
static uint32_t word32_at(const uint8_t *p)
{
        uint32_t v;
        memcpy(&v, p, sizeof(v));
        return v;
}

static unsigned word_size(void)
{
        return elf_is_wide(view) ? 8 : 4;
}

/* A word that is, or will be, an address: adds it when it is one of code. */
static void add_pointer(uint64_t value)
{
        for (unsigned k = 0; k < view->ncode; k++)
                if (value - view->code[k].addr < view->code[k].size)
                        add(value, true);
}

/* ---- symbols ---- */

static void add_symbol(const uint8_t *p)
{
        Elf64_Sym wide;
        Elf32_Sym s;
        if (elf_is_wide(view)) {
                memcpy(&wide, p, sizeof(wide));
        } else {
                memcpy(&s, p, sizeof(s));
                wide = (Elf64_Sym){ .st_info = s.st_info, .st_shndx = s.st_shndx, .st_value = s.st_value };
        }
        unsigned type = wide.st_info & 15;
        if (wide.st_shndx != SHN_UNDEF && (type == STT_FUNC || type == 10 /* STT_GNU_IFUNC */))
                add_pointer(wide.st_value);
}

static unsigned symbol_size(void)
{
        return elf_is_wide(view) ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
}

static void symbols_of(struct elf_view *v, const Elf64_Shdr *s)
{
        const unsigned size = symbol_size();
        if (s->sh_type != SHT_SYMTAB && s->sh_type != SHT_DYNSYM)
                return;
        const uint8_t *p = elf_at(v, s->sh_offset, s->sh_size);
        for (uint64_t n = 0; p && n < s->sh_size / size && n < SYMBOLS_MAX; n++)
                add_symbol(p + n * size);
}

/* ---- what the dynamic linker is told ---- */

struct dynamic_part {
        uint64_t value[DT_JMPREL + 1]; /* by tag; 0: it is not there */
        uint64_t relr, relr_size;
};

static struct dynamic_part read_dynamic(void)
{
        const Elf64_Phdr *h = elf_segment(view, PT_DYNAMIC);
        const uint8_t *p = h ? elf_at(view, h->p_offset, h->p_filesz) : NULL;
        struct dynamic_part d = { 0 };
        for (uint64_t n = 0; p && n < h->p_filesz / (2 * word_size()) && n < 1024; n++) {
                uint64_t tag = word_at(p + n * 2 * word_size()), value = word_at(p + (n * 2 + 1) * word_size());
                if (tag == DT_NULL)
                        break;
                if (tag <= DT_JMPREL)
                        d.value[tag] = value;
                else if (tag == 36) /* DT_RELR, DT_RELRSZ */
                        d.relr = value;
                else if (tag == 35)
                        d.relr_size = value;
        }
        return d;
}

/* Symbols of a file without section headers: they end, by custom, where their names begin. */
static void dynamic_symbols(const struct dynamic_part *d)
{
        uint64_t from = d->value[DT_SYMTAB], to = d->value[DT_STRTAB], n = (to - from) / symbol_size();
        if (!from || to < from || n > SYMBOLS_MAX)
                return;
        const uint8_t *p = elf_at_address(view, from, n * symbol_size());
        for (uint64_t k = 0; p && k < n; k++)
                add_symbol(p + k * symbol_size());
}

/* What is in the file at the place of a relocation: for the PLT, where lazy binding begins. */
static void add_pointer_at(uint64_t addr)
{
        const uint8_t *p = elf_at_address(view, addr, word_size());
        if (p)
                add_pointer(word_at(p));
}

static void relocations(uint64_t at, uint64_t bytes, bool addends)
{
        const unsigned each = (addends ? 3 : 2) * word_size();
        const uint8_t *p = at ? elf_at_address(view, at, bytes) : NULL;
        for (uint64_t k = 0; p && k < bytes / each && k < RELOCATIONS_MAX; k++) {
                add_pointer_at(word_at(p + k * each));
                if (addends)
                        add_pointer(word_at(p + k * each + 2 * word_size()));
        }
}

/* Relative relocations in their short form: an address, then words whose bits above the lowest one are for the words behind. */
static void short_relocations(const struct dynamic_part *d)
{
        const uint8_t *p = d->relr ? elf_at_address(view, d->relr, d->relr_size) : NULL;
        uint64_t next = 0;
        for (uint64_t k = 0; p && k < d->relr_size / word_size() && k < RELOCATIONS_MAX; k++) {
                uint64_t entry = word_at(p + k * word_size());
                if (!(entry & 1)) {
                        add_pointer_at(entry);
                        next = entry + word_size();
                        continue;
                }
                for (unsigned bit = 1; bit < 8 * word_size(); bit++)
                        if (entry >> bit & 1)
                                add_pointer_at(next + (bit - 1) * word_size());
                next += (8 * word_size() - 1) * word_size();
        }
}

static void dynamic(void)
{
        const struct dynamic_part d = read_dynamic();
        add_pointer(d.value[DT_INIT]);
        add_pointer(d.value[DT_FINI]);
        dynamic_symbols(&d);
        relocations(d.value[DT_RELA], d.value[DT_RELASZ], true);
        relocations(d.value[DT_REL], d.value[DT_RELSZ], false);
        relocations(d.value[DT_JMPREL], d.value[DT_PLTRELSZ], d.value[DT_PLTREL] == DT_RELA);
        short_relocations(&d);
}

/* A program that does not move has pointers in its data that nothing tells of. */
static void pointers_in_data(void)
{
        for (unsigned k = 0; view->eh.e_type == ET_EXEC && k < view->nph; k++) {
                const Elf64_Phdr *h = &view->ph[k];
                const uint8_t *p = h->p_type == PT_LOAD && !(h->p_flags & PF_X) ? elf_at(view, h->p_offset, h->p_filesz) : NULL;
                for (uint64_t n = -h->p_vaddr % word_size(); p && n + word_size() <= h->p_filesz; n += word_size())
                        add_pointer(word_at(p + n));
        }
}

/* ---- tables for unwinding ---- */

/* .eh_frame_hdr: its second part is a table of functions, nearly always with these encodings. */
static void frames(void)
{
        enum { HEAD = 12, EACH = 8 };
        const Elf64_Phdr *h = elf_segment(view, PT_GNU_EH_FRAME);
        const uint8_t *p = h && h->p_filesz >= HEAD ? elf_at(view, h->p_offset, h->p_filesz) : NULL;
        if (!p || p[0] != 1 || p[2] != 0x03 /* udata4 */ || p[3] != 0x3b /* datarel, sdata4 */)
                return;
        uint64_t n = word32_at(p + 8);
        for (uint64_t k = 0; k < n && k < (h->p_filesz - HEAD) / EACH; k++)
                add_pointer(h->p_vaddr + (uint64_t)(int64_t)(int32_t)word32_at(p + HEAD + k * EACH));
}

/* .ARM.exidx: where each function begins, without its state. */
static void functions(void)
{
        enum { PT_ARM_EXIDX = 0x70000001, EACH = 8 };
        const Elf64_Phdr *h = elf_is_wide(view) ? NULL : elf_segment(view, PT_ARM_EXIDX);
        const uint8_t *p = h ? elf_at(view, h->p_offset, h->p_filesz) : NULL;
        for (uint64_t k = 0; p && k < h->p_filesz / EACH; k++) {
                int32_t distance = (int32_t)(word32_at(p + k * EACH) << 1) >> 1;
                uint32_t addr = (uint32_t)(h->p_vaddr + k * EACH) + (uint32_t)distance;
                add(addr, false);
        }
}

void elf_each_root(struct elf_view *v, elf_root_fn *f)
{
        view = v;
        add = f;
        add_pointer(v->eh.e_entry);
        elf_each_section(v, symbols_of);
        dynamic();
        frames();
        functions();
        pointers_in_data();
}
