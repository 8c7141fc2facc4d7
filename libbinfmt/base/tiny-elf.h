/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the headers of ELF files of any machine that have one segment and nothing else. The bytes that are loaded follow the
 * headers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tiny_elf {
        uint16_t machine; /* EM_... */
        uint32_t flags;   /* e_flags */
        bool is64, big_endian;
        uint64_t address; /* where the file is loaded */
};

/* The headers take at most so many bytes. */
#define TINY_ELF_HEADERS_MAX 120

/* Writes the headers of a program whose segment has so many bytes behind them, and begins to run at the first of these. Returns
 * the size of the headers. */
size_t tiny_elf_headers(const struct tiny_elf *e, size_t content, uint8_t buf[TINY_ELF_HEADERS_MAX]);

/* Writes a number that takes size bytes, in the byte order of the machine. Returns size. */
size_t tiny_elf_put(const struct tiny_elf *e, uint64_t value, size_t size, uint8_t *buf);
