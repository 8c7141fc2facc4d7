/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening files for the guest. */
#pragma once
#include <stdint.h>

/* openat(2) and openat2(2), with open flags of the host. What is opened of /proc is what the guest shall see there. Returns a
 * descriptor, or a negative errno. */
struct open_how;
long open_file(int dirfd, uint64_t path, uint32_t flags, uint64_t mode);
long open_file_how(int dirfd, uint64_t path, const struct open_how *how);
