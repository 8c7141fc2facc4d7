/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structures of 32-bit Arm (EABI) that are others on x86-64. tests/translator-unit compares these with the kernel's own headers for
 * armhf. "long" and pointers have 32 bits, and members of 64 bits are aligned to 8. */
#pragma once
#include <stdint.h>

/* ---- time ---- */

struct arm32_timespec {
        int32_t sec, nsec;
};
struct arm32_timeval {
        int32_t sec, usec;
};
struct arm32_itimerspec {
        struct arm32_timespec interval, value;
};
struct arm32_itimerval {
        struct arm32_timeval interval, value;
};

/* struct old_timex32 of linux/timex.h (inside the kernel) */
struct arm32_timex {
        uint32_t modes;
        int32_t offset, freq, maxerror, esterror, status, constant, precision, tolerance;
        struct arm32_timeval time;
        int32_t tick, ppsfreq, jitter, shift, stabil, jitcnt, calcnt, errcnt, stbcnt, tai;
        int32_t unused[11];
};

struct arm32_tms {
        int32_t utime, stime, cutime, cstime;
};

/* ---- files ---- */

/* asm/stat.h: struct stat, of stat(2) without 64 */
struct arm32_stat {
        uint32_t dev, ino;
        uint16_t mode, nlink, uid, gid;
        uint32_t rdev, size, blksize, blocks;
        uint32_t atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
        uint32_t unused[2];
};

/* asm/stat.h: struct stat64 */
struct arm32_stat64 {
        uint64_t dev;
        uint32_t pad0, ino32;
        uint32_t mode, nlink, uid, gid;
        uint64_t rdev;
        uint64_t pad3;
        int64_t size;
        uint32_t blksize;
        uint32_t pad4;
        uint64_t blocks;
        uint32_t atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
        uint64_t ino;
};

/* asm-generic/statfs.h */
struct arm32_statfs {
        uint32_t type, bsize, blocks, bfree, bavail, files, ffree;
        int32_t fsid[2];
        uint32_t namelen, frsize, flags, spare[4];
};
struct arm32_statfs64 {
        uint32_t type, bsize;
        uint64_t blocks, bfree, bavail, files, ffree;
        int32_t fsid[2];
        uint32_t namelen, frsize, flags, spare[4];
} __attribute__((packed, aligned(4)));

/* asm-generic/fcntl.h: struct flock */
struct arm32_flock {
        int16_t type, whence;
        int32_t start, len, pid;
};

/* struct linux_dirent of getdents(2); the type of the file is in the last byte of a record */
struct arm32_dirent {
        uint32_t ino, off;
        uint16_t reclen;
        char name[];
} __attribute__((packed, aligned(2)));

/* struct ustat (linux/types.h) */
struct arm32_ustat {
        int32_t tfree;
        uint32_t tinode;
        char fname[6], fpack[6];
};

/* ---- processes ---- */

/* linux/resource.h */
struct arm32_rusage {
        struct arm32_timeval utime, stime;
        int32_t counts[14];
};
struct arm32_rlimit {
        uint32_t cur, max;
};

/* linux/sysinfo.h */
struct arm32_sysinfo {
        int32_t uptime;
        uint32_t loads[3];
        uint32_t totalram, freeram, sharedram, bufferram, totalswap, freeswap;
        uint16_t procs, pad;
        uint32_t totalhigh, freehigh, mem_unit;
        char fill[8];
};

/* struct robust_list_head (linux/futex.h) */
struct arm32_robust_list_head {
        uint32_t next;
        int32_t futex_offset;
        uint32_t list_op_pending;
};

/* ---- signals ---- */

/* asm/signal.h; its struct sigaction is that of sigaction(2) before there was rt_sigaction(2) */
struct arm32_sigaction {
        uint32_t handler, flags, restorer;
        uint32_t mask[2];
};
struct arm32_old_sigaction {
        uint32_t handler, mask, flags, restorer;
};
struct arm32_stack {
        uint32_t sp;
        int32_t flags;
        uint32_t size;
};

/* asm-generic/siginfo.h */
struct arm32_siginfo {
        int32_t signo, err, code;
        union {
                struct {
                        int32_t pid;
                        uint32_t uid;
                        uint32_t value;
                } rt; /* kill's too */
                struct {
                        int32_t tid, overrun;
                        uint32_t value;
                } timer;
                struct {
                        int32_t pid;
                        uint32_t uid;
                        int32_t status, utime, stime;
                } child;
                struct {
                        uint32_t addr;
                        union {
                                int16_t addr_lsb;
                                struct {
                                        uint32_t pad, lower, upper;
                                } bound;
                                struct {
                                        uint32_t pad, pkey;
                                } key;
                                struct {
                                        uint32_t data, type, flags;
                                } perf;
                        };
                } fault;
                struct {
                        int32_t band, fd;
                } poll;
                struct {
                        uint32_t call_addr;
                        int32_t syscall;
                        uint32_t arch;
                } sys;
                uint8_t bytes[116];
        };
};

struct arm32_sigevent {
        uint32_t value;
        int32_t signo, notify;
        int32_t tid;
        int32_t pad[12];
};

/* ---- memory that is given to calls in pieces, messages ---- */

struct arm32_iovec {
        uint32_t base, len;
};
struct arm32_msghdr {
        uint32_t name;
        int32_t namelen;
        uint32_t iov, iovlen, control, controllen, flags;
};
struct arm32_mmsghdr {
        struct arm32_msghdr hdr;
        uint32_t len;
};
struct arm32_cmsghdr {
        uint32_t len;
        int32_t level, type;
};
struct arm32_sock_fprog {
        uint16_t len;
        uint32_t filter;
};
/* struct group_req and group_source_req (linux/in.h) */
struct arm32_group_req {
        uint32_t interface;
        uint8_t group[128];
};
struct arm32_group_source_req {
        uint32_t interface;
        uint8_t group[128], source[128];
};

/* ---- System V IPC, POSIX message queues ---- */

/* asm-generic/ipcbuf.h */
struct arm32_ipc_perm {
        int32_t key;
        uint32_t uid, gid, cuid, cgid;
        uint16_t mode, pad1, seq, pad2;
        uint32_t unused[2];
};
/* asm-generic/sembuf.h, msgbuf.h, shmbuf.h */
struct arm32_semid {
        struct arm32_ipc_perm perm;
        uint32_t otime, otime_high, ctime, ctime_high, nsems, unused[2];
};
struct arm32_msqid {
        struct arm32_ipc_perm perm;
        uint32_t stime, stime_high, rtime, rtime_high, ctime, ctime_high;
        uint32_t cbytes, qnum, qbytes;
        int32_t lspid, lrpid;
        uint32_t unused[2];
};
struct arm32_shmid {
        struct arm32_ipc_perm perm;
        uint32_t segsz, atime, atime_high, dtime, dtime_high, ctime, ctime_high;
        int32_t cpid, lpid;
        uint32_t nattch, unused[2];
};
struct arm32_shminfo {
        uint32_t max, min, mni, seg, all, unused[4];
};
struct arm32_shm_info {
        int32_t used_ids;
        uint32_t tot, rss, swp, swap_attempts, swap_successes;
};
/* linux/mqueue.h */
struct arm32_mq_attr {
        int32_t flags, maxmsg, msgsize, curmsgs, reserved[4];
};
