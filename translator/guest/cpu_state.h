/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of Arm's CPUs as threads begin with it: reset_state and copy_state of their struct guest (guest.h). */
#pragma once

struct cpu;

void cpu_reset_state(struct cpu *cpu);
void cpu_copy_state(struct cpu *to, struct cpu *from);
