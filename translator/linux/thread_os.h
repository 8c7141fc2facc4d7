/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the Linux side keeps for each guest thread: struct thread (run/thread.h) points to it.
 *
 * Everything here is private to its thread, with one exception: `slot`, `slot_full`, `held`, `held_info` are also
 * written by this thread's own host signal handler (linux/signal_host.c says how that is made safe).
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "rt/rt.h"

struct sighand; /* linux/signal.h: signal dispositions, shared by threads */

/* siginfo_t of 64-bit Linux, the same for all machines (asm-generic/siginfo.h). 128 bytes. */
struct linux_siginfo {
        int32_t signo, err, code, pad;
        union {
                struct {
                        int32_t pid;
                        uint32_t uid;
                        uint64_t value;
                } kill; /* kill, tgkill, sigqueue, SIGCHLD's first half */
                struct {
                        uint64_t addr;
                        uint64_t extra[3];
                } fault; /* SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE */
                uint8_t bytes[112];
        };
};

/* stack_t of 64-bit Linux, the same for all machines (asm-generic/signal.h). */
struct linux_stack {
        uint64_t sp;
        uint32_t flags;
        uint32_t pad;
        uint64_t size;
};

/* The signals that translated code itself may raise: on the host they are never blocked and always ours. */
enum { SYNC_SIGNALS = 5 };

/* struct sigaltstack, in the kernel's sense (sigaltstack(2)). */
struct guest_altstack {
        uint64_t sp;
        uint64_t size;
        uint32_t flags;
};

struct thread_os {
        int32_t tid; /* gettid() */

        /* signals (linux/signal.h) */
        uint64_t sigmask;      /* the guest's blocked signals, bit (signal - 1) */
        uint64_t suspend_mask; /* mask in force during ppoll(), sigsuspend() ..., until delivery */
        bool suspended;        /* suspend_mask is valid */
        bool restart;          /* the system call at pc was interrupted: it runs again only after an SA_RESTART handler */
        uint64_t behind_call;  /* then: the address behind its instruction */
        bool mask_stale;       /* the host's mask does not follow `sigmask` yet */
        uint32_t slot_full;    /* `slot` holds an asynchronous signal to deliver */
        uint32_t held;         /* bit per synchronous signal that was *sent*: in held_info */
        struct linux_siginfo slot;
        struct linux_siginfo held_info[SYNC_SIGNALS];
        struct linux_siginfo fault;       /* the recorded synchronous fault */
        uint32_t fault_trap, fault_error; /* the host's: exception and its error code */
        uint64_t fault_address;           /* what signal frames say of the last fault: its address, or 0 */
        uint32_t fault_syndrome;          /* and what else the machine tells of it, or 0 */
        uint32_t faults;                  /* host faults that are being dealt with; one inside another is an internal error */
        struct guest_altstack altstack;
        struct sighand *sighand;

        /* the mapping that holds this struct thread, its C stack and its host signal stack (linux/thread.h) */
        void *block;
        size_t block_size;
        struct own_memory block_own;
        bool is_process_main; /* made by exec, not by clone: runs on the process's first stack */
        bool parent_frees;    /* a vfork child: its memory is the waiting parent's to free */
        bool shares_files;    /* others may use the same table of descriptors (CLONE_FILES), now or earlier */
        bool own_files;       /* its table of descriptors is another than that of the process whose memory it uses (vfork) */
        int own_share_fd;     /* then: what share_fd (linux/share_fd.h) is in that table */
        bool clear_sighand;   /* CLONE_CLEAR_SIGHAND, to be done by the child */
        bool guard_sighand;   /* a process in its parent's memory: sighand_guard(), to be done by the child */

        void *exec_words;     /* a copy of execve's arrays, freed with the thread (linux/execve.c) */
        bool tagged_abi;      /* system calls take tagged pointers (linux/tagged.h) */
        uint64_t sys_nr;      /* number of the running system call, for -strace and restarts */
        uint64_t robust_list; /* of a guest whose list of robust futexes the host's kernel cannot read: where it is, or 0 */
};
