/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of arm64's struct abi (linux/abi.h says what each has to do), which abi.c puts together. */
#pragma once
#include "linux/abi.h"

extern const struct abi abi_arm64;

/* machine.c */
enum { ARM64_OPEN_FLAGS = 4 };
extern const struct abi_flag arm64_open_flags[ARM64_OPEN_FLAGS];
int arm64_cpuinfo(char *buf, size_t size, unsigned k);
uint64_t arm64_call_address(const struct cpu *cpu);
void arm64_first_registers(struct cpu *cpu, uint64_t start, uint64_t sp);
void arm64_child_registers(struct cpu *cpu, uint64_t stack, const uint64_t *tls);

/* frame.c */
int arm64_push_frame(struct thread *t, const struct guest_sigaction *act, const struct linux_siginfo *info, uint64_t mask);
long arm64_pop_frame(struct thread *t, bool rt);

/* fault.c */
/* As signal_force(), with a syndrome (ESR) for frames. */
void arm64_force(struct thread *t, int sig, int code, uint64_t addr, uint32_t esr);
void arm64_describe_fault(struct thread *t, struct linux_siginfo *info);
void arm64_fetch_fault(struct thread *t);

/* vdso.c */
void arm64_map_vdso(void);
