/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory: the C functions that compilers call, and an allocator (see rt.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/mman.h>
#include <emmintrin.h>
#include "rt.h"

/* Up to this many bytes are copied in steps of 16, because "rep" instructions take long to begin. The steps are intrinsics: of
 * plain loops the compiler would make calls of these very functions. */
enum { SHORT = 2048 };

static void copy16(uint8_t *d, const uint8_t *s)
{
        _mm_storeu_si128((__m128i *)d, _mm_loadu_si128((const __m128i *)s));
}

/* Copies fewer than 16 bytes: as many at a time as each power of two in n. */
static void copy_tail(uint8_t *d, const uint8_t *s, size_t n)
{
        if (n & 8) {
                __builtin_memcpy(d, s, 8);
                d += 8, s += 8;
        }
        if (n & 4) {
                __builtin_memcpy(d, s, 4);
                d += 4, s += 4;
        }
        if (n & 2) {
                __builtin_memcpy(d, s, 2);
                d += 2, s += 2;
        }
        if (n & 1)
                *d = *s;
}

void *memcpy(void *restrict d, const void *restrict s, size_t n)
{
        void *ret = d;
        if (n > SHORT) {
                __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
                return ret;
        }
        uint8_t *to = d;
        const uint8_t *from = s;
        if (n < 16) {
                copy_tail(to, from, n);
                return ret;
        }
        for (; n > 64; n -= 64, to += 64, from += 64) {
                copy16(to, from);
                copy16(to + 16, from + 16);
                copy16(to + 32, from + 32);
                copy16(to + 48, from + 48);
        }
        for (; n > 16; n -= 16, to += 16, from += 16)
                copy16(to, from);
        copy16(to + n - 16, from + n - 16); /* the last 16 bytes, of which some were copied already */
        return ret;
}

void *memmove(void *d, const void *s, size_t n)
{
        uint8_t *to = d;
        const uint8_t *from = s;
        if (to <= from || to >= from + n)
                return memcpy(d, s, n);
        while (n--) {
                to[n] = from[n];
                __asm__ volatile("" : : : "memory"); /* so that gcc does not make a memmove of it */
        }
        return d;
}

void *memset(void *d, int c, size_t n)
{
        void *ret = d;
        if (n > SHORT) {
                __asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(c) : "memory");
                return ret;
        }
        uint8_t *to = d;
        __m128i v = _mm_set1_epi8((char)c);
        if (n < 16) {
                copy_tail(to, (const uint8_t *)&v, n);
                return ret;
        }
        for (; n > 16; n -= 16, to += 16)
                _mm_storeu_si128((__m128i *)to, v);
        _mm_storeu_si128((__m128i *)(to + n - 16), v);
        return ret;
}

int memcmp(const void *a, const void *b, size_t n)
{
        const uint8_t *x = a, *y = b;
        size_t k = 0;
        while (k + 16 <= n) {
                __m128i same =
                        _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(x + k)), _mm_loadu_si128((const __m128i *)(y + k)));
                if (_mm_movemask_epi8(same) != 0xffff)
                        break;
                k += 16;
        }
        for (; k < n; k++)
                if (x[k] != y[k])
                        return x[k] - y[k];
        return 0;
}

void *memchr(const void *s, int c, size_t n)
{
        const uint8_t *p = s;
        for (size_t k = 0; k < n; k++)
                if (p[k] == (uint8_t)c)
                        return (void *)(uintptr_t)(p + k);
        return NULL;
}

size_t strnlen(const char *s, size_t max)
{
        size_t n = 0;
        while (n < max && s[n])
                n++;
        return n;
}

size_t strlen(const char *s)
{
        const char *p = s;
        while (*p) {
                p++;
                __asm__ volatile("" : : : "memory");
        }
        return (size_t)(p - s);
}

int strncmp(const char *a, const char *b, size_t n)
{
        for (size_t k = 0; k < n; k++) {
                int d = (uint8_t)a[k] - (uint8_t)b[k];
                if (d || !a[k])
                        return d;
        }
        return 0;
}

int strcmp(const char *a, const char *b)
{
        return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
        for (;; s++) {
                if (*s == (char)c)
                        return (char *)(uintptr_t)s;
                if (!*s)
                        return NULL;
        }
}

char *strrchr(const char *s, int c)
{
        char *last = NULL;
        for (;; s++) {
                if (*s == (char)c)
                        last = (char *)(uintptr_t)s;
                if (!*s)
                        return last;
        }
}

/* ---- pages ---- */

void rt_populate(const void *start, const void *end, bool write)
{
        const uintptr_t from = (uintptr_t)start & ~(uintptr_t)4095;
        (void)sys_call3(__NR_madvise, from, ((uintptr_t)end - from + 4095) & ~(uintptr_t)4095,
                        write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
}

/* ---- allocator: power-of-two classes from 16 bytes, each with a free list; large pieces are mappings ---- */

#define CLASSES 12 /* 32 .. 65536 bytes, header included */
#define CHUNK 65536u

struct header {
        uint64_t size; /* class size, or that of the mapping */
        struct header *next;
};

/* A mapping begins with its record. */
struct mapping {
        struct own_memory own;
        uint8_t content[];
};

/* The first chunk, which every process needs: near other memory it takes no page table of its own. It is small because a program of 2 MiB and
 * more would be mapped at a multiple of that, with room for mappings of the guest's above it. */
static uint8_t first_chunk[CHUNK / 8 * 3] RT_LARGE;

static struct {
        struct rt_mutex lock;
        struct header *free[CLASSES];
        uint8_t *p, *end; /* of the chunk that is used; NULL: none was yet */
        uint8_t *ready;   /* up to here the kernel was asked for its pages */
} heap;

void rt_alloc_fork_prepare(void)
{
        rt_mutex_lock(&heap.lock);
        own_memory_lock();
}

void rt_alloc_fork_done(void)
{
        own_memory_unlock();
        rt_mutex_unlock(&heap.lock);
}

static void *map(size_t size)
{
        long p = own_memory_map(NULL, offsetof(struct mapping, own), size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                                -1);
        return rt_failed(p) ? NULL : ((struct mapping *)p)->content;
}

static void unmap(void *content, size_t size)
{
        struct mapping *m = (struct mapping *)((uint8_t *)content - offsetof(struct mapping, content));
        own_memory_remove(&m->own);
        rt_munmap(m, size);
}

/* Makes the next chunk the one that is used. Returns false without memory. */
static bool next_chunk(void)
{
        const bool first = !heap.end;
        uint8_t *p = first ? first_chunk : map(CHUNK + 4096); /* a page for the record */
        if (!p)
                return false;
        heap.p = heap.ready = p;
        heap.end = p + (first ? sizeof(first_chunk) : CHUNK);
        return true;
}

/* Asks for the pages of what is used now, and for some more. */
static void get_ready(void)
{
        enum { AHEAD = 16 << 10 };
        uint8_t *to = heap.end - heap.p < AHEAD ? heap.end : heap.p + AHEAD;
        rt_populate(heap.ready, to, true);
        heap.ready = to;
}

/* Returns zeroed memory of this size, that of the class, or NULL. */
static struct header *take(unsigned class, size_t size)
{
        struct header *h = heap.free[class];
        if (h) {
                heap.free[class] = h->next;
                memset(h, 0, size);
                return h;
        }
        while ((size_t)(heap.end - heap.p) < size)
                if (!next_chunk())
                        return NULL;
        h = (struct header *)heap.p;
        heap.p += size;
        if (heap.p > heap.ready)
                get_ready();
        return h;
}

void *rt_alloc(size_t size)
{
        if (size > SIZE_MAX / 2)
                return NULL;
        size += sizeof(struct header);
        struct header *h;
        if (size > CHUNK) {
                size = (size + sizeof(struct mapping) + 4095) & ~(size_t)4095;
                h = map(size);
        } else {
                unsigned class = 0;
                while (32u << class < size)
                        class ++;
                size = 32u << class;
                rt_mutex_lock(&heap.lock);
                h = take(class, size);
                rt_mutex_unlock(&heap.lock);
        }
        if (!h)
                return NULL;
        h->size = size;
        return h + 1;
}

void rt_free(void *p)
{
        if (!p)
                return;
        struct header *h = (struct header *)p - 1;
        if (h->size > CHUNK) {
                unmap(h, h->size);
                return;
        }
        unsigned class = 0;
        while (32u << class < h->size)
                class ++;
        rt_mutex_lock(&heap.lock);
        h->next = heap.free[class];
        heap.free[class] = h;
        rt_mutex_unlock(&heap.lock);
}
