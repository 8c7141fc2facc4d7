/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structures of 64-bit machines that are others on x86-64. tests/uapi finds out which there are; tests/translator-unit compares
 * these with the kernel's own headers for arm64. */
#pragma once
#include <stdint.h>

/* asm-generic/stat.h */
struct generic64_stat {
        uint64_t dev, ino;
        uint32_t mode, nlink, uid, gid;
        uint64_t rdev, pad1;
        int64_t size;
        int32_t blksize, pad2;
        int64_t blocks, atime;
        uint64_t atime_nsec;
        int64_t mtime;
        uint64_t mtime_nsec;
        int64_t ctime;
        uint64_t ctime_nsec;
        uint32_t unused[2];
};

/* linux/eventpoll.h: packed on x86-64 only */
struct generic64_epoll_event {
        uint32_t events;
        uint32_t pad;
        uint64_t data;
};

/* asm-generic/sembuf.h: x86-64 has a hole behind each time */
struct generic64_semid {
        uint64_t perm[6];
        int64_t otime, ctime;
        uint64_t nsems, unused3, unused4;
};

/* linux/loop.h: old device numbers have 32 bits here, 64 on x86-64 */
struct generic64_loop_info {
        int32_t number;
        uint32_t device;
        uint64_t inode;
        uint32_t rdevice;
        int32_t offset, encrypt_type, encrypt_key_size, flags;
        char name[64];
        uint8_t encrypt_key[32];
        uint64_t init[2];
        char reserved[4];
};
