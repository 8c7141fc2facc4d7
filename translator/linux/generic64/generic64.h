/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all 64-bit machines with the generic interface (asm-generic) have in common, for their struct abi. */
#pragma once
#include "linux/abi.h"
#include "linux/syscalls.h"

extern const struct abi_calls generic64_calls;

/* Structures that are others on x86-64 (structs.h). */
void generic64_stat_to_guest(void *guest, const void *host);
void generic64_epoll_event_to_host(void *host, const void *guest);
void generic64_epoll_event_to_guest(void *guest, const void *host);
void generic64_semid_to_host(void *host, const void *guest);
void generic64_semid_to_guest(void *guest, const void *host);

/* ioctl.c */
syscall_fn sys_ioctl;
