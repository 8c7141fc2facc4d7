/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ELF loading, as fs/binfmt_elf.c does it. Headers are not trusted: every offset, size and address is
 * checked against the file and against overflow. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/elf.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/stat.h>
#include <asm/stat.h>
#include "guest/guest.h"
#include "rt/rt.h"
#include "run/thread.h"
#include "abi.h"
#include "image.h"
#include "mm.h"
#include "loader.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
/* The kernel's limits: of program headers, and of a file's name with its NUL byte. */
#define PHDR_MAX (65536 / sizeof(Elf64_Phdr))
#define NAME_SIZE 4096

struct image guest_image;
uint64_t guest_vdso;

struct elf {
        int fd;
        uint64_t size; /* of the file */
        Elf64_Ehdr eh;
        uint64_t lo, hi; /* page-aligned addresses that PT_LOADs span, before relocation */
        uint64_t bias;
        bool is_program; /* not its interpreter */
        char *why;
        size_t why_size;
        char interp[NAME_SIZE];
        Elf64_Phdr ph[PHDR_MAX];
};

static int bad(struct elf *e, const char *what)
{
        rt_snprintf(e->why, e->why_size, "%s", what);
        return -ENOEXEC;
}

static int read_at(int fd, void *buf, size_t n, uint64_t off)
{
        for (size_t done = 0; done < n;) {
                long r = sys_call4(__NR_pread64, fd, (char *)buf + done, n - done, off + done);
                if (r == -EINTR)
                        continue;
                if (r < 0)
                        return (int)r;
                if (r == 0)
                        return -ENOEXEC;
                done += (size_t)r;
        }
        return 0;
}

/* ---- headers ---- */

static int check_header(struct elf *e)
{
        const Elf64_Ehdr *h = &e->eh;
        if (memcmp(h->e_ident, ELFMAG, SELFMAG))
                return bad(e, "not an ELF file");
        if (h->e_ident[EI_CLASS] == ELFCLASS32 && h->e_machine == EM_ARM)
                return bad(e, "a 32-bit ARM program: not supported by this version");
        if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != ELFDATA2LSB)
                return bad(e, "not a 64-bit little-endian ELF file");
        const struct abi *abi = abi_of_elf(h->e_ident[EI_CLASS], h->e_machine);
        if (!abi || (!e->is_program && abi != guest_abi))
                return bad(e, no_abi_for_it);
        abi_choose(abi);
        if (h->e_type != ET_EXEC && h->e_type != ET_DYN)
                return bad(e, "not an executable (ELF type is neither EXEC nor DYN)");
        if (h->e_phentsize != sizeof(Elf64_Phdr) || h->e_phnum == 0 || h->e_phnum > PHDR_MAX)
                return bad(e, "program header table of unusable size");
        if (h->e_phoff > e->size || e->size - h->e_phoff < h->e_phnum * sizeof(Elf64_Phdr))
                return bad(e, "program headers lie beyond the end of the file");
        return 0;
}

static int check_load(struct elf *e, const Elf64_Phdr *p)
{
        if (p->p_memsz < p->p_filesz)
                return bad(e, "segment is larger in the file than in memory");
        if (p->p_vaddr >= ADDRESS_MAX || p->p_memsz > ADDRESS_MAX - p->p_vaddr)
                return bad(e, "segment lies beyond the address space");
        if (p->p_filesz && (p->p_offset > e->size || p->p_filesz > e->size - p->p_offset))
                return bad(e, "truncated: a segment lies beyond the end of the file");
        if ((p->p_vaddr - p->p_offset) & (PAGE_SIZE - 1))
                return bad(e, "segment whose address and file offset disagree");
        return 0;
}

static int read_interp(struct elf *e, const Elf64_Phdr *p)
{
        if (p->p_filesz < 2 || p->p_filesz > sizeof(e->interp))
                return bad(e, "unusable name of the ELF interpreter");
        int r = read_at(e->fd, e->interp, p->p_filesz, p->p_offset);
        if (r < 0 || e->interp[p->p_filesz - 1])
                return bad(e, "unusable name of the ELF interpreter");
        return 0;
}

static int check_segments(struct elf *e)
{
        uint64_t last_end = 0;
        e->lo = UINT64_MAX;
        e->hi = 0;
        for (unsigned k = 0; k < e->eh.e_phnum; k++) {
                const Elf64_Phdr *p = &e->ph[k];
                int r = p->p_type == PT_LOAD ? check_load(e, p) : p->p_type == PT_INTERP ? read_interp(e, p) : 0;
                if (r < 0)
                        return r;
                if (p->p_type != PT_LOAD || !p->p_memsz)
                        continue;
                if (p->p_vaddr < last_end)
                        return bad(e, "segments overlap or are out of order");
                last_end = p->p_vaddr + p->p_memsz;
                if (e->lo == UINT64_MAX)
                        e->lo = PAGE_DOWN(p->p_vaddr);
                e->hi = PAGE_UP(last_end);
        }
        return e->hi ? 0 : bad(e, "no segment to load");
}

static int read_headers(struct elf *e)
{
        struct stat st;
        long r = sys_call2(__NR_fstat, e->fd, &st);
        if (r < 0)
                return (int)r;
        if ((st.st_mode & S_IFMT) != S_IFREG)
                return -EACCES;
        e->size = (uint64_t)st.st_size;
        if (e->is_program) {
                guest_image.dev = st.st_dev;
                guest_image.ino = st.st_ino;
        }
        if (e->size < sizeof(e->eh) || read_at(e->fd, &e->eh, sizeof(e->eh), 0) < 0)
                return bad(e, "truncated: shorter than an ELF header");
        int q = check_header(e);
        if (q < 0)
                return q;
        if (read_at(e->fd, e->ph, e->eh.e_phnum * sizeof(Elf64_Phdr), e->eh.e_phoff) < 0)
                return bad(e, "program headers cannot be read");
        return check_segments(e);
}

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
        return rt_failed(r) ? (int)r : 0;
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

/* A random multiple of the page size below `limit` pages, as the kernel's randomize_page(). */
static uint64_t random_offset(uint64_t limit)
{
        uint64_t r = 0;
        long personality = sys_call1(__NR_personality, 0xffffffff);
        if (personality >= 0 && personality & ADDR_NO_RANDOMIZE) /* a sandbox may refuse the question */
                return 0;
        if (sys_call3(__NR_getrandom, &r, sizeof(r), 0) != sizeof(r))
                return 0;
        return r % limit * PAGE_SIZE;
}

/* Returns the address that is wanted for a program which runs anywhere: far from the mappings that grow down from the stack, so
 * that its break has room (ELF_ET_DYN_BASE, two thirds of the address space, and mmap_rnd_bits). It is only a hint to mmap(2). */
static uint64_t wanted_base(const struct elf *e)
{
        enum { RANDOM_BITS = 28, ALIGN_MAX = 1 << 30 };
        uint64_t align = PAGE_SIZE;
        for (unsigned k = 0; k < e->eh.e_phnum; k++) {
                uint64_t a = e->ph[k].p_align;
                if (e->ph[k].p_type == PT_LOAD && a > align && a <= ALIGN_MAX && !(a & (a - 1)))
                        align = a;
        }
        return ADDRESS_MAX / 3 * 2 / align * align + random_offset(UINT64_C(1) << RANDOM_BITS) / align * align + e->lo % align;
}

/* Reserves a place for the whole image, so that its segments keep their distances. Returns 0 or a negative errno. */
static int reserve(struct elf *e)
{
        uint64_t want = e->eh.e_type == ET_EXEC ? e->lo : e->is_program ? wanted_base(e) : 0, size = e->hi - e->lo;
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (e->eh.e_type == ET_EXEC ? MAP_FIXED_NOREPLACE : 0);
        long r = rt_mmap(want, size, PROT_NONE, flags, -1, 0);
        if (rt_failed(r)) {
                if (r == -EEXIST)
                        return bad(e, "its fixed address is not free");
                if (r == -EPERM)
                        return bad(e, "its address is below vm.mmap_min_addr");
                return (int)r;
        }
        e->bias = (uint64_t)r - e->lo;
        return 0;
}

static void note_code(const struct elf *e, const Elf64_Phdr *p)
{
        uint64_t start = p->p_vaddr + e->bias, first = PAGE_DOWN(start);
        if (!(p->p_flags & PF_X))
                return;
        mm_exec_set(first, PAGE_UP(start + p->p_memsz), p->p_flags & PF_R ? MM_EXEC : MM_EXEC | MM_EXEC_ONLY);
        if (p->p_filesz)
                mm_memory_set(first, PAGE_UP(start + p->p_filesz), mm_file(e->fd, PAGE_DOWN(p->p_offset), false));
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
                        rt_munmap((void *)end, start - end);
                r = map_segment(e, p);
                note_code(e, p);
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

/* The last PT_GNU_STACK counts. Without one the stack is not executable, and nothing else is either (the table at
 * compat_elf_read_implies_exec in asm/elf.h). */
static bool wants_exec_stack(const struct elf *e)
{
        bool exec = false;
        for (unsigned k = 0; k < e->eh.e_phnum; k++)
                if (e->ph[k].p_type == PT_GNU_STACK)
                        exec = e->ph[k].p_flags & PF_X;
        return exec;
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
        m->brk = e->hi + e->bias + random_offset((1 << 30) / PAGE_SIZE); /* arch_randomize_brk() */
}

static int open_file(const char *dir, const char *name)
{
        char path[NAME_SIZE];
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
static struct elf program_elf, interp_elf;

static int load_interp(const char **sysroot, uint64_t *ret_entry, uint64_t *ret_base)
{
        struct elf *e = &program_elf, *i = &interp_elf;
        i->why = e->why;
        i->why_size = e->why_size;
        i->fd = open_interp(e, sysroot);
        if (i->fd < 0) {
                rt_snprintf(e->why, e->why_size, "its ELF interpreter cannot be opened%s: %s",
                            *sysroot ? "" : " (where its root file system is can be told with BINFMT_LD_PREFIX=DIR, or -L DIR)",
                            e->interp);
                return i->fd;
        }
        int r = read_headers(i);
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
        int r = read_headers(e);
        if (r >= 0)
                r = map_elf(e);
        if (r < 0)
                return r;
        note_extent(e);
        *ret = (struct loaded){
                .entry = e->eh.e_entry + e->bias,
                .phdr = phdr_address(e),
                .phnum = e->eh.e_phnum,
                .exec_stack = wants_exec_stack(e),
        };
        ret->start = ret->entry;
        guest_image.sysroot = p->sysroot;
        if (e->interp[0])
                r = load_interp(&guest_image.sysroot, &ret->start, &ret->interp_base);
        sys_call1(__NR_close, e->fd);
        return r;
}
