/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon on the system bus, as the manager sees it; org.binfmtd.Manager1(5) says what others see. Everything works without a
 * bus too: the daemon joins it when it appears, and again after it was restarted. Called by manager.c, defined in bus/bus.c. */
#pragma once

struct bus;
struct manager;
struct reconcile_report;
struct state;

/* Begins to wait for the bus. Returns NULL where there is no memory, with a message logged; all functions here take that. Where
 * there cannot be a connection, that is logged too, and nothing else happens. */
struct bus *bus_start(struct manager *m);

/* Tell the bus of a new state that takes the place of the old one. The first is called before the manager has the new state, the
 * second afterwards. */
void bus_before_state(struct bus *b, const struct state *old, const struct state *new);
void bus_after_state(struct bus *b, const struct state *old, const struct state *new);

/* Tells the bus which entries are not as they should be. */
void bus_drift_found(struct bus *b, const struct state *s);

/* Tells the bus which entries were repaired. */
void bus_repaired(struct bus *b, const struct reconcile_report *report);

/* Tells the bus that everything was reconciled. */
void bus_reconciled(struct bus *b, const struct reconcile_report *report);

/* Tell the bus that the cache of translations has come further (cache_get_progress), which is told once a second at most but for the end
 * of work; and that an entry is registered with the image of this name. */
void bus_cache_progress(struct bus *b);
void bus_cache_registered(struct bus *b, const char *entry, const char *image);

/* Leaves the bus and frees b. */
void bus_stop(struct bus *b);
