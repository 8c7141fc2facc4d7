/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "log.h"
#include "repairs.h"
#include "state.h"

/* Logs which interpreters of formats have vanished and which are installed now, between one state and the next; a format that the
 * old one does not know is not compared. What has to be repaired because an interpreter's file is another one is no quarrel with
 * another program, so a pause of such a format ends. */
void interpreters_compare(const struct state *old, const struct state *new, struct repairs *repairs, const struct log *log);
