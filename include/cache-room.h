/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Room in the translator's file for the program headers of an image (cache-format.h), which has some more. It is a note, which is in the
 * first segment, so that the headers are where any kernel and the translator itself look for them. */
#pragma once

#define CACHE_ROOM_NAME "binfmtRoom"
#define CACHE_ROOM_TYPE 1
#define CACHE_ROOM_AT 24 /* from the beginning of the note */
#define CACHE_ROOM_BYTES 2048

/* To be written once, outside of functions, in a program that is a translator. */
#define CACHE_ROOM \
        __asm__(".pushsection .note.binfmt,\"a\",@note\n\t" \
                ".balign 8\n\t" \
                ".long 11, 2048, 1\n\t" \
                ".asciz \"binfmtRoom\"\n\t" \
                ".balign 8\n\t" \
                ".zero 2048\n\t" \
                ".popsection")
