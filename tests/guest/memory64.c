/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address space of a 64-bit program: its ends, and requests as large as it. memory32.c is this for 32-bit ARM. */
#include "memory.h"
#include <sys/ipc.h>
#include <sys/shm.h>

TEST(brk_of_impossible_addresses)
{
        long now = syscall(SYS_brk, 0);
        for (unsigned k = 0; k < 64; k++) {
                uint64_t top = UINT64_MAX << k;
                EQ(syscall(SYS_brk, top), now);
                EQ(syscall(SYS_brk, top + 1), now);
                EQ(syscall(SYS_brk, ~top & 0xfff), now);
        }
        EQ(syscall(SYS_brk, UINT64_C(1) << 48), now);
        CHECK(malloc(100000) != NULL);
}

/* Ranges that end behind 2^64. Each call has its own error for them. */
TEST_NOT_ON_QEMU(ranges_at_the_end_of_addresses, "QEMU 7.2 ends with an assertion")
{
        static unsigned char vec[1];
        uint64_t p = (uint64_t)map(8192, PROT_READ | PROT_WRITE), top = UINT64_MAX - 4095;
        *(char *)p = 7;
        for (uint64_t k = 0; k < 4096; k += 1365) { /* sizes that are 0 when rounded up to pages */
                uint64_t n = UINT64_MAX - k + (k == 4095);
                ERR(syscall(SYS_munmap, p, n), EINVAL);
                ERR(syscall(SYS_mprotect, p, n, PROT_NONE), ENOMEM);
                ERR(syscall(SYS_madvise, p, n, MADV_DONTNEED), EINVAL);
                ERR(syscall(SYS_mmap, p, n, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), ENOMEM);
                ERR(syscall(SYS_mremap, p, n, 4096, MREMAP_MAYMOVE, 0), EINVAL);
                ERR(syscall(SYS_mremap, p, 4096, n, MREMAP_MAYMOVE, 0), EINVAL);
                ERR(syscall(SYS_mincore, p, n, vec), ENOMEM);
                ERR(syscall(SYS_remap_file_pages, p, n, 0, 0, 0), EINVAL);
        }
        ERR(syscall(SYS_munmap, top, 8192), EINVAL);
        ERR(syscall(SYS_munmap, p, UINT64_C(1) << 63), EINVAL);
        ERR(syscall(SYS_mprotect, top, 4096, PROT_NONE), ENOMEM);
        ERR(syscall(SYS_mprotect, top, 8192, PROT_NONE), ENOMEM);
        ERR(syscall(SYS_madvise, top, 8192, MADV_DONTNEED), EINVAL);
        ERR(syscall(SYS_mmap, top, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), ENOMEM);
        ERR(syscall(SYS_mremap, top, 4096, 8192, MREMAP_MAYMOVE, 0), EFAULT);
        ERR(syscall(SYS_mremap, p, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, top), EINVAL);
        ERR(syscall(SYS_mincore, top, 8192, vec), ENOMEM);
        ERR(syscall(SYS_mlock, top, 8192), EINVAL);
        ERR(syscall(SYS_munlock, top, 8192), EINVAL);
        ERR(syscall(SYS_msync, top, 8192, MS_SYNC), ENOMEM);
        ERR(syscall(SYS_remap_file_pages, top, 8192, 0, 0, 0), EINVAL);
        int id = OK(shmget(IPC_PRIVATE, 8192, 0600));
        ERR(syscall(SYS_shmat, id, top, SHM_REMAP), ENOMEM);
        OK(shmctl(id, IPC_RMID, NULL));
        struct {
                uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
        } args = { .flags = 0x3d0f00 & ~0x1000000, .stack = top, .stack_size = 4096 };
        ERR(syscall(SYS_clone3, &args, sizeof(args)), EINVAL);
        args.stack = p, args.stack_size = UINT64_MAX;
        ERR(syscall(SYS_clone3, &args, sizeof(args)), EINVAL);
        EQ(*(char *)p, 7);
}

TEST(addresses_stay_below_the_limit)
{
        for (int k = 0; k < 50; k++) {
                uint64_t p = (uint64_t)map(1 << 20, PROT_NONE);
                CHECK(p + (1 << 20) < UINT64_C(1) << 48);
        }
        ERR((long)mmap((void *)(UINT64_C(1) << 60), 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), ENOMEM);
}

TEST_NOT_ON_QEMU(huge_requests, "QEMU 7.2 takes minutes")
{
        ERR((long)mmap(NULL, UINT64_C(1) << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), ENOMEM);
        ERR((long)mmap(NULL, UINT64_MAX, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
        CHECK(malloc((size_t)1 << 60) == NULL);
        char *p = mmap(NULL, UINT64_C(1) << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        CHECK(p != MAP_FAILED);
        OK(mprotect(p + (UINT64_C(1) << 39), 4096, PROT_READ | PROT_WRITE));
        p[UINT64_C(1) << 39] = 1;
        OK(munmap(p, UINT64_C(1) << 40));
}

/* Pages are moved, and a segment is attached, to each page of 2 MiB and more, one of which is where a huge page could go. */
TEST(pages_are_moved_to_any_place)
{
        int id = OK(shmget(IPC_PRIVATE, 4096, 0600));
        CHECK(shmat(id, NULL, 0) != (void *)-1);
        OK(shmctl(id, IPC_RMID, NULL)); /* when it is attached no more */
        for (int k = 0; k < 600; k++) {
                char *from = mmap((char *)0x300000000, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                CHECK(from == (char *)0x300000000);
                *from = 5;
                char *to = map(4096, PROT_NONE); /* below the one before */
                CHECK(mremap(from, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to);
                EQ(*to, 5);
                CHECK(shmat(id, to, SHM_REMAP) == to);
                EQ(*to, 0);
        }
}
