/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes small ELF files for tests, as the specification has them: header, PT_INTERP, PT_LOAD, PT_DYNAMIC, strings. */
#pragma once

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct elf_maker {
        uint16_t machine, type;
        bool is64, big_endian;
        const char *interpreter, *rpath, *runpath;
        const char *needed[8]; /* the end is NULL */
};

#define MADE_ELF_MAX 4096

/* Makes the file in buf and returns its size. */
size_t make_elf(const struct elf_maker *m, uint8_t buf[MADE_ELF_MAX]);

/* Makes the ELF file as an executable file below the current directory. */
void put_elf(const char *path, const struct elf_maker *m);
