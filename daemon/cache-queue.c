/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files that wait to be translated, and the one that is. They are in memory, so there are few. */
#include "bus.h"
#include "cache-internal.h"
#include "cache-job.h"

enum {
        QUEUE_MAX = 128,
        OWNER_MAX = 48, /* of one container */
};
#define QUEUE_BYTES (256ULL << 20)
#define OWNER_BYTES (QUEUE_BYTES / 4 * 3)
#define JOB_USEC \
        (900ULL * 1000000) /* a large file takes half a minute of a CPU that it may have for a small part of the time only */

static void item_free(struct cache_item *i)
{
        close(i->file.fd);
        free(i);
}

static void start_next(struct cache *c);

static void on_done(int status, void *userdata)
{
        struct cache *c = userdata;
        struct cache_item *i = TAKE_PTR(c->current);

        c->done += status == JOB_DONE;
        c->refused += status == JOB_REFUSED;
        c->failed += status != JOB_DONE && status != JOB_REFUSED;
        if (status != JOB_DONE && status != JOB_REFUSED)
                log_message(&c->m->log, LOG_DEBUG, "%s was not translated", i->path);
        item_free(i);
        start_next(c);
        if (status == JOB_DONE)
                cache_image_changed(c);
        else if (status < 0) /* it may have kept its unit before it was killed */
                cache_image_look(c);
        bus_cache_progress(c->m->bus);
}

/* Takes the first file of another container than the last one's, or the first one. */
static struct cache_item *take_next(struct cache *c)
{
        struct cache_item **at = &c->first;

        while (*at && (*at)->owner == c->last_owner)
                at = &(*at)->next;
        if (!*at)
                at = &c->first;
        struct cache_item *i = *at;
        if (i) {
                *at = i->next;
                c->n--;
                c->bytes -= i->file.bytes;
                c->last_owner = i->owner;
        }
        return i;
}

static void start_next(struct cache *c)
{
        struct cache_item *i;

        while (!c->current && (i = take_next(c))) {
                struct job j = { .translator = c->m->paths.translator,
                                 .store = c->store,
                                 .empty = c->empty,
                                 .file = &i->file,
                                 .path = i->path,
                                 .budget = c->m->config.cache_file_size,
                                 .room = c->m->config.cache_size };
                const int keep[] = { c->store, c->empty, i->file.fd };
                c->job.done = on_done;
                c->job.userdata = c;
                c->current = i;
                int r = child_start(&c->job, c->m->event, job_run, &j, keep, ARRAY_SIZE(keep), JOB_USEC);
                if (r >= 0)
                        return;
                c->failed++;
                item_free(TAKE_PTR(c->current));
        }
}

static bool has_room(const struct cache *c, const struct cache_item *new)
{
        uint64_t bytes = new->file.bytes;
        size_t same = 0;

        for (const struct cache_item *i = c->first; i; i = i->next) {
                same += i->owner == new->owner;
                bytes += i->owner == new->owner ? i->file.bytes : 0;
                if (streq(i->file.id, new->file.id))
                        return false;
        }
        return c->n < QUEUE_MAX && same < OWNER_MAX && (same == 0 || bytes <= OWNER_BYTES) &&
               (c->n == 0 || c->bytes + new->file.bytes <= QUEUE_BYTES);
}

void cache_queue_add(struct cache *c, struct cache_item *item)
{
        struct cache_item **at = &c->first;

        if ((c->current && streq(c->current->file.id, item->file.id)) || !has_room(c, item)) {
                cache_learn_forget(c, item->file.id);
                item_free(item);
                return;
        }
        while (*at)
                at = &(*at)->next;
        item->next = NULL;
        *at = item;
        c->n++;
        c->bytes += item->file.bytes;
        start_next(c);
}

void cache_queue_clear(struct cache *c)
{
        struct cache_item *i;

        child_stop(&c->job);
        if (c->current)
                item_free(TAKE_PTR(c->current));
        while ((i = take_next(c)))
                item_free(i);
}
