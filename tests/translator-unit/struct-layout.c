/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layouts of linux/generic64/structs.h against the kernel's own headers: compiled for arm64, never run. */
#include <asm/stat.h>
#include <linux/eventpoll.h>
#include <linux/loop.h>
#include <linux/sem.h>
#include "../../translator/linux/generic64/structs.h"
#include "same-layout.h"

SAME_SIZE(struct generic64_stat, struct stat);
SAME(struct generic64_stat, dev, struct stat, st_dev);
SAME(struct generic64_stat, ino, struct stat, st_ino);
SAME(struct generic64_stat, mode, struct stat, st_mode);
SAME(struct generic64_stat, nlink, struct stat, st_nlink);
SAME(struct generic64_stat, uid, struct stat, st_uid);
SAME(struct generic64_stat, gid, struct stat, st_gid);
SAME(struct generic64_stat, rdev, struct stat, st_rdev);
SAME(struct generic64_stat, size, struct stat, st_size);
SAME(struct generic64_stat, blksize, struct stat, st_blksize);
SAME(struct generic64_stat, blocks, struct stat, st_blocks);
SAME(struct generic64_stat, atime, struct stat, st_atime);
SAME(struct generic64_stat, atime_nsec, struct stat, st_atime_nsec);
SAME(struct generic64_stat, mtime, struct stat, st_mtime);
SAME(struct generic64_stat, mtime_nsec, struct stat, st_mtime_nsec);
SAME(struct generic64_stat, ctime, struct stat, st_ctime);
SAME(struct generic64_stat, ctime_nsec, struct stat, st_ctime_nsec);

SAME_SIZE(struct generic64_epoll_event, struct epoll_event);
SAME(struct generic64_epoll_event, events, struct epoll_event, events);
SAME(struct generic64_epoll_event, data, struct epoll_event, data);

SAME_SIZE(struct generic64_semid, struct semid64_ds);
SAME_PLACE(struct generic64_semid, perm, struct semid64_ds, sem_perm);
SAME(struct generic64_semid, otime, struct semid64_ds, sem_otime);
SAME(struct generic64_semid, ctime, struct semid64_ds, sem_ctime);
SAME(struct generic64_semid, nsems, struct semid64_ds, sem_nsems);

SAME_SIZE(struct generic64_loop_info, struct loop_info);
SAME(struct generic64_loop_info, number, struct loop_info, lo_number);
SAME(struct generic64_loop_info, device, struct loop_info, lo_device);
SAME(struct generic64_loop_info, inode, struct loop_info, lo_inode);
SAME(struct generic64_loop_info, rdevice, struct loop_info, lo_rdevice);
SAME(struct generic64_loop_info, offset, struct loop_info, lo_offset);
SAME(struct generic64_loop_info, encrypt_type, struct loop_info, lo_encrypt_type);
SAME(struct generic64_loop_info, encrypt_key_size, struct loop_info, lo_encrypt_key_size);
SAME(struct generic64_loop_info, flags, struct loop_info, lo_flags);
SAME_PLACE(struct generic64_loop_info, name, struct loop_info, lo_name);
SAME_PLACE(struct generic64_loop_info, encrypt_key, struct loop_info, lo_encrypt_key);
SAME_PLACE(struct generic64_loop_info, init, struct loop_info, lo_init);
SAME_PLACE(struct generic64_loop_info, reserved, struct loop_info, reserved);
