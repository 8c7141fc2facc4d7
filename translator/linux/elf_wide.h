/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers of 32-bit ELF files in the form that 64-bit files have: what somebody here asks for, the rest is zero. */
#pragma once
#include <linux/elf.h>

Elf64_Ehdr elf_wide_ehdr(const Elf32_Ehdr *h);
Elf64_Phdr elf_wide_phdr(const Elf32_Phdr *p);
