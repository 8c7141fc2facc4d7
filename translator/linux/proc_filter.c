/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of /proc that are the kernel's but for some lines (see proc.h). */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include "rt/rt.h"
#include "open_flags.h"
#include "proc.h"
#include "settings.h"
#include "proc_lines.h"
#include "share_fd.h"

struct filter {
        int fd;                     /* to be written to */
        uint64_t limit;             /* in maps: what begins there or behind is beyond the program's addresses */
        char translator[PROC_PATH]; /* in maps: the translator's name there */
};

static bool put_line(const struct filter *f, const char *s, size_t n)
{
        proc_put(f->fd, s, n);
        proc_put(f->fd, "\n", 1);
        return true;
}

/* Is the mapping of the translator's file, of translations that were handed down, or of the host's vDSO and its data? */
static bool is_translators(const struct filter *f, const char *name, size_t n)
{
        static const char shared[] = SHARE_LINK;
        size_t len = strlen(f->translator);

        return (n == len && !memcmp(name, f->translator, len)) || (n == sizeof(shared) - 1 && !memcmp(name, shared, n)) ||
               (n > 2 && !memcmp(name, "[v", 2));
}

/* A line of another process's maps. There the translator's anonymous memory cannot be told from the program's. */
static bool put_mapping(void *ctx, const char *line, size_t n)
{
        struct filter *f = ctx;
        const char *start = line, *slash = memchr(line, '/', n), *name = slash ? slash : memchr(line, '[', n);

        return proc_parse(&start, 16) >= f->limit || (name && is_translators(f, name, n - (size_t)(name - line))) ||
               put_line(f, line, n);
}

static bool put_fdinfo(void *ctx, const char *line, size_t n)
{
        char buf[OPEN_FLAGS_LINE];
        size_t guests = open_flags_line(buf, line, n);

        return put_line(ctx, guests ? buf : line, guests ? guests : n);
}

/* "Linux version RELEASE (...": linux_proc_banner of init/version.c. */
static bool put_version(void *ctx, const char *line, size_t n)
{
        static const char head[] = "Linux version ";
        const size_t m = sizeof(head) - 1;
        struct filter *f = ctx;
        const char *end = n > m && !memcmp(line, head, m) ? memchr(line + m, ' ', n - m) : NULL;

        if (!end)
                return put_line(f, line, n);
        proc_put(f->fd, head, m);
        proc_put(f->fd, linux_settings.release, strlen(linux_settings.release));
        return put_line(f, end, n - (size_t)(end - line));
}

/* Returns where addresses end for the program of a process: for one whose arguments are below 4 GiB, there. UINT64_MAX where that is
 * not for this process to know. */
static uint64_t addresses_end(const struct proc_file *file)
{
        enum { ARG_START = 48, BEHIND_NAME = 2 }; /* fields of /proc/PID/stat; a name may have spaces and parentheses */
        char path[PROC_PATH + 8], text[1024];

        rt_snprintf(path, sizeof(path), "%s/stat", file->process);
        int fd = (int)sys_call3(__NR_open, path, O_RDONLY | O_CLOEXEC, 0);
        long n = fd < 0 ? -1 : sys_call3(__NR_read, fd, text, sizeof(text) - 1);
        text[n > 0 ? n : 0] = 0;
        if (fd >= 0)
                sys_call1(__NR_close, fd);
        const char *at = strrchr(text, ')');
        for (int field = BEHIND_NAME; at && field < ARG_START; field++)
                at = strchr(at + 1, ' ');
        if (!at)
                return UINT64_MAX;
        at++;
        uint64_t arguments = proc_parse(&at, 10);
        return arguments && arguments >> 32 == 0 ? UINT64_C(1) << 32 : UINT64_MAX;
}

void proc_filter(int to, int from, const struct proc_file *file)
{
        char link[PROC_PATH + 8];
        struct filter f = { .fd = to };

        if (file->kind == PROC_MAPS) {
                f.limit = addresses_end(file);
                rt_snprintf(link, sizeof(link), "%s/exe", file->process);
                long n = sys_call3(__NR_readlink, link, f.translator, sizeof(f.translator) - 1);
                f.translator[n > 0 ? n : 0] = 0;
        }
        proc_lines(from, file->kind == PROC_MAPS ? put_mapping : file->kind == PROC_FDINFO ? put_fdinfo : put_version, &f);
}
