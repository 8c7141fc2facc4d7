/* Translations that the processes of a family share: those that were forked and executed from one another.
 *
 * A program that starts translates what the program before it has translated a moment ago: the dynamic linker, the C library. The
 * first process that forks or executes puts its translations into a file in memory, of which all that come from it inherit the
 * descriptor (linux/share_fd.h). Each adds what it translates, and takes what another one has added instead of translating it
 * again: a copy, moved to where the guest code is in this process (struct reloc).
 *
 * A translation is found by the guest code that it was made from, not by the name of a file: by a hash of every line of code that
 * was read for it, be it translated or looked at (guest/peek.c). So code that changed, was relocated or was never in a file at all
 * is no special case.
 *
 * The file: a header, a hash table, entries. Entries are only ever added and are complete before they are listed, so readers need
 * no lock. It never grows: when it is full it stays as it is. What is in it is executed, so everybody who can write to it
 * must be allowed to do what everybody who reads it may do: linux/share_fd.c keeps it so. Lengths and offsets are
 * checked when an entry is read, so that a damaged file gives no fault in the translator.
 *
 * All functions are called under the translation's lock (runtime/exec.c).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../guest/lift.h"
#include "../x64/region.h"

struct region;

#define SHARE_BYTES ((size_t) 64 << 20) /* of the file; pages that nobody has written cost nothing */

/* Are translations to be shared as things are (options, logs, tagged addresses)? When not, the other functions are not called. */
bool share_wanted(void);

/* A translation begins: no line of guest code was read for it yet. */
void share_begin(void);

/* The line of guest code at `base` (FETCH_LINE bytes) was read; NULL: it could not be. */
void share_line(uint64_t base, const uint32_t *line);

/* The region at pc from the file, added to the code cache where `code` (cache_room) says, or NULL. Reads guest code through
 * fetch. */
struct region *share_take(uint64_t pc, uint32_t mode, struct code *code, fetch_fn *fetch);

/* A region was translated and is about to be added to the cache: it is remembered for the next share_publish(). */
void share_record(const struct ir *ir, uint32_t mode, const uint8_t *code, const struct region_out *out);

/* Puts what was remembered into the file. Without a file, `create` makes one. What cannot be done is left undone. */
void share_publish(bool create);

/* Uses the file of the descriptor that this process was executed with. Its owner was checked. Returns false when it is not a file
 * of this build of the translator with these options on this CPU. */
bool share_adopt(int fd);

/* This process no longer takes part: neither does what it forks. Returns false when it did not before. */
bool share_leave(void);
