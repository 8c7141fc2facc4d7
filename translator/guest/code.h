/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest code as translations read it: in lines of FETCH_LINE bytes, each of which is copied from the guest's memory once a
 * translation, and in units of 2 or 4 bytes.
 *
 * A translation depends on every line that was read for it: those of the instructions that it translates, and those that it
 * only looks at (flags_live of struct guest). So the lines that are kept here are what has to be compared before the translation
 * is used elsewhere (run/share.h), and what drops it when it changes (run/code_index.h).
 *
 * Everything but code_hooks is used under run_lock (run/threads.h) only.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FETCH_LINE 64u

/* Reads the guest code at addr and behind it, up to the next multiple of FETCH_LINE. Returns where it is, readable until the next
 * call, or NULL when it cannot be read or may not be executed. */
typedef const uint8_t *fetch_fn(uint64_t addr);

/* A place in guest code, which moves on as units are read. */
struct code_reader {
        fetch_fn *fetch;
        uint64_t addr;     /* of the next unit: a multiple of its size */
        const uint8_t *at; /* where that is, as fetch delivered it; NULL: it must be fetched */
};

/* Makes `addr` the address of the next unit. Must also be called, with c->addr, when something else may have called c->fetch. */
static inline void code_go(struct code_reader *c, uint64_t addr)
{
        c->addr = addr;
        c->at = NULL;
}

/* Sees to it that c->at is where the next unit is. Returns false when it cannot be read. */
static inline bool code_fetch(struct code_reader *c)
{
        if (!c->at || c->addr % FETCH_LINE == 0)
                c->at = c->fetch(c->addr);
        return c->at;
}

/* Moves on by so many bytes, of units that were seen. */
static inline void code_skip(struct code_reader *c, unsigned bytes)
{
        c->at += bytes;
        c->addr += bytes;
}

static inline bool code_read(struct code_reader *c, void *ret, unsigned bytes)
{
        if (!code_fetch(c))
                return false;
        __builtin_memcpy(ret, c->at, bytes);
        code_skip(c, bytes);
        return true;
}

/* Reads the next two units of 16 bits, the first one in the upper half, but does not move on. Returns false where they are not in one
 * line, or cannot be read. */
static inline bool code_peek_pair(struct code_reader *c, uint32_t *ret)
{
        uint32_t pair;
        if (!code_fetch(c) || c->addr % FETCH_LINE > FETCH_LINE - sizeof(pair))
                return false;
        __builtin_memcpy(&pair, c->at, sizeof(pair));
        *ret = pair << 16 | pair >> 16;
        return true;
}

/* Read the next unit, of 16 or 32 bits. Return false when there is none to be read. */
static inline bool code_read16(struct code_reader *c, uint16_t *ret)
{
        return code_read(c, ret, sizeof(*ret));
}
static inline bool code_read32(struct code_reader *c, uint32_t *ret)
{
        return code_read(c, ret, sizeof(*ret));
}

/* Reads the aligned word at addr, if it cannot change as long as translations that depend on it are kept: a constant, which only
 * looks like data. Returns false when it may change. */
bool code_read_constant(struct code_reader *c, uint64_t addr, uint32_t *ret);
/* The same of a page of the guest's kernel, which is at the same address in each process. */
bool code_read_kernel(struct code_reader *c, uint64_t addr, uint32_t *ret);

struct lift;

/* What the system side (linux/) knows about guest code. */
struct code_hooks {
        /* Returns true when the guest may execute the instruction at addr. */
        bool (*may_exec)(uint64_t addr);

        /* Copies the line at addr, on which nothing will depend. Returns a negative number when it cannot be read. NULL: none can. */
        int (*read_line)(void *to, uint64_t addr);

        /* Returns the number by which code at addr is known at all addresses where the same memory is mapped, or 0 when this is
         * the only one. In a page, numbers differ as addresses do. */
        uint64_t (*alias)(uint64_t addr);

        /* Returns true when the guest may execute what is at addr, and cannot write it without a system call after which translations
         * that depend on it are dropped. NULL: it never is. */
        bool (*is_fixed)(uint64_t addr);

        /* Returns true when pc lies in the guest's vDSO, which the translator has made. Its code calls functions of this very
         * process, so its translations are for no other one. */
        bool (*is_vdso)(uint64_t pc);

        /* Lifts the instruction at l->pc, which is UDF #number, when it is one of the vDSO that stands for a call of a function.
         * Returns false, having emitted nothing, when it is not. */
        bool (*lift_vdso)(struct lift *l, uint32_t number);

        /* Lifts what the function at `target` does, when that is one of the guest's kernel, which stays where it is, and is still there
         * (code_read_kernel()). Returns false, having emitted nothing, when it is not. NULL: there is none. */
        bool (*lift_kernel_function)(struct lift *l, uint64_t target);
};

/* Set once, before the first translation (main/connect.c). */
extern const struct code_hooks *code_hooks;

/* More lines than are read for a region: at most one for each instruction, and for each that flags_live looks at behind an
 * exit. */
#define GUEST_LINES_MAX 192u

/* What a translation knows of a line besides what is there: bits. It can be used only where that is so, too. */
enum {
        LINE_CONSTANT = 1, /* it cannot change (is_fixed) */
        LINE_STAYS = 2,    /* it is the guest's kernel's, at this very address */
};

/* The lines that were read for the present translation. */
struct guest_lines {
        unsigned n;
        uint64_t base[GUEST_LINES_MAX];             /* addresses: multiples of FETCH_LINE, each once */
        uint8_t bytes[GUEST_LINES_MAX][FETCH_LINE]; /* what was there */
        uint8_t known[GUEST_LINES_MAX];             /* LINE_* */
};
extern struct guest_lines guest_lines;

/* Begins a translation: guest_lines becomes empty. */
void guest_code_begin(void);

/* The fetch_fn of translations. It returns NULL also when more than GUEST_LINES_MAX lines were read. */
fetch_fn guest_code_fetch;
