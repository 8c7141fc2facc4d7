/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests of FUSE and CUSE have open flags in them. */
#pragma once
#include <stddef.h>

struct iovec;

/* Called when `size` bytes were read from fd into n pieces of guest memory, the first of which are in `v`. Where they are a request
 * with flags, makes these the guest's. */
void fuse_request_read(int fd, const struct iovec *v, size_t n, size_t size);
