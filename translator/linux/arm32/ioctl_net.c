/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioctl(2) of sockets and network interfaces. */
#include <asm/errno.h>
#include <asm/sockios.h>
#include <asm/unistd.h>
#include <linux/if_tun.h>
#include <linux/ioctl.h>
#include <linux/sockios.h>
#include <linux/time_types.h>
#include "ioctl.h"
#include "ioctl_structs.h"
#include "rt/rt.h"

/* struct ifreq: a name and a union, which is longer on the host because of its pointers. What has none is in the same place. */
struct host_ifreq {
        char name[IFREQ_NAME];
        union {
                uint8_t bytes[IFREQ_UNION + 8];
                uint64_t data;
                struct {
                        uint64_t start, end;
                        uint16_t base_addr;
                        uint8_t irq, dma, port, pad[3];
                } map;
        };
};

enum kind { NOT_HERE, PLAIN, DATA, MAP };

/* How the union is used. */
static enum kind kind_of(uint32_t command)
{
        switch (command) {
        case SIOCGIFMAP:
        case SIOCSIFMAP: return MAP;
        case SIOCETHTOOL:
        case SIOCSHWTSTAMP:
        case SIOCGHWTSTAMP:
        case SIOCBONDINFOQUERY:
        case SIOCBONDSLAVEINFOQUERY:
        case SIOCDEVPRIVATE ... SIOCDEVPRIVATE + 15: return DATA;
        case SIOCGIFNAME:
        case SIOCGIFFLAGS ... SIOCSIFMEM: /* addresses, metric, flags */
        case SIOCGIFMTU:
        case SIOCSIFMTU:
        case SIOCSIFNAME:
        case SIOCSIFHWADDR:
        case SIOCGIFHWADDR:
        case SIOCGIFSLAVE:
        case SIOCSIFSLAVE:
        case SIOCADDMULTI:
        case SIOCDELMULTI:
        case SIOCGIFINDEX:
        case SIOCSIFPFLAGS:
        case SIOCGIFPFLAGS:
        case SIOCDIFADDR:
        case SIOCSIFHWBROADCAST:
        case SIOCGIFTXQLEN:
        case SIOCSIFTXQLEN:
        case SIOCGMIIPHY:
        case SIOCGMIIREG:
        case SIOCSMIIREG:
        case SIOCBRADDIF:
        case SIOCBRDELIF:
        case SIOCBONDENSLAVE:
        case SIOCBONDRELEASE:
        case SIOCBONDSETHWADDR:
        case SIOCBONDCHANGEACTIVE:
        case (uint32_t)TUNSETIFF:
        case (uint32_t)TUNGETIFF:
        case (uint32_t)TUNSETQUEUE: return PLAIN;
        default: return NOT_HERE;
        }
}

static void ifreq_to_host(struct host_ifreq *h, const struct arm32_ifreq *g, enum kind kind)
{
        *h = (struct host_ifreq){ 0 };
        memcpy(h->name, g->name, IFREQ_NAME);
        if (kind == DATA) {
                h->data = g->data;
        } else if (kind == MAP) {
                h->map.start = g->map.start;
                h->map.end = g->map.end;
                memcpy(&h->map.base_addr, &g->map.base_addr, 8);
        } else {
                memcpy(h->bytes, g->bytes, IFREQ_UNION);
        }
}

/* The pointer of a DATA stays as the guest has it. */
static void ifreq_to_guest(struct arm32_ifreq *g, const struct host_ifreq *h, enum kind kind)
{
        memcpy(g->name, h->name, IFREQ_NAME);
        if (kind == MAP) {
                g->map.start = (uint32_t)h->map.start;
                g->map.end = (uint32_t)h->map.end;
                memcpy(&g->map.base_addr, &h->map.base_addr, 8);
        } else if (kind != DATA) {
                memcpy(g->bytes, h->bytes, IFREQ_UNION);
        }
}

static long on_interface(const uint64_t a[6], enum kind kind)
{
        struct arm32_ifreq g;
        struct host_ifreq h;

        if (guest_read(&g, a[2], sizeof(g)) < 0)
                return safe_syscall(__NR_ioctl, a[0], a[1], UNREADABLE, 0, 0, 0);
        ifreq_to_host(&h, &g, kind);
        long r = safe_syscall(__NR_ioctl, a[0], a[1], (uint64_t)&h, 0, 0, 0);
        if (r < 0)
                return r;
        ifreq_to_guest(&g, &h, kind);
        return guest_write(a[2], &g, sizeof(g)) < 0 ? -EFAULT : r;
}

/* SIOCGIFCONF: a list of interfaces; without a buffer, how long it is */
static long list_interfaces(const uint64_t a[6])
{
        enum { MOST = 1 << 16 }; /* interfaces */
        struct {
                int32_t len;
                uint32_t buf;
        } g;
        struct {
                int32_t len, pad;
                uint64_t buf;
        } h = { 0 };

        if (guest_read(&g, a[2], sizeof(g)) < 0)
                return safe_syscall(__NR_ioctl, a[0], a[1], UNREADABLE, 0, 0, 0);
        int32_t n = g.len < 0 ? 0 : g.len / (int32_t)sizeof(struct arm32_ifreq);
        n = n > MOST ? MOST : n;
        struct host_ifreq *list = g.buf ? rt_alloc(((size_t)n + 1) * sizeof(*list)) : NULL;
        if (g.buf && !list)
                return -ENOMEM;
        h.len = g.buf ? n * (int32_t)sizeof(*list) : 0;
        h.buf = (uint64_t)list;
        long r = safe_syscall(__NR_ioctl, a[0], a[1], (uint64_t)&h, 0, 0, 0);
        n = h.len / (int32_t)sizeof(*list);
        for (int32_t k = 0; list && k < n && r >= 0; k++) {
                struct arm32_ifreq one = { 0 };
                ifreq_to_guest(&one, &list[k], PLAIN);
                if (guest_write(g.buf + (uint64_t)k * sizeof(one), &one, sizeof(one)) < 0)
                        r = -EFAULT;
        }
        rt_free(list);
        g.len = n * (int32_t)sizeof(struct arm32_ifreq);
        return r >= 0 && guest_write(a[2], &g, sizeof(g)) < 0 ? -EFAULT : r;
}

/* ---- routes ---- */

/* struct rtentry */
struct host_rtentry {
        uint64_t pad1;
        uint8_t addresses[ROUTE_ADDRESSES];
        uint16_t flags, pad2;
        uint64_t pad3, pad4;
        int16_t metric;
        uint64_t dev, mtu, window;
        uint16_t irtt;
};

/* struct in6_rtmsg: addresses, and a long that is not used, with 32 bits behind it. */
struct host_route6 {
        uint8_t head[ROUTE6_HEAD], pad[4];
        uint64_t info;
        uint8_t tail[ROUTE6_TAIL];
};

static long change_route6(const uint64_t a[6])
{
        struct arm32_in6_rtmsg g;
        struct host_route6 h = { 0 };

        if (guest_read(&g, a[2], sizeof(g)) < 0)
                return safe_syscall(__NR_ioctl, a[0], a[1], UNREADABLE, 0, 0, 0);
        memcpy(h.head, g.head, sizeof(h.head));
        h.info = g.info;
        memcpy(h.tail, g.tail, sizeof(h.tail));
        return safe_syscall(__NR_ioctl, a[0], a[1], (uint64_t)&h, 0, 0, 0);
}

/* SIOCADDRT, SIOCDELRT */
static long change_route(const uint64_t a[6])
{
        enum { SOCKET_LEVEL = 1, DOMAIN = 39 /* SO_DOMAIN */, INET6 = 10 };
        struct arm32_rtentry g;
        int domain = 0, size = sizeof(domain);

        if (sys_call5(__NR_getsockopt, a[0], SOCKET_LEVEL, DOMAIN, &domain, &size) >= 0 && domain == INET6)
                return change_route6(a);
        if (guest_read(&g, a[2], sizeof(g)) < 0)
                return safe_syscall(__NR_ioctl, a[0], a[1], UNREADABLE, 0, 0, 0);
        struct host_rtentry h = {
                .flags = g.flags,
                .metric = g.metric,
                .dev = g.dev,
                .mtu = g.mtu,
                .window = g.window,
                .irtt = g.irtt,
        };
        memcpy(h.addresses, g.addresses, sizeof(h.addresses));
        return safe_syscall(__NR_ioctl, a[0], a[1], (uint64_t)&h, 0, 0, 0);
}

/* ---- the rest ---- */

static void times_to_guest(void *restrict guest, const void *restrict host)
{
        const struct __kernel_old_timespec *h = host;

        *(struct arm32_timespec *)guest = (struct arm32_timespec){ (int32_t)h->tv_sec, (int32_t)h->tv_nsec };
}

/* A filter of a tun device, with a number that says how long struct sock_fprog is. */
static long tun_filter(const uint64_t a[6], uint32_t command)
{
        struct arm32_sock_fprog g;
        struct {
                uint16_t len;
                uint64_t filter;
        } h = { 0 };

        if (guest_read(&g, a[2], sizeof(g)) < 0)
                return safe_syscall(__NR_ioctl, a[0], command, UNREADABLE, 0, 0, 0);
        h.len = g.len;
        h.filter = g.filter;
        return safe_syscall(__NR_ioctl, a[0], command, (uint64_t)&h, 0, 0, 0);
}

bool ioctl_net(const uint64_t a[6], long *ret)
{
        uint32_t command = (uint32_t)a[1];
        enum kind kind = kind_of(command);

        if (kind != NOT_HERE) {
                *ret = on_interface(a, kind);
                return true;
        }
        switch (command) {
        case SIOCGIFCONF: *ret = list_interfaces(a); return true;
        case SIOCADDRT:
        case SIOCDELRT: *ret = change_route(a); return true;
        case SIOCGSTAMP_OLD:
        case SIOCGSTAMPNS_OLD:
                *ret = ARM32_CALL(__NR_ioctl, a, { 2, ARM32_OUT, { sizeof(struct arm32_timespec), NULL, times_to_guest } });
                return true;
        case (uint32_t)_IOW('T', 213, struct arm32_sock_fprog): *ret = tun_filter(a, (uint32_t)TUNATTACHFILTER); return true;
        case (uint32_t)_IOW('T', 214, struct arm32_sock_fprog): *ret = tun_filter(a, (uint32_t)TUNDETACHFILTER); return true;
        default: return false;
        }
}
