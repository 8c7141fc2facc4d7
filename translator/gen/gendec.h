/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: from tables of encodings to a decoder that calls lifters. First the language of the tables (guest/X/NAME.dec), then
 * what the files of gendec share.
 *
 * A table has one item a line. `#` begins a comment. A line that ends in `\` goes on in the next one. An item may name only what
 * is defined above it, in the same file or in one that gendec is given earlier.
 *
 * Encodings
 *
 *     name  pattern -> lifter argument=value ... | feature | constraint
 *
 * The pattern lists the word's bits, most significant first: `0` and `1` are fixed, `name:width` is a field (`name:s9` a signed
 * one), `(1)` and `(0)` are bits that the architecture wants so but the decoder ignores. Bars have a blank before them. The
 * feature is the name of what the processor must have. The constraint is an expression over the fields: a word for which it is 0
 * does not have this encoding.
 *
 * Behind `->` are the lifter that is called for such a word, and its arguments. Without a lifter's name there, the lifter is
 * named like the encoding. Several encodings may have the same lifter. A lifter's arguments are the fields of the pattern, unless
 * there is an argument set.
 *
 * Argument sets
 *
 *     &name argument argument:type ...
 *
 * An argument set is a C structure. The lifter that has its name gets it, and so does the lifter of every encoding that has
 * `&name` behind `->`. An argument without a type is a uint32_t; a type is a name of C (int32_t), perhaps with `*`. Each encoding
 * gives every argument a value: what `argument=value` says, or else the field that has the argument's name. A value is an
 * expression without blanks.
 *
 * Formats
 *
 *     @name pattern -> lifter argument=value ... | feature | constraint
 *
 * A format is what several encodings have in common. It may lack any of its parts, and its pattern may leave bits open (`.`). An
 * encoding uses it by `@name` before its own pattern, which then lists only the bits and fields that fill the open bits, most
 * significant first. The encoding's own lifter, set, values and feature count before the format's. The constraints of both must
 * hold. An encoding that names another lifter or set than the format may lack some of the arguments that the format has values
 * for.
 *
 * Expressions
 *
 * Operators, their precedence and their type (int) are those of C, without assignment, comma, division and `?:`. `hi:lo` puts
 * fields together; it binds tighter than all operators and is signed when its first field is. Values may also have these:
 * `cond?a:b`, where fields put together in the middle need parentheses; NAME in upper case, a constant of C; &name, the address
 * of a function; name(a,b), a call of the function PREFIX_name. `%include "file"` names a header that declares such names, or the
 * types of arguments.
 *
 * Groups
 *
 * No word may match two encodings, but of the encodings between lines `{` and `}` the first one that matches is taken. Encodings
 * between lines `[` and `]` within such a group may not overlap each other either.
 *
 * Streams
 *
 * An instruction set whose instructions have 16 or 32 bits is a stream of units of 16 bits (WIDTH is 16). Its patterns have 16 or
 * 32 bits, those of the first unit first. `%second pattern`, in bits and `.`, describes first units that are followed by a second
 * one. The decoder is given both units, the first one in the upper half; the lower half may be anything when no second unit
 * follows. The lifters may be those of another instruction set (PREFIX:LIFTERS); then every encoding must have an argument set,
 * of that instruction set. A lifter that only such encodings have is declared there too, when it has the name of its set.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define MAX_FIELDS 16 /* of an encoding; and arguments of a set */
#define MAX_NAME 32
#define MAX_SECONDS 8

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
        uint32_t mask, match; /* the fixed bits; those of a single unit of 16 bits are the upper half */
        uint32_t prefer;      /* value of the ignored bits */
        uint32_t ignored;
        struct field fields[MAX_FIELDS]; /* from the highest position down */
        unsigned nfields;
        unsigned bits;                   /* length of the pattern */
        struct expr *constraint;         /* NULL: none */
        uint32_t used;                   /* bits of the fields that the constraint mentions */
        unsigned lifter;                 /* index in lifters */
        struct expr *values[MAX_FIELDS]; /* of the lifter's arguments; NULL: the field of that name */
        unsigned group;                  /* the innermost one around it: index in groups */
};

/* An argument set: with a name of its own, or made of the fields of a lifter's first encoding. */
struct args {
        char name[MAX_NAME];
        bool own; /* the latter */
        struct {
                char name[MAX_NAME], type[MAX_NAME];
        } arg[MAX_FIELDS];
        unsigned n;
};

struct lifter {
        char name[MAX_NAME];
        unsigned args; /* index in args */
};

struct group {
        unsigned parent; /* has a lower index; group 0 is around all others, and its own parent */
        bool first_match;
};

struct second {
        const char *file;
        unsigned line;
        uint32_t mask, match;
};

struct format;

struct table {
        const char *prefix;  /* "a64" */
        const char *lifters; /* the prefix of the lifters and their arguments; usually the same */
        unsigned width;      /* bits of a unit: 16 or 32 */
        struct enc *enc;
        unsigned n, cap;
        struct args *args;
        unsigned nargs;
        struct lifter *lifter;
        unsigned nlifters;
        struct group *group;
        unsigned ngroups;
        unsigned in_group;     /* the innermost group that is open */
        struct format *format; /* parse.c's */
        unsigned nformats;
        struct second second[MAX_SECONDS];
        unsigned nseconds;
        char **include; /* with quotes */
        unsigned nincludes;
        unsigned errors;
};

/* Prints "file:line: name: message" and counts the error. */
__attribute__((format(printf, 3, 4))) void complain(struct table *t, const struct enc *e, const char *fmt, ...);
void *xalloc(size_t n);
char *xstrdup(const char *s);
/* The array of n elements of `size` bytes, which may have moved, with room for one more, which is zeroed. */
void *grow(void *array, unsigned n, size_t size);

/* parse.c: adds the contents of a file to the table. Returns 0 or a negative errno (the file cannot be read). */
int parse_file(struct table *t, const char *path);

/* pattern.c */
/* Copies an identifier: a lower-case letter, then lower-case letters, digits and underscores. False when it is none. */
bool copy_name(char dst[MAX_NAME], const char *s, size_t n);
/* Sets the bits and fields of e from a pattern, of which `filling` fills the open bits (NULL: there are none). */
void parse_pattern(struct table *t, struct enc *e, const char *pattern, const char *filling);
/* The fixed bits of a unit of 16 bits, in the upper half. False when the text is not bits and dots, 16 of them. */
bool parse_unit(const char *pattern, uint32_t *ret_mask, uint32_t *ret_match);

/* expr.c: parses an expression over the fields of e; *ret_wrong is what is wrong with it, or NULL. A constraint adds to e->used.
 * */
struct expr *expr_constraint(struct enc *e, const char *text, const char **ret_wrong);
struct expr *expr_value(struct enc *e, const char *text, const char **ret_wrong);
/* An expression that holds when a (which may be NULL) and b hold. */
struct expr *expr_and(struct expr *a, struct expr *b);
/* Does the word satisfy the constraint? True when there is none. */
bool expr_holds(const struct enc *e, uint32_t insn);
int64_t field_value(const struct field *f, uint32_t insn);
/* Writes it as C, for a word `insn`. prefix: of functions that it calls. */
void expr_emit(FILE *f, const struct enc *e, const struct expr *x, const char *prefix);
void field_emit(FILE *f, const struct field *field);

/* overlap.c: complains about each pair of encodings that match a common word where no group allows it, constraints that never
 * hold, encodings that others leave nothing to, and encodings whose length is not what %second says. */
void check_overlaps(struct table *t);
/* Is the encoding in a group of which the first match is taken? A word that fits it may then be another's. */
bool in_first_match(const struct table *t, const struct enc *e);

/* tree.c: the decision tree. A node looks at `width` bits from `shift`; its 1 << width successors are in next[base...]: a node's
 * index, or LEAF | index in leaves. There, candidates follow each other in the order of the table; the last has LAST set. */
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
