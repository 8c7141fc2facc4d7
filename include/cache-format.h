/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of the cache: units, which the translator makes and uses, and images, which libbinfmt makes of them. This header is
 * all that the two have in common (docs/HACKING.md, "Cache").
 *
 * A unit has the translations of one guest file, page by page. A page block is the host code for the 4096 bytes of one page of
 * guest code; it was made from these and from up to CACHE_TAIL bytes behind them, and holds wherever a process has just these bytes,
 * at whatever address.
 *
 * All numbers are little-endian. Whoever reads a file checks that each place is inside it.
 */
#pragma once
#include <stdint.h>

enum {
        CACHE_PAGE = 4096,
        CACHE_TAIL = 256,     /* how many bytes behind its page a block may depend on */
        CACHE_CONFIG = 96,    /* bytes that say which translator, guest, options and host a unit is for */
        CACHE_PROBES = 16,    /* buckets of an image's directory that are looked at for a page */
        CACHE_ALIGN = 2 << 20 /* of an image's segments in its file, and in memory: a huge page */
};

/* Slots are so far below the code that they belong to: what is at `n` in the slots of a unit is at n - CACHE_SLOTS_BELOW from where its code
 * part begins in memory. An image has no more code than CACHE_CODE_MAX, so that no slot is where code is. */
#define CACHE_SLOTS_BELOW (UINT64_C(3) << 29)
#define CACHE_CODE_MAX (CACHE_SLOTS_BELOW - CACHE_ALIGN)

/* ---- units ---- */

#define CACHE_UNIT_MAGIC "\177binfmtU"

/* The file: a data part, then a code part. The data part: this header, `npages` of struct cache_page, and what these say where it
 * is. The code part: the stubs, and the code of the blocks in the order of their pages. Slots are not in the file. A slot is 8 bytes of the
 * process's own: where a jump that leaves its block goes. The first slot of each block has the guest address of the page. */
struct cache_unit {
        uint8_t magic[8];
        uint8_t config[CACHE_CONFIG];
        uint32_t npages;
        uint32_t data_bytes, code_bytes; /* multiples of CACHE_PAGE */
        uint32_t stubs_bytes;            /* of the stubs, at the beginning of the code part */
        uint32_t slots_bytes;            /* of its slots: a multiple of CACHE_PAGE, not more than code_bytes */
        uint32_t reserved;
};

struct cache_page {
        uint64_t key;                 /* made of the page's bytes: finds candidates, proves nothing */
        uint32_t file_page;           /* the page's number in the guest file */
        uint32_t text_at, text_bytes; /* in the data part: what the block was made from, CACHE_PAGE bytes and its tail */
        uint32_t block_at;            /* in the data part: struct cache_block, and what belongs to it */
        uint32_t block_bytes;
        uint32_t code_at, code_bytes; /* in the code part */
        uint32_t slots_at, nslots;    /* in the unit's slots, a multiple of 8; how many, the first one included */
        uint32_t reserved;
};

/* What belongs to a block. It is followed by what is looked at when code is found and linked, in as few cache lines as possible:
 *   uint16_t in_page[nregions]   where each region begins: the guest's pc in the page, with the bits of state. Ascending.
 *   uint32_t code_at[nregions]   where each is in the block's code, and is entered. Ascending. From a multiple of 4 on.
 *   uint32_t link[nslots - 1]    for all slots but the first one, where in the block's code it leads to at first: CALL x64_stubs.link
 *   int32_t target[nslots - 1]   and the guest's pc that it is for, from the page's address
 * and, from a multiple of 8 on, by nregions of struct cache_region, and the regions' records, each kind at a multiple of 8. */
struct cache_block {
        uint32_t nregions;
        uint32_t nslots; /* as in struct cache_page */
};

struct cache_region {
        uint32_t code_bytes;
        uint32_t exits_at, traps_at, journal_at; /* from struct cache_block */
        uint32_t njournal;                       /* bytes */
        uint16_t nexits, ntraps;
};

/* An exit that has no slot: it is left by what calls a stub, whose return address is 5 bytes behind `at`. */
struct cache_exit {
        int32_t target; /* from the region's pc */
        uint16_t at;    /* in the region's code */
        uint8_t poll;   /* 1: the exit asks for asynchronous requests */
        uint8_t reserved;
};

/* Returns where the arrays of a block are, from its beginning, and where what follows begins. */
static inline uint64_t cache_block_code_at(uint32_t nregions)
{
        return sizeof(struct cache_block) + ((uint64_t)nregions * 2 + 3) / 4 * 4;
}
static inline uint64_t cache_block_link(uint32_t nregions)
{
        return cache_block_code_at(nregions) + (uint64_t)nregions * 4;
}
static inline uint64_t cache_block_target(uint32_t nregions, uint32_t nslots)
{
        return cache_block_link(nregions) + (nslots - UINT64_C(1)) * 4;
}
static inline uint64_t cache_block_regions(uint32_t nregions, uint32_t nslots)
{
        return (cache_block_target(nregions, nslots) + (nslots - UINT64_C(1)) * 4 + 7) / 8 * 8;
}

/* ---- images ---- */

#define CACHE_IMAGE_MAGIC "\177binfmtI"
#define PT_BINFMT_CACHE 0x62666d74u /* program header of an image: where struct cache_image is (p_vaddr, p_filesz) */

/* An image is an ELF file: the translator with two segments more. Of each only the first page is in memory at first, so that the limits of a
 * process leave room for it; the translator makes them as long as they are (mremap(2) extends a mapping of a file to what follows there). This
 * page, the lead, is in the file before a multiple of CACHE_ALIGN, and all else is behind that: where the kernel keeps it in huge pages, it is
 * mapped by these, but not where a part of one is mapped by small pages already. The first segment, which is only read, has in
 * its lead struct cache_image, and behind it nunits of struct cache_member, nbuckets of struct cache_bucket, and the data parts of the
 * units. The second one, which is executed, has nothing in its lead, and behind it the code parts. The program headers are in
 * the translator's room for them (cache-room.h). */
struct cache_image {
        uint8_t magic[8];
        uint64_t data_at,
                data_bytes; /* of the first segment: the lead's address, the bytes behind the lead. Multiples of CACHE_PAGE */
        uint64_t code_at, code_bytes; /* of the second one, whose lead is behind the first one's in memory */
        uint32_t nunits;
        uint32_t nbuckets; /* a power of two */
};

struct cache_member {
        uint64_t data_at, code_at; /* from the end of the lead of the first, of the second segment: multiples of CACHE_PAGE */
        uint32_t data_bytes, code_bytes; /* each code part is right behind that of the unit before it, the first one at 0 */
};

/* Where a page with this key may be: open addressing, from key & (nbuckets - 1) on, CACHE_PROBES at most. unit: its number + 1; 0: the
 * bucket is empty. */
struct cache_bucket {
        uint64_t key;
        uint32_t unit;
        uint32_t page; /* its number in the unit */
};
