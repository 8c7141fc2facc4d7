/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that guest code is mapped from: when one becomes shorter, the code behind its end is gone. */
#pragma once
#include <stdint.h>

/* [start, start + size) is mapped from that offset of a file on, and may be executed. With mm_lock() held, or by start-up. */
void code_file_mapped(int fd, uint64_t start, uint64_t size, uint64_t offset);

/* The open file may have become shorter: translations of what is no longer there are dropped. */
void code_file_truncated(int fd);
