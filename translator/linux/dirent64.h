/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An entry of a directory as getdents64(2) gives it (struct linux_dirent64 of include/linux/dirent.h). */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "rt/rt.h"

struct dirent64 {
        uint64_t ino;
        int64_t off;
        uint16_t reclen;
        uint8_t type;
        char name[];
} __attribute__((packed));

/* Reads what is before the name of the entry at offset k of `n` bytes of entries in guest memory. Returns false behind the last one,
 * and where the memory has no whole entry any more: it may be shared with who has changed it. */
static inline bool dirent64_head(struct dirent64 *ret, uint64_t at, long k, long n)
{
        return n - k >= (long)sizeof(*ret) && guest_read(ret, at + (uint64_t)k, sizeof(*ret)) >= 0 &&
               ret->reclen >= sizeof(*ret) && ret->reclen <= n - k;
}
