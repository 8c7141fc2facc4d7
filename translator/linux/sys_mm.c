/* Memory: mmap(2) and its kin. Guest addresses are host addresses, and pages have the protection that the guest asked for.
 * Whatever changes or removes pages drops the translations made from them. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/mman.h>
#include <linux/shm.h>
#include "../runtime/exec_thread.h"
#include "../runtime/rt.h"
#include "image.h"
#include "mm.h"
#include "syscalls.h"

#define PAGE_UP(x) (((x) + 4095) & ~UINT64_C(4095))
#define GUEST_PROT_MASK UINT64_C(0x0300000f) /* READ WRITE EXEC SEM GROWSDOWN GROWSUP; no BTI, no MTE on this CPU */
#define X86_MAP_32BIT UINT64_C(0x40)

static bool failed(long r) { return r < 0 && r > -4096; }

/* Does it touch what the guest must not? */
static bool is_reserved(uint64_t start, uint64_t size) {
        uint64_t end = start + size, s, e;
        return rt_own_find(start, end < start ? UINT64_MAX : end, &s, &e);
}

/* Pages were mapped, unmapped or protected. `had_code`: translations may have been made from them. */
static void pages_changed(uint64_t start, uint64_t size, bool may_exec, bool had_code) {
        uint64_t end = start + PAGE_UP(size);
        mm_exec_set(start, end, may_exec);
        if (had_code)
                exec_invalidate(start, end);
}

/* A call that changes mappings and what is noted of them here are one step: another thread may be given the same
 * addresses right behind the call. */
static struct rt_mutex space;

void mm_fork_prepare(void) { rt_mutex_lock(&space); }
void mm_fork_done(void) { rt_mutex_unlock(&space); }

/* Pages that may only be executed are translated, so they must be readable for the translator (on x86 they need not be). */
static uint64_t host_prot(uint64_t prot) { return prot & PROT_EXEC ? prot | PROT_READ : prot; }

/* ---- calls ---- */

long sys_mmap(struct thread *t, const uint64_t a[6]) {
        uint64_t addr = a[0], size = a[1], prot = a[2], flags = a[3] & ~X86_MAP_32BIT;
        (void) t;
        if (prot & ~GUEST_PROT_MASK)
                return -EINVAL;
        if ((flags & MAP_FIXED) && is_reserved(addr, PAGE_UP(size)))
                return -ENOMEM;
        rt_mutex_lock(&space);
        long r = safe_syscall(__NR_mmap, addr, size, host_prot(prot), flags, a[4], a[5]);
        if (!failed(r))
                pages_changed((uint64_t) r, size, prot & PROT_EXEC, flags & MAP_FIXED);
        rt_mutex_unlock(&space);
        return r;
}

long sys_munmap(struct thread *t, const uint64_t a[6]) {
        (void) t;
        if (is_reserved(a[0], PAGE_UP(a[1])))
                return -EINVAL;
        rt_mutex_lock(&space);
        long r = safe_syscall(__NR_munmap, a[0], a[1], 0, 0, 0, 0);
        if (!failed(r))
                pages_changed(a[0], a[1], false, true);
        rt_mutex_unlock(&space);
        return r;
}

long sys_mprotect(struct thread *t, const uint64_t a[6]) {
        (void) t;
        if (a[2] & ~GUEST_PROT_MASK)
                return -EINVAL;
        if (is_reserved(a[0], PAGE_UP(a[1])))
                return -ENOMEM;
        rt_mutex_lock(&space);
        long r = safe_syscall(__NR_mprotect, a[0], a[1], host_prot(a[2]), 0, 0, 0);
        if (!failed(r))
                pages_changed(a[0], a[1], a[2] & PROT_EXEC, true);
        rt_mutex_unlock(&space);
        return r;
}

long sys_mremap(struct thread *t, const uint64_t a[6]) {
        (void) t;
        if (is_reserved(a[0], PAGE_UP(a[1])) || ((a[3] & MREMAP_FIXED) && is_reserved(a[4], PAGE_UP(a[2]))))
                return -EFAULT;
        rt_mutex_lock(&space);
        bool may_exec = mm_may_exec(a[0]);
        long r = safe_syscall(__NR_mremap, a[0], a[1], a[2], a[3], a[4], 0);
        if (!failed(r)) {
                pages_changed(a[0], a[1], may_exec && (a[3] & MREMAP_DONTUNMAP), true);
                pages_changed((uint64_t) r, a[2], may_exec, true);
        }
        rt_mutex_unlock(&space);
        return r;
}

long sys_madvise(struct thread *t, const uint64_t a[6]) {
        (void) t;
        if (is_reserved(a[0], PAGE_UP(a[1])))
                return -ENOMEM;
        long r = safe_syscall(__NR_madvise, a[0], a[1], a[2], 0, 0, 0);
        if (a[2] == MADV_DONTNEED || a[2] == MADV_FREE || a[2] == MADV_REMOVE)
                exec_invalidate(a[0], a[0] + PAGE_UP(a[1]));
        return r;
}

/* The break begins behind the program's image; it is the guest's, not the translator's own. */
long sys_brk(struct thread *t, const uint64_t a[6]) {
        (void) t;
        rt_mutex_lock(&space);
        uint64_t start = PAGE_UP(guest_image.brk), want = a[0];
        if (!guest_image.brk_now)
                guest_image.brk_now = start;
        uint64_t old_end = PAGE_UP(guest_image.brk_now), new_end = PAGE_UP(want);
        if (want >= start && new_end > old_end) {
                long r = rt_mmap(old_end, new_end - old_end, PROT_READ | PROT_WRITE,
                                 (int) (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE), -1, 0);
                if (!failed(r))
                        guest_image.brk_now = want;
        } else if (want >= start) {
                if (new_end < old_end) {
                        exec_invalidate(new_end, old_end);
                        rt_munmap((void *) new_end, old_end - new_end);
                }
                guest_image.brk_now = want;
        }
        long ret = (long) guest_image.brk_now;
        rt_mutex_unlock(&space);
        return ret;
}

enum { GUEST_SHM_EXEC = 0100000, GUEST_SHM_REMAP = 040000 };

/* Size of a segment, or 0. */
static uint64_t segment_size(uint64_t id) {
        struct shmid64_ds d;
        return sys_call3(__NR_shmctl, id, IPC_STAT, &d) < 0 ? 0 : PAGE_UP(d.shm_segsz);
}

long sys_shmat(struct thread *t, const uint64_t a[6]) {
        (void) t;
        rt_mutex_lock(&space);
        long r = safe_syscall(__NR_shmat, a[0], a[1], a[2], 0, 0, 0);
        if (!failed(r))
                pages_changed((uint64_t) r, segment_size(a[0]), a[2] & GUEST_SHM_EXEC, a[2] & GUEST_SHM_REMAP);
        rt_mutex_unlock(&space);
        return r;
}

/* How much went away is not known: the translations of all that is behind it go, which is rare enough. */
long sys_shmdt(struct thread *t, const uint64_t a[6]) {
        (void) t;
        long r = safe_syscall(__NR_shmdt, a[0], 0, 0, 0, 0, 0);
        if (r == 0)
                exec_invalidate(a[0], UINT64_MAX);
        return r;
}

long sys_remap_file_pages(struct thread *t, const uint64_t a[6]) {
        (void) t;
        long r = safe_syscall(__NR_remap_file_pages, a[0], a[1], a[2], a[3], a[4], 0);
        exec_invalidate(a[0], a[0] + PAGE_UP(a[1]));
        return r;
}

long sys_process_madvise(struct thread *t, const uint64_t a[6]) {
        (void) t;
        return safe_syscall(__NR_process_madvise, a[0], a[1], a[2], a[3], a[4], 0);
}
