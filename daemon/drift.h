/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decides what is done about entries that are not as they should be, and what is said about them. */
#pragma once

#include "log.h"
#include "repairs.h"
#include "state.h"

/* Lists the entries that drifted, as "a (missing), b (changed)", into *ret; "" where there are none. Returns 0 or
 * -ENOMEM. */
int drift_to_string(const struct state *s, char **ret);

/* Lists the kernel's entries that are not ours to change, as "a, b" or "none", into *ret. Returns 0 or -ENOMEM. */
int drift_others_to_string(const struct state *s, char **ret);

/* Makes *ret a catalog of what may be repaired now. All other formats are set aside as if their files could not be used. *ret_n
 * is how much there is to repair. The strings of *ret are those of the state; drift_part_done frees *ret. Where repairs of an
 * entry begin to pause, that is logged. Returns 0 or -ENOMEM. */
int drift_part(const struct state *s, struct repairs *repairs, uint64_t now, const struct log *log, struct catalog *ret,
               size_t *ret_n);
void drift_part_done(struct catalog *part);

/* Notes the repairs that a report has; s is the state after them. Returns 0 or -ENOMEM. */
int drift_note(struct repairs *repairs, const struct reconcile_report *report, const struct state *s, uint64_t now);
