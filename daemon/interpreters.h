/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "log.h"
#include "repairs.h"
#include "state.h"

/* Logs which interpreters of formats have vanished, and which are installed now, between one state and the next. A format that
 * the old state does not have is not compared. A repair that a new interpreter's file makes necessary is no quarrel with another
 * program, so the pause of such a format ends. */
void interpreters_compare(const struct state *old, const struct state *new, struct repairs *repairs, const struct log *log);
