/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's life: it reconciles at start and at each reload, repairs what others change, and otherwise waits. */
#pragma once

#include <systemd/sd-event.h>

#include "formats/daemon-config.h"
#include "log.h"
#include "base/paths.h"
#include "repairs.h"
#include "state.h"
#include "turn.h"
#include "watch.h"

struct bus;
struct cache;

struct manager {
        struct paths paths;
        const char *binfmtctl; /* the program */
        struct config config;
        struct log log;
        sd_event *event;
        struct watch watch;
        struct turns turns;
        unsigned pending; /* what waits for its turn, of enum watch_change */
        bool hangup;      /* a reload that a signal asked for waits for its turn too */
        struct repairs repairs;
        struct state state;    /* as it was when it was looked at last */
        char *problems_logged; /* as they were logged then */
        char *drift_told;
        struct bus *bus;     /* NULL before it was started, and where it could not be */
        struct cache *cache; /* NULL before the first pass */
};

/* Reads everything and reconciles; the caller must have the turn (turn.h). The service manager is told by STATUS=. What is wrong
 * is logged. Returns 0, or a negative errno where nothing could be registered. */
int manager_reload(struct manager *m);

/* Removes what was registered, where the configuration says so. */
void manager_stop(struct manager *m);

/* Starts, and runs until SIGTERM or SIGINT; SIGHUP reloads. Returns 0 or a negative errno. */
int manager_run(struct manager *m);

void manager_done(struct manager *m);
