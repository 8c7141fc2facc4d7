/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the daemon to make changes, for which the caller needs not be root where polkit allows it; see org.binfmtd.Manager1(5). */
#pragma once

#include <systemd/sd-bus.h>

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

/* For several calls over one connection: connects to the daemon, as bus_try does for one call; start says whether one may be started for
 * that. Returns 0, or BUS_NOT_ASKED. The caller closes the connection (sd_bus_flush_close_unref). */
int bus_connect(const struct call *call, bool start, sd_bus **ret);

/* Begins a call of a method of the daemon's. Returns 0 or a negative errno. */
int bus_begin(sd_bus *bus, const char *method, sd_bus_message **ret);

/* Appends an array of n names. Returns 0 or a negative errno. */
int bus_append_names(sd_bus_message *m, char *const *names, int n);

/* Makes a call that was begun. may_ask: whether the user may be asked for a password. Returns an exit status, with a line printed
 * where it failed. */
int bus_finish(const struct call *call, sd_bus *bus, sd_bus_message *m, bool may_ask, sd_bus_message **ret_reply);

/* Makes a call for which nobody needs rights, and reads a property. Nothing is printed. Return 0 or a negative errno. */
int bus_look(sd_bus *bus, sd_bus_message **ret_reply, const char *method, const char *types, ...);
int bus_property(sd_bus *bus, const char *name, const char *type, sd_bus_message **ret);

/* True when the daemon leaves this format's entry alone, because something else keeps changing it. No daemon is started to be
 * asked this. */
bool bus_is_paused(const struct call *call, const char *name);
