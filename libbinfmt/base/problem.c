/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "problem.h"

#include <errno.h>

int problems_add(struct problems *p, int error, const char *file, unsigned line, const char *format, ...)
{
        _cleanup_free_ char *text = NULL, *copy = NULL;
        va_list ap;

        va_start(ap, format);
        int r = string_format_list(&text, _(format), ap);
        va_end(ap);
        if (r < 0)
                return r;
        if (string_set(&copy, file) < 0 || array_grow(&p->items, p->n, sizeof(*p->items)) < 0)
                return -ENOMEM;

        p->items[p->n++] = (struct problem){ .file = TAKE_PTR(copy), .line = line, .text = TAKE_PTR(text) };
        return error;
}

char *problem_to_string(const struct problem *p)
{
        char *s = NULL;

        if (p->file && p->line > 0)
                (void)string_format(&s, "%s:%u: %s", p->file, p->line, p->text);
        else if (p->file)
                (void)string_format(&s, "%s: %s", p->file, p->text);
        else
                (void)string_set(&s, p->text);
        if (s)
                string_make_printable(s);
        return s;
}

void problems_done(struct problems *p)
{
        for (size_t i = 0; i < p->n; i++) {
                free(p->items[i].file);
                free(p->items[i].text);
        }
        free(p->items);
        *p = (struct problems){};
}
