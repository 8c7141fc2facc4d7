/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When and how the learner looks at a process that executes an interpreter. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

struct learner;
struct stat;

/* Has a process looked at that begins to execute this interpreter. */
void look_add(pid_t pid, const struct stat *interpreter);

/* Makes those looks that are due. Returns after how many microseconds the next one is, or -1. */
int64_t look_run(const struct learner *l);
