/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translations that a process hands down to the program that it executes.
 *
 * A program that starts would translate what the program before it has translated a moment ago: the dynamic linker, the C
 * library. So a process keeps a record of its first translations, in a form that can be moved. When it starts processes again
 * and again, the record and what it was given itself go into a sealed file in memory, which guest programs that come from it
 * inherit (linux/share_fd.h). They take from there what they need, instead of translating it: a copy, moved to where the guest
 * code is in this process (struct reloc).
 *
 * Translations only go that way, from a process to those that come from it. Nobody can change the file once it is readable for
 * another process, and nobody reads what came from somebody with fewer rights: linux/share_fd.h has the rule.
 *
 * A translation is used only where the guest code is, byte by byte, what it was made from: every line that was read for it, be
 * it translated or looked at (guest/code.h), is in the file too. The hash of the first one only finds the candidates.
 *
 * The file: a header, a hash table, the body. The body of a process's file is the one that it inherited and what it recorded,
 * so places in the former stay what they are. It is bounded: what is recorded first is what a program needs to start, which is
 * what is of use to the next one. Lengths and places are checked when an entry is read, so that a damaged file gives no fault
 * in the translator.
 *
 * All functions are called under run_lock (threads.h), except where noted.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "guest/loc.h"
#include "x64/region.h"

struct region;

/* Are translations to be recorded and taken as things are (options, logs, tagged addresses)? When not, the other functions are
 * not called. */
bool share_wanted(void);

/* The region at loc from the inherited file, added to the code cache where `code` (cache_room) says, or NULL. Reads guest code by
 * guest_code_fetch(). */
struct region *share_take(struct loc loc, struct code *code);

/* The region at loc was translated, from guest_lines, and is about to be added to the cache: it is recorded. */
void share_record(struct loc loc, const uint8_t *code, const struct region_out *out);

/* A file to hand down, in pieces that follow one another. They are valid until share_file_done(), although more is recorded. */
struct share_file {
        struct {
                const void *p;
                size_t size;
        } piece[3];
        void *table; /* memory of the first piece */
};

/* How large its body would be: of entries and lines of code, in bytes. Needs no lock. */
size_t share_body_size(void);

/* Makes the file. Returns false when nothing is to be shared as things are, there is nothing to hand down, or no memory to do it.
 * Takes run_lock. */
bool share_file_make(struct share_file *ret);
void share_file_done(struct share_file *f);

/* The first bytes of every such file. */
#define SHARE_MAGIC "\177binfmtT" /* 8 bytes */

/* Uses the file of this descriptor, which is `size` bytes long and cannot change. Returns false when it is not a file
 * of this build of the translator with these options on this CPU. */
bool share_adopt(int fd, size_t size);

/* This process neither takes, nor records, nor hands down: the rights with which it reads guest code are not those of what it
 * executes. */
void share_leave(void);
