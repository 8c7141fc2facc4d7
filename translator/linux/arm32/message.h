/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on sockets: the host's headers, and what is made for them of the guest's. */
#pragma once
#include "arm32.h"

/* struct msghdr and mmsghdr of 64-bit Linux. */
struct host_msghdr {
        uint64_t name;
        int32_t namelen, pad;
        uint64_t iov, iovlen, control, controllen;
        uint32_t flags, pad2;
};
struct host_mmsghdr {
        struct host_msghdr hdr;
        uint32_t len, pad;
};

/* Ancillary data (cmsg(3)) of a message: the host's headers are longer. */
struct control {
        uint8_t *host;
        size_t size;
        uint8_t few[256];
};
/* Makes the host's of what the guest sends, `length` bytes at `at`. Returns 0 or a negative errno. */
long control_to_host(struct control *c, uint64_t at, uint32_t length);
/* Makes room for what the guest may receive into `length` bytes. Returns 0 or -ENOMEM. */
long control_room(struct control *c, uint32_t length);
/* Gives the guest `received` bytes of what came, in `length` bytes at `at`. *ret_length is how many it got. What cannot be
 * written is left out, and descriptors that do not fit are closed. Returns 0, or MSG_CTRUNC where not all of it fits. */
uint32_t control_to_guest(struct control *c, size_t received, uint64_t at, uint32_t length, uint32_t *ret_length);
void control_done(struct control *c);
