/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioctl(2) of disks, serial lines and buses. */
#include <asm/errno.h>
#include <asm/ioctls.h>
#include <asm/unistd.h>
#include <linux/blkpg.h>
#include <linux/hdreg.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/loop.h>
#include <linux/serial.h>
#include "ioctl.h"
#include "ioctl_structs.h"
#include "linux/open_flags.h"
#include "linux/xfs_handle.h"
#include "rt/rt.h"

#define SG_IO 0x2285 /* scsi/sg.h */

#define STRUCT(name, to_host, to_guest) \
        { \
                sizeof(struct name), to_host, to_guest \
        }

/* ---- disks ---- */

/* BLKPG. What its pointer leads to is the same. */

static void blkpg_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_blkpg *g = guest;

        *(struct blkpg_ioctl_arg *)host = (struct blkpg_ioctl_arg){ g->op, g->flags, g->datalen, (void *)(uint64_t)g->data };
}

/* HDIO_GETGEO */

static void geometry_to_guest(void *restrict guest, const void *restrict host)
{
        const struct hd_geometry *h = host;

        *(struct arm32_hd_geometry *)guest = (struct arm32_hd_geometry){ h->heads, h->sectors, h->cylinders, (uint32_t)h->start };
}

/* LOOP_SET_STATUS, LOOP_GET_STATUS: numbers of devices have 16 bits and as many behind them */

static void loop_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_loop_info *g = guest;
        struct loop_info *h = host;

        *h = (struct loop_info){
                .lo_number = g->number,
                .lo_device = g->device,
                .lo_inode = g->inode,
                .lo_rdevice = g->rdevice,
                .lo_offset = g->offset,
                .lo_encrypt_type = g->encrypt_type,
                .lo_encrypt_key_size = g->encrypt_key_size,
                .lo_flags = g->flags,
                .lo_init = { g->init[0], g->init[1] },
        };
        memcpy(h->lo_name, g->name, sizeof(h->lo_name));
        memcpy(h->lo_encrypt_key, g->encrypt_key, sizeof(h->lo_encrypt_key));
        memcpy(h->reserved, g->reserved, sizeof(h->reserved));
}

static void loop_to_guest(void *restrict guest, const void *restrict host)
{
        const struct loop_info *h = host;
        struct arm32_loop_info *g = guest;

        *g = (struct arm32_loop_info){
                .number = h->lo_number,
                .device = (uint32_t)h->lo_device,
                .inode = (uint32_t)h->lo_inode,
                .rdevice = (uint32_t)h->lo_rdevice,
                .offset = h->lo_offset,
                .encrypt_type = h->lo_encrypt_type,
                .encrypt_key_size = h->lo_encrypt_key_size,
                .flags = h->lo_flags,
                .init = { (uint32_t)h->lo_init[0], (uint32_t)h->lo_init[1] },
        };
        memcpy(g->name, h->lo_name, sizeof(g->name));
        memcpy(g->encrypt_key, h->lo_encrypt_key, sizeof(g->encrypt_key));
}

/* Files of XFS by their handles. What the last pointer leads to is the same. */
#define GUEST_XFS_HANDLE(number) ((uint32_t)_IOWR('X', number, struct arm32_xfs_handle))

static void xfs_handle_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_xfs_handle *g = guest;

        *(struct xfs_fsop_handlereq *)host = (struct xfs_fsop_handlereq){
                .fd = g->fd,
                .path = g->path,
                .oflags = open_flags_to_host(g->oflags),
                .ihandle = g->ihandle,
                .ihandlen = g->ihandlen,
                .ohandle = g->ohandle,
                .ohandlen = g->ohandlen,
        };
}

static long xfs_handle(const uint64_t a[6])
{
        const uint64_t host[6] = { a[0], XFS_HANDLE(_IOC_NR((uint32_t)a[1])), a[2] };

        return ARM32_CALL(__NR_ioctl, host, { 2, ARM32_IN, STRUCT(arm32_xfs_handle, xfs_handle_to_host, NULL) });
}

/* struct sg_io_hdr of scsi/sg.h, and struct sg_iovec, of which there may be an array */
struct host_sg_io {
        int32_t interface_id, direction;
        uint8_t cmd_len, mx_sb_len;
        uint16_t iovec_count;
        uint32_t dxfer_len;
        uint64_t dxferp, cmdp, sbp;
        uint32_t timeout, flags;
        int32_t pack_id;
        uint64_t usr_ptr;
        uint8_t results[8];
        int32_t resid;
        uint32_t duration, info;
};

static long sg_io(const uint64_t a[6])
{
        struct arm32_pieces pieces = { 0 };
        struct arm32_sg_io_hdr g;

        if (guest_read(&g, a[2], sizeof(g)) < 0)
                return safe_syscall(__NR_ioctl, a[0], a[1], UNREADABLE, 0, 0, 0);
        if (g.iovec_count)
                arm32_pieces(&pieces, g.dxferp, g.iovec_count);
        struct host_sg_io h = {
                .interface_id = g.interface_id,
                .direction = g.direction,
                .cmd_len = g.cmd_len,
                .mx_sb_len = g.mx_sb_len,
                .iovec_count = g.iovec_count,
                .dxfer_len = g.dxfer_len,
                .dxferp = g.iovec_count ? pieces.at : g.dxferp,
                .cmdp = g.cmdp,
                .sbp = g.sbp,
                .timeout = g.timeout,
                .flags = g.flags,
                .pack_id = g.pack_id,
                .usr_ptr = g.usr_ptr,
        };
        long r = safe_syscall(__NR_ioctl, a[0], a[1], (uint64_t)&h, 0, 0, 0);
        arm32_pieces_done(&pieces);
        if (r < 0)
                return r;
        memcpy(g.results, h.results, sizeof(g.results));
        g.resid = h.resid;
        g.duration = h.duration;
        g.info = h.info;
        return guest_write(a[2], &g, sizeof(g)) < 0 ? -EFAULT : r;
}

/* ---- serial lines ---- */

_Static_assert(offsetof(struct serial_struct, closing_wait2) + 2 == sizeof(((struct arm32_serial *)0)->head), "serial_struct");

static void serial_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_serial *g = guest;
        struct serial_struct *h = host;

        *h = (struct serial_struct){ 0 };
        memcpy(h, g->head, sizeof(g->head));
        h->iomem_base = (void *)(uint64_t)g->iomem_base;
        h->iomem_reg_shift = g->iomem_reg_shift;
        h->port_high = g->port_high;
}

static void serial_to_guest(void *restrict guest, const void *restrict host)
{
        const struct serial_struct *h = host;
        struct arm32_serial *g = guest;
        uint64_t base = (uint64_t)h->iomem_base;

        *g = (struct arm32_serial){
                .iomem_base = base > UINT32_MAX ? UINT32_MAX : (uint32_t)base, /* as compat_tty_tiocgserial() says it */
                .iomem_reg_shift = h->iomem_reg_shift,
                .port_high = h->port_high,
        };
        memcpy(g->head, h, sizeof(g->head));
}

/* ---- I2C ---- */

static void smbus_to_host(void *restrict host, const void *restrict guest)
{
        const struct arm32_i2c_smbus *g = guest;

        *(struct i2c_smbus_ioctl_data *)host = (struct i2c_smbus_ioctl_data){
                .read_write = g->read_write,
                .command = g->command,
                .size = g->size,
                .data = (void *)(uint64_t)g->data,
        };
}

static long i2c_rdwr(const uint64_t a[6])
{
        struct arm32_i2c_rdwr g;
        struct arm32_i2c_msg m;
        struct i2c_msg msgs[I2C_RDWR_IOCTL_MAX_MSGS];
        struct i2c_rdwr_ioctl_data h = { .msgs = msgs };

        if (guest_read(&g, a[2], sizeof(g)) < 0)
                return safe_syscall(__NR_ioctl, a[0], a[1], UNREADABLE, 0, 0, 0);
        h.nmsgs = g.nmsgs;
        for (uint32_t k = 0; g.nmsgs <= I2C_RDWR_IOCTL_MAX_MSGS && k < g.nmsgs; k++) {
                if (guest_read(&m, g.msgs + k * sizeof(m), sizeof(m)) < 0)
                        return -EFAULT;
                msgs[k] = (struct i2c_msg){ .addr = m.addr, .flags = m.flags, .len = m.len, .buf = (uint8_t *)(uint64_t)m.buf };
        }
        return safe_syscall(__NR_ioctl, a[0], a[1], (uint64_t)&h, 0, 0, 0);
}

static void long_to_guest(void *restrict guest, const void *restrict host)
{
        *(uint32_t *)guest = (uint32_t) * (const uint64_t *)host;
}

/* ---- all ---- */

bool ioctl_device(const uint64_t a[6], long *ret)
{
        switch ((uint32_t)a[1]) {
        case BLKPG: *ret = ARM32_CALL(__NR_ioctl, a, { 2, ARM32_IN, STRUCT(arm32_blkpg, blkpg_to_host, NULL) }); return true;
        case HDIO_GETGEO:
                *ret = ARM32_CALL(__NR_ioctl, a, { 2, ARM32_OUT, STRUCT(arm32_hd_geometry, NULL, geometry_to_guest) });
                return true;
        case LOOP_SET_STATUS:
                *ret = ARM32_CALL(__NR_ioctl, a, { 2, ARM32_IN, STRUCT(arm32_loop_info, loop_to_host, NULL) });
                return true;
        case LOOP_GET_STATUS:
                *ret = ARM32_CALL(__NR_ioctl, a, { 2, ARM32_OUT, STRUCT(arm32_loop_info, NULL, loop_to_guest) });
                return true;
        case GUEST_XFS_HANDLE(XFS_PATH_TO_FSHANDLE):
        case GUEST_XFS_HANDLE(XFS_PATH_TO_HANDLE):
        case GUEST_XFS_HANDLE(XFS_FD_TO_HANDLE):
        case GUEST_XFS_HANDLE(XFS_OPEN_BY_HANDLE):
        case GUEST_XFS_HANDLE(XFS_READLINK_BY_HANDLE): *ret = xfs_handle(a); return true;
        case SG_IO: *ret = sg_io(a); return true;
        case TIOCGSERIAL:
                *ret = ARM32_CALL(__NR_ioctl, a, { 2, ARM32_OUT, STRUCT(arm32_serial, NULL, serial_to_guest) });
                return true;
        case TIOCSSERIAL:
                *ret = ARM32_CALL(__NR_ioctl, a, { 2, ARM32_IN, STRUCT(arm32_serial, serial_to_host, NULL) });
                return true;
        case I2C_RDWR: *ret = i2c_rdwr(a); return true;
        case I2C_SMBUS:
                *ret = ARM32_CALL(__NR_ioctl, a, { 2, ARM32_IN, STRUCT(arm32_i2c_smbus, smbus_to_host, NULL) });
                return true;
        case I2C_FUNCS:
                *ret = ARM32_CALL(__NR_ioctl, a, { 2, ARM32_OUT, { sizeof(uint32_t), NULL, long_to_guest } });
                return true;
        default: return false;
        }
}
