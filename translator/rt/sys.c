/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls, process end, locks, guarded copies (see rt.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <emmintrin.h>
#include <linux/futex.h>
#include "rt.h"

long rt_syscall(long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
        register uint64_t r10 __asm__("r10") = a3;
        register uint64_t r8 __asm__("r8") = a4;
        register uint64_t r9 __asm__("r9") = a5;
        long ret;
        __asm__ volatile("syscall"
                         : "=a"(ret)
                         : "a"(nr), "D"(a0), "S"(a1), "d"(a2), "r"(r10), "r"(r8), "r"(r9)
                         : "rcx", "r11", "memory");
        return ret;
}

long rt_mmap(uint64_t addr, size_t size, int prot, int flags, int fd, uint64_t offset)
{
        return sys_call6(__NR_mmap, addr, size, prot, flags, fd, offset);
}

long rt_munmap(void *p, size_t size)
{
        return sys_call2(__NR_munmap, p, size);
}
long rt_mprotect(void *p, size_t size, int prot)
{
        return sys_call3(__NR_mprotect, p, size, prot);
}

_Noreturn void rt_exit(int status)
{
        for (;;)
                sys_call1(__NR_exit_group, status);
}

/* ---- locks: futex(2), states as in Drepper, "Futexes are tricky" ---- */

void rt_mutex_lock(struct rt_mutex *m)
{
        uint32_t free = 0;
        if (__atomic_compare_exchange_n(&m->state, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
                return;
        while (__atomic_exchange_n(&m->state, 2, __ATOMIC_ACQUIRE))
                sys_call4(__NR_futex, &m->state, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 2, 0);
}

void rt_mutex_unlock(struct rt_mutex *m)
{
        if (__atomic_exchange_n(&m->state, 0, __ATOMIC_RELEASE) == 2)
                sys_call3(__NR_futex, &m->state, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1);
}

/* ---- guarded copies ---- */

#pragma GCC diagnostic ignored "-Wunused-parameter" /* of naked functions, where clang allows no statement */

/* Copies n bytes. Returns 0, or -EFAULT after a fault in `rep movsb`, which goes on at guarded_copy_fault. */
extern const char guarded_copy_insn[] __attribute__((visibility("hidden")));
extern const char guarded_copy_fault[] __attribute__((visibility("hidden")));
extern const char guarded_line_insn[] __attribute__((visibility("hidden")));
extern const char guarded_line_end[] __attribute__((visibility("hidden")));
extern const char guarded_cmpxchg_insn[] __attribute__((visibility("hidden")));

__attribute__((naked, noinline)) static long guarded_copy(void *dst, const void *src, size_t n)
{
        __asm__ volatile("mov %%rdx, %%rcx\n"
                         ".globl guarded_copy_insn, guarded_copy_fault\n"
                         ".hidden guarded_copy_insn, guarded_copy_fault\n"
                         "guarded_copy_insn:\n\t"
                         "rep movsb\n\t"
                         "xor %%eax, %%eax\n\t"
                         "ret\n"
                         "guarded_copy_fault:\n\t"
                         "mov %0, %%rax\n\t"
                         "ret"
                         :
                         : "i"((long)-EFAULT));
}

/* Copies 64 bytes. Returns 0 or -EFAULT. Begins sooner than guarded_copy. */
__attribute__((naked, noinline)) static long guarded_line(void *dst, const void *src)
{
        __asm__ volatile(".globl guarded_line_insn, guarded_line_end\n"
                         ".hidden guarded_line_insn, guarded_line_end\n"
                         "guarded_line_insn:\n\t"
                         "movdqu (%rsi), %xmm0\n\t"
                         "movdqu 16(%rsi), %xmm1\n\t"
                         "movdqu 32(%rsi), %xmm2\n\t"
                         "movdqu 48(%rsi), %xmm3\n\t"
                         "guarded_line_end:\n\t"
                         "movdqu %xmm0, (%rdi)\n\t"
                         "movdqu %xmm1, 16(%rdi)\n\t"
                         "movdqu %xmm2, 32(%rdi)\n\t"
                         "movdqu %xmm3, 48(%rdi)\n\t"
                         "xor %eax, %eax\n\t"
                         "ret");
}

/* Puts `new` into *p if that is `expected`. Returns 0, 1 where it was something else, or -EFAULT. */
__attribute__((naked, noinline)) static long guarded_cmpxchg(uint32_t *p, uint32_t expected, uint32_t new)
{
        __asm__ volatile(".globl guarded_cmpxchg_insn\n"
                         ".hidden guarded_cmpxchg_insn\n\t"
                         "mov %esi, %eax\n"
                         "guarded_cmpxchg_insn:\n\t"
                         "lock cmpxchg %edx, (%rdi)\n\t"
                         "mov $0, %eax\n\t"
                         "setne %al\n\t"
                         "ret");
}

bool rt_fixup_fault(uint64_t *rip)
{
        bool line = *rip >= (uintptr_t)guarded_line_insn && *rip < (uintptr_t)guarded_line_end;
        if (!line && *rip != (uintptr_t)guarded_copy_insn && *rip != (uintptr_t)guarded_cmpxchg_insn)
                return false;
        *rip = (uintptr_t)guarded_copy_fault;
        return true;
}

static uint64_t tag_bits; /* 0xff << 56 when they are ignored */

void guest_ignore_tags(void)
{
        __atomic_store_n(&tag_bits, UINT64_C(0xff) << 56, __ATOMIC_RELAXED);
}

static void *pointer(uint64_t addr)
{
        uint64_t tags = addr >> 55 & 1 ? 0 : __atomic_load_n(&tag_bits, __ATOMIC_RELAXED);
        return (void *)(uintptr_t)(addr & ~tags);
}

int guest_read(void *dst, uint64_t addr, size_t n)
{
        return (int)guarded_copy(dst, pointer(addr), n);
}
int guest_read_line(void *dst, uint64_t addr)
{
        return (int)guarded_line(dst, pointer(addr));
}
int guest_write(uint64_t addr, const void *src, size_t n)
{
        return (int)guarded_copy(pointer(addr), src, n);
}
int guest_cmpxchg(uint64_t addr, uint32_t expected, uint32_t new)
{
        return (int)guarded_cmpxchg(pointer(addr), expected, new);
}

/* Returns a bit for each of 64 bytes that is NUL. */
static uint64_t find_ends(const __m128i line[4])
{
        uint64_t ends = 0;
        for (unsigned k = 0; k < 4; k++)
                ends |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(line[k], _mm_setzero_si128())) << 16 * k;
        return ends;
}

/* Reads lines of 64 bytes. Each is in one page, so that either all of it can be read or nothing. */
long guest_read_str(char *buf, size_t size, uint64_t addr)
{
        __m128i line[4];
        for (size_t k = 0, n; k < size; k += n) {
                unsigned skip = (addr + k) % 64;
                if (guest_read_line(line, addr + k - skip) < 0)
                        return -EFAULT;
                n = 64 - skip < size - k ? 64 - skip : size - k;
                uint64_t ends = find_ends(line) >> skip;
                size_t end = ends ? (size_t)__builtin_ctzll(ends) : 64;
                memcpy(buf + k, (const char *)line + skip, end < n ? end + 1 : n);
                if (end < n)
                        return (long)(k + end);
        }
        return -ENAMETOOLONG;
}
