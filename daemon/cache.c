/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "cache-internal.h"
#include "cache/cache.h"

static bool works(const struct manager *m)
{
        return m->cache && m->cache->enabled;
}

/* Opens a directory that is empty, for the worker's root. */
static int open_empty(const char *dir)
{
        _cleanup_free_ char *path = NULL;

        if (string_format(&path, "%s/empty", dir) < 0 || (mkdir(path, 0555) < 0 && errno != EEXIST))
                return -1;
        return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* Begins to learn. What fails leaves the machine as without a cache. */
static int enable(struct cache *c, int fd)
{
        int r = cache_open(&c->m->paths, true, &c->dir);
        if (r < 0)
                return r;
        c->store = r;
        c->empty = open_empty(c->dir);
        c->enabled = true;
        cache_image_find(c, fd);
        return cache_learn_start(c);
}

static void disable(struct cache *c)
{
        c->enabled = false;
        cache_learn_stop(c);
        cache_queue_clear(c);
        cache_image_done(c);
        closep(&c->store);
        closep(&c->empty);
        c->store = c->empty = -1;
        free(TAKE_PTR(c->dir));
}

/* Follows the configuration. */
static void follow(struct manager *m, int fd)
{
        struct cache *c = m->cache;

        if (c->enabled == m->config.cache)
                return;
        if (!m->config.cache) {
                disable(c);
                return;
        }
        int r = enable(c, fd);
        if (r >= 0)
                return;
        log_message(&m->log, LOG_WARNING, "there is no cache of translations: %s", strerror(-r));
        disable(c);
}

void cache_pass(struct manager *m, int fd)
{
        bool fresh = !m->cache;

        if (fresh) {
                m->cache = calloc(1, sizeof(*m->cache));
                if (!m->cache)
                        return;
                *m->cache = (struct cache){ .m = m, .store = -1, .empty = -1, .socket = -1, .fanotify = -1 };
        }
        bool was = m->cache->enabled;
        follow(m, fd);
        cache_image_register(m->cache, fd);
        if (!m->config.cache && (was || fresh))
                cache_remove(&m->paths);
}

void cache_stop(struct manager *m, int fd)
{
        if (!m->cache)
                return;
        disable(m->cache);
        if (fd >= 0)
                cache_image_register(m->cache, fd);
}

void cache_done(struct manager *m)
{
        if (!m->cache)
                return;
        disable(m->cache);
        child_stop(&m->cache->holder);
        free(TAKE_PTR(m->cache));
}

/* ---- for the bus ---- */

void cache_get_progress(const struct manager *m, struct cache_progress *ret)
{
        const struct cache *c = m->cache;

        *ret = (struct cache_progress){ .enabled = works(m) };
        if (!ret->enabled)
                return;
        if (c->counts) {
                ret->starts = c->counts->starts;
                ret->files = c->counts->files;
                ret->hits = c->counts->hits;
                ret->refused = c->counts->refused;
                /* In this order: what is answered is pending, what was pending has been given. */
                ret->queued = c->asked - c->counts->answered;
                ret->queued += c->counts->pending;
                ret->queued += c->counts->given - c->taken;
        }
        ret->done = c->done;
        ret->refused += c->refused;
        ret->failed = c->failed;
        ret->queued += c->n + (c->current != NULL);
        ret->working = ret->queued > 0 || c->dirty || c->maker.pid > 0;
}

int cache_add_file(struct manager *m, int fd, const char *path)
{
        return works(m) ? cache_learn_ask(m->cache, fd, path) : -EOPNOTSUPP;
}

int cache_drop(struct manager *m, const char *what)
{
        if (!works(m))
                return -EOPNOTSUPP;
        int r = store_drop_named(m->cache->store, what);
        if (r != 0) { /* some may be gone, too, where others cannot be removed */
                cache_learn_forget_all(m->cache);
                cache_image_changed(m->cache);
        }
        return r;
}

int cache_clear(struct manager *m)
{
        if (!works(m))
                return -EOPNOTSUPP;
        cache_queue_clear(m->cache);
        int r = store_clear(m->cache->store);
        cache_learn_forget_all(m->cache);
        cache_image_changed(m->cache);
        return r;
}
