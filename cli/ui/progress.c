/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

#include <inttypes.h>
#include <sys/ioctl.h>
#include <time.h>

#include "output.h"
#include "base/util.h"

#define EVERY_USEC 100000

/* Columns of a bar, and what a terminal has that does not say how many. */
#define BAR_MAX 40
#define BAR_LEAST 10
#define USUAL_WIDTH 80

static uint64_t now(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void progress_begin(struct progress *p)
{
        const char *term = getenv("TERM");
        struct winsize size;

        *p = (struct progress){};
        if (!isatty(STDERR_FILENO) || !term || streq(term, "dumb"))
                return;
        p->width = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 ? USUAL_WIDTH : size.ws_col;
}

char *progress_line(int width, const char *text, uint64_t done, uint64_t total)
{
        _cleanup_free_ char *numbers = NULL;
        char bar[BAR_MAX + 1];
        char *line = NULL;

        if (total == 0) {
                (void)string_format(&line, "%s", text);
                return line;
        }
        if (done > total)
                done = total;
        if (string_format(&numbers, "%" PRIu64 "/%" PRIu64 " %3d %%", done, total, (int)(done * 100 / total)) < 0)
                return NULL;
        /* The brackets, and a space on either side of them. */
        int room = width - columns(text) - columns(numbers) - 4;
        if (room > BAR_MAX)
                room = BAR_MAX;
        if (room < BAR_LEAST) {
                (void)string_format(&line, "%s %s", text, numbers);
                return line;
        }
        int full = (int)(done * (uint64_t)room / total);
        memset(bar, '#', (size_t)full);
        memset(bar + full, '.', (size_t)(room - full));
        bar[room] = '\0';
        (void)string_format(&line, "%s [%s] %s", text, bar, numbers);
        return line;
}

void progress_show(struct progress *p, const char *text, uint64_t done, uint64_t total)
{
        uint64_t time = now();

        if (p->width == 0 || (p->drawn && time - p->drawn < EVERY_USEC))
                return;
        /* The last column stays free: some terminals begin a new line there. */
        _cleanup_free_ char *line = progress_line(p->width - 1, text, done, total);
        if (!line)
                return;
        fprintf(stderr, "\r%s\033[K", line);
        (void)fflush(stderr);
        p->drawn = time;
}

void progress_end(struct progress *p)
{
        if (p->drawn)
                fputs("\r\033[K", stderr);
        (void)fflush(stderr);
        p->drawn = 0;
}
