/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structures of stat(2) as 32-bit Arm's kernel has them. */
#pragma once
#include "check.h"

/* asm/stat.h */
struct kernel_stat64 {
        uint64_t dev;
        uint32_t pad, ino32, mode, nlink, uid, gid;
        uint64_t rdev;
        uint32_t pad2[2];
        int64_t size;
        uint32_t blksize, pad3;
        uint64_t blocks;
        uint32_t times[6];
        uint64_t ino;
};
struct kernel_stat {
        uint32_t dev, ino;
        uint16_t mode, nlink, uid, gid;
        uint32_t rdev, size, blksize, blocks, times[6], unused[2];
};
