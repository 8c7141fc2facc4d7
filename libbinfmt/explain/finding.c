/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "finding.h"

#include <errno.h>

static const struct {
        const char *name;
        enum severity severity;
} causes[CAUSE_COUNT] = {
#define CAUSE(bit, name_, severity_) [CAUSE_##bit] = { .name = name_, .severity = SEVERITY_##severity_ },
#include "causes.def"
#undef CAUSE
};

const char *cause_to_string(enum cause c)
{
        return causes[c].name;
}

enum severity cause_severity(enum cause c)
{
        return causes[c].severity;
}

const char *severity_to_string(enum severity s)
{
        static const char *const names[] = { [SEVERITY_NOTE] = N_("note"),
                                             [SEVERITY_WARNING] = N_("warning"),
                                             [SEVERITY_UNKNOWN] = N_("unknown"),
                                             [SEVERITY_ERROR] = N_("error") };

        return names[s];
}

int findings_add_list(struct findings *f, enum cause cause, const char *subject, const char *format, va_list ap)
{
        _cleanup_free_ char *text = NULL, *copy = NULL;

        int r = string_format_list(&text, _(format), ap);
        if (r < 0)
                return r;
        string_make_printable(text);
        if (string_set(&copy, subject) < 0 || array_grow(&f->items, f->n, sizeof(*f->items)) < 0)
                return -ENOMEM;
        f->items[f->n++] = (struct finding){ .cause = cause, .subject = TAKE_PTR(copy), .text = TAKE_PTR(text) };
        return 0;
}

int findings_add(struct findings *f, enum cause cause, const char *subject, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        int r = findings_add_list(f, cause, subject, format, ap);
        va_end(ap);
        return r;
}

int findings_remedy(struct findings *f, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        int r = string_format_list(&f->items[f->n - 1].remedy, _(format), ap);
        va_end(ap);
        if (r >= 0)
                string_make_printable(f->items[f->n - 1].remedy);
        return r;
}

const struct finding *findings_worst(const struct findings *f)
{
        const struct finding *worst = NULL;

        for (size_t i = 0; i < f->n; i++)
                if (!worst || cause_severity(f->items[i].cause) > cause_severity(worst->cause))
                        worst = &f->items[i];
        return worst;
}

void findings_done(struct findings *f)
{
        for (size_t i = 0; i < f->n; i++) {
                free(f->items[i].subject);
                free(f->items[i].text);
                free(f->items[i].remedy);
        }
        free(f->items);
        *f = (struct findings){};
}
