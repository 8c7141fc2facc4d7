/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where mappings of 32-bit guests go. linux/mm_space.c is compared with a slow model, after random changes. linux/mm_place.c makes
 * mappings in this process, which is a static PIE, far away from the first 4 GiB; where it puts them is compared with where the host's
 * kernel puts those of the same calls, in a child each. usage: mm-space [SEED] */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../translator/linux/mm.h"
#include "../../translator/linux/mm_place.h"
#include "../../translator/linux/mm_space.h"
#include "../../translator/rt/rt.h"

static int failures, number;

static void check(bool ok, const char *what)
{
        printf("%sok %d - %s\n", ok ? "" : "not ", ++number, what);
        failures += !ok;
}

static uint64_t seed;

static uint64_t rnd(uint64_t below)
{
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (seed >> 33) % below;
}

/* ---- the map against a model ---- */

enum { LOWEST = 16, PAGES = 10000, BASE = 8000, FALLBACK = 2000 };
static uint8_t used[PAGES], unknown[PAGES]; /* what the map has been told, and what is there besides */
static bool in_model = true;

static bool is_mapped(uint64_t page)
{
        unsigned char resident;

        return in_model ? used[page] || unknown[page] : mincore((void *)(page * PAGE_SIZE), PAGE_SIZE, &resident) == 0;
}

/* Of linux/mm_exec.c */
uint64_t mm_mapped_from(uint64_t addr)
{
        while (addr && is_mapped(addr / PAGE_SIZE - 1))
                addr -= PAGE_SIZE;
        return addr;
}

uint64_t mm_mapped_up_to(uint64_t addr, uint64_t end)
{
        while (addr < end && is_mapped(addr / PAGE_SIZE))
                addr += PAGE_SIZE;
        return addr;
}

static bool model_free(uint64_t at, uint64_t n)
{
        for (uint64_t k = at; k < at + n; k++)
                if (k >= PAGES || used[k] || unknown[k])
                        return false;
        return true;
}

static uint64_t model_find(uint64_t hint, uint64_t n, uint64_t align, bool bottom_up)
{
        if (hint && hint < LOWEST)
                hint = LOWEST;
        if (hint && hint + n <= PAGES && hint % align == 0 && model_free(hint, n))
                return hint;
        for (uint64_t at = BASE; !bottom_up && at-- > LOWEST;)
                if (at + n <= BASE && at % align == 0 && model_free(at, n))
                        return at;
        for (uint64_t at = bottom_up ? BASE : FALLBACK; at + n <= PAGES; at++)
                if (at % align == 0 && model_free(at, n))
                        return at;
        return 0;
}

/* Finds a place as a caller does, who learns only there that it is taken. */
static uint64_t find(uint64_t hint, uint64_t n, uint64_t align)
{
        struct mm_search s = { .hint = hint * PAGE_SIZE, .size = n * PAGE_SIZE, .align = align * PAGE_SIZE };

        while (mm_search_next(&s))
                if (model_free(s.at / PAGE_SIZE, n))
                        return s.at / PAGE_SIZE;
        return 0;
}

static void change(uint64_t at, uint64_t n, bool now)
{
        memset(used + at, now, n);
        if (!now)
                memset(unknown + at, 0, n);
        (now ? mm_space_used : mm_space_free)(at * PAGE_SIZE, (at + n) * PAGE_SIZE);
}

static void test_model(bool bottom_up, bool surprises)
{
        char what[80];
        unsigned wrong = 0;

        memset(used, 0, sizeof(used));
        memset(unknown, 0, sizeof(unknown));
        mm_space_init(BASE * PAGE_SIZE, bottom_up, FALLBACK * PAGE_SIZE, PAGES * PAGE_SIZE);
        mm_space_free(0, UINT64_C(1) << 32);
        for (unsigned k = 0; k < 8000; k++) {
                uint64_t n = rnd(8) ? 1 + rnd(20) : 1 + rnd(3000), hint = rnd(4) ? 0 : rnd(PAGES);
                uint64_t align = rnd(4) ? 1 : UINT64_C(1) << rnd(7), at = rnd(PAGES - n);
                switch (rnd(4)) {
                case 0: change(at, n, false); break;
                case 1:
                        if (surprises && !rnd(50))
                                memset(unknown + at, 1, n % 7);
                        else
                                change(at, n % 60 + 1, true);
                        break;
                default: {
                        uint64_t want = model_find(hint, n, align, bottom_up), got = find(hint, n, align);
                        wrong += want != got;
                        if (got)
                                change(got, n, true);
                }
                }
        }
        snprintf(what, sizeof(what), "places as the model has them, %s%s", bottom_up ? "bottom-up" : "top-down",
                 surprises ? ", with pages that appear by themselves" : "");
        check(wrong == 0, what);
}

/* A large gap that is made of small ones is found, wherever it grows. */
static void test_slow_growth(void)
{
        enum { FROM = 3000, N = 2000 };
        unsigned wrong = 0;

        for (unsigned order = 0; order < 3; order++) {
                change(0, PAGES, true);
                wrong += find(0, N, 1) != 0;
                for (unsigned k = 0; k < N; k++)
                        change(order == 0 ? FROM + k : order == 1 ? FROM + N - 1 - k : FROM + k * 7 % N, 1, false);
                wrong += find(0, N, 1) != FROM;
        }
        check(wrong == 0, "a gap that grows page by page is found");
}

/* ---- mappings against the host's own ---- */

enum { STEPS = 400, SLOTS = 40, WALKS = 60 };
enum how { BY_US, BY_KERNEL };

static long do_mmap(enum how how, uint64_t at, uint64_t size, uint64_t flags)
{
        const uint64_t all = flags | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        return how == BY_US
                       ? mm_place_mmap(rt_syscall, (const uint64_t[6]){ at, size, PROT_READ | PROT_WRITE, all, UINT64_MAX, 0 })
                       : rt_syscall(SYS_mmap, at, size, PROT_READ | PROT_WRITE, all, UINT64_MAX, 0);
}

static long place(uint64_t at, uint64_t size, uint64_t flags)
{
        return do_mmap(BY_US, at, size, flags);
}

static long do_munmap(enum how how, uint64_t at, uint64_t size)
{
        long r = rt_munmap((void *)at, size);

        if (how == BY_US && r == 0)
                mm_space_free(at, at + PAGE_UP(size));
        return r;
}

static long do_mremap(enum how how, uint64_t at, uint64_t old, uint64_t new, uint64_t flags)
{
        return how == BY_US ? mm_place_mremap(rt_syscall, (const uint64_t[6]){ at, old, new, flags, 0, 0 })
                            : rt_syscall(SYS_mremap, at, old, new, flags, 0, 0);
}

/* Where the kernel's mappings begin, one below the other, once all gaps above are full. */
static uint64_t kernels_top(void)
{
        const uint64_t large = 64 * PAGE_SIZE;
        uint64_t at = (uint64_t)do_mmap(BY_KERNEL, 0, large, 0);

        for (;;) {
                uint64_t next = (uint64_t)do_mmap(BY_KERNEL, 0, PAGE_SIZE, 0);
                if (next < at)
                        return next;
        }
}

/* One random call about a mapping in `slot`, address and size. Returns a distance from `top`, where mappings begin, or an error. */
static long step(enum how how, uint64_t top, uint64_t slot[SLOTS][2])
{
        uint64_t *s = slot[rnd(SLOTS)], size = (1 + rnd(64)) * PAGE_SIZE, part = s[1] ? rnd(s[1] / PAGE_SIZE) * PAGE_SIZE : 0;
        unsigned what = (unsigned)rnd(8);
        long r;

        if (!s[1] || what < 2) { /* what was there stays */
                uint64_t hint = rnd(3) ? 0 : top - rnd(4000) * PAGE_SIZE - rnd(2) * 5;
                r = do_mmap(how, hint, size - rnd(2) * 100, 0);
        } else if (what < 5) {
                r = do_mremap(how, s[0], s[1], size, rnd(4) ? MREMAP_MAYMOVE : 0);
        } else if (what == 5) {
                r = do_mmap(how, s[0] + part, PAGE_SIZE, MAP_FIXED);
                return rt_failed(r) ? r : (long)top - r;
        } else {
                r = do_munmap(how, s[0] + part, s[1] - part);
                s[1] = part;
                return r;
        }
        if (rt_failed(r))
                return r;
        s[0] = (uint64_t)r;
        s[1] = size;
        return (long)top - r;
}

/* Does all steps in a child. Writes results to `to`. */
static bool walk(enum how how, uint64_t first_seed, long to[STEPS])
{
        int fds[2], status;

        if (pipe(fds) < 0)
                return false;
        pid_t pid = fork();
        if (pid == 0) {
                uint64_t slot[SLOTS][2] = { 0 }, top = how == BY_US ? UINT64_C(0xf7000000) : kernels_top();
                mm_space_free(0, UINT64_C(1) << 32);
                mm_space_init(top, false, UINT64_C(0x40000000), UINT64_C(0xfffff000));
                if (how == BY_US) /* the kernel's are below others, too */
                        (void)place(top, PAGE_SIZE, MAP_FIXED);
                seed = first_seed;
                for (unsigned k = 0; k < STEPS; k++)
                        to[k] = step(how, top, slot);
                _exit(write(fds[1], to, STEPS * sizeof(*to)) != STEPS * (ssize_t)sizeof(*to));
        }
        bool ok = read(fds[0], to, STEPS * sizeof(*to)) == STEPS * (ssize_t)sizeof(*to);
        close(fds[0]);
        close(fds[1]);
        return waitpid(pid, &status, 0) == pid && status == 0 && ok;
}

static void test_kernel(uint64_t first_seed)
{
        static long ours[STEPS], kernels[STEPS];
        char what[120] = "walks of mappings are as the kernel's own";

        for (unsigned k = 0; k < WALKS; k++) {
                if (!walk(BY_US, first_seed + k, ours) || !walk(BY_KERNEL, first_seed + k, kernels)) {
                        check(false, "a walk failed");
                        return;
                }
                for (unsigned i = 0; i < STEPS; i++)
                        if (ours[i] != kernels[i]) {
                                snprintf(what, sizeof(what), "walk %u, step %u: %#lx, the kernel's %#lx", k, i, ours[i],
                                         kernels[i]);
                                check(false, what);
                                return;
                        }
        }
        check(true, what);
}

/* ---- what is refused, and what is not an ordinary mapping ---- */

static void test_edges(void)
{
        const uint64_t end = UINT64_C(0xfffff000), top = UINT64_C(0xf7000000);

        mm_space_free(0, UINT64_C(1) << 32);
        mm_space_init(top, false, UINT64_C(0x40000000), end);
        check(place(end, PAGE_SIZE, MAP_FIXED) == -ENOMEM, "nothing is mapped on the last page");
        check(place(end - PAGE_SIZE, 2 * PAGE_SIZE, MAP_FIXED) == -ENOMEM, "nothing reaches to the last page");
        check(place(0, end, 0) == -ENOMEM, "nothing is as large as the address space");
        check(place(0, 0, 0) == -EINVAL && place(0, UINT64_MAX, 0) == -ENOMEM, "no mapping has no size, and none the largest");
        check(place(end - PAGE_SIZE, PAGE_SIZE, MAP_FIXED) == (long)(end - PAGE_SIZE), "the last but one page can be mapped");
        check(rt_failed(mm_place_mremap(rt_syscall, (const uint64_t[6]){ end - PAGE_SIZE, PAGE_SIZE, 2 * PAGE_SIZE, 0 })),
              "what lies there does not grow in place");
        long p = mm_place_mremap(rt_syscall, (const uint64_t[6]){ end - PAGE_SIZE, PAGE_SIZE, 2 * PAGE_SIZE, MREMAP_MAYMOVE });
        check(p == (long)(top - 2 * PAGE_SIZE), "but moves");
        check(place((uint64_t)p, PAGE_SIZE, MAP_FIXED_NOREPLACE) == -EEXIST, "MAP_FIXED_NOREPLACE replaces nothing");
        long stack = place(0, PAGE_SIZE, MAP_GROWSDOWN);
        long below = place(0, PAGE_SIZE, 0);
        check(stack == p - (long)PAGE_SIZE && below == stack - (long)(MM_STACK_GAP + PAGE_SIZE),
              "a mapping that grows has a gap below");
        check(mm_place_mmap(rt_syscall, (const uint64_t[6]){ 0, PAGE_SIZE, PROT_READ, MAP_PRIVATE, 9999, 0 }) == -EBADF,
              "errors are the kernel's");
        (void)munmap((void *)p, 2 * PAGE_SIZE);
        (void)munmap((void *)stack, PAGE_SIZE);
        (void)munmap((void *)below, PAGE_SIZE);
}

static void test_segment(void)
{
        const uint64_t top = UINT64_C(0xf7000000), size = 3 * PAGE_SIZE;
        int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);

        mm_space_free(0, UINT64_C(1) << 32);
        mm_space_init(top, false, UINT64_C(0x40000000), UINT64_C(0xfffff000));
        void *taken = mmap((void *)(top - 2 * PAGE_SIZE), PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        long p = mm_place_shmat(rt_syscall, (const uint64_t[6]){ (uint64_t)id }, size);
        check(p == (long)(top - 2 * PAGE_SIZE - size), "a segment is put where nothing is, known of or not");
        long q = mm_place_shmat(rt_syscall, (const uint64_t[6]){ (uint64_t)id, 0x50005abc, SHM_RND }, size);
        check(q == 0x50004000, "SHM_RND rounds to 16 KiB");
        check(mm_place_shmat(rt_syscall, (const uint64_t[6]){ (uint64_t)id, 0xffffe000 }, size) == -EINVAL, "not beyond the end");
        check(mm_place_shmat(rt_syscall, (const uint64_t[6]){ UINT32_MAX }, 0) == -EINVAL, "no segment of that number");
        (void)shmdt((void *)p);
        (void)shmdt((void *)q);
        (void)munmap(taken, PAGE_SIZE);
        (void)shmctl(id, IPC_RMID, NULL);
}

int main(int argc, char **argv)
{
        uint64_t first_seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;

        seed = first_seed;
        for (unsigned k = 0; k < 4; k++)
                test_model(!(k & 1), k & 2);
        test_slow_growth();
        in_model = false;
        test_edges();
        test_segment();
        test_kernel(first_seed);
        printf("1..%d\n", number);
        return failures != 0;
}
