/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF loading, as fs/binfmt_elf.c does it. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/resource.h>
#include "guest/guest.h"
#include "rt/rt.h"
#include "abi.h"
#include "elf_file.h"
#include "image.h"
#include "loader.h"
#include "mm.h"
#include "mm_place.h"
#include "mm_space.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

struct image guest_image RT_MEDIUM;
uint64_t guest_vdso;

/* ---- mapping ---- */

static int prot_of(const Elf64_Phdr *p)
{
        return (p->p_flags & PF_R ? PROT_READ : 0) | (p->p_flags & PF_W ? PROT_WRITE : 0) |
               (p->p_flags & PF_X ? PROT_READ | PROT_EXEC : 0);
}

static int map_anonymous(uint64_t from, uint64_t to, int prot)
{
        if (from >= to)
                return 0;
        long r = rt_mmap(from, to - from, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (rt_failed(r))
                return (int)r;
        if (prot & PROT_WRITE)
                mm_populate_zeroes(from, to);
        return 0;
}

static int map_segment(struct elf *e, const Elf64_Phdr *p)
{
        uint64_t addr = p->p_vaddr + e->bias, file_end = addr + p->p_filesz, mem_end = addr + p->p_memsz;
        uint64_t first = PAGE_DOWN(addr);
        int prot = prot_of(p);
        if (p->p_filesz) {
                long r = rt_mmap(first, PAGE_UP(file_end) - first, prot, MAP_PRIVATE | MAP_FIXED, e->fd, PAGE_DOWN(p->p_offset));
                if (rt_failed(r))
                        return (int)r;
                if (prot & PROT_WRITE)
                        mm_populate_data(first, PAGE_UP(file_end));
                else if (!p->p_offset)
                        mm_populate_symbols(first, PAGE_UP(file_end));
        }
        if (p->p_memsz > p->p_filesz) {
                uint64_t zero = p->p_filesz ? PAGE_UP(file_end) : first;
                /* The kernel fills the rest of the last page too, but does not mind when that cannot be written. */
                if (p->p_filesz && (prot & PROT_WRITE) && (file_end & (PAGE_SIZE - 1))) {
                        uint64_t n = zero - file_end;
                        static const char zeros[4096];
                        (void)guest_write(file_end, zeros, n);
                }
                return map_anonymous(zero, PAGE_UP(mem_end), prot);
        }
        return 0;
}

/* What the layout of the address space depends on besides the program. */
enum { OFFSETS = 4 }; /* of mappings, program, break and stack */
static struct {
        bool random, legacy; /* !ADDR_NO_RANDOMIZE, ADDR_COMPAT_LAYOUT */
        unsigned used;       /* of `number` */
        uint64_t number[OFFSETS];
} chance;

static void ask_for_chance(void)
{
        long personality = sys_call1(__NR_personality, 0xffffffff); /* a sandbox may refuse the question */

        chance.legacy = personality > 0 && personality & ADDR_COMPAT_LAYOUT;
        chance.random = personality < 0 || !(personality & ADDR_NO_RANDOMIZE);
        if (chance.random)
                (void)sys_call3(__NR_getrandom, chance.number, sizeof(chance.number), 0);
}

uint64_t random_offset(uint64_t limit)
{
        return limit && chance.used < OFFSETS ? chance.number[chance.used++] % limit * PAGE_SIZE : 0;
}

/* Returns the address that is wanted for a program which runs anywhere: far from the mappings that grow down from the stack, so
 * that its break has room. It is only a hint to mmap(2). */
static uint64_t wanted_base(const struct elf *e)
{
        enum { ALIGN_MAX = 1 << 30 };
        const struct abi_space *space = &guest_abi->space;
        uint64_t align = PAGE_SIZE;
        for (unsigned k = 0; k < e->eh.e_phnum; k++) {
                uint64_t a = e->ph[k].p_align;
                if (e->ph[k].p_type == PT_LOAD && a > align && a <= ALIGN_MAX && !(a & (a - 1)))
                        align = a;
        }
        return space->program / align * align + random_offset(space->program_random) / align * align + e->lo % align;
}

/* Says why a program's fixed address cannot be had. */
static int no_fixed_address(struct elf *e, long error)
{
        const uint64_t usual = 32768; /* of Arm's kernels */

        if (error == -EEXIST)
                return elf_bad(e, "its fixed address is not free");
        if (error != -EPERM)
                return (int)error;
        rt_snprintf(e->why, e->why_size, "its address %#lx is below vm.mmap_min_addr; \"sysctl vm.mmap_min_addr=%lu\" allows it",
                    (unsigned long)e->lo, (unsigned long)(e->lo < usual ? e->lo : usual));
        return -ENOEXEC;
}

/* Maps what keeps a place for the whole image. */
static long map_place(const struct elf *e)
{
        bool fixed = e->eh.e_type == ET_EXEC;
        uint64_t want = fixed ? e->lo : e->is_program ? wanted_base(e) : 0, size = e->hi - e->lo;
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (fixed ? MAP_FIXED_NOREPLACE : 0);
        if (mm_space_is_ours())
                return mm_place_mmap(rt_syscall, (const uint64_t[6]){ want, size, PROT_NONE, (uint64_t)flags, UINT64_MAX, 0 });
        return rt_mmap(want, size, PROT_NONE, flags, -1, 0);
}

/* Reserves a place for the whole image, so that its segments keep their distances. Returns 0 or a negative errno. */
static int reserve(struct elf *e)
{
        long r = map_place(e);
        if (rt_failed(r))
                return e->eh.e_type == ET_EXEC ? no_fixed_address(e, r) : (int)r;
        e->bias = (uint64_t)r - e->lo;
        return 0;
}

static void unmap(uint64_t start, uint64_t end)
{
        rt_munmap((void *)start, end - start);
        mm_space_free(start, end);
}

/* Notes what may be done with a segment's pages, of which the first may have been the last of another one. */
static void note_pages(const struct elf *e, const Elf64_Phdr *p)
{
        uint64_t start = p->p_vaddr + e->bias, first = PAGE_DOWN(start);
        unsigned prot = (p->p_flags & PF_R ? PROT_READ : 0u) | (p->p_flags & PF_W ? PROT_WRITE : 0u), exec = p->p_flags & PF_X;
        unsigned what = mm_exec_of(prot | (exec ? PROT_EXEC : 0u));
        struct mm_memory is = what && p->p_filesz ? mm_file(e->fd, PAGE_DOWN(p->p_offset), false) : MM_NOTHING;
        mm_exec_set(first, PAGE_UP(start + p->p_memsz), what);
        mm_memory_set(first, PAGE_UP(start + p->p_filesz), is);
}

static int map_elf(struct elf *e)
{
        int r = reserve(e);
        uint64_t end = e->lo + e->bias; /* of what is mapped: nothing is between segments */
        for (unsigned k = 0; r >= 0 && k < e->eh.e_phnum; k++) {
                const Elf64_Phdr *p = &e->ph[k];
                if (p->p_type != PT_LOAD || !p->p_memsz)
                        continue;
                uint64_t start = PAGE_DOWN(p->p_vaddr + e->bias);
                if (start > end)
                        unmap(end, start);
                r = map_segment(e, p);
                note_pages(e, p);
                end = PAGE_UP(p->p_vaddr + e->bias + p->p_memsz);
        }
        return r;
}

/* ---- the program and its interpreter ---- */

static uint64_t phdr_address(const struct elf *e)
{
        for (unsigned k = 0; k < e->eh.e_phnum; k++) {
                const Elf64_Phdr *p = &e->ph[k];
                if (p->p_type == PT_PHDR)
                        return p->p_vaddr + e->bias;
                if (p->p_type == PT_LOAD && e->eh.e_phoff >= p->p_offset && e->eh.e_phoff - p->p_offset < p->p_filesz)
                        return p->p_vaddr + (e->eh.e_phoff - p->p_offset) + e->bias;
        }
        return 0;
}

/* What the last PT_GNU_STACK says of the stack. Without one that is not executable, and nothing else is either, or all is that can be
 * read (the table at compat_elf_read_implies_exec in asm/elf.h). */
static bool wants_exec_stack(const struct elf *e)
{
        bool noted = false, exec = false;
        for (unsigned k = 0; k < e->eh.e_phnum; k++)
                if (e->ph[k].p_type == PT_GNU_STACK) {
                        noted = true;
                        exec = e->ph[k].p_flags & PF_X;
                }
        if (!noted && guest_abi->no_stack_note_is_all) {
                mm_read_implies_exec(true);
                exec = true;
        }
        return exec;
}

/* Decides where mappings begin, as arch_pick_mmap_layout() of mm/util.c does: below the stack and what it may grow to. */
static void lay_out(const struct program *p)
{
        const uint64_t gap_min = UINT64_C(128) << 20, gap_max = guest_abi->space.stack_top / 6 * 5;
        const struct abi_space *space = &guest_abi->space;
        struct rlimit64 limit = { 0 };

        if (!space->stack_top)
                return;
        (void)sys_call4(__NR_prlimit64, 0, RLIMIT_STACK, 0, &limit);
        bool legacy = limit.rlim_cur == RLIM64_INFINITY || chance.legacy;
        uint64_t gap = p->stack_size > limit.rlim_cur ? p->stack_size : limit.rlim_cur,
                 random = random_offset(space->mappings_random);
        if (gap < gap_max)
                gap += MM_STACK_GAP + (chance.random ? space->stack_random * PAGE_SIZE : 0);
        gap = gap < gap_min ? gap_min : gap > gap_max ? gap_max : gap;
        mm_space_init(legacy ? space->bottom_up + random : PAGE_DOWN(space->stack_top - gap) - random, legacy, space->bottom_up,
                      space->end);
}

static void note_extent(const struct elf *e)
{
        struct image *m = &guest_image;
        m->start_code = UINT64_MAX;
        for (unsigned k = 0; k < e->eh.e_phnum; k++) {
                const Elf64_Phdr *p = &e->ph[k];
                uint64_t start = p->p_vaddr + e->bias, end = start + p->p_filesz;
                if (p->p_type != PT_LOAD)
                        continue;
                if (start < m->start_code)
                        m->start_code = start;
                if ((p->p_flags & PF_X) && end > m->end_code)
                        m->end_code = end;
                if (start > m->start_data)
                        m->start_data = start;
                if (end > m->end_data)
                        m->end_data = end;
        }
        m->brk = e->hi + e->bias + random_offset(guest_abi->space.break_random);
}

static int open_file(const char *dir, const char *name)
{
        char path[ELF_NAME_SIZE];
        if ((size_t)rt_snprintf(path, sizeof(path), "%s%s", dir, name) >= sizeof(path))
                return -ENAMETOOLONG;
        return (int)sys_call3(__NR_open, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
}

/* Where no -L says otherwise and the interpreter is nowhere else, it is looked for where Debian's QEMU looks by itself: there may
 * be a link to a cross compiler's libraries. Sets *sysroot to that directory then. Other programs are not slowed down by it. */
static int open_interp(const struct elf *e, const char **sysroot)
{
        int fd = *sysroot ? open_file(*sysroot, e->interp) : -ENOENT;
        if (fd < 0)
                fd = open_file("", e->interp);
        if (fd != -ENOENT || *sysroot)
                return fd;
        int other = open_file(guest_abi->sysroot, e->interp);
        if (other < 0)
                return fd;
        *sysroot = guest_abi->sysroot;
        return other;
}

/* Static because they are large, and loading happens once. */
static struct elf program_elf RT_LARGE, interp_elf RT_LARGE;

/* Few files have more headers than these. */
static void get_ready(struct elf *e)
{
        enum { USUAL = 16 };
        rt_populate(e, &e->ph[USUAL], true);
}

static int load_interp(const char **sysroot, uint64_t *ret_entry, uint64_t *ret_base)
{
        struct elf *e = &program_elf, *i = &interp_elf;
        get_ready(i);
        i->why = e->why;
        i->why_size = e->why_size;
        i->fd = open_interp(e, sysroot);
        if (i->fd < 0) {
                rt_snprintf(e->why, e->why_size, "its ELF interpreter cannot be opened%s: %s",
                            *sysroot ? "" : " (where its root file system is can be told with BINFMT_LD_PREFIX=DIR, or -L DIR)",
                            e->interp);
                return i->fd;
        }
        int r = elf_read(i);
        if (r >= 0)
                r = map_elf(i);
        sys_call1(__NR_close, i->fd);
        if (r < 0)
                return r;
        *ret_entry = i->eh.e_entry + i->bias;
        *ret_base = i->lo + i->bias;
        return 0;
}

int load_elf(const struct program *p, struct loaded *ret, char *why, size_t size)
{
        struct elf *e = &program_elf;
        get_ready(e);
        e->is_program = true;
        e->why = why;
        e->why_size = size;
        /* O_NONBLOCK: a FIFO is refused, not waited for */
        e->fd = p->fd >= 0 ? p->fd : (int)sys_call3(__NR_open, p->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
        if (e->fd < 0)
                return e->fd;
        if (p->fd < 0) {
                long x = sys_call3(__NR_faccessat, AT_FDCWD, p->path, 1);
                if (x < 0)
                        return (int)x;
        }
        int r = elf_read(e);
        if (r < 0)
                return r;
        ask_for_chance();
        lay_out(p);
        bool exec_stack = wants_exec_stack(e);
        r = map_elf(e);
        if (r < 0)
                return r;
        note_extent(e);
        *ret = (struct loaded){
                .entry = e->eh.e_entry + e->bias,
                .phdr = phdr_address(e),
                .phnum = e->eh.e_phnum,
                .phent = elf_phdr_size(e),
                .exec_stack = exec_stack,
        };
        ret->start = ret->entry;
        guest_image.sysroot = p->sysroot;
        if (e->interp[0])
                r = load_interp(&guest_image.sysroot, &ret->start, &ret->interp_base);
        sys_call1(__NR_close, e->fd);
        return r;
}
