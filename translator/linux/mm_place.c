/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See mm_place.h. */
#include <asm/errno.h>
#include <asm/statfs.h>
#include <asm/unistd.h>
#include <linux/magic.h>
#include <linux/mman.h>
#include <linux/shm.h>
#include "rt/rt.h"
#include "mm.h"
#include "mm_place.h"
#include "mm_space.h"

/* ---- mmap ---- */

/* More than any kernel maps. It answers such a request with what else is wrong with it, or with ENOMEM. */
#define TOO_LARGE (UINT64_C(1) << 62)

static long refuse(mm_call_fn *call, const uint64_t a[6])
{
        return call(__NR_mmap, 0, TOO_LARGE, a[2], a[3] & ~(uint64_t)(MAP_FIXED | MAP_FIXED_NOREPLACE), a[4], a[5]);
}

/* The size of pages that the mapping is made of. */
static uint64_t alignment(const uint64_t a[6])
{
        struct statfs fs;

        if (a[3] & MAP_HUGETLB) {
                unsigned shift = a[3] >> MAP_HUGE_SHIFT & MAP_HUGE_MASK;
                return shift > 12 ? UINT64_C(1) << shift : HUGE_PAGE;
        }
        if ((a[3] & MAP_ANONYMOUS) || sys_call2(__NR_fstatfs, a[4], &fs) < 0 || fs.f_type != HUGETLBFS_MAGIC)
                return PAGE_SIZE;
        return (uint64_t)fs.f_bsize;
}

/* Which file's pages are huge is asked only where one could begin. */
uint64_t mm_mapped_size(const uint64_t a[6])
{
        bool perhaps = (a[3] & MAP_HUGETLB) || (!(a[3] & MAP_ANONYMOUS) && a[0] && a[0] % HUGE_PAGE == 0);
        uint64_t page = perhaps ? alignment(a) : PAGE_SIZE, whole = (a[1] + page - 1) & ~(page - 1);

        return page > PAGE_SIZE && whole > a[1] ? whole : a[1];
}

/* Makes a mapping at `at` if that is free, else returns -EEXIST. Before Linux 4.17 the address is only a hint. */
static long map_at(mm_call_fn *call, const uint64_t a[6], uint64_t at)
{
        long r = call(__NR_mmap, at, a[1], a[2], a[3] | MAP_FIXED_NOREPLACE, a[4], a[5]);

        if (rt_failed(r) || (uint64_t)r == at)
                return r;
        rt_munmap((void *)r, a[1]);
        return -EEXIST;
}

/* Keeps a place free of what could come there by itself, until a call that replaces what is there. Where a limit forbids that, the
 * place is taken without. Returns -EEXIST when it is not free. */
static long keep(uint64_t at, uint64_t size)
{
        const uint64_t a[6] = { at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, UINT64_MAX, 0 };

        return map_at(rt_syscall, a, at);
}

/* Makes a call that replaces what is in `size` bytes at `at`, if these are free, else returns -EEXIST. */
static long put_at(uint64_t at, uint64_t size, mm_call_fn *call, long nr, const uint64_t a[6])
{
        long kept = keep(at, size);

        if (kept == -EEXIST)
                return kept;
        long r = call(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
        if (rt_failed(r) && !rt_failed(kept))
                rt_munmap((void *)at, size);
        return r;
}

/* As map_at(), for MAP_SHARED_VALIDATE: only flags go with it that are older than it, and MAP_FIXED_NOREPLACE is none of them. */
static long map_over(mm_call_fn *call, const uint64_t a[6], uint64_t at)
{
        return put_at(at, a[1], call, __NR_mmap, (const uint64_t[6]){ at, a[1], a[2], a[3] | MAP_FIXED, a[4], a[5] });
}

static long map_anywhere(mm_call_fn *call, const uint64_t a[6], uint64_t align)
{
        uint64_t gap = a[3] & MAP_GROWSDOWN ? MM_STACK_GAP : 0;
        struct mm_search s = { .hint = gap ? 0 : a[0], .size = a[1] + gap, .align = align };

        while (mm_search_next(&s)) {
                long r = (a[3] & MAP_TYPE) == MAP_SHARED_VALIDATE ? map_over(call, a, s.at) : map_at(call, a, s.at + gap);
                if (!rt_failed(r))
                        mm_space_used(s.at, s.at + s.size);
                if (r != -EEXIST)
                        return r;
        }
        return refuse(call, a);
}

long mm_place_mmap(mm_call_fn *call, const uint64_t a[6])
{
        uint64_t align = a[3] & MAP_HUGETLB ? alignment(a) : PAGE_SIZE;

        if (!a[1] || a[1] > TOO_LARGE)
                return call(__NR_mmap, 0, a[1], a[2], a[3], a[4], a[5]);
        if (!(a[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE))) {
                long r = map_anywhere(call, a, align);
                if (r == -EINVAL && align == PAGE_SIZE && alignment(a) > align)
                        r = map_anywhere(call, a, alignment(a));
                return r;
        }
        if (mm_space_beyond(a[0], a[1]))
                return refuse(call, a);
        long r = a[3] & MAP_FIXED_NOREPLACE ? map_at(call, a, a[0]) : call(__NR_mmap, a[0], a[1], a[2], a[3], a[4], a[5]);
        if (!rt_failed(r))
                mm_space_used((uint64_t)r, (uint64_t)r + a[1]);
        return r;
}

/* ---- mremap ---- */

static long move_to(mm_call_fn *call, const uint64_t a[6], uint64_t to)
{
        return put_at(to, a[2], call, __NR_mremap, (const uint64_t[6]){ a[0], a[1], a[2], a[3] | MREMAP_FIXED, to });
}

static long move(mm_call_fn *call, const uint64_t a[6])
{
        bool huge = !((a[0] | a[1] | a[2]) % HUGE_PAGE); /* perhaps its pages are */
        struct mm_search s = { .size = a[2], .align = huge ? HUGE_PAGE : PAGE_SIZE };

        while (mm_search_next(&s)) {
                long r = move_to(call, a, s.at);
                if (r != -EEXIST)
                        return r;
        }
        return -ENOMEM;
}

long mm_place_move(uint64_t from, uint64_t size)
{
        long r = move(rt_syscall, (const uint64_t[6]){ from, size, size, MREMAP_MAYMOVE });

        if (!rt_failed(r))
                mm_space_used((uint64_t)r, (uint64_t)r + size);
        return r;
}

/* Checks what the kernel checks before it looks at mappings (check_mremap_params() of mm/mremap.c). */
static long check_mremap(const uint64_t a[6])
{
        const uint64_t flags = a[3];
        uint64_t old = PAGE_UP(a[1]), new = PAGE_UP(a[2]);

        if ((flags & ~(uint64_t)(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) ||
            ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && !(flags & MREMAP_MAYMOVE)) ||
            ((flags & MREMAP_DONTUNMAP) && old != new) || a[0] % PAGE_SIZE || !new)
                return -EINVAL;
        if ((flags & MREMAP_FIXED) && (a[4] % PAGE_SIZE || mm_space_beyond(a[4], a[2])))
                return -EINVAL;
        return 0;
}

static long remap(mm_call_fn *call, const uint64_t a[6])
{
        const uint64_t flags = a[3];
        long r = check_mremap(a);

        if (r < 0)
                return r;
        if (flags & MREMAP_FIXED)
                return call(__NR_mremap, a[0], a[1], a[2], flags, a[4], 0);
        r = -ENOMEM;
        if (!(flags & MREMAP_DONTUNMAP) && (a[1] || !(flags & MREMAP_MAYMOVE)) && !mm_space_beyond(a[0], a[2]))
                r = call(__NR_mremap, a[0], a[1], a[2], 0, 0, 0);
        return r == -ENOMEM && (flags & MREMAP_MAYMOVE) ? move(call, a) : r;
}

long mm_place_mremap(mm_call_fn *call, const uint64_t a[6])
{
        uint64_t old = PAGE_UP(a[1]), new = PAGE_UP(a[2]);
        long r = remap(call, a);

        if (rt_failed(r))
                return r;
        if ((uint64_t)r == a[0]) {
                mm_space_free(a[0] + new, a[0] + old);
        } else if (!(a[3] & MREMAP_DONTUNMAP)) {
                mm_space_free(a[0], a[0] + old);
        }
        mm_space_used((uint64_t)r, (uint64_t)r + new);
        return r;
}

/* ---- shmat ---- */

enum { COMPAT_SHMLBA = 4 * 4096 }; /* asm/shmparam.h of arch/arm64: 32-bit programs' */

static long attach_to(mm_call_fn *call, const uint64_t a[6], uint64_t to, uint64_t size)
{
        return put_at(to, size, call, __NR_shmat, (const uint64_t[6]){ a[0], to, a[2] | SHM_REMAP });
}

static long attach_anywhere(mm_call_fn *call, const uint64_t a[6], uint64_t size)
{
        struct mm_search s = { .size = size, .align = PAGE_SIZE };

        while (mm_search_next(&s)) {
                long r = attach_to(call, a, s.at, size);
                if (r != -EEXIST)
                        return r;
        }
        return -ENOMEM;
}

long mm_place_shmat(mm_call_fn *call, const uint64_t a[6], uint64_t size)
{
        uint64_t at = a[2] & SHM_RND ? a[1] & ~(uint64_t)(COMPAT_SHMLBA - 1) : a[1];
        long r;

        if (!at && size && !(a[2] & SHM_REMAP))
                r = attach_anywhere(call, a, size);
        else if (at && mm_space_beyond(at, size))
                r = -EINVAL;
        else
                r = call(__NR_shmat, a[0], at, a[2], 0, 0, 0);
        if (!rt_failed(r))
                mm_space_used((uint64_t)r, (uint64_t)r + size);
        return r;
}
