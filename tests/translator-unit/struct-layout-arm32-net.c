/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As struct-layout-arm32.c, of sockets and interfaces: some are in the C library's headers only. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include "same-layout.h"
#include "linux/arm32/ioctl_structs.h"
#include "linux/arm32/structs.h"

SAME_SIZE(struct arm32_msghdr, struct msghdr);
SAME_PLACE(struct arm32_msghdr, name, struct msghdr, msg_name);
SAME_PLACE(struct arm32_msghdr, namelen, struct msghdr, msg_namelen);
SAME_PLACE(struct arm32_msghdr, iov, struct msghdr, msg_iov);
SAME_PLACE(struct arm32_msghdr, iovlen, struct msghdr, msg_iovlen);
SAME_PLACE(struct arm32_msghdr, control, struct msghdr, msg_control);
SAME(struct arm32_msghdr, controllen, struct msghdr, msg_controllen);
SAME_PLACE(struct arm32_msghdr, flags, struct msghdr, msg_flags);

SAME_SIZE(struct arm32_mmsghdr, struct mmsghdr);
SAME_PLACE(struct arm32_mmsghdr, hdr, struct mmsghdr, msg_hdr);
SAME(struct arm32_mmsghdr, len, struct mmsghdr, msg_len);

SAME_SIZE(struct arm32_cmsghdr, struct cmsghdr);
SAME(struct arm32_cmsghdr, len, struct cmsghdr, cmsg_len);
SAME(struct arm32_cmsghdr, level, struct cmsghdr, cmsg_level);
SAME(struct arm32_cmsghdr, type, struct cmsghdr, cmsg_type);

SAME_SIZE(struct arm32_group_req, struct group_req);
SAME(struct arm32_group_req, interface, struct group_req, gr_interface);
SAME_PLACE(struct arm32_group_req, group, struct group_req, gr_group);

SAME_SIZE(struct arm32_group_source_req, struct group_source_req);
SAME(struct arm32_group_source_req, interface, struct group_source_req, gsr_interface);
SAME_PLACE(struct arm32_group_source_req, group, struct group_source_req, gsr_group);
SAME_PLACE(struct arm32_group_source_req, source, struct group_source_req, gsr_source);

SAME_SIZE(struct arm32_ifreq, struct ifreq);
SAME_PLACE(struct arm32_ifreq, name, struct ifreq, ifr_name);
SAME_PLACE(struct arm32_ifreq, data, struct ifreq, ifr_data);
SAME(struct arm32_ifreq, map.start, struct ifreq, ifr_map.mem_start);
SAME(struct arm32_ifreq, map.end, struct ifreq, ifr_map.mem_end);
SAME(struct arm32_ifreq, map.base_addr, struct ifreq, ifr_map.base_addr);
SAME(struct arm32_ifreq, map.irq, struct ifreq, ifr_map.irq);
SAME(struct arm32_ifreq, map.dma, struct ifreq, ifr_map.dma);
SAME(struct arm32_ifreq, map.port, struct ifreq, ifr_map.port);

SAME_SIZE(struct arm32_rtentry, struct rtentry);
SAME(struct arm32_rtentry, pad1, struct rtentry, rt_pad1);
SAME(struct arm32_rtentry, flags, struct rtentry, rt_flags);
SAME_PLACE(struct arm32_rtentry, metric, struct rtentry, rt_metric);
SAME_PLACE(struct arm32_rtentry, dev, struct rtentry, rt_dev);
SAME(struct arm32_rtentry, mtu, struct rtentry, rt_mtu);
SAME(struct arm32_rtentry, window, struct rtentry, rt_window);
SAME(struct arm32_rtentry, irtt, struct rtentry, rt_irtt);

SAME_SIZE(struct arm32_in6_rtmsg, struct in6_rtmsg);
SAME(struct arm32_in6_rtmsg, info, struct in6_rtmsg, rtmsg_info);
