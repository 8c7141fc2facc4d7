/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open flags: O_DIRECTORY, O_NOFOLLOW, O_DIRECT and O_LARGEFILE have other values on arm64 than on x86 (asm/fcntl.h of both). */
#pragma once
#include <stdint.h>

uint32_t open_flags_to_host(uint32_t guest);
uint32_t open_flags_to_guest(uint32_t host);
