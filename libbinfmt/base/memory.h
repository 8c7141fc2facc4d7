/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/* Returns how many bytes of memory the machine could give to programs without swapping, as the kernel estimates it; 0 where it does not
 * say that. */
uint64_t memory_available(void);
