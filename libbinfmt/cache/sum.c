/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sum.h"

#include "base/util.h"

#define BUFFER (256 << 10)

/* What n bytes make of the number before them: words, of which the last one has zeros behind it. Each step can be undone, so that one wrong
 * word is always noticed. */
static uint64_t add(uint64_t sum, const uint8_t *p, size_t n)
{
        for (size_t at = 0; at < n; at += sizeof(uint64_t)) {
                uint64_t word = 0;
                memcpy(&word, p + at, n - at < sizeof(word) ? n - at : sizeof(word));
                sum = (sum ^ word) * 0x9e3779b97f4a7c15ULL;
                sum ^= sum >> 32;
        }
        return sum;
}

int sum_file(int fd, uint64_t *ret)
{
        _cleanup_free_ uint8_t *buffer = malloc(BUFFER);
        uint64_t sum = 0, bytes = 0;
        ssize_t n;

        if (!buffer)
                return -ENOMEM;
        do {
                n = fd_read_at(fd, buffer, BUFFER, bytes);
                if (n < 0)
                        return (int)n;
                sum = add(sum, buffer, (size_t)n);
                bytes += (uint64_t)n;
        } while (n == BUFFER);
        sum = add(sum, (const uint8_t *)&bytes, sizeof(bytes));
        *ret = sum ? sum : 1;
        return 0;
}
