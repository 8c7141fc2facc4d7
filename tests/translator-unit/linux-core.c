/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests linux-*.c: stands for the functions that translator/linux calls and that are not linked into this program, other than
 * system-call handlers (linux-stubs.c). Most do nothing here; exec_loop() calls the C function that is the guest code. */
#include "../../translator/guest/a64/a64.h"
#include "../../translator/guest/fpcr.h"
#include "../../translator/linux/arm64/arm64.h"
#include "../../translator/linux/limits.h"
#include "../../translator/linux/mm.h"
#include "../../translator/run/log.h"
#include "linux-host.h"

static void copy_state(struct cpu *to, struct cpu *from)
{
        memcpy(to->x, from->x, sizeof(to->x));
        to->pc = from->pc;
        to->tpidr = from->tpidr;
}

static void reset_state(struct cpu *cpu)
{
        (void)cpu;
}

const struct guest guest_a64 = {
        .elf_class = 2,
        .elf_machine = 183,
        .address_limit = UINT64_C(1) << 47,
        .copy_state = copy_state,
        .reset_state = reset_state,
        .describe_fault = a64_describe_fault,
};
const struct guest *the_guest = &guest_a64;
const struct abi *const all_abis[] = { &abi_arm64, NULL };

void log_stats(void)
{
}

_Noreturn void exec_loop(struct thread *t)
{
        ((guest_fn *)(uintptr_t)t->cpu.pc)(t);
        rt_exit(99);
}

int exec_thread_init(struct thread *t)
{
        (void)t;
        return 0;
}

void exec_thread_done(struct thread *t)
{
        (void)t;
}

void exec_thread_renew(struct thread *t)
{
        memset(&t->cpu, 0, offsetof(struct cpu, ibtc));
        t->cpu.thread = t;
}

void exec_end_threads(struct thread *self, bool (*ends)(const struct thread *t, const struct thread *self),
                      void (*f)(struct thread *t))
{
        (void)self, (void)ends, (void)f;
}

void exec_fork_prepare(void)
{
}

void exec_fork_done(void)
{
}

bool mm_is_own(uint64_t start, uint64_t size)
{
        (void)start, (void)size;
        return false;
}

void limits_after_fork(void)
{
}

void limits_for_exec(int dirfd, const char *path)
{
        (void)dirfd, (void)path;
}

void limits_for_exec_off(void)
{
}

void mm_lock(void)
{
}

void mm_unlock(void)
{
}

void mm_exec_fork_prepare(void)
{
}

void mm_exec_fork_done(void)
{
}

void exec_after_fork(struct thread *t, struct thread *spare)
{
        (void)t, (void)spare;
}

void cpu_set_fpcr(struct cpu *cpu, uint64_t v)
{
        cpu->fpcr = (uint32_t)v;
}

void cpu_set_fpsr(struct cpu *cpu, uint64_t v)
{
        cpu->fpsr = (uint32_t)v;
}

uint32_t cpu_get_fpsr(struct cpu *cpu)
{
        return cpu->fpsr;
}

bool mm_may_exec(uint64_t addr)
{
        (void)addr;
        return true;
}
