/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this CPU has not, and an x86 host may have: the answers are those of arm64's kernel for a CPU without it. */
#include "check.h"
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/syscall.h>

#ifndef SYS_pkey_alloc
#define SYS_pkey_mprotect 288
#define SYS_pkey_alloc 289
#define SYS_pkey_free 290
#endif

/* arch/arm64/kernel/sys.c */
TEST_NOT_ON_QEMU(no_32_bit_programs, "QEMU passes it on")
{
        int was = (int)OK(personality(0xffffffff));
        ERR(personality(PER_LINUX32), EINVAL);
        ERR(personality(PER_LINUX32 | ADDR_NO_RANDOMIZE), EINVAL);
        EQ(personality(0xffffffff), was);
        EQ(personality(PER_LINUX | ADDR_NO_RANDOMIZE), was);
        EQ(personality(0xffffffff), PER_LINUX | ADDR_NO_RANDOMIZE);
}

/* A program for virtual machines looks at the version first, and takes something else where there is none. */
TEST_NOT_ON_QEMU(no_virtual_machines, "QEMU says ENOSYS")
{
        int fd = open("/dev/kvm", O_RDWR);
        if (fd < 0)
                SKIP("/dev/kvm cannot be opened: %s", strerror(errno));
        ERR(ioctl(fd, KVM_GET_API_VERSION, 0), ENOTTY);
        ERR(ioctl(fd, KVM_CREATE_VM, 0), ENOTTY);
        ERR(ioctl(-1, KVM_CREATE_VM, 0), EBADF);
}

/* pkeys(7), mm/mprotect.c: there is key 0, which all pages have */
TEST_NOT_ON_QEMU(no_protection_keys, "QEMU 7.2 has no such calls")
{
        char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        ERR(syscall(SYS_pkey_alloc, 0, 0), ENOSPC);
        ERR(syscall(SYS_pkey_alloc, 0, 3), ENOSPC);
        ERR(syscall(SYS_pkey_alloc, 1, 0), EINVAL);
        ERR(syscall(SYS_pkey_alloc, 0, 0x10), EINVAL);
        ERR(syscall(SYS_pkey_free, 1), EINVAL);
        ERR(syscall(SYS_pkey_mprotect, p, 4096, PROT_READ, 1), EINVAL);
        *p = 1;
        OK(syscall(SYS_pkey_mprotect, p, 4096, PROT_READ, -1));
        ERR(read(open("/dev/zero", O_RDONLY), p, 1), EFAULT);
        OK(syscall(SYS_pkey_mprotect, p, 4096, PROT_READ | PROT_WRITE, 0));
        *p = 2;
}

/* pkey_mprotect of the pages of code is as mprotect of them: what was translated from them is forgotten. */
TEST_NOT_ON_QEMU(code_behind_a_protection_key, "QEMU 7.2 has no such calls")
{
        static const uint32_t return_1[2] = { 0x52800020, 0xd65f03c0 }, return_2[2] = { 0x52800040, 0xd65f03c0 };
        char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(p != MAP_FAILED);
        memcpy(p, return_1, 8);
        __builtin___clear_cache(p, p + 8);
        OK(syscall(SYS_pkey_mprotect, p, 4096, PROT_READ | PROT_EXEC, -1));
        EQ(((int (*)(void))p)(), 1);
        OK(syscall(SYS_pkey_mprotect, p, 4096, PROT_READ | PROT_WRITE, -1));
        memcpy(p, return_2, 8);
        __builtin___clear_cache(p, p + 8);
        OK(syscall(SYS_pkey_mprotect, p, 4096, PROT_READ | PROT_EXEC, -1));
        EQ(((int (*)(void))p)(), 2);
}
