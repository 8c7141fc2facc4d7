/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits for the lock of all changes (lock.h) while the event loop goes on: the process that holds the lock may have been stopped.
 * Those who wait get their turns in the order in which they asked. */
#pragma once

#include <systemd/sd-event.h>

#include "log.h"
#include "base/paths.h"

/* A handler is called with the lock, which is held until it returns; or with -EWOULDBLOCK where others held the lock for too
 * long; -ECANCELED where the daemon ends; or another negative errno where there can be no lock, so that nobody else can change
 * anything either. */
typedef void (*turn_handler_t)(int lock, void *userdata);

#define TURN_WAIT_FOR_EVER UINT64_MAX

struct turn;

struct turns {
        sd_event *event;
        const struct paths *paths;
        const struct log *log;
        sd_event_source *timer; /* NULL while nothing waits */
        struct turn *first;
        uint64_t since; /* when the first one began to wait, on CLOCK_MONOTONIC; 0 after a message said that it waits */
};

/* Calls the handler: at once where nobody has the lock, and otherwise when it is free, or after patience microseconds. Returns 0,
 * or a negative errno where the handler will not be called. */
int turn_take(struct turns *t, uint64_t patience, turn_handler_t handler, void *userdata);

/* Calls all handlers that still wait, with -ECANCELED. */
void turns_done(struct turns *t);
