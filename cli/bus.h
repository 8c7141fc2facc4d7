/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the daemon to make changes, for which the caller needs not be root where polkit allows it; see org.binfmtd.Manager1(5). */
#pragma once

#include "cli.h"

/* What bus_try returns where no daemon can be asked, so that the caller has to make the change itself. */
#define BUS_NOT_ASKED (-1)

/* True when the daemon should be asked to make a change: this user is not root, and --dry-run is not given. */
bool bus_wanted(const struct call *call);

/* Calls a method of the daemon's; its arguments are as those of sd_bus_message_append. Returns an exit status, with a
 * line printed where it failed; or BUS_NOT_ASKED where there is no daemon on the bus, or one that looks after other
 * directories than the call names. */
int bus_try(const struct call *call, const char *method, const char *types, ...);

/* Calls a method of the daemon's whose argument is an array of n names. Returns as bus_try does. */
int bus_try_names(const struct call *call, const char *method, char *const *names, int n);

/* True when the daemon leaves this format's entry alone, because something else keeps changing it. No daemon is started to be
 * asked this. */
bool bus_is_paused(const struct call *call, const char *name);
