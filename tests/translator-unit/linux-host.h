/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests linux-*.c share. They are one program, which runs the code of translator/linux without the rest of the translator. It is
 * freestanding like the translator, whose code has a guest thread's data at FS, where a C library would have its own. "Guest code" is here
 * a C function whose address is in cpu.pc and which makes its system calls through linux_syscall(). */
#pragma once
#include <asm/errno.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/unistd.h>
#include "../../translator/linux/signal.h"
#include "../../translator/linux/syscalls.h"
#include "../../translator/linux/thread.h"
#include "../../translator/run/exec.h"
#include "../../translator/run/thread.h"

/* A piece of guest code. It ends when it returns. */
typedef void guest_fn(struct thread *t);

/* Counts a test and prints its line of TAP: whether the condition holds, and where it is written. */
#define CHECK(condition) check(condition, #condition, __FILE_NAME__, __LINE__)
void check(bool ok, const char *what, const char *file, int line);

/* ---- guest system calls ---- */

/* Numbers of arm64's system calls. */
enum {
        A_READ = 63,
        A_WRITE = 64,
        A_PPOLL = 73,
        A_EXIT = 93,
        A_EXIT_GROUP = 94,
        A_FUTEX = 98,
        A_NANOSLEEP = 101,
        A_KILL = 129,
        A_TGKILL = 131,
        A_SIGALTSTACK = 132,
        A_SIGSUSPEND = 133,
        A_SIGACTION = 134,
        A_SIGPROCMASK = 135,
        A_SIGPENDING = 136,
        A_SIGTIMEDWAIT = 137,
        A_SIGQUEUEINFO = 138,
        A_SIGRETURN = 139,
        A_GETPID = 172,
        A_GETTID = 178,
        A_CLONE = 220,
        A_WAIT4 = 260,
        A_TGSIGQUEUEINFO = 240,
        A_EPOLL_CREATE1 = 20,
        A_EPOLL_CTL = 21,
        A_EPOLL_PWAIT = 22,
        A_EVENTFD2 = 19,
        A_CLONE3 = 435,
        A_GETPPID = 173,
        A_EXECVE = 221,
};
/* The address of the "guest instruction" that makes a system call. Any address will do that no function has. */
#define SVC_PC 0x1000ull

/* Makes guest system call `nr` and runs the signal handlers that it enters; makes the call again as long as it is to be restarted.
 * Returns the guest's X0: the result, or a negative errno. */
long svc(struct thread *t, long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);
#define SVC0(nr) svc(t, nr, 0, 0, 0, 0, 0, 0)
#define SVC1(nr, a) svc(t, nr, (uint64_t)(a), 0, 0, 0, 0, 0)
#define SVC2(nr, a, b) svc(t, nr, (uint64_t)(a), (uint64_t)(b), 0, 0, 0, 0)
#define SVC3(nr, a, b, c) svc(t, nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), 0, 0, 0)
#define SVC4(nr, a, b, c, d) svc(t, nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), 0, 0)
#define SVC5(nr, a, b, c, d, e) svc(t, nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e), 0)

/* rt_sigaction: `fn` is HANDLER, 0 (SIG_DFL) or 1 (SIG_IGN). Returns 0 or a negative errno. */
long set_handler(struct thread *t, int sig, uint64_t fn, uint64_t flags, uint64_t mask);
/* rt_sigprocmask: changes the thread's mask by `set` as `how` says. Returns 0 or a negative errno. */
long set_mask(struct thread *t, int how, uint64_t set);

/* Forks. Returns 0 in the child, the child's process ID in the parent, or a negative errno. */
long fork_guest(struct thread *t);
/* Waits until child `pid` ends. Returns its status as wait4 gives it, or -1 if there is no such child. */
int wait_for(struct thread *t, long pid);
/* This process's ID, by a system call of the host. */
long me(void);

/* ---- handlers ---- */

/* What handler() saw when it ran last, how often it ran, and how deep its calls were nested. */
struct seen {
        unsigned count;
        int sig;
        struct linux_siginfo info;
        uint64_t sp, mask_inside, mask_saved, pc_saved, x0_saved;
        uint64_t fault_address;
        unsigned depth, max_depth;
};
extern struct seen seen;
/* Clears `seen`. */
void reset(void);
/* Not 0: when handler() runs next it sends this signal to its own thread. */
extern unsigned nested_sig;

/* The signal handler of all these tests: guest code that notes in `seen` what it was called with. */
guest_fn handler;
#define HANDLER ((uint64_t)(uintptr_t)handler)
/* Runs the handler at cpu.pc, and those that follow it, until each has returned to where the first signal came. *restarted tells whether the
 * interrupted system call is to be made again. */
void run_handlers(struct thread *t, bool *restarted);

/* The guest stack of the first thread. */
#define GUEST_STACK_SIZE 65536
extern uint8_t guest_stack[GUEST_STACK_SIZE];

/* ---- the tests, each in the file of its subject ---- */

/* linux-signals.c */
guest_fn test_simple, test_all_signals, test_blocked_and_pending, test_nested, test_altstack, test_synchronous;
/* linux-interrupted.c */
guest_fn test_interrupted, test_suspend, test_storm;
/* linux-clone.c */
guest_fn test_thread, test_many_threads, test_vfork;
/* linux-processes.c */
guest_fn test_death, test_exec, test_exec_by_hand;
/* linux-own-errors.c */
guest_fn test_internal_error, test_stack_protector;
/* linux-epoll.c */
guest_fn test_epoll;
