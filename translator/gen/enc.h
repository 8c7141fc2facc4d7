/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The encodings of an instruction set as data: what gendec writes to PREFIX_table.c, and what can be done with it.
 * Nothing here needs libc, and the tables hold no pointers, so they cost no relocations. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct enc_field {
        uint16_t name;      /* in strings */
        uint8_t pos, width; /* position of the lowest bit, number of bits */
        uint8_t is_signed;
};

struct enc {
        uint32_t prefer, ignored; /* value that bits should have which the decoder ignores, and which these are */
        uint16_t name, feature;   /* in strings */
        uint16_t field;           /* the first of its fields in `fields` */
        uint8_t nfields;
        uint8_t constrained; /* a word with all its fixed bits may be another encoding's, or none */
};

/* The encodings of an instruction set. An "op" is an index in `enc`; op 0 is "none", no encoding. A word of a single unit of 16
 * bits is in the upper half of its uint32_t. */
struct enc_table {
        const char *strings;
        const struct enc *enc;
        const struct enc_field *fields;
        const uint32_t (*bits)[2]; /* mask and match by op */
        unsigned count;            /* of encodings, "none" included */
        unsigned width;            /* bits of a unit: 16 or 32 */
        unsigned (*identify)(uint32_t insn);
        bool (*has_second)(uint32_t insn); /* when a unit has 16 bits: does a second one follow this first one? NULL otherwise */
};

static inline const char *enc_name(const struct enc_table *t, unsigned op)
{
        return t->strings + t->enc[op].name;
}
static inline const char *enc_feature(const struct enc_table *t, unsigned op)
{
        return t->strings + t->enc[op].feature;
}

/* Writes "name field=value ..." for the word, or ".inst 0x..." when it has no encoding, to buf, cut to n - 1 bytes. Small values
 * are decimal, others hexadecimal. Returns the length of the text. Async-signal-safe. */
int enc_print(const struct enc_table *t, char *buf, size_t n, uint32_t insn);

/* Returns a random word of encoding `op`. Its fields are likely to have their extreme values, and its registers to be equal. *rng
 * is the state of the random numbers, any value to begin with. */
uint32_t enc_random(const struct enc_table *t, unsigned op, uint64_t *rng);
