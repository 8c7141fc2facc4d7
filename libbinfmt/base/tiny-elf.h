/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF files of any machine with one segment and nothing else: the headers, which what is loaded follows. */
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

/* The most that the headers take. */
#define TINY_ELF_HEADERS_MAX 120

/* Writes the headers of a program with so many bytes behind them, the first of which are executed first. Returns their size. */
size_t tiny_elf_headers(const struct tiny_elf *e, size_t content, uint8_t buf[TINY_ELF_HEADERS_MAX]);

/* Writes a number of so many bytes in the order of the machine. Returns size. */
size_t tiny_elf_put(const struct tiny_elf *e, uint64_t value, size_t size, uint8_t *buf);
