/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Executes code in data, on the heap, on the stack, and in a mapping: prints which of these may be executed. */
#include "../memory.h"

#define CODE \
        { \
                INSN_42, INSN_RET \
        }
static uint32_t in_data[2] = CODE;

static void try(const char *where, uint32_t *code)
{
        __builtin___clear_cache((char *)code, (char *)(code + 2));
        bool may = sigsetjmp(env, 1) == 0 && ((int (*)(void))(uintptr_t)code)() == 42;
        printf(" %s:%s", where, may ? "yes" : "no");
}

static void *filled(void *p)
{
        return memcpy(p, in_data, sizeof(in_data));
}

TEST(places)
{
        uint32_t on_stack[2];
        catch_faults();
        printf("execute");
        try("data", in_data);
        try("heap", filled(sbrk(4096)));
        try("stack", filled(on_stack));
        try("mapping", filled(map(4096, PROT_READ | PROT_WRITE)));
        printf("\n");
}
