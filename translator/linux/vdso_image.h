/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The image of the guest's vDSO (vdso.h), for the file of a machine that says before, by VDSO_CLASS, 32 or 64, which of the two forms
 * of ELF it has. */
#pragma once
#include <linux/elf.h>
#include "rt/rt.h"
#include "vdso.h"

#define VDSO_JOIN(a, b, c) a##b##c
#define VDSO_NAME(class, type) VDSO_JOIN(Elf, class, _##type)
#define VDSO_ELF(type) VDSO_NAME(VDSO_CLASS, type)
enum { VDSO_SYMBOLS = VDSO_FUNCTIONS + 1, VDSO_TAGS = 10 };

/* Offsets in the image are addresses: its first PT_LOAD begins at 0. */
struct vdso_image {
        VDSO_ELF(Ehdr) eh;
        VDSO_ELF(Phdr) ph[2];
        VDSO_ELF(Dyn) dyn[VDSO_TAGS];
        VDSO_ELF(Sym) sym[VDSO_SYMBOLS];
        uint32_t hash[2 + 1 + VDSO_SYMBOLS]; /* one bucket */
        uint16_t versym[VDSO_SYMBOLS + 1];
        struct {
                uint16_t version, flags, ndx, cnt;
                uint32_t hash, aux, next;
                uint32_t name, aux_next;
        } verdef[2];
        char names[VDSO_NAMES];
        uint32_t text[VDSO_FUNCTIONS][VDSO_WORDS] __attribute__((aligned(16)));
};
_Static_assert(sizeof(struct vdso_image) <= 4096, "vdso_contains()");

#define VDSO_OFFSET(field) ((uint32_t)offsetof(struct vdso_image, field))

/* Returns where function k begins, as an offset. */
static inline uint32_t vdso_function_at(unsigned k)
{
        return VDSO_OFFSET(text) + k * 4 * VDSO_WORDS;
}

static void vdso_fill_headers(struct vdso_image *v, const struct vdso_contents *c, uint32_t soname)
{
        static const uint8_t ident[EI_NIDENT] = { 0x7f,        'E',       'L', 'F', VDSO_CLASS == 64 ? ELFCLASS64 : ELFCLASS32,
                                                  ELFDATA2LSB, EV_CURRENT };
        memcpy(v->eh.e_ident, ident, EI_NIDENT);
        v->eh.e_type = ET_DYN;
        v->eh.e_machine = c->machine;
        v->eh.e_version = EV_CURRENT;
        v->eh.e_flags = c->flags;
        v->eh.e_phoff = VDSO_OFFSET(ph);
        v->eh.e_ehsize = sizeof(v->eh);
        v->eh.e_phentsize = sizeof(v->ph[0]);
        v->eh.e_phnum = 2;
        v->ph[0] = (VDSO_ELF(Phdr)){
                .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = sizeof(*v), .p_memsz = sizeof(*v), .p_align = 4096
        };
        v->ph[1] = (VDSO_ELF(Phdr)){ .p_type = PT_DYNAMIC,
                                     .p_flags = PF_R,
                                     .p_offset = VDSO_OFFSET(dyn),
                                     .p_vaddr = VDSO_OFFSET(dyn),
                                     .p_filesz = sizeof(v->dyn),
                                     .p_memsz = sizeof(v->dyn),
                                     .p_align = 8 };
        const uint32_t dyn[VDSO_TAGS][2] = {
                { DT_HASH, VDSO_OFFSET(hash) },
                { DT_STRTAB, VDSO_OFFSET(names) },
                { DT_SYMTAB, VDSO_OFFSET(sym) },
                { DT_STRSZ, VDSO_NAMES },
                { DT_SYMENT, sizeof(v->sym[0]) },
                { DT_SONAME, soname },
                { 0x6ffffff0 /* DT_VERSYM */, VDSO_OFFSET(versym) },
                { 0x6ffffffc /* DT_VERDEF */, VDSO_OFFSET(verdef) },
                { 0x6ffffffd /* DT_VERDEFNUM */, 2 },
                { DT_NULL, 0 },
        };
        for (unsigned k = 0; k < VDSO_TAGS; k++) {
                v->dyn[k].d_tag = dyn[k][0];
                v->dyn[k].d_un.d_val = dyn[k][1];
        }
}

static void vdso_fill_versions(struct vdso_image *v, uint32_t soname, uint32_t version)
{
        v->verdef[0].flags = 1; /* VER_FLG_BASE: the image's own name */
        v->verdef[0].name = soname;
        v->verdef[1].name = version;
        v->verdef[0].next = sizeof(v->verdef[0]);
        for (unsigned k = 0; k < 2; k++) {
                v->verdef[k].version = 1;
                v->verdef[k].ndx = (uint16_t)(k + 1);
                v->verdef[k].cnt = 1;
                v->verdef[k].hash = vdso_hash(&v->names[v->verdef[k].name]);
                v->verdef[k].aux = 20;
        }
}

/* Fills an image that is all zeros. */
static void vdso_fill(struct vdso_image *v, const struct vdso_contents *c)
{
        uint32_t end = 1; /* behind the empty name */
        uint32_t soname = vdso_add_name(v->names, &end, "linux-vdso.so.1");
        uint32_t version = vdso_add_name(v->names, &end, c->version);

        v->hash[0] = 1;
        v->hash[1] = VDSO_SYMBOLS;
        v->hash[2] = 1; /* the chain: 1, 2, 3, 4, end */
        for (unsigned k = 1; k <= VDSO_FUNCTIONS; k++) {
                const struct vdso_function *f = &c->functions[k - 1];
                memcpy(v->text[k - 1], f->code, sizeof(f->code));
                v->sym[k].st_name = vdso_add_name(v->names, &end, f->name);
                v->sym[k].st_info = STB_GLOBAL << 4 | STT_FUNC;
                v->sym[k].st_shndx = 1;
                v->sym[k].st_value = vdso_function_at(k - 1);
                v->sym[k].st_size = 8;
                v->hash[3 + k] = k < VDSO_FUNCTIONS ? k + 1 : 0;
                v->versym[k] = 2;
        }
        vdso_fill_headers(v, c, soname);
        vdso_fill_versions(v, soname, version);
}
