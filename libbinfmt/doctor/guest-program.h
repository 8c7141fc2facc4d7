/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The smallest real programs of other machines: each writes its token, waits for its standard input to end, and
 * exits with 0. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUEST_PROGRAM_MAX 256

struct guest_program {
        const char *architecture; /* Debian's name */
        const char *machine;      /* as uname -m has it */
        const char *token;        /* a line */
        uint16_t elf_machine;     /* EM_... */
        bool is64, optional;      /* optional: nobody misses it where nothing is installed for it */
        uint32_t elf_flags;
        const uint32_t *code; /* the code; the token follows it in the file */
        size_t n_code;
};

extern const struct guest_program guest_programs[];
extern const size_t n_guest_programs;

/* Makes the ELF file in buf and returns its size. */
size_t guest_program_make(const struct guest_program *p, uint8_t buf[GUEST_PROGRAM_MAX]);
