/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs messages: to the journal where it reads standard error anyway, and to standard error otherwise. Priorities are those of
 * syslog(3). */
#pragma once

#include <stdbool.h>
#include <syslog.h>

#include "base/problem.h"

struct log {
        bool journal;
};

/* Finds out where messages go. */
void log_open(struct log *log);

void log_message(const struct log *log, int priority, const char *format, ...) _printf_(3, 4);

/* Logs each problem, with its file and line as fields of their own in the journal. */
void log_problems(const struct log *log, const struct problems *p);
