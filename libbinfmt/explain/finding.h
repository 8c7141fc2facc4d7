/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an examination found: findings, each with its cause and what is to be done. */
#pragma once

#include <stddef.h>

#include "base/util.h"

enum severity {
        SEVERITY_NOTE,
        SEVERITY_WARNING,
        SEVERITY_UNKNOWN,
        SEVERITY_ERROR,
};

enum cause {
#define CAUSE(bit, name, severity) CAUSE_##bit,
#include "causes.def"
#undef CAUSE
        CAUSE_COUNT,
};

struct finding {
        enum cause cause;
        char *subject; /* the file or entry that it is about */
        char *text;    /* one line */
        char *remedy;  /* one sentence; NULL where nothing is to be done */
};

struct findings {
        struct finding *items;
        size_t n;
};

/* The name of a cause, which never changes, and how bad the cause is. */
const char *cause_to_string(enum cause c);
enum severity cause_severity(enum cause c);
const char *severity_to_string(enum severity s);

/* Adds a finding. Its text and the remedy have names in them that come from files of any origin, so they are made printable.
 * Returns 0 or -ENOMEM. */
int findings_add(struct findings *f, enum cause cause, const char *subject, const char *format, ...) _printf_(4, 5);
int findings_add_list(struct findings *f, enum cause cause, const char *subject, const char *format, va_list ap) _printf_(4, 0);

/* Sets the remedy of the last finding. Returns 0 or -ENOMEM. */
int findings_remedy(struct findings *f, const char *format, ...) _printf_(2, 3);

/* Finds the worst finding, the first of several that are equally bad; NULL where there is none. */
const struct finding *findings_worst(const struct findings *f);

void findings_done(struct findings *f);
