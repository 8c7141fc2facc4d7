/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The code cache: translated regions, how they are found, linked, dropped. Everything here happens under
 * cache_lock, except where noted. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "guest/loc.h"
#include "x64/asm.h"
#include "x64/region.h"

struct region {
        struct loc loc;
        uint32_t code_size;
        uint8_t *code; /* entry point and start */
        struct exit_rec *exits;
        struct trap_rec *traps;
        uint8_t *journal;
        uint32_t nexits, ntraps, njournal;
        bool dead;         /* its guest code changed: not to be entered again */
        uint32_t incoming; /* exits that are linked to it: chain of exit ids, 0 = none */
};

/* Sets up the cache (`bytes` of code; 0 = default) and the stubs. Returns 0 or a negative errno. */
int cache_init(size_t bytes);

/* How large it is: bytes of code. */
size_t cache_code_bytes(void);

/* Where code that is written at this address is executed (run/code_memory.h): regions and host addresses below are there;
 * what the code generator handles, x64_stubs too, is where it is written. */
uint8_t *cache_exec(const uint8_t *written);

/* In a forked child: returns true when it could not keep the translations. */
bool cache_after_fork(void);

/* The region that begins at loc, or NULL. */
struct region *cache_find(struct loc loc);

/* Room for new code; NULL when the cache is full (cache_reset helps). */
bool cache_room(struct code *ret);

/* The guest code that a region depends on: addresses of lines (guest/code.h). */
struct guest_deps {
        unsigned n;
        const uint64_t *line;
};

/* Adds what x64_compile delivered. Returns NULL when metadata memory is full (cache_reset helps). */
struct region *cache_add(struct loc loc, const struct guest_deps *deps, uint8_t *entry, const struct region_out *out,
                         const struct code *code);

/* Makes the exit at code offset `at` of region `from` go to `to` directly. */
void cache_link(struct region *from, struct exit_rec *exit, struct region *to);

/* The region that a host code address lies in, or NULL. Async-signal-safe, needs no lock. */
struct region *cache_region_at(const uint8_t *host);

/* True for any address in the cache, the stubs too. Async-signal-safe, needs no lock. */
bool cache_contains(const uint8_t *host);

/* Kills the regions that depend on guest code in [start, end): calls `each` for every one of them. Returns how many. */
unsigned cache_kill(uint64_t start, uint64_t end, void (*each)(struct region *));

/* Does any region depend on guest code in [start, end)? May err towards true. Needs no lock, as long as nobody translates. */
bool cache_depends_on(uint64_t start, uint64_t end);

/* Forgets everything. No thread may be in translated code. */
void cache_reset(void);

struct cache_stats {
        uint64_t regions, guest_insns, host_insns, spills, host_bytes, metadata_bytes, links, link_exits, misses, fp_traps,
                resets, killed, taken;
};
extern struct cache_stats cache_stats;
