/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory: mmap(2) and its kin. Guest addresses are host addresses, and pages have the protection that the guest asked for.
 * Whatever changes or removes pages drops the translations made from them.
 *
 * Where the translator's own memory lies there is nothing for the guest: a call that covers it acts on the guest's pages beside
 * it and says what the kernel says of addresses without a mapping. Only what would put pages there fails, with ENOMEM. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/mman.h>
#include <linux/resource.h>
#include <linux/shm.h>
#include "run/exec.h"
#include "rt/rt.h"
#include "abi.h"
#include "image.h"
#include "mm.h"
#include "mm_place.h"
#include "mm_space.h"
#include "syscalls.h"

#define GUEST_PROT_MASK UINT64_C(0xf) /* READ WRITE EXEC SEM; no BTI, no MTE on this CPU */
#define X86_MAP_FLAGS UINT64_C(0xc0)  /* MAP_32BIT, MAP_ABOVE4G: other machines do not have them */

/* A call that changes mappings and the notes about them here are one step, because another thread may be given the same addresses
 * right after the call. The translator maps nothing either while the host makes the call. */
static struct rt_mutex space;

void mm_lock(void)
{
        rt_mutex_lock(&space);
}
void mm_unlock(void)
{
        rt_mutex_unlock(&space);
}

static void lock(void)
{
        mm_lock();
        own_memory_lock();
}

/* ---- what is the translator's ---- */

static bool is_own(uint64_t start, uint64_t size)
{
        uint64_t end = start + PAGE_UP(size), s, e;
        return end > start && own_memory_find(start, end, &s, &e);
}

bool mm_is_own(uint64_t start, uint64_t size)
{
        own_memory_lock();
        bool own = is_own(start, size);
        own_memory_unlock();
        return own;
}

bool mm_next_piece(uint64_t *at, uint64_t end, uint64_t *ret_end)
{
        uint64_t s, e;
        while (*at < end && own_memory_find(*at, end, &s, &e)) {
                *ret_end = s;
                if (s > *at)
                        return true;
                *at = e;
        }
        *ret_end = end;
        return *at < end;
}

/* Removes the guest's pages in [start, end). How far it came is in *ret_done. Returns 0 or a negative errno. */
static long unmap_pieces(uint64_t start, uint64_t end, uint64_t *ret_done)
{
        uint64_t stop;
        for (*ret_done = start; mm_next_piece(ret_done, end, &stop); *ret_done = stop) {
                long r = rt_munmap((void *)*ret_done, stop - *ret_done);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* ---- what may be executed ---- */

static bool read_implies_exec;

void mm_read_implies_exec(bool on)
{
        read_implies_exec = on;
}

unsigned mm_exec_of(uint64_t prot)
{
        unsigned fixed = prot & PROT_WRITE ? 0 : MM_FIXED;
        if (prot & PROT_EXEC)
                return fixed | (prot & PROT_READ ? MM_EXEC : MM_EXEC | MM_EXEC_ONLY);
        return read_implies_exec && (prot & PROT_READ) ? fixed | MM_EXEC : 0;
}

/* Pages that may only be executed are translated, so they must be readable for the translator (on x86 they need not be). */
static uint64_t host_prot(uint64_t prot)
{
        return prot & PROT_EXEC ? prot | PROT_READ : prot;
}

/* Called when pages were mapped, unmapped or protected. `what` is their new enum mm_exec; `had_code` says that translations may
 * have been made from them. What memory is behind them must be noted before: another thread may execute them already, and only
 * translations that it made before this call are dropped. */
static void pages_changed(uint64_t start, uint64_t size, unsigned what, bool had_code)
{
        uint64_t end = start + PAGE_UP(size);
        mm_exec_set(start, end, what);
        if (had_code)
                exec_invalidate(start, end);
}

/* ---- mmap, munmap ---- */

/* Returns what memory is behind pages that mmap(2) has mapped. */
static struct mm_memory mapped_memory(uint64_t prot, uint64_t flags, int fd, uint64_t offset)
{
        bool shared = (flags & MAP_TYPE) != MAP_PRIVATE;
        if (flags & MAP_ANONYMOUS)
                return shared ? mm_nameless() : MM_NOTHING;
        return shared || (prot & PROT_EXEC) ? mm_file(fd, offset, shared) : MM_NOTHING;
}

static long map(const uint64_t a[6])
{
        return mm_space_is_ours() ? mm_place_mmap(safe_syscall, a) : safe_syscall(__NR_mmap, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* How many bytes from `at` on may be replaced by a call that moves or attaches `size` of them: it does not say whether these are
 * huge pages, which go there whole. */
static uint64_t replaced(uint64_t at, uint64_t size)
{
        return at % HUGE_PAGE ? size : (size + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
}

/* Whether huge pages are mapped at `at`. Of these mremap(2) takes no part; of others it does, and to leave its size changes nothing. */
static bool is_huge(uint64_t at)
{
        return at % HUGE_PAGE == 0 && sys_call4(__NR_mremap, at + PAGE_SIZE, PAGE_SIZE, PAGE_SIZE, 0) == -EINVAL;
}

/* Asks for pages that were mapped as a dynamic loader does it for the data of a library: privately, to be written, at a certain address. Zeroes
 * are that where they follow such data. Of others the guest may ask whether they are in memory (mincore(2), userfaultfd(2)). Without locks,
 * because a file may be one that another thread has to provide (FUSE). */
static void populate(uint64_t start, uint64_t size, uint64_t prot, uint64_t flags, uint64_t offset)
{
        static uint64_t data_end;
        const uint64_t end = start + PAGE_UP(size);
        if ((flags & MAP_TYPE) != MAP_PRIVATE)
                return;
        if (!(flags & MAP_ANONYMOUS) && (prot & PROT_EXEC) && !(prot & PROT_WRITE) && !offset)
                mm_populate_symbols(start, end);
        if (!(flags & MAP_FIXED) || !(prot & PROT_WRITE))
                return;
        if (!(flags & MAP_ANONYMOUS)) {
                mm_populate_data(start, end);
                __atomic_store_n(&data_end, end, __ATOMIC_RELAXED);
        } else if (start == __atomic_load_n(&data_end, __ATOMIC_RELAXED)) {
                mm_populate_zeroes(start, end);
        }
}

long sys_mmap(struct thread *t, const uint64_t a[6])
{
        uint64_t addr = a[0], size = mm_mapped_size(a), prot = a[2] & GUEST_PROT_MASK, flags = a[3] & ~X86_MAP_FLAGS;
        bool replaces = (flags & MAP_FIXED) && !(flags & MAP_FIXED_NOREPLACE);
        (void)t;
        lock();
        long r = replaces && is_own(addr, size) ? -ENOMEM
                                                : map((const uint64_t[6]){ addr, size, host_prot(prot), flags, a[4], a[5] });
        own_memory_unlock();
        if (!rt_failed(r)) {
                mm_memory_set((uint64_t)r, (uint64_t)r + PAGE_UP(size), mapped_memory(prot, flags, (int)a[4], a[5]));
                pages_changed((uint64_t)r, size, mm_exec_of(prot) | (flags & MAP_GROWSDOWN ? MM_GROWS : 0), replaces);
        }
        mm_unlock();
        if (!rt_failed(r))
                populate((uint64_t)r, size, prot, flags, a[5]);
        return r;
}

static bool is_beyond(uint64_t addr, uint64_t size)
{
        return size > guest_abi->space.end || addr > guest_abi->space.end - size;
}

/* The pages are free, and the gap below a mapping that grew. */
static void space_unmapped(uint64_t start, uint64_t end)
{
        uint64_t any, gap = mm_space_is_ours() && (mm_exec_get(start, &any) & MM_GROWS) ? MM_STACK_GAP : 0;

        mm_space_free(start > gap ? start - gap : 0, end);
}

long sys_munmap(struct thread *t, const uint64_t a[6])
{
        uint64_t end = a[0] + PAGE_UP(a[1]), done = end;
        (void)t;
        if (is_beyond(a[0], a[1]))
                return -EINVAL;
        lock();
        bool pieces = is_own(a[0], a[1]) && !(a[0] & (PAGE_SIZE - 1));
        long r = pieces ? unmap_pieces(a[0], end, &done) : safe_syscall(__NR_munmap, a[0], a[1], 0, 0, 0, 0);
        own_memory_unlock();
        if (pieces || !rt_failed(r)) {
                space_unmapped(a[0], done);
                pages_changed(a[0], done - a[0], 0, true);
                mm_memory_set(a[0], done, MM_NOTHING);
        }
        mm_unlock();
        return r;
}

/* ---- mprotect ---- */

/* Checks arguments as do_mprotect_pkey() of mm/mprotect.c does. Returns 1 when they are good, 0 when there is nothing to do, or
 * an errno. */
static long check_mprotect(uint64_t addr, uint64_t size, uint64_t prot)
{
        const uint64_t grows = PROT_GROWSDOWN | PROT_GROWSUP;
        if ((prot & grows) == grows || (addr & (PAGE_SIZE - 1)))
                return -EINVAL;
        if (!size)
                return 0;
        if (addr + PAGE_UP(size) <= addr)
                return -ENOMEM;
        return prot & ~(GUEST_PROT_MASK | grows) ? -EINVAL : 1;
}

/* The kernel goes from mapping to mapping, and has changed those before one that may not be so, or is sealed. Returns where that
 * is, by asking again, which changes nothing more. */
static uint64_t protected_up_to(uint64_t addr, uint64_t end, uint64_t prot)
{
        enum { LOOK = 64 }; /* pages */
        for (uint64_t n = LOOK; n; n /= 2)
                while (end - addr >= n * PAGE_SIZE && rt_mprotect((void *)addr, n * PAGE_SIZE, (int)prot) >= 0)
                        addr += n * PAGE_SIZE;
        return addr;
}

static long protect(uint64_t addr, uint64_t size, uint64_t prot)
{
        uint64_t end = addr + PAGE_UP(size), own, own_end, any;
        mm_lock();
        unsigned what = mm_exec_of(prot) | (mm_exec_get(addr, &any) & MM_GROWS);
        own_memory_lock();
        bool hole = own_memory_find(addr, end, &own, &own_end);
        if (hole)
                end = own > addr ? own : addr;
        long r = end > addr ? safe_syscall(__NR_mprotect, addr, end - addr, host_prot(prot), 0, 0, 0) : -ENOMEM;
        bool refused = r == -EACCES || r == -EPERM;
        if (refused)
                end = protected_up_to(addr, end, host_prot(prot));
        own_memory_unlock();
        if (r == -ENOMEM) /* the pages before the hole were changed */
                end = mm_mapped_up_to(addr, end);
        if (!rt_failed(r) && (prot & PROT_GROWSDOWN))
                addr = mm_mapped_from(addr);
        if (!rt_failed(r) || refused || r == -ENOMEM)
                pages_changed(addr, end - addr, what, true);
        mm_unlock();
        return hole && !rt_failed(r) ? -ENOMEM : r;
}

long sys_mprotect(struct thread *t, const uint64_t a[6])
{
        (void)t;
        long r = check_mprotect(a[0], a[1], a[2]);
        return r > 0 ? protect(a[0], a[1], a[2]) : r;
}

/* Protection keys: the guest's CPU has none, not even number 0. */
long sys_pkey_mprotect(struct thread *t, const uint64_t a[6])
{
        (void)t;
        long r = check_mprotect(a[0], a[1], a[2]);
        if (r > 0)
                r = (int)a[3] == -1 ? protect(a[0], a[1], a[2]) : -EINVAL;
        return r;
}

long sys_pkey_alloc(struct thread *t, const uint64_t a[6])
{
        enum { RIGHTS = 0xf };
        (void)t;
        return a[0] || (a[1] & ~(uint64_t)RIGHTS) ? -EINVAL : -ENOSPC;
}

long sys_pkey_free(struct thread *t, const uint64_t a[6])
{
        (void)t, (void)a;
        return -EINVAL;
}

/* ---- mremap ---- */

/* Notes that pages have moved: whether they may be executed goes along with them, and added pages are like the last of the old
 * ones. */
static void pages_moved(uint64_t from, uint64_t old, uint64_t to, uint64_t new)
{
        uint64_t both = old < new ? old : new, end, stop;
        unsigned what = old ? 0 : mm_exec_get(from, &end);
        for (uint64_t at = 0; at < both; at = stop) {
                what = mm_exec_get(from + at, &end);
                stop = end - from < both ? end - from : both;
                if (to != from)
                        pages_changed(to + at, stop - at, what, true);
        }
        if (new > old)
                pages_changed(to + old, new - old, what, true);
}

/* Whether pages that are moved to `to` would replace the translator's. */
static bool moved_over_own(uint64_t from, uint64_t to, uint64_t size)
{
        return is_own(to, size) || (is_own(to, replaced(to, size)) && is_huge(from));
}

long sys_mremap(struct thread *t, const uint64_t a[6])
{
        uint64_t from = a[0], old = PAGE_UP(a[1]), new = PAGE_UP(a[2]), flags = a[3];
        (void)t;
        lock();
        long r = 0;
        if (is_own(from, old ? old : 1))
                r = -EFAULT;
        else if ((flags & MREMAP_FIXED) && moved_over_own(from, a[4], new))
                r = -ENOMEM;
        if (r < 0 && ((from & (PAGE_SIZE - 1)) || !new || (flags & ~UINT64_C(7))))
                r = -EINVAL;
        if (r == 0)
                r = mm_space_is_ours() ? mm_place_mremap(safe_syscall, a)
                                       : safe_syscall(__NR_mremap, from, a[1], a[2], flags, a[4], 0);
        own_memory_unlock();
        if (!rt_failed(r)) {
                uint64_t to = (uint64_t)r;
                mm_memory_moved(from, old, to, new, flags & MREMAP_DONTUNMAP);
                pages_moved(from, old, to, new);
                if (to != from) {
                        exec_invalidate(from + old, from + replaced(from, old));
                        exec_invalidate(to + new, to + replaced(to, new));
                }
                if (to == from)
                        pages_changed(to + new, old > new ? old - new : 0, 0, true);
                else if (flags & MREMAP_DONTUNMAP)
                        exec_invalidate(from, from + old);
                else
                        pages_changed(from, old, 0, true);
        }
        mm_unlock();
        return r;
}

/* ---- brk ---- */

/* check_data_rlimit() of linux/mm.h; the host does not know where the guest's break is. */
static bool break_is_allowed(uint64_t end)
{
        struct rlimit64 limit;
        if (sys_call4(__NR_prlimit64, 0, RLIMIT_DATA, 0, &limit) < 0)
                return true;
        uint64_t data = guest_image.end_data - guest_image.start_data, heap = end - PAGE_UP(guest_image.brk);
        return limit.rlim_cur >= data && limit.rlim_cur - data >= heap;
}

static bool grow_break(uint64_t old_end, uint64_t new_end)
{
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
        long r = rt_mmap(old_end, new_end - old_end, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (rt_failed(r))
                return false;
        if ((uint64_t)r != old_end) { /* before Linux 4.17 it is only a hint */
                rt_munmap((void *)r, new_end - old_end);
                return false;
        }
        mm_space_used(old_end, new_end);
        mm_exec_set(old_end, new_end, mm_exec_of(PROT_READ | PROT_WRITE));
        mm_populate_zeroes(old_end, new_end);
        return true;
}

static void shrink_break(uint64_t new_end, uint64_t old_end)
{
        uint64_t done;
        own_memory_lock();
        (void)unmap_pieces(new_end, old_end, &done);
        own_memory_unlock();
        mm_space_free(new_end, done);
        pages_changed(new_end, done - new_end, 0, true);
}

/* The break begins behind the program's image; it is the guest's, not the translator's own. */
long sys_brk(struct thread *t, const uint64_t a[6])
{
        uint64_t start = PAGE_UP(guest_image.brk), want = a[0];
        (void)t;
        mm_lock();
        if (!guest_image.brk_now)
                guest_image.brk_now = start;
        uint64_t old_end = PAGE_UP(guest_image.brk_now), new_end = PAGE_UP(want);
        bool may = want >= start && want < guest_abi->space.end;
        if (may && new_end > old_end)
                may = break_is_allowed(want) && grow_break(old_end, new_end);
        else if (may && new_end < old_end)
                shrink_break(new_end, old_end);
        if (may)
                guest_image.brk_now = want;
        long ret = (long)guest_image.brk_now;
        mm_unlock();
        return ret;
}

/* ---- System V shared memory ---- */

enum { GUEST_SHM_EXEC = 0100000, GUEST_SHM_REMAP = 040000 };

/* Size of a segment, or 0. */
static uint64_t segment_size(uint64_t id)
{
        struct shmid64_ds d;
        return sys_call3(__NR_shmctl, id, IPC_STAT, &d) < 0 ? 0 : PAGE_UP(d.shm_segsz);
}

/* Whether a segment at `to` would replace the translator's pages. Where that depends on its pages, it is attached elsewhere to see them. */
static bool attached_over_own(uint64_t id, uint64_t to, uint64_t size)
{
        if (is_own(to, size) || !is_own(to, replaced(to, size)))
                return is_own(to, size);
        long at = sys_call3(__NR_shmat, id, 0, SHM_RDONLY);
        if (rt_failed(at))
                return true;
        bool huge = is_huge((uint64_t)at);
        sys_call1(__NR_shmdt, (uint64_t)at);
        return huge;
}

long sys_shmat(struct thread *t, const uint64_t a[6])
{
        bool replaces = a[2] & GUEST_SHM_REMAP;
        (void)t;
        lock();
        uint64_t size = segment_size(a[0]);
        long r = -EINVAL;
        if (mm_space_is_ours())
                r = mm_place_shmat(safe_syscall, a, size);
        else if (!replaces || !attached_over_own(a[0], PAGE_DOWN(a[1]), size))
                r = safe_syscall(__NR_shmat, a[0], a[1], a[2], 0, 0, 0);
        own_memory_unlock();
        if (!rt_failed(r)) {
                mm_memory_set((uint64_t)r, (uint64_t)r + size, mm_segment(a[0]));
                pages_changed((uint64_t)r, size, a[2] & GUEST_SHM_EXEC || read_implies_exec ? MM_EXEC : 0, replaces);
                if (replaces)
                        exec_invalidate((uint64_t)r, (uint64_t)r + replaced((uint64_t)r, size));
        }
        mm_unlock();
        return r;
}

long sys_shmdt(struct thread *t, const uint64_t a[6])
{
        struct mm_memory of = MM_NOTHING;
        (void)t;
        mm_lock();
        long r = safe_syscall(__NR_shmdt, a[0], 0, 0, 0, 0, 0);
        for (uint64_t at = a[0], end; r == 0 && mm_segment_piece(a[0], &of, &at, &end); at = end) {
                mm_space_free(at, end);
                mm_memory_set(at, end, MM_NOTHING);
                pages_changed(at, end - at, 0, true);
        }
        mm_unlock();
        return r;
}
