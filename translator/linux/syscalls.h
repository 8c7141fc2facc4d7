/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls of the guest: handlers and how they reach the host.
 *
 * A handler takes the six argument registers and returns the result or a negative errno, or one of enum sys_result.
 * The guest's addresses are the host's (64-bit guests), so pointers may be given to the host's kernel as they are;
 * the translator itself touches guest memory through guest_read() and guest_write() only (rt/rt.h).
 */
#pragma once
#include <stdint.h>
#include "rt/rt.h"

struct thread;

/* Results that the guest never sees. A handler returns what safe_syscall() gave it. */
enum sys_result {
        SYS_RESTART = -512,        /* interrupted by a signal: runs again if the handler has SA_RESTART, else EINTR */
        SYS_RESTART_ALWAYS = -513, /* a signal came before the call had any effect: it runs again after the handler */
        SYS_NO_RESULT = -600,      /* the handler has set the guest's registers itself */
};

/* An address that the host's kernel always answers with EFAULT. It gets this one in place of an address that we cannot read, so
 * that it says what is wrong with other arguments first where it looks at them first. */
#define UNREADABLE (UINT64_C(1) << 63)

/* Does a system call of the host. To be used for each call that may block or that changes the set of blocked signals:
 * a signal for the guest that comes at any moment before the kernel starts it makes it return SYS_RESTART_ALWAYS
 * (nothing was done), one that interrupts it gives SYS_RESTART or -EINTR as the kernel decides. So a handler must
 * have done nothing that may not be done twice before it. Other calls may use rt_syscall(). */
long safe_syscall(long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);

/* Assembly that moves number and first five arguments of a C function (rdi; rsi, rdx, rcx, r8, r9) to where a system call has
 * them. */
#define CALL_TO_SYSCALL \
        "mov %%rdi, %%rax\n\t" \
        "mov %%rsi, %%rdi\n\t" \
        "mov %%rdx, %%rsi\n\t" \
        "mov %%rcx, %%rdx\n\t" \
        "mov %%r8, %%r10\n\t" \
        "mov %%r9, %%r8\n\t"

/* Reads `from_size` bytes of a structure that may be longer or shorter than the `size` bytes that we know, as the kernel's
 * copy_struct_from_user() does: bytes that are missing become zero, and bytes that are too many must be. Returns 0, -E2BIG or
 * -EFAULT. */
long read_growing_struct(void *to, size_t size, uint64_t from, uint64_t from_size);

/* Called by run/ for a system call of the guest (run/hooks.h): number and arguments are in the registers of t->cpu. */
void linux_syscall(struct thread *t);

/* Gives the guest the result of a call, in the register that its kernel has for that. */
void syscall_set_result(struct thread *t, long result);

/* A handler in the table of system calls. Returns what the guest gets, or one of enum sys_result. */
typedef long syscall_fn(struct thread *t, const uint64_t a[6]);

/* Handlers of calls whose arguments are of the same layout on all machines, or differ in structures that struct abi converts. */

/* execve.c */
syscall_fn sys_execve, sys_execveat;
/* fuse.c */
syscall_fn sys_read, sys_readv, sys_splice;
/* limits.c */
syscall_fn sys_prlimit64, sys_getrlimit, sys_setrlimit, sys_getrusage;
/* poll.c */
syscall_fn sys_ppoll, sys_pselect6, sys_io_pgetevents, sys_epoll_ctl, sys_epoll_pwait, sys_epoll_pwait2;
/* prctl.c */
syscall_fn sys_prctl;
/* process.c */
syscall_fn sys_clone, sys_clone3, sys_unshare, sys_landlock_restrict_self, sys_exit, sys_exit_group, sys_futex, sys_rseq,
        sys_seccomp, sys_ptrace;
/* share_hide.c */
syscall_fn sys_close_range, sys_getdents64;
/* signal.c */
syscall_fn sys_rt_sigaction, sys_rt_sigprocmask, sys_rt_sigpending, sys_rt_sigsuspend, sys_rt_sigtimedwait, sys_rt_sigqueueinfo,
        sys_pidfd_send_signal, sys_rt_tgsigqueueinfo, sys_rt_sigreturn, sys_sigreturn, sys_restart_syscall;
/* signal_stack.c */
syscall_fn sys_sigaltstack;
/* sys_fs.c */
syscall_fn sys_openat, sys_openat2, sys_mq_open, sys_pipe2, sys_fanotify_init, sys_open_by_handle_at, sys_fcntl, sys_newfstatat,
        sys_statx, sys_fstat, sys_readlinkat;
/* sys_misc.c */
syscall_fn sys_uname, sys_personality, sys_init_module, sys_finit_module, sys_kexec_load, sys_kexec_file_load, sys_semctl;
/* sys_aio.c, where mm_space_is_ours() */
syscall_fn sys_io_setup, sys_io_destroy;
/* sys_mm.c */
syscall_fn sys_mmap, sys_munmap, sys_mprotect, sys_pkey_mprotect, sys_pkey_alloc, sys_pkey_free, sys_mremap, sys_brk, sys_shmat,
        sys_shmdt;
/* sys_mm_range.c */
syscall_fn sys_madvise, sys_process_madvise, sys_mlock, sys_mlock2, sys_munlock, sys_mlockall, sys_msync, sys_mincore, sys_mbind,
        sys_mseal, sys_remap_file_pages;
/* sys_path.c */
syscall_fn sys_statfs, sys_faccessat, sys_faccessat2, sys_fchmodat, sys_fchownat, sys_utimensat, sys_setxattr, sys_getxattr,
        sys_listxattr, sys_removexattr, sys_linkat, sys_name_to_handle_at, sys_inotify_add_watch, sys_mount;
/* truncate.c */
syscall_fn sys_ftruncate, sys_truncate, sys_fallocate;

/* -strace (linux/strace.c): writes `name(arguments)`, then ` = result`; `nr` may be unknown. */
struct linux_siginfo;
static inline bool strace_enabled(void)
{
        return rt_log_enabled(LOG_STRACE);
}
void strace_enter(struct thread *t, uint64_t nr, const uint64_t a[6]);
void strace_leave(struct thread *t, uint64_t nr, long result);
void strace_signal(struct thread *t, const struct linux_siginfo *info);

/* ---- what the table says of a call ---- */

/* Its name; NULL: there is no such call. */
const char *syscall_name(uint64_t nr);
/* The letters of its arguments and what is behind them (generic64/syscalls.def). */
const char *syscall_arguments(uint64_t nr);
/* The letter behind "=", or 0. */
char syscall_result(uint64_t nr);
/* The arguments that have one of these letters, as a set: bit k stands for a[k]. */
unsigned syscall_arguments_with(uint64_t nr, const char *letters);
/* Letters of those that lead to memory of the caller, which the kernel reads or writes. */
#define ARGUMENTS_POINTERS "psnbvVkAtijJQe"
