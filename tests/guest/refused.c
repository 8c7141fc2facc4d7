/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: also=armhf */
/* Calls for features that arm64 or the CPU here does not have, and an x86 host may have. The errors must be those of arm64's
 * kernel. */
#include "check.h"
#include <elf.h>
#include <linux/capability.h>
#include <linux/kexec.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

/* linux/kvm.h, which 32-bit Arm has no more */
#define KVM_GET_API_VERSION _IO(0xae, 0)
#define KVM_CREATE_VM _IO(0xae, 1)

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

/* ---- modules and kernels: whether the caller may load them is asked first, what they are then ---- */

static uint64_t capabilities(void)
{
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[2];
        OK(syscall(SYS_capget, &head, data));
        return data[1].effective * (UINT64_C(1) << 32) | data[0].effective;
}

/* delete_module is passed on, so it gives ENOSYS where the host's kernel has no modules. */
static void deleting_gives(int error)
{
        bool has_modules = access("/proc/modules", F_OK) == 0;
        ERR(syscall(SYS_delete_module, "no such module", 0), has_modules ? error : ENOSYS);
}

#ifdef __arm__
#define KEXEC_ARCH KEXEC_ARCH_ARM
#else
#define KEXEC_ARCH KEXEC_ARCH_AARCH64
#endif

static void loading_gives(int error)
{
        char image[4096] = ELFMAG;
        int fd = (int)OK(open("/proc/self/exe", O_RDONLY));
        ERR(syscall(SYS_init_module, image, sizeof(image), ""), error);
        ERR(syscall(SYS_finit_module, fd, "", 0), error);
        ERR(syscall(SYS_kexec_load, 0, 0, NULL, KEXEC_ARCH), error);
        ERR(syscall(SYS_kexec_file_load, fd, fd, 1, "", 0), error);
}

TEST_NOT_ON_QEMU(loading_needs_a_capability, "QEMU says ENOSYS")
{
        struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct none[2] = { 0 };
        OK(syscall(SYS_capset, &head, none));
        loading_gives(EPERM);
        deleting_gives(EPERM);
}

TEST_NOT_ON_QEMU(capability_of_a_user_namespace_is_not_enough, "QEMU says ENOSYS")
{
        if (unshare(CLONE_NEWUSER) < 0)
                SKIP("no user namespaces: %s", strerror(errno));
        CHECK(capabilities() & 1 << CAP_SYS_MODULE);
        loading_gives(EPERM);
}

TEST_NOT_ON_QEMU(nothing_can_be_loaded, "QEMU says ENOSYS")
{
        uint64_t needed = 1 << CAP_SYS_MODULE | 1 << CAP_SYS_BOOT;
        if ((capabilities() & needed) != needed)
                SKIP("only with CAP_SYS_MODULE and CAP_SYS_BOOT");
        unsigned from, to, count;
        FILE *map = fopen("/proc/self/uid_map", "r");
        if (!map || fscanf(map, "%u %u %u", &from, &to, &count) != 3 || from || to || count != UINT32_MAX)
                SKIP("only in the first user namespace");
        loading_gives(ENOEXEC);
        deleting_gives(ENOENT);
}

/* epoll_wait refuses an array of more than INT_MAX bytes (fs/eventpoll.c). An event has 16 bytes on Arm, 12 on x86. */
TEST(epoll_array_is_too_large)
{
        struct epoll_event *e =
                mmap(NULL, (size_t)INT32_MAX + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        int ep = (int)OK(epoll_create1(0));
        CHECK(e != MAP_FAILED);
        EQ(epoll_wait(ep, e, INT32_MAX / 16, 0), 0);
        ERR(epoll_wait(ep, e, INT32_MAX / 16 + 1, 0), EINVAL);
        ERR(epoll_wait(ep, e, INT32_MAX, 0), EINVAL);
}
