/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's vDSO: a small AArch64 ELF image with the kernel's clock functions (arch/arm64/kernel/vdso), so that reading
 * the time costs no system call: its functions call the host's vDSO. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Builds and maps the image; sets guest_vdso. `host_vdso`: AT_SYSINFO_EHDR, or 0; `stack_end`: of the stack that the kernel made.
 * Without memory there is no vDSO, which programs can live with. */
void vdso_init(uint64_t host_vdso, uint64_t stack_end);

/* For guest/code.h: does pc lie in the image? / Lifts the instruction at l->pc when it is one of the image that stands for a call
 * of ours; returns false when it is not. */
struct lift;
bool vdso_contains(uint64_t pc);
bool vdso_lift(struct lift *l);

/* Instructions of the image that stand for a call of ours: UDF #VDSO_UDF + function. Only at addresses in the image. */
#define VDSO_UDF 0xbf00u
enum { VDSO_CLOCK_GETTIME, VDSO_GETTIMEOFDAY, VDSO_CLOCK_GETRES };
