/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's vDSO: a small AArch64 ELF image with the kernel's clock functions (arch/arm64/kernel/vdso), so that reading the
 * time costs no system call: its functions call the host's vDSO. */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/elf.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include "guest/lift.h"
#include "rt/rt.h"
#include "linux/image.h"
#include "linux/signal.h"
#include "linux/special.h"
#include "arm64.h"
#include "linux/host_clock.h"

/* Instructions of the image that stand for a call of ours: UDF #VDSO_UDF + function. Only at addresses in the image. */
#define VDSO_UDF 0xbf00u
enum { VDSO_CLOCK_GETTIME, VDSO_GETTIMEOFDAY, VDSO_CLOCK_GETRES };

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

/* ---- the functions, as the kernel's: x0, x1 are arguments, x0 the result ---- */

static long do_gettimeofday(uint64_t tv, uint64_t tz)
{
        struct __kernel_timespec now;
        if (tz || !tv)
                return sys_call2(__NR_gettimeofday, tv, tz);
        long r = host_clock_gettime(CLOCK_REALTIME, &now);
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
                r = host_clock_gettime((int)cpu->x[0], &now);
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

void arm64_map_vdso(void)
{
        long p = special_map(0, sizeof(struct vdso_image));
        if (rt_failed(p))
                return;
        struct vdso_image *v = (struct vdso_image *)p;
        fill_headers(v);
        fill_symbols(v);
        guest_vdso = (uint64_t)p;
        special_seal(guest_vdso, sizeof(*v), "[vdso]");
        signal_trampoline = guest_vdso + OFFSET(text) + 16 * 3;
}
