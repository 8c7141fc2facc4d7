/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An entry of a directory as getdents64(2) gives it (struct linux_dirent64 of include/linux/dirent.h). */
#pragma once
#include <stdint.h>

struct dirent64 {
        uint64_t ino;
        int64_t off;
        uint16_t reclen;
        uint8_t type;
        char name[];
} __attribute__((packed));
