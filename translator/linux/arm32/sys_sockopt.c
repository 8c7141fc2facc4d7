/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of sockets that have pointers, longs or a time. (Those of iptables are passed on as they are.) */
#include <asm/errno.h>
#include <asm/socket.h>
#include <asm/unistd.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/in.h>
#include <linux/time_types.h>
#include "arm32.h"
#include "rt/rt.h"

enum { LEVEL_IP = 0, LEVEL_SOCKET = 1, LEVEL_IPV6 = 41, LEVEL_PACKET = 263 };
enum { ADDRESS = 128 }; /* bytes of struct sockaddr_storage, which is aligned to words of the machine */

static long set(const uint64_t a[6], const void *value, size_t size)
{
        return safe_syscall(__NR_setsockopt, a[0], a[1], a[2], (uint64_t)value, size, 0);
}

static bool is_timeout(const uint64_t a[6])
{
        return (uint32_t)a[1] == LEVEL_SOCKET && ((uint32_t)a[2] == SO_RCVTIMEO_OLD || (uint32_t)a[2] == SO_SNDTIMEO_OLD);
}

/* Is it a filter that is given as struct sock_fprog? */
static bool is_filter(const uint64_t a[6])
{
        uint32_t option = (uint32_t)a[2];

        if ((uint32_t)a[1] == LEVEL_PACKET)
                return option == PACKET_FANOUT_DATA && a[4] == sizeof(struct arm32_sock_fprog);
        return (uint32_t)a[1] == LEVEL_SOCKET && (option == SO_ATTACH_FILTER || option == SO_ATTACH_REUSEPORT_CBPF);
}

static bool is_multicast(const uint64_t a[6])
{
        return ((uint32_t)a[1] == LEVEL_IP || (uint32_t)a[1] == LEVEL_IPV6) && (uint32_t)a[2] >= MCAST_JOIN_GROUP &&
               (uint32_t)a[2] <= MCAST_MSFILTER;
}

/* ---- setsockopt ---- */

static long set_timeout(const uint64_t a[6])
{
        struct arm32_timeval g;

        if ((int32_t)a[4] < (int32_t)sizeof(g))
                return set(a, NULL, 0);
        if (guest_read(&g, a[3], sizeof(g)) < 0)
                return set(a, (const void *)UNREADABLE, sizeof(struct __kernel_old_timeval));
        struct __kernel_old_timeval h = { .tv_sec = g.sec, .tv_usec = g.usec };
        return set(a, &h, sizeof(h));
}

static long set_filter(const uint64_t a[6])
{
        struct arm32_sock_fprog g;

        if (a[4] != sizeof(g))
                return set(a, NULL, 0);
        if (guest_read(&g, a[3], sizeof(g)) < 0)
                return set(a, (const void *)UNREADABLE, sizeof(struct sock_fprog));
        struct sock_fprog h = { .len = g.len, .filter = (struct sock_filter *)(uint64_t)g.filter };
        return set(a, &h, sizeof(h));
}

/* The host has four bytes more behind the interface. What follows is the same: addresses, two numbers in a filter. */
enum { GAP = 4, INTERFACE = 4, FILTER_HEAD = INTERFACE + ADDRESS + 8, MOST_SOURCES = 4096 };

static void widen_group(uint8_t *host, size_t size)
{
        memmove(host + INTERFACE + GAP, host + INTERFACE, size - INTERFACE);
        memset(host + INTERFACE, 0, GAP);
}

static long set_multicast(const uint64_t a[6])
{
        size_t size = (uint32_t)a[4];

        if (size < INTERFACE + ADDRESS || size > FILTER_HEAD + MOST_SOURCES * ADDRESS)
                return set(a, (const void *)a[3], size < INTERFACE + ADDRESS ? 0 : size);
        uint8_t *h = rt_alloc(size + GAP);
        if (!h)
                return -ENOMEM;
        bool can_read = guest_read(h, a[3], size) == 0;
        widen_group(h, size);
        long r = set(a, can_read ? h : (const void *)UNREADABLE, size + GAP);
        rt_free(h);
        return r;
}

/* setsockopt(2) */
long arm32_setsockopt(struct thread *t, const uint64_t a[6])
{
        (void)t;
        if (is_timeout(a))
                return set_timeout(a);
        if (is_filter(a))
                return set_filter(a);
        if (is_multicast(a))
                return set_multicast(a);
        return set(a, (const void *)a[3], a[4]);
}

/* ---- getsockopt ---- */

static long get(const uint64_t a[6], void *value, uint32_t *size)
{
        return safe_syscall(__NR_getsockopt, a[0], a[1], a[2], (uint64_t)value, (uint64_t)size, 0);
}

static long get_timeout(const uint64_t a[6])
{
        struct __kernel_old_timeval h;
        struct arm32_timeval g;
        uint32_t size = sizeof(h);
        int32_t room;

        if (guest_read(&room, a[4], sizeof(room)) < 0 || room < 0)
                return get(a, (void *)a[3], (void *)a[4]);
        long r = get(a, &h, &size);
        if (r < 0)
                return r;
        g = (struct arm32_timeval){ (int32_t)h.tv_sec, (int32_t)h.tv_usec };
        size = (uint32_t)room < sizeof(g) ? (uint32_t)room : sizeof(g);
        return guest_write(a[3], &g, size) < 0 || guest_write(a[4], &size, sizeof(size)) < 0 ? -EFAULT : r;
}

/* MCAST_MSFILTER */
static long get_filter(const uint64_t a[6])
{
        uint8_t head[FILTER_HEAD];
        uint32_t room, sources;

        if (guest_read(&room, a[4], sizeof(room)) < 0 || guest_read(head, a[3], sizeof(head)) < 0)
                return -EFAULT;
        if (room < sizeof(head)) /* too short for the host, too, which says what else is wrong */
                return get(a, (void *)a[3], (void *)a[4]);
        memcpy(&sources, head + FILTER_HEAD - sizeof(sources), sizeof(sources));
        if (sources > MOST_SOURCES)
                return -ENOBUFS;
        uint32_t size = FILTER_HEAD + GAP + sources * ADDRESS;
        uint8_t *h = rt_alloc(size);
        if (!h)
                return -ENOMEM;
        memcpy(h, head, sizeof(head));
        widen_group(h, sizeof(head));
        long r = get(a, h, &size);
        if (r >= 0) {
                size -= GAP;
                memmove(h + INTERFACE, h + INTERFACE + GAP, size - INTERFACE);
                if (guest_write(a[3], h, size < room ? size : room) < 0 || guest_write(a[4], &size, sizeof(size)) < 0)
                        r = -EFAULT;
        }
        rt_free(h);
        return r;
}

/* getsockopt(2) */
long arm32_getsockopt(struct thread *t, const uint64_t a[6])
{
        (void)t;
        if (is_timeout(a))
                return get_timeout(a);
        if (is_multicast(a) && (uint32_t)a[2] == MCAST_MSFILTER)
                return get_filter(a);
        return get(a, (void *)a[3], (void *)a[4]);
}
