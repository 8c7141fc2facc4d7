/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls for features that arm64 or the CPU here does not have, and an x86 host may have. The errors must be those of arm64's
 * kernel. */
#include "check.h"
#include <linux/kvm.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/syscall.h>

/* personality() refuses PER_LINUX32 on a CPU without AArch32 (arch/arm64/kernel/sys.c). */
TEST_NOT_ON_QEMU(no_32_bit_programs, "QEMU passes it on")
{
        int was = (int)OK(personality(0xffffffff));
        ERR(personality(PER_LINUX32), EINVAL);
        ERR(personality(PER_LINUX32 | ADDR_NO_RANDOMIZE), EINVAL);
        EQ(personality(0xffffffff), was);
        EQ(personality(PER_LINUX | ADDR_NO_RANDOMIZE), was);
        EQ(personality(0xffffffff), PER_LINUX | ADDR_NO_RANDOMIZE);
}

/* A program that makes virtual machines asks for KVM's version first. Where that fails it does without KVM. */
TEST_NOT_ON_QEMU(no_virtual_machines, "QEMU says ENOSYS")
{
        int fd = open("/dev/kvm", O_RDWR);
        if (fd < 0)
                SKIP("/dev/kvm cannot be opened: %s", strerror(errno));
        ERR(ioctl(fd, KVM_GET_API_VERSION, 0), ENOTTY);
        ERR(ioctl(fd, KVM_CREATE_VM, 0), ENOTTY);
        ERR(ioctl(-1, KVM_CREATE_VM, 0), EBADF);
}

/* epoll_wait refuses an array of more than INT_MAX bytes (fs/eventpoll.c). An event has 16 bytes on arm64, 12 on x86. */
TEST(epoll_array_is_too_large)
{
        struct epoll_event *e =
                mmap(NULL, 1ull << 32, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        int ep = (int)OK(epoll_create1(0));
        CHECK(e != MAP_FAILED);
        EQ(epoll_wait(ep, e, INT32_MAX / 16, 0), 0);
        ERR(epoll_wait(ep, e, INT32_MAX / 16 + 1, 0), EINVAL);
        ERR(epoll_wait(ep, e, INT32_MAX, 0), EINVAL);
}
