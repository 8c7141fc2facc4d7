/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The translator's own program in memory: what of it is asked for at once, and what becomes read-only. */
#include <linux/elf.h>
#include <linux/mman.h>
#include "rt.h"

extern const char __ehdr_start[], etext[], __bss_start[], _end[]; /* by the linker */

/* It puts these behind what is RT_LARGE, and behind what is RT_MEDIUM, in .bss. */
__attribute__((aligned(2048))) static uint8_t medium_begin;
__attribute__((aligned(256))) static uint8_t small_begin;

static const char *text_begin, *text_end; /* of the code of which more or less all is needed */

/* What only relocation and rt_guard_init() have to write: tables with addresses of functions. */
struct sealed {
        const char *start, *end;
};

static struct sealed find_sealed(void)
{
        const Elf64_Ehdr *eh = (const Elf64_Ehdr *)__ehdr_start;
        const Elf64_Phdr *ph = (const Elf64_Phdr *)(__ehdr_start + eh->e_phoff);
        for (unsigned k = 0; k < eh->e_phnum; k++)
                if (ph[k].p_type == PT_GNU_RELRO) {
                        const uint64_t start = (uint64_t)__ehdr_start + ph[k].p_vaddr, end = start + ph[k].p_memsz;
                        return (struct sealed){ (const char *)(start & ~UINT64_C(4095)), (const char *)(end & ~UINT64_C(4095)) };
                }
        return (struct sealed){ __bss_start, __bss_start };
}

/* Code and constants: a fault maps as much as a piece. */
static void ask_for_text(const struct sealed *s)
{
        enum { PIECE = 64 << 10 };
        for (const char *p = text_begin; p < text_end + PIECE; p += PIECE)
                rt_populate(p, p + 1, false);
        for (const char *p = etext + 4095; p < s->start; p += PIECE)
                rt_populate(p, p + 1, false);
}

void own_program_ask(const void *begin, const void *end)
{
        rt_populate(__ehdr_start, __ehdr_start + 1, false);
        const struct sealed s = find_sealed();
        rt_populate(s.start, __bss_start, true);
        rt_populate(&medium_begin, _end, true);
        text_begin = begin;
        text_end = end;
        ask_for_text(&s);
}

void own_program_ask_again(bool child)
{
        const char *stack = __builtin_frame_address(0);
        rt_populate(&small_begin, _end, true);
        rt_populate(stack - 4096, stack + 4096, true);
        if (!child)
                return;
        const struct sealed s = find_sealed();
        rt_populate(s.start, s.end, false);
        ask_for_text(&s);
}

void own_program_seal(void)
{
        const struct sealed s = find_sealed();
        if (s.start < s.end)
                (void)rt_mprotect((void *)(uintptr_t)s.start, (size_t)(s.end - s.start), PROT_READ);
}
