/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A number made of all bytes of a file, by which damage is noticed. It is no protection from anybody who can write the file. */
#pragma once

#include <stdint.h>

/* Reads a file from its beginning to its end. The number is never 0. Returns 0 or a negative errno. */
int sum_file(int fd, uint64_t *ret);
