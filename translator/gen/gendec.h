/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: from tables of encodings to a decoder. What its files share.
 *
 * A table (guest/X_*.dec) has one encoding a line:
 *
 *     name   pattern | feature | constraint
 *
 * The pattern lists the word's bits, most significant first: `0` and `1` are fixed, `name:width` is a field
 * (`name:s9` a signed one), `(1)` and `(0)` are bits that the architecture wants so but the decoder ignores. The
 * constraint is a C expression over the fields (no comma, no assignment, no ?:). Only one encoding may
 * match any word. `#` begins a comment.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define MAX_FIELDS 16
#define MAX_NAME 32

struct field {
        char name[MAX_NAME];
        uint8_t pos; /* of the lowest bit */
        uint8_t width;
        bool is_signed;
};

struct expr;

struct enc {
        const char *file;
        unsigned line;
        char name[MAX_NAME];
        char feature[MAX_NAME];
        uint32_t mask, match; /* the fixed bits */
        uint32_t prefer;      /* value of the ignored bits */
        uint32_t ignored;
        struct field fields[MAX_FIELDS];
        unsigned nfields;
        char *constraint; /* its text, or NULL */
        struct expr *expr;
        uint32_t used;      /* bits of the fields that the constraint mentions */
        unsigned args_like; /* first encoding that has the same fields: they share the argument type */
};

struct table {
        const char *prefix; /* "a64" */
        unsigned width;     /* bits of a word */
        struct enc *enc;
        unsigned n, cap;
        unsigned errors;
};

/* Prints "file:line: message" and counts the error. */
__attribute__((format(printf, 3, 4))) void complain(struct table *t, const struct enc *e, const char *fmt, ...);
void *xalloc(size_t n);

/* parse.c: adds the encodings of a file to the table. Returns 0 or a negative errno (the file cannot be read). */
int parse_file(struct table *t, const char *path);

/* expr.c: parses e->constraint to e->expr and sets e->used; returns NULL or what is wrong with it. */
const char *expr_parse(struct enc *e);
/* Does the word satisfy the constraint? True when there is none. */
bool expr_holds(const struct enc *e, uint32_t insn);
int64_t field_value(const struct field *f, uint32_t insn);

/* overlap.c: complains about each pair of encodings that match a common word, and constraints that never hold. */
void check_overlaps(struct table *t);

/* tree.c: the decision tree. A node looks at `width` bits from `shift`; its 1 << width successors are in next[base...]:
 * a node's index, or LEAF | index in leaves. There, candidates follow each other; the last has LAST set. */
enum { LEAF = 0x8000, LAST = 0x8000, CONSTRAINED = 0x4000 };
struct node {
        uint16_t base;
        uint8_t shift, width;
};
struct tree {
        struct node node[2000];
        uint16_t next[0x10000];
        uint16_t leaves[0x8000];
        unsigned nodes, nexts, nleaves;
};
/* Returns false when it gets too big. */
bool build_tree(const struct table *t, struct tree *tree);

/* emit.c: writes the generated files to `dir`. Returns 0 or a negative errno. */
int emit_all(const struct table *t, const struct tree *tree, const char *dir);
