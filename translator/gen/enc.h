/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The encodings of an instruction set as data: what gendec writes to PREFIX_table.c, and what can be done with it.
 * Nothing here needs libc, and the tables hold no pointers, so they cost no relocations. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct enc_field {
        uint16_t name;      /* in strings */
        uint8_t pos, width; /* lowest bit, bits */
        uint8_t is_signed;
};

struct enc {
        uint32_t prefer, ignored; /* bits that the decoder ignores, and what they should be */
        uint16_t name, feature;   /* in strings */
        uint16_t field;           /* its first field in fields */
        uint8_t nfields;
        uint8_t constrained; /* words with its fixed bits may be none of it */
};

/* Op 0 is "none": no encoding. A word of a single unit of 16 bits is in the upper half of its uint32_t. */
struct enc_table {
        const char *strings;
        const struct enc *enc;
        const struct enc_field *fields;
        const uint32_t (*bits)[2]; /* mask and match by op */
        unsigned count;            /* of ops, with none */
        unsigned width;            /* bits of a unit: 16 or 32 */
        unsigned (*identify)(uint32_t insn);
        bool (*has_second)(uint32_t insn); /* of units of 16 bits: does another one follow the one in the upper half? */
};

static inline const char *enc_name(const struct enc_table *t, unsigned op)
{
        return t->strings + t->enc[op].name;
}
static inline const char *enc_feature(const struct enc_table *t, unsigned op)
{
        return t->strings + t->enc[op].feature;
}

/* Writes "name field=value ..." (registers and other small unsigned fields in decimal, wider ones in hexadecimal)
 * or ".inst 0x..." to buf, cut to n - 1 bytes. Returns its length. Async-signal-safe. */
int enc_print(const struct enc_table *t, char *buf, size_t n, uint32_t insn);

/* A random word of encoding `op`: fields are likely to have their extreme values, and
 * registers to be equal. *rng is the generator's state (any value to begin with). */
uint32_t enc_random(const struct enc_table *t, unsigned op, uint64_t *rng);
