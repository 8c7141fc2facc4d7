/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See abi.h. */
#include <asm/errno.h>
#include "guest/guest.h"
#include "rt/rt.h"
#include "abi.h"

const struct abi *guest_abi;
const struct abi_cpu *guest_cpu;
static const char *wished_cpu;

const struct abi *abi_of_elf(unsigned elf_class, unsigned elf_machine)
{
        for (const struct abi *const *a = all_abis; *a; a++)
                if ((*a)->guest->elf_class == elf_class && (*a)->guest->elf_machine == elf_machine)
                        return *a;
        return NULL;
}

/* Returns the CPU of that name, or NULL. */
static const struct abi_cpu *cpu_of(const struct abi *abi, const char *name)
{
        for (const struct abi_cpu *c = abi->cpus; c->name; c++)
                if (!strcmp(c->name, name))
                        return c;
        return NULL;
}

bool abi_wish_cpu(const char *name)
{
        wished_cpu = name;
        for (const struct abi *const *a = all_abis; *a; a++)
                if (cpu_of(*a, name))
                        return true;
        return false;
}

void abi_choose(const struct abi *abi)
{
        const struct abi_cpu *cpu = wished_cpu ? cpu_of(abi, wished_cpu) : NULL;

        guest_abi = abi;
        the_guest = abi->guest;
        guest_cpu = cpu ? cpu : abi->cpus;
}

enum { MAX_STRUCT = 256 }; /* bytes; all that are converted are smaller */

int abi_read(const struct abi_struct *s, void *host, size_t size, uint64_t addr)
{
        uint64_t guest[MAX_STRUCT / sizeof(uint64_t)];

        if (!s->to_host)
                return guest_read(host, addr, size);
        if (guest_read(guest, addr, s->size) < 0)
                return -EFAULT;
        s->to_host(host, guest);
        return 0;
}

int abi_write(const struct abi_struct *s, uint64_t addr, const void *host, size_t size)
{
        uint64_t guest[MAX_STRUCT / sizeof(uint64_t)];

        if (!s->to_guest)
                return guest_write(addr, host, size);
        s->to_guest(guest, host);
        return guest_write(addr, guest, s->size);
}

int guest_get_word(uint64_t *ret, uint64_t array, uint64_t k)
{
        *ret = 0;
        return guest_read(ret, array + k * guest_abi->word, guest_abi->word);
}
