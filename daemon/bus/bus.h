/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon on the system bus; see org.binfmtd.Manager1(5). All works without a bus too: it is joined when it
 * appears, and joined again when it was restarted. */
#pragma once

#include <systemd/sd-bus.h>

#include "auth.h"
#include "state.h"

#define BUS_NAME "org.binfmtd.Manager1"
#define BUS_PATH "/org/binfmtd/Manager1"
#define BUS_FORMAT_PATH BUS_PATH "/format"
#define BUS_MANAGER_INTERFACE "org.binfmtd.Manager1"
#define BUS_FORMAT_INTERFACE "org.binfmtd.Format1"

/* The errors that its methods have beside those of D-Bus itself. */
#define BUS_ERROR_NO_SUCH_FORMAT "org.binfmtd.Error.NoSuchFormat"
#define BUS_ERROR_FORMAT_EXISTS "org.binfmtd.Error.FormatExists"
#define BUS_ERROR_NOT_OURS "org.binfmtd.Error.NotRegisteredHere"
#define BUS_ERROR_FAILED "org.binfmtd.Error.Failed"

struct manager;

struct bus {
        struct manager *manager;
        sd_bus *bus; /* NULL where it could not be set up */
        sd_event_source *retry;
        struct auths auths;
};

/* Begins to wait for the bus. Where there cannot be one that is logged, and nothing else happens. */
void bus_start(struct bus *b, struct manager *m);

/* Tells of a new state that is about to take the old one's place: before, and after it has. */
void bus_before_state(struct bus *b, const struct state *old, const struct state *new);
void bus_after_state(struct bus *b, const struct state *old, const struct state *new);

/* Tells what has drifted, what was repaired of it, and that everything was reconciled. */
void bus_drift_found(struct bus *b, const struct state *s);
void bus_repaired(struct bus *b, const struct reconcile_report *report);
void bus_reconciled(struct bus *b, const struct reconcile_report *report);

/* Answers a call that waited with an error. */
void bus_reply_error(sd_bus_message *call, const sd_bus_error *error);

/* The same where there is one to answer with: error is set, or r a negative errno. */
void bus_reply_failure(sd_bus_message *call, int r, const sd_bus_error *error);

void bus_done(struct bus *b);
