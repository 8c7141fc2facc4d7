/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ioctl(2), by family: each function makes the call if its command is of its family. Returns false where it is not. */
#pragma once
#include "arm32.h"

bool ioctl_net(const uint64_t a[6], long *ret);
bool ioctl_device(const uint64_t a[6], long *ret);
