/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lifted code needs in fuzz-ir (see fuzz-lifted.h). */
#include <xmmintrin.h>
#include "../../translator/guest/clock.h"
#include "../../translator/guest/fpcr.h"
#include "../../translator/rt/rt.h"
#include "fuzz-lifted.h"

uint8_t fuzz_code[CODE_SIZE] __attribute__((aligned(FETCH_LINE)));

const uint8_t *fuzz_fetch(uint64_t addr)
{
        return &fuzz_code[(addr - pc0) % CODE_SIZE];
}
_Static_assert(PC_LOW % FETCH_LINE == 0 && PC_HIGH % FETCH_LINE == 0 && CODE_SIZE % FETCH_LINE == 0, "lines do not wrap around");

/* Functions of the run-time that lifters refer to. */
uint32_t cpu_get_fpsr(struct cpu *cpu)
{
        return cpu->fpsr | (_mm_getcsr() >> 1 & 0x1e);
}
void cpu_set_fpsr(struct cpu *cpu, uint64_t v)
{
        cpu->fpsr = (uint32_t)v;
        _mm_setcsr(_mm_getcsr() & ~0x3fu);
}
void cpu_set_fpcr(struct cpu *cpu, uint64_t v)
{
        cpu->fpcr = (uint32_t)v;
}
void helper_cntvct(struct cpu *cpu, harg *arg, uint64_t imm)
{
        (void)cpu, (void)imm, arg[0].d[0] = 0;
}
bool code_read_constant(struct code_reader *c, uint64_t addr, uint32_t *ret)
{
        return (void)c, (void)addr, (void)ret, false;
}
int guest_read(void *dst, uint64_t addr, size_t n)
{
        (void)dst, (void)addr, (void)n;
        return -1;
}
void *rt_alloc(size_t size)
{
        return (void)size, NULL; /* nothing is known of where loops begin */
}
int rt_snprintf(char *buf, size_t size, const char *format, ...)
{
        (void)buf, (void)size, (void)format;
        return 0;
}
static bool no_vdso(struct lift *l, uint32_t number)
{
        return (void)l, (void)number, false;
}
const struct code_hooks *code_hooks = &(const struct code_hooks){ .lift_vdso = no_vdso };
