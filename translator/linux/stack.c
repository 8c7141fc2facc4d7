/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's first stack, as fs/binfmt_elf.c's create_elf_tables() lays it out. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/auxvec.h>
#include <linux/elf.h>
#include <linux/mman.h>
#include <linux/resource.h>
#include "rt/rt.h"
#include "run/thread.h"
#include "abi.h"
#include "image.h"
#include "loader.h"
#include "mm.h"
#include "mm_place.h"
#include "mm_space.h"
#include "host_clock.h"

#define STACK_MIN (UINT64_C(128) << 10)
#define STACK_MAX (UINT64_C(1) << 30) /* reserved, not used: no more for an unlimited RLIMIT_STACK */
#define STACK_UNLIMITED (UINT64_C(8) << 20)
#define GUARD (UINT64_C(1) << 16)

static uint64_t host_aux(const struct program *p, uint64_t type)
{
        for (const uint64_t *a = p->auxv; a[0] != AT_NULL; a += 2)
                if (a[0] == type)
                        return a[1];
        return 0;
}

static uint64_t strings_size(char **s, unsigned *ret_n)
{
        uint64_t size = 0;
        unsigned n = 0;
        for (; s[n]; n++)
                size += strlen(s[n]) + 1;
        *ret_n = n;
        return size;
}

/* Returns the end of the stack that the kernel made, or 0. The program's name is the highest thing there, below 8 bytes of
 * zeros. */
static uint64_t kernel_stack_end(const struct program *p)
{
        uint64_t name = host_aux(p, AT_EXECFN);
        return name ? PAGE_UP(name + strlen((const char *)name) + 1 + 8) : 0;
}

/* Asks for the pages of a stack that are written now, and soon. `need`: bytes. */
static void get_ready(uint64_t end, uint64_t need)
{
        enum { SOON = 12 << 10, MOST = 64 << 10 };
        const uint64_t bytes = need < MOST ? need + SOON : MOST;
        rt_populate((const void *)(end - bytes), (const void *)end, true);
}

/* Takes the kernel's stack, which grows down to what RLIMIT_STACK allows at that moment. `need`: bytes that are wanted at once.
 * Returns false when it has no room for them. */
static bool take_kernel_stack(const struct program *p, uint64_t need)
{
        struct rlimit64 limit;
        uint64_t end = kernel_stack_end(p), lowest = PAGE_DOWN(p->kernel_sp) - need;
        if (guest_abi->space.stack_top || p->stack_size || !end || sys_call4(__NR_prlimit64, 0, RLIMIT_STACK, 0, &limit) < 0)
                return false;
        get_ready(PAGE_DOWN(p->kernel_sp), need);
        if (limit.rlim_cur < end - lowest + STACK_MIN / 4 || guest_write(lowest, "", 1) < 0)
                return false;
        guest_image.stack_hi = end;
        return true;
}

/* ---- a stack that is not the kernel's: where the user asks for one of a certain size, where what the kernel has put on its own
 * leaves no room, and where the guest cannot reach that ---- */

/* Maps memory for a stack, which ends at `end` if that is not 0 and there is room. Returns the lowest address. */
static long map_memory(uint64_t end, uint64_t size, int prot, int flags)
{
        const int all = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK | flags;
        uint64_t a[6] = { end ? end - size : 0, size, (uint64_t)prot, (uint64_t)all, UINT64_MAX, 0 };

        if (!mm_space_is_ours())
                return rt_mmap(a[0], size, prot, all, -1, 0);
        a[3] |= MAP_FIXED_NOREPLACE;
        long r = end ? mm_place_mmap(rt_syscall, a) : -EEXIST;
        if (r == -EEXIST) {
                a[3] &= ~(uint64_t)MAP_FIXED_NOREPLACE;
                r = mm_place_mmap(rt_syscall, a);
        }
        return r;
}

/* Maps a stack that grows to what RLIMIT_STACK allows. `need`: bytes that are wanted at once. Returns false where it would not grow:
 * up to Linux 4.19 not far below the host's stack pointer, which is elsewhere. */
static bool map_growing_stack(uint64_t end, uint64_t need)
{
        uint64_t size = PAGE_UP(need);
        long r = map_memory(end, size, PROT_READ | PROT_WRITE, MAP_GROWSDOWN);

        if (rt_failed(r))
                return false;
        if (guest_write((uint64_t)r - 1, "", 1) < 0) {
                rt_munmap((void *)r, size);
                mm_space_free((uint64_t)r, (uint64_t)r + size);
                return false;
        }
        get_ready((uint64_t)r + size, need);
        mm_space_used((uint64_t)r - MM_STACK_GAP, (uint64_t)r);
        guest_image.stack_lo = (uint64_t)r - PAGE_SIZE;
        guest_image.stack_hi = (uint64_t)r + size;
        guest_image.stack_grows = true;
        return true;
}

static uint64_t fixed_size(const struct program *p, uint64_t need)
{
        struct rlimit64 lim = { 0 };
        uint64_t size = p->stack_size;
        if (!size) {
                sys_call4(__NR_prlimit64, 0, RLIMIT_STACK, 0, &lim);
                size = lim.rlim_cur == UINT64_MAX || !lim.rlim_cur ? STACK_UNLIMITED : lim.rlim_cur;
        }
        if (size > STACK_MAX)
                size = STACK_MAX;
        if (size < STACK_MIN + need)
                size = STACK_MIN + need;
        return PAGE_UP(size);
}

static int map_stack(const struct program *p, uint64_t need)
{
        const struct abi_space *space = &guest_abi->space;
        uint64_t end = space->stack_top ? space->stack_top - random_offset(space->stack_random) : 0;

        if (end && !p->stack_size && map_growing_stack(end, need))
                return 0;
        uint64_t size = fixed_size(p, need);
        long r = map_memory(end, size + GUARD, PROT_NONE, 0);
        if (rt_failed(r))
                return (int)r;
        guest_image.stack_lo = (uint64_t)r + GUARD;
        guest_image.stack_hi = guest_image.stack_lo + size;
        r = rt_mprotect((void *)guest_image.stack_lo, size, PROT_READ | PROT_WRITE);
        if (r >= 0)
                get_ready(guest_image.stack_hi, need);
        return (int)r;
}

/* Notes what kind of mapping the stack is. Where the guest may execute it, the host's protection is changed too, but only for the
 * looks of /proc/self/maps: it does not matter if that fails. */
static void note_stack(uint64_t sp, bool exec)
{
        const struct image *m = &guest_image;
        uint64_t from = m->stack_lo ? m->stack_lo : PAGE_DOWN(sp);
        bool grows = !m->stack_lo || m->stack_grows;
        int prot = PROT_READ | PROT_WRITE | PROT_EXEC | (grows ? PROT_GROWSDOWN : 0);
        if (exec)
                (void)rt_mprotect((void *)from, m->stack_hi - from, prot);
        mm_exec_set(from, m->stack_hi, (exec ? MM_EXEC : 0) | (grows ? MM_GROWS : 0));
}

/* ---- what is on it ---- */

/* Copies a string to *at, which goes down; returns its address. */
static uint64_t push_string(uint64_t *at, const char *s)
{
        size_t n = strlen(s) + 1;
        *at -= n;
        memcpy((void *)*at, s, n);
        return *at;
}

/* Copies an array of strings, with the last one highest, so that they are in the order of their addresses as the kernel has
 * them. */
static void push_strings(uint64_t *at, char **s, unsigned n, uint64_t *ret_start, uint64_t *ret_end)
{
        *ret_end = *at;
        while (n-- > 0)
                push_string(at, s[n]);
        *ret_start = *at;
}

/* Writes a word of the guest's. Returns where to go on. */
static uint8_t *put_word(uint8_t *to, uint64_t value)
{
        memcpy(to, &value, guest_abi->word);
        return to + guest_abi->word;
}

static void aux(uint64_t type, uint64_t value)
{
        struct image *m = &guest_image;
        uint8_t *to = m->auxv + m->auxv_size;
        if (m->auxv_size + 2u * guest_abi->word > sizeof(m->auxv))
                return;
        m->auxv_size = (uint32_t)(put_word(put_word(to, type), value) - m->auxv);
}

static void make_auxv(const struct program *p, const struct loaded *l, uint64_t execfn, uint64_t platform, uint64_t random)
{
        guest_image.auxv_size = 0;
        if (guest_vdso)
                aux(AT_SYSINFO_EHDR, guest_vdso);
        if (guest_abi->at_minsigstksz)
                aux(AT_MINSIGSTKSZ, guest_abi->at_minsigstksz);
        aux(AT_HWCAP, guest_cpu->hwcap);
        aux(AT_PAGESZ, 4096);
        aux(AT_CLKTCK, host_aux(p, AT_CLKTCK));
        aux(AT_PHDR, l->phdr);
        aux(AT_PHENT, l->phent);
        aux(AT_PHNUM, l->phnum);
        aux(AT_BASE, l->interp_base);
        aux(AT_FLAGS, 0);
        aux(AT_ENTRY, l->entry);
        aux(AT_UID, host_aux(p, AT_UID));
        aux(AT_EUID, host_aux(p, AT_EUID));
        aux(AT_GID, host_aux(p, AT_GID));
        aux(AT_EGID, host_aux(p, AT_EGID));
        guest_image.secure = host_aux(p, AT_SECURE);
        aux(AT_SECURE, guest_image.secure);
        aux(AT_RANDOM, random);
        aux(AT_HWCAP2, guest_cpu->hwcap2);
        aux(AT_EXECFN, execfn);
        aux(AT_PLATFORM, platform);
        aux(AT_NULL, 0);
}

/* Writes pointers to n strings that lie one behind the other from `at` on, and NULL. Returns where to go on. */
static uint8_t *put_pointers(uint8_t *to, uint64_t at, unsigned n)
{
        for (unsigned k = 0; k < n; k++) {
                to = put_word(to, at);
                at += strlen((const char *)at) + 1;
        }
        return put_word(to, 0);
}

static int make_stack(struct thread *t, const struct program *p, const struct loaded *l)
{
        struct image *m = &guest_image;
        unsigned argc, envc;
        uint64_t need = strings_size(p->argv, &argc) + strings_size(p->envp, &envc) + strlen(p->execfn) + 4096;
        need += 8 * (argc + envc) + sizeof(m->auxv);
        bool kernels = take_kernel_stack(p, need);
        int r = kernels ? 0 : map_stack(p, need);
        if (r < 0)
                return r;
        /* It begins at a whole page: then the offsets in a page are the same each time, and so is what code does that looks at
         * alignment. */
        uint64_t at = (kernels ? PAGE_DOWN(p->kernel_sp) : m->stack_hi) - 8;
        uint64_t execfn = push_string(&at, p->execfn);
        push_strings(&at, p->envp, envc, &m->env_start, &m->env_end);
        push_strings(&at, p->argv, argc, &m->arg_start, &m->arg_end);
        uint64_t platform = push_string(&at, guest_cpu->platform);
        at = (at - 16) & ~UINT64_C(15);
        const uint8_t *seed = (const uint8_t *)host_aux(p, AT_RANDOM);
        if (seed)
                memcpy((void *)at, seed, 16);
        make_auxv(p, l, execfn, platform, at);
        uint64_t bytes = guest_abi->word * (1 + argc + 1 + envc + 1) + m->auxv_size;
        m->start_stack = (at - bytes) & ~UINT64_C(15);
        uint8_t *w = put_word((uint8_t *)m->start_stack, argc);
        w = put_pointers(w, m->arg_start, argc);
        w = put_pointers(w, m->env_start, envc);
        memcpy(w, m->auxv, m->auxv_size);
        note_stack(m->start_stack, l->exec_stack);
        guest_abi->first_registers(&t->cpu, l->start, m->start_stack);
        return 0;
}

/* Notes the name that the program was started by, made absolute. What it stands for is asked when somebody wants to know (linux/proc_exe.c): in a
 * start /proc is dear. */
static void note_path(const char *path)
{
        char *to = guest_image.path;
        size_t size = sizeof(guest_image.path);
        long n = path[0] == '/' ? 0 : sys_call2(__NR_getcwd, to, size);

        /* The length that getcwd returns counts the NUL; the root directory ends with the slash already. */
        n = n <= 0 ? 0 : n - 1;
        rt_snprintf(to + n, size - n, "%s%s", path[0] == '/' || (n > 0 && to[n - 1] == '/') ? "" : "/", path);
}

int load_program(struct thread *t, const struct program *p, char *why, size_t size)
{
        struct loaded l;
        why[0] = 0;
        host_clock_init(host_aux(p, AT_SYSINFO_EHDR), kernel_stack_end(p));
        note_path(p->path);
        int r = load_elf(p, &l, why, size);
        if (r >= 0) {
                guest_abi->map_vdso();
                r = make_stack(t, p, &l);
        }
        guest_image.known_stack = mm_space_is_ours() ? guest_image.start_stack : (uint64_t)p->auxv;
        guest_image.described = r >= 0 && image_describe();
        return r;
}
