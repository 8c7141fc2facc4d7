/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading ELF headers (see elf_file.h). They are not trusted: every offset, size and address is checked against the file and
 * against overflow. */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/stat.h>
#include "rt/rt.h"
#include "abi.h"
#include "elf_file.h"
#include "elf_wide.h"
#include "image.h"
#include "mm.h"

int elf_bad(struct elf *e, const char *what)
{
        rt_snprintf(e->why, e->why_size, "%s", what);
        return -ENOEXEC;
}

static int read_at(int fd, void *buf, size_t n, uint64_t off)
{
        for (size_t done = 0; done < n;) {
                long r = sys_call4(__NR_pread64, fd, (char *)buf + done, n - done, off + done);
                if (r == -EINTR)
                        continue;
                if (r < 0)
                        return (int)r;
                if (r == 0)
                        return -ENOEXEC;
                done += (size_t)r;
        }
        return 0;
}

static bool is_32_bit(const struct elf *e)
{
        return e->eh.e_ident[EI_CLASS] == ELFCLASS32;
}

unsigned elf_phdr_size(const struct elf *e)
{
        return is_32_bit(e) ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
}

/* ---- both classes in one form ---- */

/* The headers of a 32-bit file stand at the end of the room for n wide ones, where none is overwritten before it is read. */
static void widen_phdrs(Elf64_Phdr *to, size_t n)
{
        const uint8_t *from = (const uint8_t *)(to + n) - n * sizeof(Elf32_Phdr);
        Elf32_Phdr p;

        for (size_t k = 0; k < n; k++) {
                memcpy(&p, from + k * sizeof(p), sizeof(p));
                to[k] = elf_wide_phdr(&p);
        }
}

static int read_phdrs(struct elf *e)
{
        size_t n = e->eh.e_phnum, bytes = n * elf_phdr_size(e);
        uint8_t *to = (uint8_t *)(e->ph + n) - bytes;

        if (e->eh.e_phoff > e->size || e->size - e->eh.e_phoff < bytes)
                return elf_bad(e, "program headers lie beyond the end of the file");
        if (read_at(e->fd, to, bytes, e->eh.e_phoff) < 0)
                return elf_bad(e, "program headers cannot be read");
        if (is_32_bit(e))
                widen_phdrs(e->ph, n);
        return 0;
}

/* ---- the header ---- */

/* Chooses the guest by the header of a program. */
static int choose(struct elf *e)
{
        const Elf64_Ehdr *h = &e->eh;
        bool swapped = h->e_ident[EI_DATA] == ELFDATA2MSB;
        unsigned machine = swapped ? __builtin_bswap16(h->e_machine) : h->e_machine;
        const struct abi *abi = abi_of_elf(h->e_ident[EI_CLASS], machine);

        if (!abi)
                return elf_bad(e, no_abi_for_it);
        uint32_t flags = swapped ? __builtin_bswap32(h->e_flags) : h->e_flags;
        const char *refused = abi->refuses_elf ? abi->refuses_elf(swapped, h->e_ident[EI_OSABI], flags) : NULL;
        if (refused)
                return elf_bad(e, refused);
        if (h->e_ident[EI_DATA] != ELFDATA2LSB)
                return elf_bad(e, "not a little-endian ELF file");
        if (!e->is_program && abi != guest_abi)
                return elf_bad(e, no_abi_for_it);
        abi_choose(abi);
        return 0;
}

static int read_header(struct elf *e)
{
        Elf32_Ehdr narrow;
        size_t n = e->size < sizeof(e->eh) ? e->size : sizeof(e->eh);

        if (n < sizeof(narrow) || read_at(e->fd, &e->eh, n, 0) < 0)
                return elf_bad(e, "truncated: shorter than an ELF header");
        if (memcmp(e->eh.e_ident, ELFMAG, SELFMAG))
                return elf_bad(e, "not an ELF file");
        if (e->eh.e_ident[EI_CLASS] != ELFCLASS32 && e->eh.e_ident[EI_CLASS] != ELFCLASS64)
                return elf_bad(e, "neither a 32-bit nor a 64-bit ELF file");
        if (is_32_bit(e)) {
                memcpy(&narrow, &e->eh, sizeof(narrow));
                e->eh = elf_wide_ehdr(&narrow);
        } else if (n < sizeof(e->eh)) {
                return elf_bad(e, "truncated: shorter than an ELF header");
        }
        return choose(e);
}

static int check_header(struct elf *e)
{
        const Elf64_Ehdr *h = &e->eh;

        if (h->e_type != ET_EXEC && h->e_type != ET_DYN)
                return elf_bad(e, "not an executable (ELF type is neither EXEC nor DYN)");
        if (h->e_phentsize != elf_phdr_size(e) || h->e_phnum == 0 || h->e_phnum > ELF_PHDRS_SIZE / elf_phdr_size(e))
                return elf_bad(e, "program header table of unusable size");
        return 0;
}

/* ---- segments ---- */

static int check_load(struct elf *e, const Elf64_Phdr *p)
{
        const uint64_t end = guest_abi->space.end;

        if (p->p_memsz < p->p_filesz)
                return elf_bad(e, "segment is larger in the file than in memory");
        if (p->p_vaddr >= end || p->p_memsz > end - p->p_vaddr)
                return elf_bad(e, "segment lies beyond the address space");
        if (p->p_filesz && (p->p_offset > e->size || p->p_filesz > e->size - p->p_offset))
                return elf_bad(e, "truncated: a segment lies beyond the end of the file");
        if ((p->p_vaddr - p->p_offset) & (PAGE_SIZE - 1))
                return elf_bad(e, "segment whose address and file offset disagree");
        return 0;
}

static int read_interp(struct elf *e, const Elf64_Phdr *p)
{
        if (p->p_filesz < 2 || p->p_filesz > sizeof(e->interp))
                return elf_bad(e, "unusable name of the ELF interpreter");
        int r = read_at(e->fd, e->interp, p->p_filesz, p->p_offset);
        if (r < 0 || e->interp[p->p_filesz - 1])
                return elf_bad(e, "unusable name of the ELF interpreter");
        return 0;
}

static int check_segments(struct elf *e)
{
        uint64_t last_end = 0;
        e->lo = UINT64_MAX;
        e->hi = 0;
        for (unsigned k = 0; k < e->eh.e_phnum; k++) {
                const Elf64_Phdr *p = &e->ph[k];
                int r = p->p_type == PT_LOAD ? check_load(e, p) : p->p_type == PT_INTERP ? read_interp(e, p) : 0;
                if (r < 0)
                        return r;
                if (p->p_type != PT_LOAD || !p->p_memsz)
                        continue;
                if (p->p_vaddr < last_end)
                        return elf_bad(e, "segments overlap or are out of order");
                last_end = p->p_vaddr + p->p_memsz;
                if (e->lo == UINT64_MAX)
                        e->lo = PAGE_DOWN(p->p_vaddr);
                e->hi = PAGE_UP(last_end);
        }
        return e->hi ? 0 : elf_bad(e, "no segment to load");
}

int elf_read(struct elf *e)
{
        struct stat st;
        long r = sys_call2(__NR_fstat, e->fd, &st);

        if (r < 0)
                return (int)r;
        if ((st.st_mode & S_IFMT) != S_IFREG)
                return -EACCES;
        e->size = (uint64_t)st.st_size;
        if (e->is_program) {
                guest_image.dev = st.st_dev;
                guest_image.ino = st.st_ino;
        }
        int q = read_header(e);
        if (q >= 0)
                q = check_header(e);
        if (q >= 0)
                q = read_phdrs(e);
        return q < 0 ? q : check_segments(e);
}
