/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "turn.h"

#include <errno.h>
#include <time.h>

#include "base/lock.h"
#include "base/util.h"

/* How often the lock is tried: nothing tells when it is free. */
#define RETRY_USEC (100 * 1000)

/* After this time a message says that the daemon waits. */
#define SILENT_USEC (5 * 1000 * 1000)

struct turn {
        struct turn *next;
        turn_handler_t handler;
        void *userdata;
        uint64_t until;
};

static uint64_t time_now(const struct turns *t)
{
        uint64_t now = 0;

        (void)sd_event_now(t->event, CLOCK_MONOTONIC, &now);
        return now;
}

static void call_first(struct turns *t, int lock)
{
        struct turn *turn = t->first;

        t->first = turn->next;
        turn->handler(lock, turn->userdata);
        free(turn);
}

/* Calls the handlers in their order, as long as nobody else has the lock. A handler may ask for another turn. Returns whether
 * some handlers still wait. */
static bool go_on(struct turns *t)
{
        while (t->first) {
                _cleanup_close_ int lock = lock_try_changes(t->paths);
                if (lock == -EWOULDBLOCK)
                        return true;
                call_first(t, lock);
        }
        return false;
}

static void give_up(struct turns *t, uint64_t now)
{
        struct turn **p = &t->first;

        while (*p) {
                struct turn *turn = *p;
                if (turn->until > now) {
                        p = &turn->next;
                        continue;
                }
                *p = turn->next;
                turn->handler(-EWOULDBLOCK, turn->userdata);
                free(turn);
        }
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct turns *t = userdata;
        uint64_t now = time_now(t);

        (void)usec;
        bool waits = go_on(t);
        if (waits)
                give_up(t, now);
        if (!t->first) {
                t->timer = sd_event_source_disable_unref(t->timer);
                return 0;
        }
        if (t->since > 0 && now - t->since > SILENT_USEC) {
                log_message(t->log, LOG_WARNING, "changes wait for another program, which holds the lock " LOCK_FORMAT,
                            t->paths->statedir);
                t->since = 0;
        }
        int r = sd_event_source_set_time_relative(source, RETRY_USEC);
        return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int start_timer(struct turns *t)
{
        if (t->timer)
                return 0;
        t->since = time_now(t);
        return sd_event_add_time_relative(t->event, &t->timer, CLOCK_MONOTONIC, RETRY_USEC, 0, on_timer, t);
}

int turn_take(struct turns *t, uint64_t patience, turn_handler_t handler, void *userdata)
{
        struct turn *turn = malloc(sizeof(*turn)), **last = &t->first;
        uint64_t now = time_now(t);

        if (!turn)
                return -ENOMEM;
        *turn = (struct turn){ .handler = handler,
                               .userdata = userdata,
                               .until = patience == TURN_WAIT_FOR_EVER ? UINT64_MAX : now + patience };
        while (*last)
                last = &(*last)->next;
        *last = turn;
        /* Where others wait already, the timer runs. */
        if (turn != t->first || !go_on(t))
                return 0;
        int r = start_timer(t);
        if (r < 0) {
                t->first = NULL;
                free(turn);
        }
        return r;
}

void turns_done(struct turns *t)
{
        t->timer = sd_event_source_disable_unref(t->timer);
        while (t->first)
                call_first(t, -ECANCELED);
}
