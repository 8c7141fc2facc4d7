/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's vDSO (see vdso.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/elf.h>
#include <linux/mman.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include "guest/lift.h"
#include "rt/rt.h"
#include "linux/image.h"
#include "linux/mm.h"
#include "linux/signal.h"
#include "vdso.h"

/* ---- the image ---- */

#define NFUNCTIONS 4
#define NSYMBOLS (NFUNCTIONS + 1)
#define STRTAB \
        "\0__kernel_clock_gettime\0__kernel_gettimeofday\0__kernel_clock_getres\0__kernel_rt_sigreturn\0LINUX_2.6.39\0" \
        "linux-vdso.so.1"
enum { NAME_GETTIME = 1, NAME_GETTIMEOFDAY = 24, NAME_GETRES = 46, NAME_SIGRETURN = 68, NAME_VERSION = 90, NAME_SO = 103 };

/* Offsets in the image are addresses: its first PT_LOAD begins at 0. */
struct vdso_image {
        Elf64_Ehdr eh;
        Elf64_Phdr ph[2];
        Elf64_Dyn dyn[9];
        Elf64_Sym sym[NSYMBOLS];
        uint32_t hash[2 + 1 + NSYMBOLS]; /* one bucket */
        uint16_t versym[NSYMBOLS + 1];
        struct {
                uint16_t version, flags, ndx, cnt;
                uint32_t hash, aux, next;
                uint32_t name, aux_next;
        } verdef[2];
        char strtab[sizeof(STRTAB)];
        uint32_t text[16] __attribute__((aligned(16)));
};

static const uint32_t text[16] = {
        VDSO_UDF + VDSO_CLOCK_GETTIME,
        0xd65f03c0,
        0,
        0, /* ...; ret */
        VDSO_UDF + VDSO_GETTIMEOFDAY,
        0xd65f03c0,
        0,
        0,
        VDSO_UDF + VDSO_CLOCK_GETRES,
        0xd65f03c0,
        0,
        0,
        0xd2801168,
        0xd4000001,
        0,
        0, /* mov x8, #139; svc #0 */
};

/* The ELF hash (System V gABI), which verdef entries carry. */
static uint32_t elf_hash(const char *s)
{
        uint32_t h = 0;
        for (; *s; s++) {
                h = (h << 4) + (uint8_t)*s;
                uint32_t g = h & 0xf0000000;
                h = (h ^ g >> 24) & ~g;
        }
        return h;
}

#define OFFSET(field) offsetof(struct vdso_image, field)

static void fill_headers(struct vdso_image *v)
{
        static const uint8_t ident[EI_NIDENT] = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT };
        memcpy(v->eh.e_ident, ident, EI_NIDENT);
        v->eh.e_type = ET_DYN;
        v->eh.e_machine = EM_AARCH64;
        v->eh.e_version = EV_CURRENT;
        v->eh.e_phoff = OFFSET(ph);
        v->eh.e_ehsize = sizeof(Elf64_Ehdr);
        v->eh.e_phentsize = sizeof(Elf64_Phdr);
        v->eh.e_phnum = 2;
        v->ph[0] = (Elf64_Phdr){
                .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = sizeof(*v), .p_memsz = sizeof(*v), .p_align = 4096
        };
        v->ph[1] = (Elf64_Phdr){ .p_type = PT_DYNAMIC,
                                 .p_flags = PF_R,
                                 .p_offset = OFFSET(dyn),
                                 .p_vaddr = OFFSET(dyn),
                                 .p_filesz = sizeof(v->dyn),
                                 .p_memsz = sizeof(v->dyn),
                                 .p_align = 8 };
        const uint64_t dyn[9][2] = {
                { DT_HASH, OFFSET(hash) },
                { DT_STRTAB, OFFSET(strtab) },
                { DT_SYMTAB, OFFSET(sym) },
                { DT_STRSZ, sizeof(STRTAB) },
                { DT_SYMENT, sizeof(Elf64_Sym) },
                { DT_SONAME, NAME_SO },
                { 0x6ffffff0 /* DT_VERSYM */, OFFSET(versym) },
                { 0x6ffffffc /* DT_VERDEF */, OFFSET(verdef) },
                { 0x6ffffffd /* DT_VERDEFNUM */, 2 },
        };
        memcpy(v->dyn, dyn, sizeof(dyn));
}

static void fill_symbols(struct vdso_image *v)
{
        static const uint16_t names[NFUNCTIONS] = { NAME_GETTIME, NAME_GETTIMEOFDAY, NAME_GETRES, NAME_SIGRETURN };
        memcpy(v->strtab, STRTAB, sizeof(STRTAB));
        memcpy(v->text, text, sizeof(text));
        v->hash[0] = 1;
        v->hash[1] = NSYMBOLS;
        v->hash[2] = 1; /* the chain: 1, 2, 3, 4, end */
        for (unsigned k = 1; k <= NFUNCTIONS; k++) {
                v->sym[k] = (Elf64_Sym){ .st_name = names[k - 1],
                                         .st_info = STB_GLOBAL << 4 | STT_FUNC,
                                         .st_shndx = 1,
                                         .st_value = OFFSET(text) + 16 * (k - 1),
                                         .st_size = 8 };
                v->hash[3 + k] = k < NFUNCTIONS ? k + 1 : 0;
                v->versym[k] = 2;
        }
        v->verdef[0].version = v->verdef[1].version = 1;
        v->verdef[0].flags = 1; /* VER_FLG_BASE: the image's own name */
        v->verdef[0].ndx = 1;
        v->verdef[1].ndx = 2;
        v->verdef[0].name = NAME_SO;
        v->verdef[1].name = NAME_VERSION;
        v->verdef[0].next = sizeof(v->verdef[0]);
        for (unsigned k = 0; k < 2; k++) {
                v->verdef[k].cnt = 1;
                v->verdef[k].hash = elf_hash(&STRTAB[v->verdef[k].name]);
                v->verdef[k].aux = 20;
        }
}

/* ---- the host's vDSO ---- */

typedef long clock_fn(int clock, void *ts);
static struct {
        uint64_t image;
        clock_fn *gettime;
        bool searched;
} host;

static const Elf64_Dyn *host_dynamic(uint64_t base, uint64_t *ret_bias)
{
        const Elf64_Ehdr *eh = (const Elf64_Ehdr *)base;
        const Elf64_Phdr *ph = (const Elf64_Phdr *)(base + eh->e_phoff);
        const Elf64_Dyn *dyn = NULL;
        for (unsigned k = 0; k < eh->e_phnum; k++) {
                if (ph[k].p_type == PT_LOAD && ph[k].p_offset == 0)
                        *ret_bias = base - ph[k].p_vaddr;
                else if (ph[k].p_type == PT_DYNAMIC)
                        dyn = (const Elf64_Dyn *)(base + ph[k].p_offset);
        }
        return dyn;
}

/* __vdso_clock_gettime; the image is the kernel's, so it is trusted. */
static clock_fn *find_gettime(uint64_t base)
{
        uint64_t bias = 0;
        const char *str = NULL;
        const Elf64_Sym *sym = NULL;
        const uint32_t *hash = NULL;
        const Elf64_Dyn *d = host_dynamic(base, &bias);
        for (; d && d->d_tag != DT_NULL; d++) {
                uint64_t p = bias + d->d_un.d_ptr;
                if (d->d_tag == DT_STRTAB)
                        str = (const char *)p;
                else if (d->d_tag == DT_SYMTAB)
                        sym = (const Elf64_Sym *)p;
                else if (d->d_tag == DT_HASH)
                        hash = (const uint32_t *)p;
        }
        if (!str || !sym)
                return NULL;
        /* Newer kernels have a GNU hash table only; the string table follows the symbols then. */
        uint32_t n =
                hash ? hash[1]
                     : (uint32_t)((const char *)str > (const char *)sym ? (size_t)(str - (const char *)sym) / sizeof(*sym) : 0);
        for (uint32_t k = 0; k < n; k++)
                if (!strcmp(str + sym[k].st_name, "__vdso_clock_gettime"))
                        return (clock_fn *)(bias + sym[k].st_value);
        return NULL;
}

static long host_gettime(int clock, struct __kernel_timespec *ts)
{
        if (!host.searched) {
                host.gettime = host.image ? find_gettime(host.image) : NULL;
                host.searched = true;
        }
        return host.gettime ? host.gettime(clock, ts) : sys_call2(__NR_clock_gettime, clock, ts);
}

/* ---- the functions, as the kernel's: x0, x1 are arguments, x0 the result ---- */

static long do_gettimeofday(uint64_t tv, uint64_t tz)
{
        struct __kernel_timespec now;
        if (tz || !tv)
                return sys_call2(__NR_gettimeofday, tv, tz);
        long r = host_gettime(CLOCK_REALTIME, &now);
        const int64_t out[2] = { now.tv_sec, now.tv_nsec / 1000 };
        return r < 0 ? r : guest_write(tv, out, sizeof(out));
}

static void helper_vdso(struct cpu *cpu, harg *arg, uint64_t function)
{
        struct __kernel_timespec now;
        long r;
        (void)arg;
        switch (function) {
        case VDSO_CLOCK_GETTIME:
                r = host_gettime((int)cpu->x[0], &now);
                if (r >= 0)
                        r = guest_write(cpu->x[1], &now, sizeof(now));
                break;
        case VDSO_GETTIMEOFDAY: r = do_gettimeofday(cpu->x[0], cpu->x[1]); break;
        default: r = sys_call2(__NR_clock_getres, (int)cpu->x[0], cpu->x[1]); break;
        }
        cpu->x[0] = (uint64_t)r;
}

bool vdso_contains(uint64_t pc)
{
        return guest_vdso && pc - guest_vdso < sizeof(struct vdso_image);
}

bool vdso_lift(struct lift *l)
{
        if (l->insn - VDSO_UDF > VDSO_CLOCK_GETRES || !vdso_contains(l->pc))
                return false;
        ir_helper_sync(l->ir, helper_vdso, REF_NONE, REF_NONE, REF_NONE, l->insn - VDSO_UDF);
        return true;
}

/* The host's image and the data pages right below it, which are not the guest's. Nothing else was mapped yet but what exec has
 * mapped. */
static void own_host_image(uint64_t stack_end)
{
        static struct rt_own own;
        const Elf64_Ehdr *eh = (const Elf64_Ehdr *)host.image;
        const Elf64_Phdr *ph = (const Elf64_Phdr *)(host.image + eh->e_phoff);
        uint64_t start = mm_mapped_from(host.image), end = host.image;
        for (unsigned k = 0; k < eh->e_phnum; k++)
                if (ph[k].p_type == PT_LOAD)
                        end = host.image + ph[k].p_offset + ph[k].p_memsz;
        if (start < stack_end && stack_end < host.image)
                start = stack_end;
        rt_own_add(&own, (const void *)start, end - start);
}

void vdso_init(uint64_t host_vdso, uint64_t stack_end)
{
        host.image = host_vdso;
        if (host.image)
                own_host_image(stack_end);
        long p = rt_mmap(0, sizeof(struct vdso_image), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p < 0 && p > -4096)
                return;
        struct vdso_image *v = (struct vdso_image *)p;
        fill_headers(v);
        fill_symbols(v);
        if (rt_mprotect(v, sizeof(*v), PROT_READ | PROT_EXEC) < 0) /* refused to memory that was writable */
                (void)rt_mprotect(v, sizeof(*v), PROT_READ);
        guest_vdso = (uint64_t)p;
        mm_exec_set(guest_vdso, guest_vdso + sizeof(*v), MM_EXEC);
        signal_trampoline = guest_vdso + OFFSET(text) + 16 * 3;
}
