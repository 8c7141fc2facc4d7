/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's vDSO: a small ELF image with the kernel's clock functions, so that reading the time costs no system call. Its
 * functions consist of an undefined instruction that stands for a call of ours, which asks the host's vDSO, and a return. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* What the functions are known by: UDF #number. */
enum vdso_call {
        VDSO_CALLS = 0xbf00,
        VDSO_CLOCK_GETTIME = VDSO_CALLS, /* with the machine's time_t */
        VDSO_CLOCK_GETTIME64,            /* always with one of 64 bits */
        VDSO_GETTIMEOFDAY,
        VDSO_CLOCK_GETRES,
        VDSO_CALLS_END,
};

/* What an image is made of (vdso_image.h). */
enum { VDSO_FUNCTIONS = 4, VDSO_WORDS = 4, VDSO_NAMES = 192 };
struct vdso_function {
        char name[24];
        uint32_t code[VDSO_WORDS];
};
struct vdso_contents {
        uint16_t machine; /* e_machine, e_flags */
        uint32_t flags;
        const char *version; /* of the symbols */
        struct vdso_function functions[VDSO_FUNCTIONS];
};

/* The ELF hash (System V gABI). */
uint32_t vdso_hash(const char *name);
/* Appends a name to a table of strings, which ends at *end. Returns where in the table it is. */
uint32_t vdso_add_name(char names[VDSO_NAMES], uint32_t *end, const char *name);

/* For guest/code.h. */
struct lift;
bool vdso_contains(uint64_t pc);
bool vdso_lift(struct lift *l, uint32_t number);
