/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of explain share. */
#pragma once

#include "formats/catalog.h"
#include "base/elf-file.h"
#include "explain.h"
#include "base/root.h"

/* The kernel gives up after so many interpreters in a row, each of which runs the one before. */
#define INTERPRETERS_MAX 5

struct look {
        struct root root;
        struct catalog catalog;
        struct explanation *x;
        bool execfd; /* an entry with O or C has taken the program */
        char *next;  /* the interpreter to go on with, or NULL */
        bool next_pinned;
        const struct entry *next_stale; /* the entry that holds a file of next which has been replaced, or NULL */
        int record;                     /* the directory of records, or negative */
};

/* The file of one step. */
struct subject {
        const char *path;
        bool first; /* the program itself, not an interpreter */
        bool pinned;
        const struct entry *stale; /* the entry that holds an older file of this name, or NULL */
        int fd;                    /* to read it; negative where it cannot be */
        uint8_t head[ENTRY_SPAN_MAX];
        size_t size; /* of head */
        bool is_elf;
        int elf_error; /* of elf_file_read */
        const char *elf_reason;
        struct elf_file elf;
};

/* Adds a finding. error is the negative errno that execve fails with because of it, or 0; the first such error counts. Returns 0
 * or -ENOMEM. */
int refuse(struct look *l, int error, enum cause cause, const char *subject, const char *format, ...) _printf_(5, 6);

static inline struct step *last_step(const struct look *l)
{
        return &l->x->steps[l->x->n_steps - 1];
}

/* Opens and reads the file, and checks what the kernel checks first. Returns 1; 0 where the kernel stops here, with a finding; or
 * a negative errno. */
int subject_open(struct look *l, struct subject *s);
void subject_done(struct subject *s);

/* Finds the entry that takes the file, and goes on with its interpreter. Returns 1 where an entry takes it, 0 where none does, or
 * a negative errno. */
int explain_entries(struct look *l, const struct subject *s);

/* Says why no entry takes a file that the kernel cannot run itself. Returns 0 or -ENOMEM. */
int explain_no_entry(struct look *l, const struct subject *s);

/* Finds out what the kernel does with a file that no entry takes. Returns 0 or a negative errno. */
int explain_native(struct look *l, const struct subject *s);

/* Makes the interpreter of a file the next step, unless the kernel would not run it: because it was a step already, or because an
 * open program was handed on once already. Returns 0 or -ENOMEM. */
int go_on(struct look *l, const struct subject *s, const char *interpreter, bool pinned);

/* Checks what an ELF program needs that is loaded by the kernel or by an interpreter. Returns 0 or a negative errno. */
int explain_needs(struct look *l, const struct subject *s);
