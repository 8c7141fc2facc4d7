/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of 32-bit Arm's struct abi (linux/abi.h says what each has to do), which abi.c puts together. */
#pragma once
#include "linux/abi.h"

extern const struct abi abi_arm;

/* machine.c */
enum { ARM_OPEN_FLAGS = 4 };
extern const struct abi_flag arm_open_flags[ARM_OPEN_FLAGS];
extern const struct abi_cpu arm_cpus[];
extern const char arm_cpuinfo_end[];
int arm_cpuinfo(char *buf, size_t size, unsigned k);
uint64_t arm_call_address(const struct cpu *cpu);
void arm_first_registers(struct cpu *cpu, uint64_t start, uint64_t sp);
void arm_child_registers(struct cpu *cpu, uint64_t stack, const uint64_t *tls);

/* frame.c */
int arm_push_frame(struct thread *t, const struct guest_sigaction *act, const struct linux_siginfo *info, uint64_t mask);
long arm_pop_frame(struct thread *t, bool rt);

/* fault.c */
void arm_describe_fault(struct thread *t, struct linux_siginfo *info);
void arm_fetch_fault(struct thread *t);

/* vdso.c: and the vectors page */
void arm_map_vdso(void);
