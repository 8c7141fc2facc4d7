/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading the units of an image (include/cache-format.h): everything is checked to be inside its unit before it is touched, so that a
 * damaged image gives no fault. All but units_set, units_open and units_drop_slots is async-signal-safe. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "cache-format.h"
#include "x64/region.h"

struct units {
        const struct cache_image *image; /* NULL: there is none */
        const uint8_t *data;             /* the first segment, behind its lead */
        const struct cache_member *member;
        const struct cache_bucket *bucket;
        uint8_t *code;                    /* the second one, behind its lead */
        uint8_t *slots;                   /* as many bytes as code */
        uint8_t *state;                   /* of each unit: enum unit_state */
        uint8_t *ready;                   /* a bit for each 64 KiB of slots: 1 where they have memory */
        uint8_t *asked_data, *asked_code; /* a bit for each 2 MiB of a segment: 1 where the kernel was asked for it */
};
enum unit_state { UNIT_UNSEEN, UNIT_REFUSED, UNIT_OPEN };

/* Returns true when the image's own numbers are right. */
bool units_are_sound(const struct cache_image *image);

/* Sets *u to the image, which stays where it is, with the segments where they are now: what is behind their leads. Without memory it is left
 * empty. */
void units_set(struct units *u, const struct cache_image *image, const uint8_t *data, uint8_t *code);

/* Asks for what was asked for before, in the child of a fork, where nothing of it is mapped. */
void units_ask_again(struct units *u);

/* Returns a bucket, by its number or one that has more bits. */
const struct cache_bucket *units_bucket(struct units *u, uint32_t k);

/* Makes unit number n ready to be used: it is for this configuration, and its slots are private memory, zero at first. Returns false when it
 * cannot be used. */
bool units_open(struct units *u, uint32_t n, const uint8_t config[CACHE_CONFIG]);

/* Makes all slots zero again. It cannot fail: a program may have lowered its limits below what it has, and then nothing can be mapped, not even
 * in the place of something else. */
void units_drop_slots(struct units *u);

/* A block. */
struct units_block {
        const struct cache_page *page;
        const uint8_t *text;             /* text_bytes of guest code */
        const struct cache_block *block; /* and what follows it: */
        const uint16_t *in_page;
        const uint32_t *code_at, *link;
        const int32_t *target;
        const struct cache_region *region;
        const uint8_t *code; /* code_bytes */
        uint64_t *slot;      /* nslots */
};

/* Describes block number `index` of unit n, which is open. Returns false when its numbers are wrong. Those in link and code_at are not looked
 * at, because that would take as long as all else, but by units_begin_slots and units_entry. */
bool units_block(const struct units *u, uint32_t n, uint32_t index, struct units_block *ret);

/* The same of a block that is to be used: asks for memory for its slots and its neighbours', and for what will be
 * read, first. */
bool units_new_block(struct units *u, uint32_t n, uint32_t index, struct units_block *ret);

/* Makes all slots but the first one lead to where they do at first. Returns false when such a place is not in the block's code. */
bool units_begin_slots(const struct units_block *b);

/* Returns true when this host address is in the block's code. */
static inline bool units_has(const struct units_block *b, const uint8_t *host)
{
        return host >= b->code && host < b->code + b->page->code_bytes;
}

/* As units_block, of the block with this host address in its code, of a unit that is open. Sets *ret_n and *ret_index, too. */
bool units_block_at(const struct units *u, const uint8_t *host, struct units_block *ret, uint32_t *ret_n, uint32_t *ret_index);

struct units_region {
        const struct cache_region *is;
        const uint8_t *code;
        uint16_t in_page;
        const struct cache_exit *exits;
        const struct trap_rec *traps;
        const uint8_t *journal;
};

/* Returns where in a block's code, of code_bytes, the region is entered that begins at this place in the page; CACHE_NOWHERE: there is none, or
 * it is not in order. All else of the block that is needed for it are the arrays in_page and, behind that, code_at. */
#define CACHE_NOWHERE UINT32_MAX
uint32_t units_entry(const uint16_t *in_page, uint32_t nregions, uint32_t code_bytes, uint16_t place);

/* Describes the region with this host address in its code. Returns false when there is none, or its numbers are wrong. */
bool units_region_at(const struct units_block *b, const uint8_t *host, struct units_region *ret);
