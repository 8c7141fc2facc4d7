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

/* ---- system calls of the host. They return the result or a negative errno. ---- */
long rt_syscall(long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);
#define sys_call0(nr) rt_syscall(nr, 0, 0, 0, 0, 0, 0)
#define sys_call1(nr, a) rt_syscall(nr, (uint64_t)(a), 0, 0, 0, 0, 0)
#define sys_call2(nr, a, b) rt_syscall(nr, (uint64_t)(a), (uint64_t)(b), 0, 0, 0, 0)
#define sys_call3(nr, a, b, c) rt_syscall(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), 0, 0, 0)
#define sys_call4(nr, a, b, c, d) rt_syscall(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), 0, 0)
#define sys_call5(nr, a, b, c, d, e) rt_syscall(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e), 0)
#define sys_call6(nr, a, b, c, d, e, f) \
        rt_syscall(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e), (uint64_t)(f))

/* Is that result of a system call a negative errno (-4095..-1), and no address? */
static inline bool rt_failed(long r)
{
        return r < 0 && r > -4096;
}

/* mmap(2), munmap(2), mprotect(2). rt_mmap returns an address, or a negative errno (-4095..-1). */
long rt_mmap(uint64_t addr, size_t size, int prot, int flags, int fd, uint64_t offset);
long rt_munmap(void *p, size_t size);
long rt_mprotect(void *p, size_t size, int prot);

/* ---- memory and strings, as in C. The compiler calls some of these functions by itself. ---- */
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

/* Asks for the pages from the one with `start` up to `end`, so that they need not fault. A page that is asked for costs a tenth of a fault, or less where
 * the machine is a virtual one without nested page tables. Where that cannot be had (before Linux 5.14, without memory) they fault. */
void rt_populate(const void *start, const void *end, bool write);

/* The translator's own program in memory. Asks for what each start reads and writes of it, and for its code from `begin` to `end`: the very first
 * thing, before relocation. */
void own_program_ask(const void *begin, const void *end);
/* The same after a fork, in the child or the parent, for what the kernel has then taken away or protects. */
void own_program_ask_again(bool child);
/* Makes read-only what is not to be written after relocation. In other programs the dynamic loader does this. Where a sandbox refuses it,
 * everything works all the same. */
void own_program_seal(void);

/* Allocates zeroed memory. Returns NULL when there is none. rt_free takes NULL too. */
void *rt_alloc(size_t size);
void rt_free(void *p);
/* To be called before and after fork, so that memory is copied while no allocation is half done. The thread that called prepare
 * calls done, in both processes. */
void rt_alloc_fork_prepare(void);
void rt_alloc_fork_done(void);

/* A piece of the address space that is the translator's: the guest does not see it in /proc/self/maps and cannot change it by a
 * system call. The caller keeps this record, which may lie in the memory that it is about. */
struct own_memory {
        uint64_t start, end;
        bool is_data; /* RLIMIT_DATA counts it: set by who calls own_memory_add() */
        struct own_memory *next, **prev;
};
/* Lists memory that is mapped already; removes it from the list, where it may stay mapped. */
void own_memory_add(struct own_memory *o, const void *start, size_t size);
void own_memory_remove(struct own_memory *o);
/* Maps memory as rt_mmap() does, and lists it as the translator's in the same step: by record *o, or, where o is NULL, by a
 * record `at` bytes into the mapping. */
long own_memory_map(struct own_memory *o, size_t at, size_t size, int prot, int flags, int fd);
/* Most of what own_memory_map() gives lies in this part of the address space. */
#define OWN_MEMORY_ZONE UINT64_C(0x680000000000)
#define OWN_MEMORY_ZONE_SIZE (UINT64_C(1) << 42)
/* Unmaps [start, end) of what is listed by *o. What is behind that is listed by *rest from now on. */
void own_memory_cut(struct own_memory *o, uint64_t start, uint64_t end, struct own_memory *rest);
/* Calls f now, and from now on with each change, with the sum of bytes that are the translator's, and of those that RLIMIT_DATA
 * counts. f is told of memory before it is mapped. It is called with the lock held. */
typedef void own_memory_watcher(uint64_t bytes, uint64_t data);
void own_memory_watch(own_memory_watcher *f);
/* For mappings that own_memory_map() does not make: with a positive number, tells the watcher of bytes that are about to be
 * mapped; with a negative one, takes that back, when they are listed or were not mapped. */
void own_memory_expect(int64_t bytes);
/* Returns how many bytes, of those that RLIMIT_DATA counts, are in memory. Takes some microseconds. */
uint64_t own_memory_resident(void);
/* The lock of the list. While it is held the translator maps nothing: this is for a system call of the guest's that changes
 * mappings, and for fork. All other locks are taken before it, and nothing may be allocated while it is held. */
void own_memory_lock(void);
void own_memory_unlock(void);
/* Finds the lowest piece of the translator's that overlaps [start, end). Returns false when there is none. With the lock held. */
bool own_memory_find(uint64_t start, uint64_t end, uint64_t *ret_start, uint64_t *ret_end);

/* ---- text ---- */

/* As snprintf(3), with conversions %d %i %u %x %X %o %c %s %p %%, flags - 0 #, a width, a precision (both may be *), and sizes l
 * ll z h hh. */
int rt_vsnprintf(char *buf, size_t size, const char *format, va_list ap);
int rt_snprintf(char *buf, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Reads a string that is an unsigned number: decimal, hexadecimal with 0x, or octal with 0. Returns 0, -EINVAL or -ERANGE. */
int rt_parse_u64(const char *s, uint64_t *ret);

/* Writes "binfmt-translator: TEXT" and a newline to standard error. */
void rt_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Writes as rt_error() does, and ends the process with status 125. */
_Noreturn void rt_die(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void rt_exit(int status);

/* For variables of which a start touches little, if anything: the linker puts them before all others in .bss (CMakeLists.txt), so that these
 * are in few pages, which start-up asks for at once. */
#define RT_LARGE __attribute__((aligned(4096)))
/* For arrays and large structures that starts do touch: they come next, so that all that is small is in few pages, of which a fork copies
 * those that are written. */
#define RT_MEDIUM __attribute__((aligned(512)))

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
/* Writes a line to the log; a newline is added. */
void rt_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Writes bytes to the log as they are. */
void rt_log_write(const char *s, size_t n);

/* ---- locks ---- */
struct rt_mutex {
        uint32_t state; /* 0 free, 1 taken, 2 taken and waited for */
};
void rt_mutex_lock(struct rt_mutex *m);
void rt_mutex_unlock(struct rt_mutex *m);

/* ---- guest memory. An address that cannot be accessed gives -EFAULT. ---- */
/* Copy n bytes from or to guest memory. Return 0 or -EFAULT. */
int guest_read(void *dst, uint64_t addr, size_t n);
/* Reads 64 bytes, faster than guest_read. Returns 0 or -EFAULT. */
int guest_read_line(void *dst, uint64_t addr);
int guest_write(uint64_t addr, const void *src, size_t n);
/* Atomically puts `new` into the aligned word at addr if that is `expected`. Returns 0, 1 where it was something else, or
 * -EFAULT. */
int guest_cmpxchg(uint64_t addr, uint32_t expected, uint32_t new);
/* From now on the addresses that these functions take may have tags, in the top byte where bit 55 is zero. */
void guest_ignore_tags(void);
/* Copies the string at addr, with its NUL byte, to buf. Returns its length, -EFAULT, or -ENAMETOOLONG when it does not fit. */
long guest_read_str(char *buf, size_t size, uint64_t addr);
/* To be called for a fault at host address *rip. If that is in one of the functions above, moves *rip so that the function
 * returns -EFAULT. Returns true then. Async-signal-safe. */
bool rt_fixup_fault(uint64_t *rip);
