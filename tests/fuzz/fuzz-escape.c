/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes as text. A text that was read and written again reads the same, and any bytes can be written. */
#include "fuzz.h"

#include "base/escape.h"

static void round_trip(const uint8_t *bytes, size_t size, char *text)
{
        _cleanup_free_ char *owned = text;
        _cleanup_free_ uint8_t *again = NULL;
        const char *reason;
        size_t n;

        MUST(text && unescape(text, &again, &n, &reason) == 0);
        MUST(n == size && memcmp(again, bytes, n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *text = fuzz_string(data, size);
        _cleanup_free_ uint8_t *bytes = NULL;
        const char *reason = NULL;
        size_t n;

        if (size > 0) {
                round_trip(data, size, escape_all(data, size));
                round_trip(data, size, escape_needed(data, size, ':'));
        }
        if (unescape(text, &bytes, &n, &reason) < 0)
                MUST(reason);
        else if (n > 0)
                round_trip(bytes, n, escape_all(bytes, n));
        return 0;
}
