/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random instruction words (see enc.h). */
#include "enc.h"

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next(uint64_t *rng)
{
        uint64_t z = *rng += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
}

static uint32_t extreme(uint64_t r, unsigned width)
{
        uint32_t all = (1u << width) - 1;
        switch (r & 3) {
        case 0: return 0;
        case 1: return all;
        case 2: return 1u << (width - 1); /* the least signed value */
        default: return 1u << (r >> 2) % width;
        }
}

/* Returns the value of a field before f that is as wide, or a random one. */
static uint32_t like_another(const struct enc_field *first, const struct enc_field *f, uint32_t insn, uint64_t r)
{
        for (const struct enc_field *g = first; g < f; g++, r >>= 1)
                if (g->width == f->width && (r & 1))
                        return insn >> g->pos & ((1u << g->width) - 1);
        return (uint32_t)(r >> 32) & ((1u << f->width) - 1);
}

static uint32_t attempt(const struct enc_table *t, unsigned op, uint64_t *rng)
{
        const struct enc *e = &t->enc[op];
        uint32_t insn = t->bits[op][1] | e->prefer;
        const struct enc_field *first = &t->fields[e->field];
        for (const struct enc_field *f = first; f < first + e->nfields; f++) {
                uint64_t r = next(rng), kind = r & 15;
                uint32_t v = (uint32_t)(r >> 32) & ((1u << f->width) - 1);
                if (kind < 2)
                        v = extreme(r >> 4, f->width);
                else if (kind < 5 && f->width == 5)
                        v = like_another(first, f, insn, r >> 4);
                insn |= v << f->pos;
        }
        return insn;
}

uint32_t enc_random(const struct enc_table *t, unsigned op, uint64_t *rng)
{
        uint32_t insn;
        do {
                insn = attempt(t, op, rng);
        } while (t->enc[op].constrained && t->identify(insn) != op);
        return insn;
}
