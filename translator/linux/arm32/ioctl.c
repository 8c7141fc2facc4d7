/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioctl(2). Most commands have the same number and argument on both machines. Others have a number that says how long a long is, while
 * what they read or write has the same size all the same, or a long; structures with pointers are in ioctl_net.c and ioctl_device.c.
 * A command that is in neither has a number, mostly, that the host's kernel does not know: ENOTTY. Where it does not say how long its
 * argument is, we do (is_unsupported()). */
#include <asm/errno.h>
#include <asm/fcntl.h>
#include <asm/ioctls.h>
#include <asm/unistd.h>
#include <linux/cdrom.h>
#include <linux/fb.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/kd.h>
#include <linux/kvm.h>
#include <linux/mroute.h>
#include <linux/perf_event.h>
#include <linux/pps.h>
#include <linux/rtc.h>
#include <linux/sockios.h>
#include <linux/uinput.h>
#include "ioctl.h"
#include "linux/open_flags.h"
#include "rt/rt.h"

enum { MSHV_IOCTL = 0xb8 };       /* linux/mshv.h, Linux 6.15 */
enum { GUEST_FIOQSIZE = 0x545e }; /* asm/ioctls.h */

/* The number of a command whose size is a long's, as the guest has it. */
#define NARROW(command) ((uint32_t)(command) - ((uint32_t)(sizeof(uint64_t) - sizeof(uint32_t)) << _IOC_SIZESHIFT))

/* Commands that are the host's under another number: include/uapi/linux/fs.h, fs/ext4/ext4.h. */
static uint32_t host_command(uint32_t command)
{
        switch (command) {
#define SAME_DATA(name) \
        case NARROW(name): return (uint32_t)name;
                SAME_DATA(FS_IOC_GETFLAGS)
                SAME_DATA(FS_IOC_SETFLAGS)
                SAME_DATA(FS_IOC_GETVERSION)
                SAME_DATA(FS_IOC_SETVERSION)
                SAME_DATA(_IOR('f', 3, long)) /* EXT4_IOC_GETVERSION and SETVERSION */
                SAME_DATA(_IOW('f', 4, long))
                SAME_DATA(_IOR('f', 5, long)) /* EXT4_IOC_GETRSVSZ and SETRSVSZ */
                SAME_DATA(_IOW('f', 6, long))
                SAME_DATA(_IOW('f', 7, unsigned long)) /* EXT4_IOC_GROUP_EXTEND */
                SAME_DATA(BLKGETSIZE64)
                SAME_DATA(BLKBSZGET)
                SAME_DATA(BLKBSZSET)
                SAME_DATA(RTC_IRQP_SET) /* the argument itself */
                SAME_DATA(RTC_EPOCH_SET)
                SAME_DATA(PERF_EVENT_IOC_ID) /* numbers with the size of a pointer to what there is */
                SAME_DATA(PERF_EVENT_IOC_SET_FILTER)
                SAME_DATA(PERF_EVENT_IOC_QUERY_BPF)
                SAME_DATA(PERF_EVENT_IOC_MODIFY_ATTRIBUTES)
                SAME_DATA(UI_SET_PHYS)
                SAME_DATA(PPS_GETPARAMS)
                SAME_DATA(PPS_SETPARAMS)
                SAME_DATA(PPS_GETCAP)
                SAME_DATA(PPS_FETCH)
                SAME_DATA(PPS_KC_BIND)
#undef SAME_DATA
        case GUEST_FIOQSIZE: return FIOQSIZE;
        default: return command;
        }
}

/* A command that writes a long. */
static long get_long(const uint64_t a[6], uint32_t command, int too_large)
{
        uint64_t h = 0;
        long r = safe_syscall(__NR_ioctl, a[0], command, (uint64_t)&h, 0, 0, 0);
        uint32_t g = (uint32_t)h;

        if (r < 0)
                return r;
        if (too_large && h > UINT32_MAX)
                return -too_large;
        return guest_write(a[2], &g, sizeof(g)) < 0 ? -EFAULT : r;
}

static bool longs(const uint64_t a[6], long *ret)
{
        uint32_t command = (uint32_t)a[1];

        switch (command) {
        case BLKGETSIZE: *ret = get_long(a, command, EFBIG); return true;
        case BLKRAGET:
        case BLKFRAGET:
        case HDIO_GET_UNMASKINTR:
        case HDIO_GET_MULTCOUNT:
        case HDIO_GET_KEEPSETTINGS:
        case HDIO_GET_32BIT:
        case HDIO_GET_NOWERR:
        case HDIO_GET_DMA:
        case HDIO_GET_NICE:
        case HDIO_GET_WCACHE:
        case HDIO_GET_ACOUSTIC:
        case HDIO_GET_ADDRESS:
        case HDIO_GET_BUSSTATE: *ret = get_long(a, command, 0); return true;
        case NARROW(RTC_IRQP_READ): *ret = get_long(a, (uint32_t)RTC_IRQP_READ, 0); return true;
        case NARROW(RTC_EPOCH_READ): *ret = get_long(a, (uint32_t)RTC_EPOCH_READ, 0); return true;
        default: return false;
        }
}

/* Commands with pointers or longs that are not converted, and whose numbers are the same all the same. */
static bool is_unsupported(uint32_t command)
{
        enum { WIRELESS = 0x8b00, WIRELESS_END = 0x8bff }; /* linux/wireless.h */

        switch (command) {
        case CDROMREADAUDIO:
        case CDROM_SEND_PACKET:
        case FBIOGET_FSCREENINFO:
        case FBIOGETCMAP:
        case FBIOPUTCMAP:
        case GIO_UNIMAP:
        case PIO_UNIMAP:
        case GIO_FONTX:
        case PIO_FONTX:
        case KDFONTOP:
        case SIOCGIFBR:
        case SIOCSIFBR:
        case SIOCWANDEV:
        case SIOCGETVIFCNT:
        case SIOCGETSGCNT:
        case (uint32_t)_IOWR('d', 0x00, char[36]): /* DRM_IOCTL_VERSION. The kernel does not look at sizes of these. */
        case (uint32_t)_IOWR('d', 0x01, char[8]):  /* GET_UNIQUE */
        case (uint32_t)_IOWR('d', 0x05, char[24]): /* GET_CLIENT */
        case (uint32_t)_IOWR('d', 0x3a, char[16]): /* WAIT_VBLANK */ return true;
        default: return command >= WIRELESS && command <= WIRELESS_END;
        }
}

long arm32_ioctl(struct thread *t, const uint64_t a[6])
{
        uint32_t command = (uint32_t)a[1];
        uint64_t arg = a[2];
        long r;
        (void)t;

        if (longs(a, &r) || ioctl_net(a, &r) || ioctl_device(a, &r))
                return r;
        /* The host's virtual machines, KVM's and Hyper-V's, are x86's. */
        if (_IOC_TYPE(command) == KVMIO || _IOC_TYPE(command) == MSHV_IOCTL || is_unsupported(command))
                return sys_call2(__NR_fcntl, a[0], F_GETFD) < 0 ? -EBADF : -ENOTTY;
        if (command == TIOCGPTPEER)
                arg = open_flags_to_host((uint32_t)arg);
        return safe_syscall(__NR_ioctl, a[0], host_command(command), arg, 0, 0, 0);
}
