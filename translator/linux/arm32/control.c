/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ancillary data of messages (see message.h), as net/compat.c has it. */
#include <asm/errno.h>
#include <asm/socket.h>
#include <asm/unistd.h>
#include <linux/time_types.h>
#include "message.h"
#include "rt/rt.h"

enum { SOCKET_LEVEL = 1 /* SOL_SOCKET */, RIGHTS = 1 /* SCM_RIGHTS */, PIDFD = 4 /* SCM_PIDFD */, CTRUNC = 8 /* MSG_CTRUNC */ };
enum { MOST = 1 << 20 }; /* bytes; the kernel takes much less (net.core.optmem_max) */

/* struct cmsghdr of 64-bit Linux. Headers are aligned to words of the machine, data follows at once. */
struct host_cmsghdr {
        uint64_t len;
        int32_t level, type;
};

static size_t aligned(size_t n, size_t word)
{
        return (n + word - 1) & ~(word - 1);
}

static long make_room(struct control *c, size_t size)
{
        c->size = size;
        c->host = size <= sizeof(c->few) ? c->few : rt_alloc(size);
        if (!c->host)
                return -ENOMEM;
        if (c->host == c->few)
                memset(c->few, 0, sizeof(c->few));
        return 0;
}

void control_done(struct control *c)
{
        if (c->host != c->few)
                rt_free(c->host);
}

/* ---- to the host ---- */

long control_to_host(struct control *c, uint64_t at, uint32_t length)
{
        const uint64_t end = at + length;
        struct arm32_cmsghdr g;
        size_t used = 0;

        c->host = NULL;
        if (length > MOST)
                return -ENOBUFS;
        long r = make_room(c, 2 * (size_t)length + sizeof(struct host_cmsghdr));
        while (r == 0 && at < end && length >= sizeof(g)) { /* bytes that are left over are a header that is too short */
                if (guest_read(&g.len, at, sizeof(g.len)) < 0)
                        return -EFAULT;
                if (g.len < sizeof(g) || g.len > end - at)
                        return -EINVAL;
                if (guest_read(&g, at, sizeof(g)) < 0)
                        return -EFAULT;
                size_t data = g.len - sizeof(g);
                struct host_cmsghdr h = { .len = sizeof(h) + data, .level = g.level, .type = g.type };
                memcpy(c->host + used, &h, sizeof(h));
                if (guest_read(c->host + used + sizeof(h), at + sizeof(g), data) < 0)
                        return -EFAULT;
                used += aligned(h.len, 8);
                at += aligned(g.len, 4);
        }
        c->size = used;
        return r < 0 ? r : used ? 0 : -EINVAL;
}

/* ---- to the guest ---- */

long control_room(struct control *c, uint32_t length)
{
        c->host = NULL;
        if (length > MOST)
                length = MOST;
        /* Of the shortest data that there is, an int, the host's takes 24 bytes, and the guest's 16. What is too short for a header of
         * the guest's is for the host's, too. */
        return make_room(c, length < sizeof(struct arm32_cmsghdr) ? length : length + length / 2 + sizeof(struct host_cmsghdr));
}

/* Old timestamps have times of 32 bits. Returns the new size of the data. */
static size_t shorten_times(const struct host_cmsghdr *h, uint8_t *data, size_t size)
{
        bool is_time = h->type == SO_TIMESTAMP_OLD || h->type == SO_TIMESTAMPNS_OLD || h->type == SO_TIMESTAMPING_OLD;
        size_t n = size / sizeof(struct __kernel_old_timespec);

        if (h->level != SOCKET_LEVEL || !is_time)
                return size;
        for (size_t k = 0; k < n; k++) { /* two words, of seconds and of a part of them */
                struct __kernel_old_timespec ts;
                memcpy(&ts, data + k * sizeof(ts), sizeof(ts));
                struct arm32_timespec g = { (int32_t)ts.tv_sec, (int32_t)ts.tv_nsec };
                memcpy(data + k * sizeof(g), &g, sizeof(g));
        }
        return n * sizeof(struct arm32_timespec);
}

/* Gives the guest descriptors that came, as far as they fit into `room` bytes at `at` that can be written, and closes the others. Returns
 * how many bytes they take. */
static size_t put_descriptors(const uint8_t *data, size_t size, uint64_t at, size_t room)
{
        size_t done = 0;
        int fd;

        while (done + sizeof(fd) <= size && done + sizeof(fd) <= room && guest_write(at + done, data + done, sizeof(fd)) >= 0)
                done += sizeof(fd);
        for (size_t k = done; k + sizeof(fd) <= size; k += sizeof(fd)) {
                memcpy(&fd, data + k, sizeof(fd));
                (void)sys_call1(__NR_close, fd);
        }
        return done;
}

/* Writes one header and its data into `room` bytes at `at`, as put_cmsg_compat() and scm_detach_fds_compat() do it. Returns how many bytes
 * it took: none where they cannot be written. *truncated is set where not all fits. */
static size_t put_one(const struct host_cmsghdr *h, uint8_t *data, uint64_t at, size_t room, bool *truncated)
{
        bool rights = h->level == SOCKET_LEVEL && (h->type == RIGHTS || h->type == PIDFD),
             fits = room >= sizeof(struct arm32_cmsghdr);
        size_t size = shorten_times(h, data, h->len - sizeof(*h)), take = fits ? room - sizeof(struct arm32_cmsghdr) : 0;
        uint64_t data_at = at + sizeof(struct arm32_cmsghdr);

        take = rights ? put_descriptors(data, size, data_at, take) : take < size ? take : size;
        *truncated |= take < size || !fits;
        if (!fits || (rights && !take))
                return 0;
        struct arm32_cmsghdr g = { (uint32_t)(sizeof(g) + take), h->level, h->type };
        if (guest_write(at, &g, sizeof(g)) < 0 || (!rights && guest_write(data_at, data, take) < 0))
                return 0;
        size_t used = aligned(g.len, 4);
        return used < room ? used : room;
}

uint32_t control_to_guest(struct control *c, size_t received, uint64_t at, uint32_t length, uint32_t *ret_length)
{
        bool truncated = false;
        uint32_t used = 0;
        struct host_cmsghdr h;

        for (size_t k = 0; received >= sizeof(h) && k <= received - sizeof(h); k += aligned(h.len, 8)) {
                memcpy(&h, c->host + k, sizeof(h));
                if (h.len < sizeof(h) || h.len > received - k)
                        break;
                used += (uint32_t)put_one(&h, c->host + k + sizeof(h), at + used, length - used, &truncated);
        }
        *ret_length = used;
        return truncated ? CTRUNC : 0;
}
