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

/* Takes the kernel's stack, which grows down to what RLIMIT_STACK allows at that moment. `need`: bytes that are wanted at once.
 * Returns false when it has no room for them. */
static bool take_kernel_stack(const struct program *p, uint64_t need)
{
        struct rlimit64 limit;
        uint64_t end = kernel_stack_end(p), lowest = PAGE_DOWN(p->kernel_sp) - need;
        if (p->stack_size || !end || sys_call4(__NR_prlimit64, 0, RLIMIT_STACK, 0, &limit) < 0)
                return false;
        if (limit.rlim_cur < end - lowest + STACK_MIN / 4 || guest_write(lowest, "", 1) < 0)
                return false;
        guest_image.stack_hi = end;
        return true;
}

/* Maps a stack, where the user asks for one of a certain size, or what the kernel has put on its own leaves no room. */
static int map_stack(const struct program *p, uint64_t need)
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
        size = PAGE_UP(size);
        long r = rt_mmap(0, size + GUARD, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
        if (rt_failed(r))
                return (int)r;
        guest_image.stack_lo = (uint64_t)r + GUARD;
        guest_image.stack_hi = guest_image.stack_lo + size;
        return (int)rt_mprotect((void *)guest_image.stack_lo, size, PROT_READ | PROT_WRITE);
}

/* Notes what kind of mapping the stack is. Where the guest may execute it, the host's protection is changed too, but only for the
 * looks of /proc/self/maps: it does not matter if that fails. */
static void note_stack(uint64_t sp, bool exec)
{
        const struct image *m = &guest_image;
        uint64_t from = m->stack_lo ? m->stack_lo : PAGE_DOWN(sp);
        int prot = PROT_READ | PROT_WRITE | PROT_EXEC | (m->stack_lo ? 0 : PROT_GROWSDOWN);
        if (exec)
                (void)rt_mprotect((void *)from, m->stack_hi - from, prot);
        mm_exec_set(from, m->stack_hi, (exec ? MM_EXEC : 0) | (m->stack_lo ? 0 : MM_GROWS));
}

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

static void aux(uint64_t type, uint64_t value)
{
        struct image *m = &guest_image;
        if (m->nauxv + 2 > sizeof(m->auxv) / sizeof(m->auxv[0]))
                return;
        m->auxv[m->nauxv++] = type;
        m->auxv[m->nauxv++] = value;
}

static void make_auxv(const struct program *p, const struct loaded *l, uint64_t execfn, uint64_t platform, uint64_t random)
{
        guest_image.nauxv = 0;
        if (guest_vdso)
                aux(AT_SYSINFO_EHDR, guest_vdso);
        aux(AT_MINSIGSTKSZ, guest_abi->at_minsigstksz);
        aux(AT_HWCAP, guest_cpu->hwcap);
        aux(AT_PAGESZ, 4096);
        aux(AT_CLKTCK, host_aux(p, AT_CLKTCK));
        aux(AT_PHDR, l->phdr);
        aux(AT_PHENT, sizeof(Elf64_Phdr));
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
static uint64_t *put_pointers(uint64_t *to, uint64_t at, unsigned n)
{
        for (unsigned k = 0; k < n; k++) {
                *to++ = at;
                at += strlen((const char *)at) + 1;
        }
        *to++ = 0;
        return to;
}

static int make_stack(struct thread *t, const struct program *p, const struct loaded *l)
{
        struct image *m = &guest_image;
        unsigned argc, envc;
        uint64_t need = strings_size(p->argv, &argc) + strings_size(p->envp, &envc) + strlen(p->execfn) + 4096;
        need += 8 * (argc + envc + sizeof(m->auxv) / 8);
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
        uint64_t words = 1 + argc + 1 + envc + 1 + m->nauxv;
        uint64_t *sp = (uint64_t *)((at - 8 * words) & ~UINT64_C(15));
        m->start_stack = (uint64_t)sp;
        uint64_t *w = sp;
        *w++ = argc;
        w = put_pointers(w, m->arg_start, argc);
        w = put_pointers(w, m->env_start, envc);
        memcpy(w, m->auxv, m->nauxv * 8);
        note_stack(m->start_stack, l->exec_stack);
        guest_abi->first_registers(&t->cpu, l->start, m->start_stack);
        return 0;
}

/* Notes the name of the program where /proc cannot tell it: made absolute, which libc insists on. */
static void note_path_without_proc(const char *path)
{
        char *to = guest_image.path;
        size_t size = sizeof(guest_image.path);
        long n = path[0] == '/' ? 0 : sys_call2(__NR_getcwd, to, size);

        /* The length that getcwd returns counts the NUL; the root directory ends with the slash already. */
        n = n <= 0 ? 0 : n - 1;
        rt_snprintf(to + n, size - n, "%s%s", path[0] == '/' || (n > 0 && to[n - 1] == '/') ? "" : "/", path);
}

/* Notes the absolute name of the program, for /proc/self/exe. */
static void note_path(const struct program *p)
{
        char link[40];
        int fd = p->fd >= 0 ? p->fd : (int)sys_call3(__NR_open, p->path, 010000000 /* O_PATH */, 0);
        rt_snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
        long n = fd < 0 ? -1 : sys_call3(__NR_readlink, link, guest_image.path, sizeof(guest_image.path) - 1);
        if (n > 0)
                guest_image.path[n] = 0;
        else
                note_path_without_proc(p->path);
        if (p->fd < 0 && fd >= 0)
                sys_call1(__NR_close, fd);
}

int load_program(struct thread *t, const struct program *p, char *why, size_t size)
{
        struct loaded l;
        why[0] = 0;
        host_clock_init(host_aux(p, AT_SYSINFO_EHDR), kernel_stack_end(p));
        note_path(p);
        int r = load_elf(p, &l, why, size);
        if (r >= 0) {
                guest_abi->map_vdso();
                r = make_stack(t, p, &l);
        }
        guest_image.host_stack = (uint64_t)p->auxv;
        guest_image.described = r >= 0 && image_describe();
        return r;
}
