/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's interface of 32-bit Arm programs, whatever instructions they have: the table of system calls and what it needs, for
 * the struct abi of such a machine. Handlers of linux/ do what does not depend on the width of a word; those in here convert
 * arguments, mostly, and call them with the host's. A handler of linux/ takes addresses of ours too: guest_read() and
 * guest_write() do. */
#pragma once
#include "linux/abi.h"
#include "linux/syscalls.h"
#include "structs.h"

extern const struct abi_calls arm32_calls;

/* ---- structures for struct abi (convert.c, siginfo.c) ---- */
void arm32_stat64_to_guest(void *guest, const void *host);
void arm32_epoll_event_to_host(void *host, const void *guest);
void arm32_epoll_event_to_guest(void *guest, const void *host);
void arm32_semid_to_host(void *host, const void *guest);
void arm32_semid_to_guest(void *guest, const void *host);
void arm32_iovec_to_host(void *host, const void *guest);
void arm32_iovec_to_guest(void *guest, const void *host);
void arm32_timespec_to_host(void *host, const void *guest);
void arm32_timespec_to_guest(void *guest, const void *host);
void arm32_sigaction_to_host(void *host, const void *guest);
void arm32_sigaction_to_guest(void *guest, const void *host);
void arm32_stack_to_host(void *host, const void *guest);
void arm32_stack_to_guest(void *guest, const void *host);
void arm32_sigevent_to_host(void *host, const void *guest);
void arm32_siginfo_to_host(void *host, const void *guest);
void arm32_siginfo_to_guest(void *guest, const void *host);

/* The members of struct abi that are so for all such machines. */
#define ARM32_ABI \
        .calls = &arm32_calls, .word = 4, .epoll_event = { 16, arm32_epoll_event_to_host, arm32_epoll_event_to_guest }, \
        .iovec = { sizeof(struct arm32_iovec), arm32_iovec_to_host, arm32_iovec_to_guest }, \
        .semid64_ds = { sizeof(struct arm32_semid), arm32_semid_to_host, arm32_semid_to_guest }, \
        .sigaction = { sizeof(struct arm32_sigaction), arm32_sigaction_to_host, arm32_sigaction_to_guest }, \
        .siginfo = { sizeof(struct arm32_siginfo), arm32_siginfo_to_host, arm32_siginfo_to_guest }, \
        .sigaltstack = { sizeof(struct arm32_stack), arm32_stack_to_host, arm32_stack_to_guest }, \
        .stat = { sizeof(struct arm32_stat64), NULL, arm32_stat64_to_guest }, \
        .timespec = { sizeof(struct arm32_timespec), arm32_timespec_to_host, arm32_timespec_to_guest }, \
        .thread_end = arm32_thread_end

/* ---- arguments ---- */

/* A number of 64 bits in two registers. */
static inline uint64_t arm32_pair(uint64_t low, uint64_t high)
{
        return (uint32_t)low | high << 32;
}

/* A signed long, which is wider on the host. */
static inline uint64_t arm32_long(uint64_t a)
{
        return (uint64_t)(int64_t)(int32_t)a;
}

/* A pointer among the arguments, and the structure that it leads to. */
struct arm32_part {
        uint8_t arg;
        uint8_t way; /* ARM32_IN, ARM32_OUT: the call reads it, writes it */
        struct abi_struct as;
};
enum { ARM32_IN = 1, ARM32_OUT = 2, ARM32_PARTS = 2, ARM32_PART_SIZE = 256 };

/* Makes a call of the host's, with copies of up to ARM32_PARTS structures of ARM32_PART_SIZE bytes in place of the guest's. One that
 * cannot be read becomes UNREADABLE. What the call writes is taken over when it has succeeded. */
long arm32_call(long nr, const uint64_t a[6], const struct arm32_part *parts, unsigned n);
#define ARM32_CALL(nr, a, ...) \
        arm32_call(nr, a, (const struct arm32_part[]){ __VA_ARGS__ }, \
                   sizeof((const struct arm32_part[]){ __VA_ARGS__ }) / sizeof(struct arm32_part))

/* Pieces of memory as the host has them. To be given back with arm32_pieces_done(). */
struct iovec;
struct arm32_pieces {
        uint64_t at; /* for the host: the address of the copy, or UNREADABLE */
        void *block;
        uint64_t few[16];
};
/* Copies an array of `n` struct iovec at `array`. Where there are more than the kernel takes, nothing is copied: it will say so. */
void arm32_pieces(struct arm32_pieces *p, uint64_t array, uint64_t n);
void arm32_pieces_done(struct arm32_pieces *p);

/* Time of 32 or of 64 bits (struct __kernel_timespec, whose tv_nsec may have rubbish above), from and to the host's. Returns 0 or
 * -EFAULT. */
struct __kernel_timespec;
int arm32_get_time(struct __kernel_timespec *ret, uint64_t at, bool wide);
int arm32_put_time(uint64_t at, const struct __kernel_timespec *ts, bool wide);
/* Reads an optional time, and returns the address that the host is to be given: 0, that of *ret, or UNREADABLE. */
uint64_t arm32_time_argument(struct __kernel_timespec *ret, uint64_t at, bool wide);

/* A user or group ID in 16 bits: what is larger becomes the ID of nobody. */
uint16_t arm32_id_out(uint32_t id);

/* Calls with numbers that are no row's: the machine's own (0xf0001 and up). */
enum arm32_private { ARM32_BREAKPOINT = 0xf0001, ARM32_CACHEFLUSH, ARM32_SET_TLS = 0xf0005, ARM32_GET_TLS };
bool arm32_private_call(struct thread *t, uint64_t nr, long *ret, const uint64_t a[6]);

/* abi.thread_end: walks the list of robust futexes (sys_futex.c). */
void arm32_thread_end(struct thread *t);

/* ---- handlers ---- */

/* ioctl.c */
syscall_fn arm32_ioctl;
/* sys_aio.c */
syscall_fn arm32_io_submit, arm32_io_getevents, arm32_io_pgetevents, arm32_io_pgetevents_time64;
/* sys_dir.c */
syscall_fn arm32_getdents, arm32_getdents64, arm32_lseek, arm32_llseek;
/* sys_file.c */
syscall_fn arm32_ftruncate, arm32_ftruncate64, arm32_truncate, arm32_truncate64, arm32_fallocate, arm32_fadvise64_64,
        arm32_sync_file_range, arm32_readahead, arm32_fanotify_mark, arm32_fcntl, arm32_fcntl64, arm32_sendfile, arm32_mmap2;
/* sys_futex.c */
syscall_fn arm32_futex, arm32_futex_time64, arm32_futex_wait, arm32_futex_waitv, arm32_set_robust_list, arm32_get_robust_list;
/* sys_ids.c */
syscall_fn arm32_chown16, arm32_chown32, arm32_fchown16, arm32_getegid16, arm32_geteuid16, arm32_getgid16, arm32_getgroups16,
        arm32_getresgid16, arm32_getresuid16, arm32_getuid16, arm32_lchown16, arm32_setfsgid16, arm32_setfsuid16, arm32_setgid16,
        arm32_setgroups16, arm32_setregid16, arm32_setresgid16, arm32_setresuid16, arm32_setreuid16, arm32_setuid16;
/* sys_iovec.c */
syscall_fn arm32_readv, arm32_writev, arm32_preadv, arm32_pwritev, arm32_preadv2, arm32_pwritev2, arm32_pread64, arm32_pwrite64,
        arm32_vmsplice, arm32_process_vm_readv, arm32_process_vm_writev, arm32_process_madvise;
/* sys_ipc.c */
syscall_fn arm32_semctl, arm32_msgctl, arm32_shmctl, arm32_msgsnd, arm32_msgrcv, arm32_semtimedop, arm32_semtimedop_time64,
        arm32_keyctl;
/* sys_mqueue.c */
syscall_fn arm32_mq_open, arm32_mq_getsetattr, arm32_mq_notify, arm32_mq_timedreceive, arm32_mq_timedreceive_time64,
        arm32_mq_timedsend, arm32_mq_timedsend_time64;
/* sys_numa.c */
syscall_fn arm32_mbind, arm32_get_mempolicy, arm32_set_mempolicy, arm32_migrate_pages, arm32_move_pages, arm32_sched_getaffinity;
/* sys_path.c */
syscall_fn arm32_access, arm32_chmod, arm32_creat, arm32_link, arm32_open, arm32_openat, arm32_readlink, arm32_stat, arm32_lstat,
        arm32_fstat, arm32_stat64, arm32_lstat64, arm32_statx, arm32_statfs, arm32_fstatfs, arm32_statfs64, arm32_fstatfs64,
        arm32_ustat, arm32_utimes, arm32_futimesat, arm32_utimensat, arm32_utimensat_time64;
/* sys_poll.c */
syscall_fn arm32_select, arm32_pselect6, arm32_pselect6_time64, arm32_ppoll, arm32_ppoll_time64, arm32_epoll_wait,
        arm32_epoll_pwait2;
/* sys_process.c */
syscall_fn arm32_fork, arm32_vfork, arm32_nice, arm32_wait4, arm32_waitid, arm32_getrusage, arm32_setrlimit, arm32_ugetrlimit,
        arm32_sysinfo, arm32_times;
/* sys_signal.c */
syscall_fn arm32_sigaction, arm32_sigpending, arm32_sigprocmask, arm32_sigsuspend, arm32_rt_sigtimedwait_time64;
/* sys_socket.c, sys_sockopt.c */
syscall_fn arm32_send, arm32_recv, arm32_sendmsg, arm32_recvmsg, arm32_sendmmsg, arm32_recvmmsg, arm32_recvmmsg_time64;
syscall_fn arm32_setsockopt, arm32_getsockopt;
/* sys_time.c, sys_timer.c */
syscall_fn arm32_adjtimex, arm32_clock_adjtime, arm32_clock_getres, arm32_clock_gettime, arm32_clock_gettime64,
        arm32_clock_nanosleep, arm32_clock_nanosleep_time64, arm32_clock_settime, arm32_clock_settime64, arm32_gettimeofday,
        arm32_nanosleep, arm32_sched_rr_get_interval, arm32_settimeofday;
syscall_fn arm32_getitimer, arm32_setitimer, arm32_timer_create, arm32_timer_gettime, arm32_timer_settime, arm32_timer_settime64,
        arm32_timerfd_gettime, arm32_timerfd_settime, arm32_timerfd_settime64;
