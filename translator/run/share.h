/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Translations that a process hands down to the program that it executes.
 *
 * A program that starts would translate what the program before it has translated a moment ago: the dynamic linker, the C
 * library. So a process keeps a record of its first translations, in a form that can be moved. When it starts processes again and
 * again, it puts the record, together with what it was given itself, into a sealed file in memory, which guest programs that come
 * from it inherit (linux/share_fd.h). They take translations from there, instead of making them: each is copied, and moved to
 * where the guest code is in that process (struct reloc).
 *
 * Translations go from a process to those that come from it, never back. Nobody can change the file once another process can read
 * it, and no process reads what came from one with fewer rights: linux/share_fd.h has the rule.
 *
 * A translation is used only where the guest code is, byte by byte, what it was made from: every line that was read for it, be
 * it translated or looked at (guest/code.h), is in the file too. The hash of the first one only finds the candidates.
 *
 * The file has a header, which says for which guest and which build of the translator it is, a hash table, and a body. The body
 * of a process's file is the body that it inherited, with what it recorded behind it, so that places in the former stay what they
 * are. The body is bounded: what a program needs to start is recorded first, and of use to the next program. Lengths and places
 * are checked when an entry is read, so that a damaged file gives no fault in the translator.
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

/* Returns true when translations are to be recorded and taken. It depends on options, the log and tagged addresses. Where it is
 * false, share_take and share_record are not called. */
bool share_wanted(void);

/* Takes the region at loc from the inherited file, and adds it to the code cache in the room that cache_room has found (`code`).
 * Returns it, or NULL when it is not in the file. Reads guest code by guest_code_fetch(). */
struct region *share_take(struct loc loc, struct code *code);

/* Records the region at loc, which was just translated from guest_lines: its code and what belongs to it. */
void share_record(struct loc loc, const uint8_t *code, const struct region_out *out);

/* A file to hand down, in pieces that follow one another. They are valid until share_file_done(), although more is recorded. */
struct share_file {
        struct {
                const void *p;
                size_t size;
        } piece[3];
        void *table; /* memory of the first piece */
};

/* Returns how large the body of the file would be now, in bytes. Needs no lock. */
size_t share_body_size(void);

/* Makes the file. Returns false when nothing is to be shared as things are, there is nothing to hand down, or no memory to do it.
 * Takes run_lock. */
bool share_file_make(struct share_file *ret);

/* Frees what share_file_make has made. Needs no lock. */
void share_file_done(struct share_file *f);

/* The first bytes of every such file. */
#define SHARE_MAGIC "\177binfmtT" /* 8 bytes */

/* Uses the file of this descriptor, which is `size` bytes long and cannot change. Returns false when it is not a file
 * of this build of the translator with these options on this CPU. */
bool share_adopt(int fd, size_t size);

/* Makes share_wanted() false for this process, which executes a program with other rights than those with which it reads guest
 * code. */
void share_leave(void);
