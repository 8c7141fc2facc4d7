/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ini-file.h"

#include <errno.h>
#include <ini.h>
#include <strings.h>

struct reader {
        FILE *file;
        const char *name;
        ini_handler_t handler;
        void *userdata;
        struct problems *problems;
        char *line;
        size_t line_size;
        unsigned number;
        bool indented;
        unsigned skipped; /* the last line that inih was not shown */
        int error;
};

/* Notes that a line cannot be used, and hides it from inih by an empty one. */
static char *skip_line(struct reader *r, char *buf, const char *reason)
{
        int error = problems_add(r->problems, 0, r->name, r->number, "%s", reason);
        if (error < 0) {
                r->error = error;
                return NULL;
        }
        r->skipped = r->number;
        strcpy(buf, "\n");
        return buf;
}

/* inih's fgets: one line of at most size - 1 bytes into buf, NULL at the end. */
static char *read_line(char *buf, int size, void *stream)
{
        struct reader *r = stream;

        if (r->error < 0)
                return NULL;

        errno = 0;
        ssize_t n = getline(&r->line, &r->line_size, r->file);
        if (n < 0) {
                /* Where there is no memory, getline(3) fails without an error of the stream. */
                if (!feof(r->file))
                        r->error = errno ? -errno : -EIO;
                return NULL;
        }
        r->number++;
        r->indented = r->line[0] == ' ' || r->line[0] == '\t';

        if (strlen(r->line) != (size_t)n)
                return skip_line(r, buf, _("the line contains a NUL byte"));
        /* The last line may lack its newline, and is not allowed one byte more for that. */
        if (n + (r->line[n - 1] != '\n') >= size)
                return skip_line(r, buf, _("the line is too long; continue it on a second, indented line"));
        return memcpy(buf, r->line, (size_t)n + 1);
}

static int handle(void *userdata, const char *section, const char *key, const char *value)
{
        struct reader *r = userdata;
        const struct ini_line line = {
                .file = r->name,
                .number = r->number,
                .section = section,
                .key = key,
                .value = value ? value : "",
                .continuation = r->indented,
        };

        if (r->error >= 0)
                r->error = r->handler(&line, r->userdata);
        return 1;
}

int ini_file_read(FILE *f, const char *name, ini_handler_t handler, void *userdata, struct problems *problems)
{
        struct reader r = { .file = f, .name = name, .handler = handler, .userdata = userdata, .problems = problems };

        /* inih reads on after a line that it cannot parse, and returns the number of the first such line. */
        int bad = ini_parse_stream(read_line, &r, handle, &r);
        free(r.line);

        if (r.error < 0)
                return r.error;
        if (bad < 0)
                return -ENOMEM;
        if (bad > 0)
                return problems_add(problems, 0, name, (unsigned)bad, "neither a [Section], nor Key=value, nor a comment");
        return 0;
}

/* At most so many bytes of a value are quoted. */
#define QUOTED_MAX 60

/* How many bytes of a text are quoted, so that the last character of UTF-8 is whole. */
static int quoted_size(const char *text)
{
        size_t n = strnlen(text, QUOTED_MAX + 1);

        if (n <= QUOTED_MAX)
                return (int)n;
        for (n = QUOTED_MAX; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
                ;
        return (int)n;
}

int ini_refuse_value(const struct ini_line *line, const char *reason, struct problems *problems)
{
        int n = quoted_size(line->value);

        return problems_add(problems, 0, line->file, line->number, "%s=: %s: \"%.*s%s\"", line->key, reason, n, line->value,
                            line->value[n] ? "..." : "");
}

int ini_refuse_section(const struct ini_line *line, const char *wanted, struct problems *problems)
{
        int n = quoted_size(line->section);

        if (!*line->section)
                return problems_add(problems, 0, line->file, line->number, "this is outside of the section [%s]", wanted);
        return problems_add(problems, 0, line->file, line->number,
                            "this is in the section [%.*s%s], and outside of the section [%s]", n, line->section,
                            line->section[n] ? "..." : "", wanted);
}

int parse_boolean(const char *text, bool *ret)
{
        static const char *const yes[] = { "yes", "true", "on", "1" }, *const no[] = { "no", "false", "off", "0" };

        for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
                if (strcasecmp(text, yes[i]) == 0 || strcasecmp(text, no[i]) == 0) {
                        *ret = strcasecmp(text, yes[i]) == 0;
                        return 0;
                }
        }
        return -EINVAL;
}
