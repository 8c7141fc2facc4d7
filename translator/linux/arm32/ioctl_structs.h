/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments of ioctl(2) with pointers or longs (see structs.h). */
#pragma once
#include <stdint.h>

/* linux/if.h: a name and a union, which is longer on the host because of its pointers */
enum { IFREQ_NAME = 16, IFREQ_UNION = 16 };
struct arm32_ifreq {
        char name[IFREQ_NAME];
        union {
                uint8_t bytes[IFREQ_UNION];
                uint32_t data;
                struct {
                        uint32_t start, end;
                        uint16_t base_addr;
                        uint8_t irq, dma, port, pad[3];
                } map;
        };
};

/* linux/route.h, ipv6_route.h: what has neither pointers nor longs is in one piece */
enum { ROUTE_ADDRESSES = 3 * 16, ROUTE6_HEAD = 3 * 16 + 4 + 2 + 2 + 4, ROUTE6_TAIL = 8 };
struct arm32_rtentry {
        uint32_t pad1;
        uint8_t addresses[ROUTE_ADDRESSES];
        uint16_t flags, pad2;
        uint32_t pad3, pad4;
        int16_t metric, pad5;
        uint32_t dev, mtu, window;
        uint16_t irtt, pad6;
};
struct arm32_in6_rtmsg {
        uint8_t head[ROUTE6_HEAD];
        uint32_t info;
        uint8_t tail[ROUTE6_TAIL];
};

/* linux/blkpg.h: what the pointer leads to is the same */
struct arm32_blkpg {
        int32_t op, flags, datalen;
        uint32_t data;
};

/* linux/hdreg.h */
struct arm32_hd_geometry {
        uint8_t heads, sectors;
        uint16_t cylinders;
        uint32_t start;
};

/* linux/loop.h: numbers of devices have 16 bits, and as many behind them */
enum { LOOP_NAME = 64, LOOP_KEY = 32 };
struct arm32_loop_info {
        int32_t number;
        uint32_t device, inode, rdevice;
        int32_t offset, encrypt_type, encrypt_key_size, flags;
        char name[LOOP_NAME];
        uint8_t encrypt_key[LOOP_KEY];
        uint32_t init[2];
        char reserved[4];
};

/* struct xfs_fsop_handlereq of linux/xfs_handle.h */
struct arm32_xfs_handle {
        uint32_t fd, path, oflags, ihandle, ihandlen, ohandle, ohandlen;
};

/* scsi/sg.h */
struct arm32_sg_io_hdr {
        int32_t interface_id, direction;
        uint8_t cmd_len, mx_sb_len;
        uint16_t iovec_count;
        uint32_t dxfer_len, dxferp, cmdp, sbp, timeout, flags;
        int32_t pack_id;
        uint32_t usr_ptr;
        uint8_t results[8];
        int32_t resid;
        uint32_t duration, info;
};

/* linux/serial.h */
struct arm32_serial {
        uint8_t head[44]; /* up to closing_wait2: the same */
        uint32_t iomem_base;
        uint16_t iomem_reg_shift;
        uint32_t port_high, iomap_base;
};

/* linux/i2c.h, i2c-dev.h */
struct arm32_i2c_msg {
        uint16_t addr, flags, len;
        uint32_t buf;
};
struct arm32_i2c_rdwr {
        uint32_t msgs, nmsgs;
};
struct arm32_i2c_smbus {
        uint8_t read_write, command;
        uint32_t size, data;
};
