/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See read_growing_struct() in syscalls.h. */
#include <asm/errno.h>
#include "syscalls.h"

long read_growing_struct(void *to, size_t size, uint64_t from, uint64_t from_size)
{
        for (uint64_t at = size; at < from_size; at++) {
                uint8_t byte;
                if (guest_read(&byte, from + at, 1) < 0)
                        return -EFAULT;
                if (byte)
                        return -E2BIG;
        }
        memset(to, 0, size);
        return guest_read(to, from, from_size < size ? from_size : size) < 0 ? -EFAULT : 0;
}
