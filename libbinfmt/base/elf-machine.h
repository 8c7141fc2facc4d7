/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machines that ELF files are for. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "elf-file.h"

struct elf_machine {
        uint16_t machine; /* EM_... */
        bool is64, big_endian;
        const char *name;      /* as QEMU calls it, and most often uname -m */
        const char *multiarch; /* Debian's directory of libraries, NULL where it has none */
        const char *others;    /* what Debian and uname -m call it otherwise, with commas between, or NULL */
};

/* Finds a machine by one of its names; NULL where there is none of that name. */
const struct elf_machine *elf_machine_by_name(const char *name);

/* Debian's directory of the libraries of a program, NULL where it has none. */
const char *elf_machine_multiarch(const struct elf_file *program);

/* Makes the beginning of the file header that a program for this machine has. */
#define ELF_HEAD_SIZE 20
void elf_machine_make_head(const struct elf_machine *m, uint8_t head[ELF_HEAD_SIZE]);

/* Finds the machine of a file; NULL where it is an unknown one. */
const struct elf_machine *elf_machine_find(const struct elf_file *f);

/* The name of a file's machine, or "unknown machine". */
const char *elf_machine_name(const struct elf_file *f);

/* Whether this machine's kernel itself starts programs for the machine of a file. */
bool elf_machine_is_native(const struct elf_file *f);
