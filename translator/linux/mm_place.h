/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls that make mappings of the guest's, where their places are chosen here (mm_space_is_ours()). Their arguments are the
 * host's, but for the addresses, which are as the guest has them. Results are those of the guest's kernel, errors included; what
 * has changed is noted in the map of mm_space.h. With mm_lock() held. */
#pragma once
#include <stdint.h>

#define HUGE_PAGE (UINT64_C(2) << 20) /* the size of most, and the least of all */

/* rt_syscall(), or safe_syscall() for a call of the guest's. */
typedef long mm_call_fn(long nr, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);

/* Returns how many bytes mmap(2) maps with these arguments: huge pages are mapped whole. For every guest. */
uint64_t mm_mapped_size(const uint64_t a[6]);

/* mmap(2) */
long mm_place_mmap(mm_call_fn *call, const uint64_t a[6]);
/* mremap(2) */
long mm_place_mremap(mm_call_fn *call, const uint64_t a[6]);
/* shmat(2) of a segment of `size` bytes */
long mm_place_shmat(mm_call_fn *call, const uint64_t a[6], uint64_t size);

/* Moves what the host's kernel has mapped for the guest, `size` bytes, to where the guest can reach it. Returns the new address or a
 * negative errno. */
long mm_place_move(uint64_t from, uint64_t size);
