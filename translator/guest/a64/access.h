/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an A64 instruction does to memory, as far as the syndrome of its fault tells. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum access_kind {
        ACCESS_LOAD,
        ACCESS_STORE,
        ACCESS_ATOMIC, /* reads, then writes */
        ACCESS_CACHE,  /* maintenance by address */
};

struct access {
        enum access_kind kind;
        uint8_t base; /* register that the address begins with; 31: SP */
        bool has_base;
};

/* Decodes a word that faulted on memory: any other gives a load without a base. */
struct access a64_access(uint32_t insn);
