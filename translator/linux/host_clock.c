/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's vDSO (see host_clock.h). */
#include <asm/unistd.h>
#include <linux/elf.h>
#include <linux/time_types.h>
#include "rt/rt.h"
#include "host_clock.h"
#include "mm.h"

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

/* Returns the address of __vdso_clock_gettime, or NULL. The image is the kernel's, so it is trusted. */
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

long host_clock_gettime(int clock, struct __kernel_timespec *ts)
{
        if (!host.searched) {
                host.gettime = host.image ? find_gettime(host.image) : NULL;
                host.searched = true;
        }
        return host.gettime ? host.gettime(clock, ts) : sys_call2(__NR_clock_gettime, clock, ts);
}

/* Notes that the host's image and the data pages right below it are not the guest's. Up to now there are only mappings that exec
 * has made. */
static void own_host_image(uint64_t stack_end)
{
        static struct own_memory own;
        const Elf64_Ehdr *eh = (const Elf64_Ehdr *)host.image;
        const Elf64_Phdr *ph = (const Elf64_Phdr *)(host.image + eh->e_phoff);
        uint64_t start = mm_mapped_from(host.image), end = host.image;
        for (unsigned k = 0; k < eh->e_phnum; k++)
                if (ph[k].p_type == PT_LOAD)
                        end = host.image + ph[k].p_offset + ph[k].p_memsz;
        if (start < stack_end && stack_end < host.image)
                start = stack_end;
        own_memory_add(&own, (const void *)start, end - start);
}

void host_clock_init(uint64_t host_vdso, uint64_t stack_end)
{
        host.image = host_vdso;
        rt_populate((const void *)host_vdso, (const void *)(host_vdso + 1), false);
        if (host.image)
                own_host_image(stack_end);
}
