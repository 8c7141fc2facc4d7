/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of XFS by their handles: fs/xfs/libxfs/xfs_fs.h, which programs have from xfsprogs. */
#pragma once
#include <stdint.h>

struct xfs_fsop_handlereq {
        uint32_t fd;
        uint64_t path;
        uint32_t oflags;
        uint64_t ihandle;
        uint32_t ihandlen;
        uint64_t ohandle, ohandlen;
};

/* Numbers of the commands that take it. */
enum { XFS_PATH_TO_FSHANDLE = 104, XFS_PATH_TO_HANDLE, XFS_FD_TO_HANDLE, XFS_OPEN_BY_HANDLE, XFS_READLINK_BY_HANDLE };
#define XFS_HANDLE(number) ((uint32_t)_IOWR('X', number, struct xfs_fsop_handlereq))
