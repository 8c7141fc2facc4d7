/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "escape.h"

#include <errno.h>
#include <stdbool.h>

#include "util.h"

static int hex_digit(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        if (c >= 'A' && c <= 'F')
                return c - 'A' + 10;
        return -1;
}

static bool printable(unsigned char c)
{
        return c >= 0x20 && c < 0x7f;
}

int unescape(const char *text, uint8_t **ret, size_t *ret_size, const char **ret_reason)
{
        _cleanup_free_ uint8_t *bytes = malloc(strlen(text) + 1);
        size_t n = 0;

        if (!bytes)
                return -ENOMEM;

        for (const char *p = text; *p; p++) {
                if (!printable((unsigned char)*p)) {
                        *ret_reason = _("a byte that is not printable ASCII must be written as \\xHH");
                        return -EINVAL;
                }
                if (*p != '\\') {
                        bytes[n++] = (uint8_t)*p;
                        continue;
                }
                if (p[1] != 'x') {
                        *ret_reason = _("a backslash starts only \\xHH here (a backslash itself is \\x5c)");
                        return -EINVAL;
                }
                if (hex_digit(p[2]) < 0 || hex_digit(p[3]) < 0) {
                        *ret_reason = _("\\x needs two hexadecimal digits");
                        return -EINVAL;
                }
                bytes[n++] = (uint8_t)(hex_digit(p[2]) << 4 | hex_digit(p[3]));
                p += 3;
        }
        *ret = TAKE_PTR(bytes);
        *ret_size = n;
        return 0;
}

/* Whether a \x lacks its two digits. The kernel looks for such a one before it looks at anything else. */
static bool has_bad_escape(const char *text)
{
        for (const char *p = text; *p; p++)
                if (p[0] == '\\' && p[1] == 'x' && (hex_digit(p[2]) < 0 || hex_digit(p[3]) < 0))
                        return true;
        return false;
}

int unescape_as_kernel(const char *text, uint8_t **ret, size_t *ret_size, const char **ret_reason)
{
        if (has_bad_escape(text)) {
                *ret_reason = _("\\x needs two hexadecimal digits");
                return -EINVAL;
        }
        uint8_t *bytes = malloc(strlen(text) + 1);
        size_t n = 0;
        if (!bytes)
                return -ENOMEM;

        for (const char *p = text; *p; p++) {
                if (p[0] == '\\' && p[1] == 'x') {
                        bytes[n++] = (uint8_t)(hex_digit(p[2]) << 4 | hex_digit(p[3]));
                        p += 3;
                        continue;
                }
                /* A backslash takes the byte behind it with it, which starts no escape then. */
                if (p[0] == '\\' && p[1])
                        bytes[n++] = (uint8_t)*p++;
                bytes[n++] = (uint8_t)*p;
        }
        *ret = bytes;
        *ret_size = n;
        return 0;
}

static char *escape(const uint8_t *bytes, size_t size, bool all, char delimiter)
{
        char *s = malloc(size * 4 + 1), *p = s;

        if (!s)
                return NULL;
        for (size_t i = 0; i < size; i++) {
                if (!all && printable(bytes[i]) && bytes[i] != '\\' && bytes[i] != (uint8_t)delimiter)
                        *p++ = (char)bytes[i];
                else
                        p += sprintf(p, "\\x%02x", bytes[i]);
        }
        *p = '\0';
        return s;
}

char *escape_all(const uint8_t *bytes, size_t size)
{
        return escape(bytes, size, true, 0);
}

char *escape_needed(const uint8_t *bytes, size_t size, char delimiter)
{
        return escape(bytes, size, false, delimiter);
}
