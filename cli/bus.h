/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Having the daemon do things, which takes no root where polkit allows it; see org.binfmtd.Manager1(5). */
#pragma once

#include "cli.h"

/* What bus_try returns where the daemon cannot be asked, and everything is to be done here. */
#define BUS_NOT_ASKED (-1)

/* Whether a change would rather be the daemon's: we are not root, and it is more than a trial. */
bool bus_wanted(const struct call *call);

/* Calls a method of the daemon's; its arguments are as those of sd_bus_message_append. Returns an exit status, with a
 * line printed where it failed; or BUS_NOT_ASKED where there is no daemon on the bus, or one that looks after other
 * directories than the call names. */
int bus_try(const struct call *call, const char *method, const char *types, ...);

/* The same with an array of names. */
int bus_try_names(const struct call *call, const char *method, char *const *names, int n);

/* Whether the daemon leaves a format's entry alone, because something else keeps changing it. Where there is none, it
 * does not start one for that. */
bool bus_is_paused(const struct call *call, const char *name);
