/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers of ELF files, of both classes, read into one form (for loader.c). */
#pragma once
#include <linux/elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kernel's limits: of bytes of program headers, and of a file's name with its NUL byte. */
enum {
        ELF_PHDRS_SIZE = 65536,
        ELF_NAME_SIZE = 4096,
};

struct elf {
        int fd;
        uint64_t size; /* of the file */
        Elf64_Ehdr eh;
        uint64_t lo, hi; /* page-aligned addresses that PT_LOADs span, before relocation */
        uint64_t bias;
        bool is_program; /* not its interpreter */
        char *why;       /* where elf_bad() writes, and its size */
        size_t why_size;
        char interp[ELF_NAME_SIZE];
        Elf64_Phdr ph[ELF_PHDRS_SIZE / sizeof(Elf32_Phdr)];
};

/* Writes what is wrong with the file. Returns -ENOEXEC. */
int elf_bad(struct elf *e, const char *what);

/* Reads the headers of e->fd, checks them, and chooses the guest (abi_choose()) or sees whether they are for the one that was
 * chosen. Fills all from `size` to `hi`, `interp` and `ph`. Returns 0, or a negative errno, with one line in e->why unless it is a
 * plain error of the file. */
int elf_read(struct elf *e);

/* Bytes of a program header in the file. */
unsigned elf_phdr_size(const struct elf *e);
