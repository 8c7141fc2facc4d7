/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machines that ELF files are for. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "elf-file.h"

struct elf_machine {
        uint16_t machine; /* EM_... */
        bool is64, big_endian;
        const char *name;      /* as uname -m has it */
        const char *multiarch; /* Debian's directory of libraries, NULL where it has none */
        const char *debian;    /* Debian's name of the architecture, NULL where it has none or the same */
};

/* Finds a machine by a name of its own or Debian's; NULL where there is none of that name. */
const struct elf_machine *elf_machine_by_name(const char *name);

/* Makes the beginning of the file header that a program for this machine has. */
#define ELF_HEAD_SIZE 20
void elf_machine_make_head(const struct elf_machine *m, uint8_t head[ELF_HEAD_SIZE]);

/* Finds the machine of a file; NULL where it is an unknown one. */
const struct elf_machine *elf_machine_find(const struct elf_file *f);

/* The name of a file's machine, or "unknown machine". */
const char *elf_machine_name(const struct elf_file *f);

/* Whether this machine's kernel itself starts programs for the machine of a file. */
bool elf_machine_is_native(const struct elf_file *f);
