/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the loader's parts: ELF files (loader.c) and the stack (stack.c). */
#pragma once
#include "image.h"

struct loaded {
        uint64_t entry;       /* AT_ENTRY */
        uint64_t start;       /* where execution begins: the interpreter's entry, if there is one */
        uint64_t phdr, phnum; /* AT_PHDR, AT_PHNUM */
        uint64_t phent;       /* AT_PHENT */
        uint64_t interp_base; /* AT_BASE */
        bool exec_stack;      /* PT_GNU_STACK says so, or its absence */
};

/* Maps the program and its interpreter; fills guest_image's extents. Errors as load_program(). */
int load_elf(const struct program *p, struct loaded *ret, char *why, size_t size);
/* A random multiple of the page size below `limit` pages, as the kernel's randomize_page(); 0 with ADDR_NO_RANDOMIZE. */
uint64_t random_offset(uint64_t limit);
