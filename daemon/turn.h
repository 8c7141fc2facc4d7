/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits for the lock of all changes (lock.h) without keeping the event loop from anything else: whoever holds it may have
 * been stopped. What waits gets its turn in the order in which it asked. */
#pragma once

#include <systemd/sd-event.h>

#include "log.h"
#include "base/paths.h"

/* Called with the lock, which is held until it returns; or with -EWOULDBLOCK where others held it for too long, -ECANCELED
 * where the daemon ends, or another negative errno where there can be no lock: then nobody else can write there either. */
typedef void (*turn_handler_t)(int lock, void *userdata);

#define TURN_WAIT_FOR_EVER UINT64_MAX

struct turn;

struct turns {
        sd_event *event;
        const struct paths *paths;
        const struct log *log;
        sd_event_source *timer; /* NULL while nothing waits */
        struct turn *first;
        uint64_t since; /* when the first began to wait, on CLOCK_MONOTONIC; 0 once that was said */
};

/* Calls the handler, at once where nobody has the lock, and after so many microseconds in any case. Returns 0, or -ENOMEM or
 * another negative errno where it will not be called. */
int turn_take(struct turns *t, uint64_t patience, turn_handler_t handler, void *userdata);

/* Calls all handlers that still wait. */
void turns_done(struct turns *t);
