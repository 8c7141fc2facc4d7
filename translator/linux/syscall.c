/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls of the guest: how they are found in the table and made. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include "abi.h"
#include "image.h"
#include "mm.h"
#include "signal.h"
#include "share_fd.h"
#include "syscalls.h"
#include "sysroot.h"
#include "tagged.h"
#include "run/exec.h"
#include "run/thread.h"

extern const char __ehdr_start[], _end[]; /* by the linker */

static long dispatch(struct thread *t, uint64_t nr, const uint64_t a[6]);

static __attribute__((noinline)) long dispatch_sysroot(struct thread *t, uint64_t nr, uint64_t a[6])
{
        char path[SYSROOT_PATH_SIZE];
        sysroot_redirect(nr, a, path);
        return dispatch(t, nr, a);
}

static const struct abi_call *row_of(uint64_t nr)
{
        const struct abi_calls *calls = guest_abi->calls;

        return nr < calls->count && calls->rows[nr].name ? &calls->rows[nr] : NULL;
}

static const struct abi_other_call *other_call(uint64_t nr)
{
        const struct abi_calls *calls = guest_abi->calls;

        for (unsigned k = 0; k < calls->n_others; k++)
                if (calls->others[k].nr == nr)
                        return &calls->others[k];
        return NULL;
}

const char *syscall_name(uint64_t nr)
{
        const struct abi_call *row = row_of(nr);
        const struct abi_other_call *other = row ? NULL : other_call(nr);

        return row ? guest_abi->calls->texts + row->name : other ? other->name : NULL;
}

const char *syscall_arguments(uint64_t nr)
{
        const struct abi_call *row = row_of(nr);
        const struct abi_other_call *other = row ? NULL : other_call(nr);

        return row ? guest_abi->calls->texts + row->arguments : other ? other->arguments : "xxxxxx";
}

char syscall_result(uint64_t nr)
{
        const struct abi_call *row = row_of(nr);
        return row ? row->result : 0;
}

unsigned syscall_arguments_with(uint64_t nr, const char *letters)
{
        const char *letter = syscall_arguments(nr);
        unsigned set = 0;

        for (unsigned k = 0; k < 6 && letter[k] && letter[k] != '='; k++)
                if (strchr(letters, letter[k]))
                        set |= 1u << k;
        return set;
}

static long unknown(struct thread *t, uint64_t nr)
{
        if (rt_log_enabled(LOG_UNIMP)) {
                const char *name = syscall_name(nr);
                rt_log("unimplemented system call %ld (%s) at pc %#lx", (long)nr, name ? name : "?",
                       guest_abi->call_address(&t->cpu));
        }
        return -ENOSYS;
}

static long call(struct thread *t, uint64_t nr, const uint64_t a[6])
{
        const struct abi_calls *calls = guest_abi->calls;
        long r;

        if (nr < calls->count && calls->rows[nr].host)
                return safe_syscall(calls->rows[nr].host - 1, a[0], a[1], a[2], a[3], a[4], a[5]);
        return calls->handle(t, nr, a, &r) ? r : unknown(t, nr);
}

static long dispatch(struct thread *t, uint64_t nr, const uint64_t a[6])
{
        if (*share_fd_of(t) < 0)
                return call(t, nr, a);
        if (!share_hide_before(t, nr, a))
                return -EBADF;
        long r = call(t, nr, a);
        share_hide_after(t, nr, r);
        return r;
}

/* Quickly: may one of the arguments be an address of the translator's? */
static bool may_be_own(const uint64_t a[6])
{
        const uint64_t image = (uintptr_t)__ehdr_start, size = (uintptr_t)_end - image;
        bool may = false;

        for (unsigned k = 0; k < 6; k++)
                may |= (a[k] - OWN_MEMORY_ZONE < OWN_MEMORY_ZONE_SIZE) | (a[k] - image < size);
        return may;
}

/* Does a pointer among the arguments lead to memory of the translator's? For the guest nothing is there. Pointers in structures
 * are not looked at. */
static __attribute__((noinline)) bool points_at_own(uint64_t nr, const uint64_t a[6])
{
        unsigned set = syscall_arguments_with(nr, ARGUMENTS_POINTERS);

        for (unsigned k = 0; k < 6; k++)
                if ((set & 1u << k) && mm_is_own(a[k], 1))
                        return true;
        return false;
}

static bool is_refused(uint64_t nr, const uint64_t a[6])
{
        return may_be_own(a) && points_at_own(nr, a);
}

static inline long dispatch_any(struct thread *t, uint64_t nr, uint64_t a[6])
{
        return guest_image.sysroot ? dispatch_sysroot(t, nr, a) : dispatch(t, nr, a);
}

/* Makes a call whose arguments may have tags. Pointers to the translator's memory are refused before structures are copied,
 * because the copies are the translator's memory too. */
static __attribute__((noinline)) long run_tagged(struct thread *t, uint64_t nr, uint64_t a[6])
{
        struct tagged_copies copies = { 0 };
        uint64_t plain[6];

        for (unsigned k = 0; k < 6; k++)
                plain[k] = signal_untagged(a[k]);
        if (is_refused(nr, plain))
                return -EFAULT;
        tagged_arguments(t, nr, a, &copies);
        long r = dispatch_any(t, nr, a);
        tagged_done(&copies);
        return r;
}

static inline long run(struct thread *t, uint64_t nr, uint64_t a[6])
{
        if (tagged_may_be(t->os->tagged_abi, a))
                return run_tagged(t, nr, a);
        return is_refused(nr, a) ? -EFAULT : dispatch_any(t, nr, a);
}

void syscall_set_result(struct thread *t, long result)
{
        t->cpu.x[guest_abi->x_result] = guest_abi->word == 4 ? (uint32_t)result : (uint64_t)result;
}

void linux_syscall(struct thread *t)
{
        /* Signals that came before the call are delivered before it. */
        if (__atomic_load_n(&t->cpu.poll, __ATOMIC_ACQUIRE)) {
                t->cpu.pc = guest_abi->call_address(&t->cpu);
                guest_poll(t);
                return;
        }
        uint64_t a[6], nr = (uint32_t)t->cpu.x[guest_abi->x_number]; /* the kernel looks at 32 bits of it */
        memcpy(a, &t->cpu.x[guest_abi->x_arguments], sizeof(a));

        if (strace_enabled())
                strace_enter(t, nr, a);
        long r = run(t, nr, a);
        if (strace_enabled())
                strace_leave(t, nr, r);

        if (r == SYS_RESTART || r == SYS_RESTART_ALWAYS) {
                t->os->behind_call = t->cpu.pc;
                t->cpu.pc = guest_abi->call_address(&t->cpu);
                t->os->restart = r == SYS_RESTART;
        } else if (r != SYS_NO_RESULT)
                syscall_set_result(t, r);
        if (r != -EINTR)
                t->os->suspended = false; /* the mask of ppoll(2) and the like holds for a signal that ended the call */
        if (t->os->suspended || __atomic_load_n(&t->cpu.poll, __ATOMIC_ACQUIRE))
                guest_poll(t);
}
