/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a program's ELF file says about how it is to be started. Files come from anywhere, so nothing in them is believed:
 * every offset, size and number is checked against what is there and against a limit. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the bytes come from: an open file, or memory where fd is negative. */
struct elf_source {
        int fd;
        const uint8_t *bytes;
        size_t size;
};

/* Most libraries that one file may name before it counts as malformed. */
#define ELF_NEEDED_MAX 4096

struct elf_file {
        bool is64;
        bool big_endian;
        uint16_t type;     /* ET_EXEC, ET_DYN, ... */
        uint16_t machine;  /* EM_... */
        uint8_t os_abi;    /* ELFOSABI_... */
        uint32_t flags;    /* the machine's */
        uint64_t lowest;   /* address that a program with fixed addresses wants; UINT64_MAX where none is fixed */
        char *interpreter; /* of PT_INTERP, or NULL */
        bool dynamic;      /* whether there is a dynamic section */
        char **needed;     /* of DT_NEEDED, in the file's order */
        size_t n_needed;
        char *rpath; /* of DT_RPATH and DT_RUNPATH, or NULL */
        char *runpath;
};

/* Reads the file. Returns 0; -ENOEXEC where it is no ELF file; -EBADMSG where it is one that is cut off or makes no sense,
 * with *ret_reason, a constant string; or another negative errno. */
int elf_file_read(const struct elf_source *source, struct elf_file *ret, const char **ret_reason);

void elf_file_done(struct elf_file *f);
