/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's floating-point control and status (FPCR, FPSR), of which the host's MXCSR is a part while the guest runs. */
#pragma once
#include "ir/cpu.h"

/* Sets FPCR, and with it MXCSR's rounding mode and the mode that regions are looked up with (enum mode). */
void cpu_set_fpcr(struct cpu *cpu, uint64_t v);

/* Sets FPSR: MXCSR's flags, which are a part of it, become zero. */
void cpu_set_fpsr(struct cpu *cpu, uint64_t v);

/* Returns FPSR: cpu->fpsr and what MXCSR has gathered. */
uint32_t cpu_get_fpsr(struct cpu *cpu);
