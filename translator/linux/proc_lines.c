/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading text of /proc (see proc_lines.h). */
#include <asm/unistd.h>
#include "rt/rt.h"
#include "proc_lines.h"

bool proc_lines(int fd, bool (*fn)(void *ctx, const char *line, size_t n), void *ctx)
{
        char buf[4 * 4096 + 128]; /* each byte of a name may be written as four */
        size_t have = 0;
        long n;

        while ((n = sys_call3(__NR_read, fd, buf + have, sizeof(buf) - have)) > 0) {
                char *line = buf, *end;
                have += (size_t)n;
                while ((end = memchr(line, '\n', have - (size_t)(line - buf)))) {
                        if (!fn(ctx, line, (size_t)(end - line)))
                                return false;
                        line = end + 1;
                }
                have -= (size_t)(line - buf);
                memmove(buf, line, have);
        }
        return true;
}

uint64_t proc_parse(const char **s, unsigned base)
{
        uint64_t v = 0;

        for (;; (*s)++) {
                char c = **s;
                unsigned d = c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
                if (d >= base)
                        return v;
                v = v * base + d;
        }
}
