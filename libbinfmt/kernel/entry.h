/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An entry of binfmt_misc: one the kernel has, or one it is to get. See the kernel's admin-guide/binfmt-misc.rst. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

enum entry_flag {
        ENTRY_PRESERVE_ARGV0 = 1 << 0, /* P */
        ENTRY_OPEN_BINARY = 1 << 1,    /* O */
        ENTRY_CREDENTIALS = 1 << 2,    /* C, which implies O */
        ENTRY_FIX_BINARY = 1 << 3,     /* F */
        ENTRY_UNKNOWN_FLAG = 1 << 4,   /* a flag of a newer kernel, on an entry that is not ours */
        /* From Linux 7.3 on: */
        ENTRY_TRANSPARENT = 1 << 5,    /* T, which implies O: argv and /proc/self/exe stay the program's */
        ENTRY_LOADER = 1 << 6,         /* L: the interpreter takes the place of the program's own dynamic linker */
        ENTRY_START_DISABLED = 1 << 7, /* D: registered switched off; the kernel does not show it afterwards */
};

enum entry_type {
        ENTRY_MAGIC,
        ENTRY_EXTENSION,
        ENTRY_HANDLER, /* B, from Linux 7.3 on: a BPF program decides; the interpreter is that handler's name */
        ENTRY_TYPE_COUNT,
};

/* "magic", "extension", "bpf". */
const char *entry_type_to_string(enum entry_type t);

/* Longest name of a BPF handler. */
#define ENTRY_HANDLER_MAX 15

/* The parts of an entry, so that a check can say which one is wrong. */
enum entry_field {
        ENTRY_FIELD_NAME,
        ENTRY_FIELD_OFFSET,
        ENTRY_FIELD_MAGIC,
        ENTRY_FIELD_MASK,
        ENTRY_FIELD_EXTENSION,
        ENTRY_FIELD_FLAGS,
        ENTRY_FIELD_INTERPRETER,
        ENTRY_FIELD_COUNT,
};

/* Longest line the kernel's register file takes, and the furthest byte of a file that it compares. */
#define ENTRY_LINE_MAX 1920
#define ENTRY_SPAN_MAX 256

/* The name that an entry has for a moment while it is being replaced. */
#define ENTRY_TEMPORARY_NAME ".binfmtd"

struct entry {
        char *name;
        enum entry_type type;
        unsigned flags; /* of enum entry_flag */
        unsigned offset;
        uint8_t *magic; /* magic_size bytes; NULL for another type */
        uint8_t *mask;  /* magic_size bytes, or NULL where every bit counts */
        size_t magic_size;
        char *extension; /* without the dot; NULL for another type */
        char *interpreter;
        bool enabled; /* this and rank are of an entry that the kernel has */
        size_t rank;  /* how many entries the kernel tries before this one, going by the order of the directory */
};

struct entries {
        struct entry *items;
        size_t n;
        bool sorted; /* by name */
};

void entry_done(struct entry *e);
void entries_done(struct entries *e);

/* Makes *ret a deep copy. Returns 0 or -ENOMEM. */
int entry_copy(const struct entry *e, struct entry *ret);

/* Sorts by name, so that entries_find is fast. */
void entries_sort(struct entries *e);

/* Finds an entry by name; NULL where there is none. */
const struct entry *entries_find(const struct entries *e, const char *name);

/* Whether the kernel would treat the two alike, whether enabled or not: same name, same matching (a mask of ones is no
 * mask, C and T imply O), same interpreter. */
bool entry_equal(const struct entry *a, const struct entry *b);

/* Whether the two are for the same files. */
bool entry_same_files(const struct entry *a, const struct entry *b);

/* Whether the two have the same matching and flags, whatever their names and interpreters. */
bool entry_matches_alike(const struct entry *a, const struct entry *b);

/* Whether a file that starts with these bytes is one that the entry's magic matches. A file that is shorter counts as if
 * zeros followed, as the kernel has it. */
bool entry_matches(const struct entry *e, const uint8_t *head, size_t size);

/* Parses an offset as the kernel does: decimal digits, a + before them allowed. Returns 0, or -EINVAL with
 * *ret_reason. */
int entry_parse_offset(const char *text, unsigned *ret, const char **ret_reason);

/* Parses flags out of POCFTLD (a letter may come twice). Returns 0, or -EINVAL with *ret_reason. */
int entry_parse_flags(const char *text, unsigned *ret, const char **ret_reason);

/* Writes flags as the kernel shows them (in its order, and O with every C and T; D last) into a buffer of at least
 * ENTRY_FLAGS_MAX bytes. Returns the buffer. */
#define ENTRY_FLAGS_MAX 8
char *entry_format_flags(unsigned flags, char *buf);

/* Why an entry cannot have this name, as a constant string; NULL where it can. */
const char *entry_name_reason(const char *name);

/* Checks all that can be known without looking at the interpreter's file. Returns 0, or -EINVAL with the field at fault
 * and the reason, a constant string. */
int entry_check(const struct entry *e, enum entry_field *ret_field, const char **ret_reason);

/* Makes the line that registers an entry, without a newline. Returns 0, -ENOMEM, or -E2BIG where it is longer than the kernel
 * takes. The entry must have passed entry_check. */
int entry_to_line(const struct entry *e, char **ret);

/* Parses the text that the kernel shows for the entry with this name. Returns 0, -ENOMEM, or -EBADMSG where the text is not that
 * of an entry. */
int entry_from_text(const char *name, const char *text, struct entry *ret);
