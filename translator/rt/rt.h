/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The freestanding run-time library: system calls, memory, text, locks, guarded access to guest memory.
 *
 * The translator has no libc: guest threads are raw clones, and its start must cost next to nothing.
 */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- system calls of the host: result or a negative errno ---- */
long rt_syscall(long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);
#define sys_call0(nr) rt_syscall(nr, 0, 0, 0, 0, 0, 0)
#define sys_call1(nr, a) rt_syscall(nr, (uint64_t)(a), 0, 0, 0, 0, 0)
#define sys_call2(nr, a, b) rt_syscall(nr, (uint64_t)(a), (uint64_t)(b), 0, 0, 0, 0)
#define sys_call3(nr, a, b, c) rt_syscall(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), 0, 0, 0)
#define sys_call4(nr, a, b, c, d) rt_syscall(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), 0, 0)
#define sys_call5(nr, a, b, c, d, e) rt_syscall(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e), 0)
#define sys_call6(nr, a, b, c, d, e, f) \
        rt_syscall(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e), (uint64_t)(f))

/* mmap(2): an address, or a negative errno (-4095..-1). */
long rt_mmap(uint64_t addr, size_t size, int prot, int flags, int fd, uint64_t offset);
long rt_munmap(void *p, size_t size);
long rt_mprotect(void *p, size_t size, int prot);

/* ---- memory and strings: as in C; gcc calls some of them by itself ---- */
void *memcpy(void *restrict d, const void *restrict s, size_t n);
void *memmove(void *d, const void *s, size_t n);
void *memset(void *d, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);

/* Memory from mmap, zeroed; small pieces share pages. NULL when there is none. rt_free takes NULL too. */
void *rt_alloc(size_t size);
void rt_free(void *p);
/* Around fork, as exec_fork_prepare() does (run/exec.h). */
void rt_alloc_fork_prepare(void);
void rt_alloc_fork_done(void);

/* What of the address space is the translator's: the guest does not see it in /proc/self/maps and cannot change it by a system
 * call. The record is the caller's, and may lie in the memory that it is about. */
struct rt_own {
        uint64_t start, end;
        bool is_data; /* RLIMIT_DATA counts it: set by who calls rt_own_add() */
        struct rt_own *next, **prev;
};
void rt_own_add(struct rt_own *o, const void *start, size_t size);
void rt_own_remove(struct rt_own *o);
/* rt_mmap() of memory that is noted in the same step, in *o, or, where that is NULL, in a record `at` bytes into the mapping. */
long rt_own_map(struct rt_own *o, size_t at, size_t size, int prot, int flags, int fd);
/* Most of what rt_own_map() gives lies in this part of the address space. */
#define RT_OWN_ZONE UINT64_C(0x680000000000)
#define RT_OWN_ZONE_SIZE (UINT64_C(1) << 42)
/* Is told now, and before and after each change, how many bytes there are, and how many of them RLIMIT_DATA counts. Called with
 * the lock held. */
typedef void rt_own_watcher(uint64_t bytes, uint64_t data);
void rt_own_watch(rt_own_watcher *f);
/* So many bytes more (fewer) count, which are about to be mapped, or are listed now, by other means than rt_own_map(). */
void rt_own_expect(int64_t bytes);
/* Bytes of what RLIMIT_DATA counts that are in memory. Takes some microseconds. */
uint64_t rt_own_resident(void);
/* While it is held the translator maps nothing: for a call of the guest's that changes mappings, and around fork. Inside all
 * other locks; nothing may be allocated under it. */
void rt_own_lock(void);
void rt_own_unlock(void);
/* The lowest such piece that overlaps [start, end), if there is one. With the lock held. */
bool rt_own_find(uint64_t start, uint64_t end, uint64_t *ret_start, uint64_t *ret_end);

/* ---- text ---- */

/* As snprintf(3) for %d %i %u %x %X %o %c %s %p %% with -, 0, #, width, .precision, * and l, ll, z, h, hh. */
int rt_vsnprintf(char *buf, size_t size, const char *format, va_list ap);
int rt_snprintf(char *buf, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Reads a whole unsigned number, decimal, 0x or 0 octal. Returns 0, -EINVAL or -ERANGE. */
int rt_parse_u64(const char *s, uint64_t *ret);

/* "binfmt-translator: text\n" to stderr. */
void rt_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* ... and ends the process with status 125. */
_Noreturn void rt_die(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void rt_exit(int status);

/* Chooses what the stack protector of this process compares with: once, in a function that does not return, before threads.
 * at_random: the kernel's sixteen bytes (AT_RANDOM), or NULL. */
void rt_guard_init(const uint64_t *at_random);

/* ---- log (-d and -strace; -D FILE) ---- */
enum rt_log {
        LOG_IN_ASM = 1 << 0,
        LOG_IR = 1 << 1,
        LOG_OUT_ASM = 1 << 2,
        LOG_UNIMP = 1 << 3,
        LOG_STATS = 1 << 4,
        LOG_STRACE = 1 << 5,
};
extern uint32_t rt_log_mask;
extern int rt_log_fd;
static inline bool rt_log_enabled(unsigned what)
{
        return rt_log_mask & what;
}
/* A line to the log; a newline is added. */
void rt_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Bytes as they are. */
void rt_log_write(const char *s, size_t n);

/* ---- locks ---- */
struct rt_mutex {
        uint32_t state; /* 0 free, 1 taken, 2 taken and waited for */
};
void rt_mutex_lock(struct rt_mutex *m);
void rt_mutex_unlock(struct rt_mutex *m);

/* ---- guest memory: -EFAULT instead of a crash. Returns 0 or the length where it says so. ---- */
int guest_read(void *dst, uint64_t addr, size_t n);
/* ... 64 bytes, faster. */
int guest_read_line(void *dst, uint64_t addr);
int guest_write(uint64_t addr, const void *src, size_t n);
/* From now on their addresses, and those of strings, may have tags: the top byte where bit 55 is zero. */
void guest_ignore_tags(void);
/* Length of the string at addr, or -EFAULT; -ENAMETOOLONG when it is not shorter than max. */
long guest_strlen(uint64_t addr, size_t max);
/* Copies it with its end to buf. Returns its length or as above. */
long guest_read_str(char *buf, size_t size, uint64_t addr);
/* A fault at host address *rip: if it is in one of the copies above, makes it return -EFAULT. Async-signal-safe. */
bool rt_fixup_fault(uint64_t *rip);
