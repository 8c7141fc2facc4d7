/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tiny-elf.h"

#include <elf.h>

struct writer {
        const struct tiny_elf *elf;
        uint8_t *buf;
        size_t n;
};

size_t tiny_elf_put(const struct tiny_elf *e, uint64_t value, size_t size, uint8_t *buf)
{
        for (size_t i = 0; i < size; i++)
                buf[i] = (uint8_t)(value >> 8 * (e->big_endian ? size - 1 - i : i));
        return size;
}

static void put(struct writer *w, uint64_t value, size_t size)
{
        w->n += tiny_elf_put(w->elf, value, size, w->buf + w->n);
}

/* A number that is as wide as an address. */
static void put_address(struct writer *w, uint64_t value)
{
        put(w, value, w->elf->is64 ? 8 : 4);
}

static void put_header(struct writer *w, size_t header, size_t segment)
{
        const struct tiny_elf *e = w->elf;
        const uint8_t ident[EI_NIDENT] = { ELFMAG0,
                                           ELFMAG1,
                                           ELFMAG2,
                                           ELFMAG3,
                                           e->is64 ? ELFCLASS64 : ELFCLASS32,
                                           e->big_endian ? ELFDATA2MSB : ELFDATA2LSB,
                                           EV_CURRENT };

        for (size_t i = 0; i < sizeof(ident); i++)
                put(w, ident[i], 1);
        put(w, ET_EXEC, 2);
        put(w, e->machine, 2);
        put(w, EV_CURRENT, 4);
        put_address(w, e->address + header + segment);
        put_address(w, header); /* where the segments are listed */
        put_address(w, 0);      /* no sections */
        put(w, e->flags, 4);
        put(w, header, 2);
        put(w, segment, 2);
        put(w, 1, 2);
        for (int i = 0; i < 3; i++)
                put(w, 0, 2);
}

static void put_segment(struct writer *w, size_t size)
{
        const struct tiny_elf *e = w->elf;

        put(w, PT_LOAD, 4);
        if (e->is64)
                put(w, PF_R | PF_X, 4);
        put_address(w, 0);
        put_address(w, e->address);
        put_address(w, e->address);
        put_address(w, size);
        put_address(w, size);
        if (!e->is64)
                put(w, PF_R | PF_X, 4);
        put_address(w, 0x10000);
}

size_t tiny_elf_headers(const struct tiny_elf *e, size_t content, uint8_t buf[TINY_ELF_HEADERS_MAX])
{
        struct writer w = { .elf = e, .buf = buf };
        size_t header = e->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
        size_t segment = e->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

        put_header(&w, header, segment);
        put_segment(&w, header + segment + content);
        return w.n;
}
