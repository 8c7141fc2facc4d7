/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes as text: printable ASCII stands for itself, any other byte is \xHH. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Decodes text. Returns 0, -ENOMEM, or -EINVAL with *ret_reason, a constant string. Stricter than the kernel, which
 * takes an unknown escape such as \n literally and silently cuts at a NUL byte: what could be meant otherwise is
 * refused. */
int unescape(const char *text, uint8_t **ret, size_t *ret_size, const char **ret_reason);

/* Decodes text as the kernel's register file does, for text that was written for that: everything but \xHH stands for
 * itself. Returns like unescape: -EINVAL where \x is not followed by two digits. */
int unescape_as_kernel(const char *text, uint8_t **ret, size_t *ret_size, const char **ret_reason);

/* Encodes each byte as \xHH. Returns a new string, or NULL without memory. */
char *escape_all(const uint8_t *bytes, size_t size);

/* Encodes what is not printable, the backslash and the delimiter as \xHH. Shorter than escape_all, which matters
 * because the kernel limits the line. Returns a new string, or NULL without memory. */
char *escape_needed(const uint8_t *bytes, size_t size, char delimiter);
