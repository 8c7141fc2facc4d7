/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers of a guest file (see elf.h). */
#include "cache-format.h"
#include "elf.h"
#include "linux/elf_wide.h"
#include "rt/rt.h"

const uint8_t *elf_at(const struct elf_view *v, uint64_t offset, uint64_t bytes)
{
        return offset <= v->size && bytes <= v->size - offset ? v->file + offset : NULL;
}

const uint8_t *elf_at_address(const struct elf_view *v, uint64_t addr, uint64_t bytes)
{
        for (unsigned k = 0; k < v->nph; k++) {
                const Elf64_Phdr *p = &v->ph[k];
                uint64_t in = addr - p->p_vaddr;
                if (p->p_type == PT_LOAD && addr >= p->p_vaddr && in < p->p_filesz && bytes <= p->p_filesz - in)
                        return elf_at(v, p->p_offset + in, bytes);
        }
        return NULL;
}

const Elf64_Phdr *elf_segment(const struct elf_view *v, uint32_t type)
{
        for (unsigned k = 0; k < v->nph; k++)
                if (v->ph[k].p_type == type)
                        return &v->ph[k];
        return NULL;
}

static bool read_header(struct elf_view *v)
{
        const uint8_t *p = elf_at(v, 0, sizeof(Elf64_Ehdr));
        Elf32_Ehdr narrow;
        if (!p)
                return false;
        memcpy(&v->eh, p, sizeof(v->eh));
        if (elf_is_wide(v))
                return true;
        memcpy(&narrow, p, sizeof(narrow));
        v->eh = elf_wide_ehdr(&narrow);
        return true;
}

static Elf64_Phdr phdr(const struct elf_view *v, const uint8_t *at)
{
        Elf64_Phdr wide;
        Elf32_Phdr p;
        if (elf_is_wide(v)) {
                memcpy(&wide, at, sizeof(wide));
                return wide;
        }
        memcpy(&p, at, sizeof(p));
        return elf_wide_phdr(&p);
}

/* Takes what of a segment is code. Where its place in the file and its address do not fit together, the kernel does not map it. */
static void add_code(struct elf_view *v, const Elf64_Phdr *p)
{
        const uint64_t mask = CACHE_PAGE - 1;
        if (p->p_type != PT_LOAD || (p->p_flags & (PF_X | PF_W)) != PF_X || v->ncode == sizeof(v->code) / sizeof(v->code[0]))
                return;
        if ((p->p_vaddr ^ p->p_offset) & mask || !p->p_filesz || p->p_offset >= v->size || p->p_filesz > v->size - p->p_offset ||
            p->p_vaddr > UINT64_MAX / 2)
                return;
        uint64_t in_page = p->p_offset & mask;
        v->code[v->ncode++] = (struct elf_code){ .addr = p->p_vaddr - in_page,
                                                 .offset = p->p_offset - in_page,
                                                 .size = (in_page + p->p_filesz + mask) & ~mask };
}

/* ---- sections ---- */

static Elf64_Shdr section(const struct elf_view *v, const uint8_t *at)
{
        Elf64_Shdr wide;
        Elf32_Shdr s;
        if (elf_is_wide(v)) {
                memcpy(&wide, at, sizeof(wide));
                return wide;
        }
        memcpy(&s, at, sizeof(s));
        return (Elf64_Shdr){
                .sh_type = s.sh_type, .sh_flags = s.sh_flags, .sh_addr = s.sh_addr, .sh_offset = s.sh_offset, .sh_size = s.sh_size
        };
}

void elf_each_section(struct elf_view *v, void (*f)(struct elf_view *v, const Elf64_Shdr *s))
{
        const uint64_t each = elf_is_wide(v) ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
        const uint8_t *table = v->eh.e_shoff ? elf_at(v, v->eh.e_shoff, v->eh.e_shnum * each) : NULL;
        for (unsigned k = 0; table && k < v->eh.e_shnum; k++) {
                const Elf64_Shdr s = section(v, table + k * each);
                f(v, &s);
        }
}

static void add_text(struct elf_view *v, const Elf64_Shdr *s)
{
        const uint64_t wanted = SHF_ALLOC | SHF_EXECINSTR;
        if (s->sh_type == SHT_PROGBITS && (s->sh_flags & wanted) == wanted && s->sh_size &&
            v->ntext < sizeof(v->text) / sizeof(v->text[0]))
                v->text[v->ntext++] = (struct elf_range){ s->sh_addr, s->sh_size };
}

bool elf_is_text(const struct elf_view *v, uint64_t addr)
{
        for (unsigned k = 0; k < v->ntext; k++)
                if (addr - v->text[k].addr < v->text[k].size)
                        return true;
        return !v->ntext;
}

bool elf_view_read(struct elf_view *v, const uint8_t *file, uint64_t size)
{
        *v = (struct elf_view){ .file = file, .size = size };
        if (!read_header(v) || (v->eh.e_type != ET_EXEC && v->eh.e_type != ET_DYN))
                return false;
        const uint64_t each = elf_is_wide(v) ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
        for (unsigned k = 0; k < v->eh.e_phnum && k < sizeof(v->ph) / sizeof(v->ph[0]); k++) {
                const uint8_t *at = v->eh.e_phoff < v->size ? elf_at(v, v->eh.e_phoff + k * each, each) : NULL;
                if (!at)
                        return false;
                v->ph[v->nph++] = phdr(v, at);
                add_code(v, &v->ph[v->nph - 1]);
        }
        elf_each_section(v, add_text);
        return v->ncode;
}
