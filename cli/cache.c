/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache.h"

#include <errno.h>

#include "bus.h"
#include "service.h"

void cache_report_done(struct cache_report *r)
{
        cache_status_done(&r->status);
        *r = (struct cache_report){};
}

/* Reads an array of strings, whose container has not been entered. */
static int read_strings(sd_bus_message *m, char ***ret, size_t *ret_n)
{
        const char *text;
        size_t n = 0;

        int r = sd_bus_message_enter_container(m, 'a', "s");
        while (r >= 0 && (r = sd_bus_message_read(m, "s", &text)) > 0) {
                _cleanup_free_ char *copy = strdup(text);
                if (!copy || array_grow(ret, n, sizeof(**ret)) < 0)
                        return -ENOMEM;
                (*ret)[n++] = TAKE_PTR(copy);
                *ret_n = n;
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_number(sd_bus_message *m, const char *key, struct cache_report *ret)
{
        const struct {
                const char *key;
                uint64_t *number;
        } numbers[] = {
                { "Limit", &ret->status.limit },
                { "Bytes", &ret->status.files.bytes },
                { "Pages", &ret->pages },
                { "ImageBytes", &ret->status.info.used_bytes },
        };

        for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
                if (streq(numbers[i].key, key))
                        return sd_bus_message_read(m, "v", "t", numbers[i].number);
        return sd_bus_message_skip(m, "v");
}

static int read_texts(sd_bus_message *m, const char *key, struct cache_report *ret)
{
        const char *text;
        int r;

        if (streq(key, "Obstacle")) {
                r = sd_bus_message_read(m, "v", "s", &text);
                ret->obstacle = r < 0 ? CACHE_NO_OBSTACLE : cache_obstacle_from_string(text);
                return r;
        }
        if (streq(key, "Image")) {
                r = sd_bus_message_read(m, "v", "s", &text);
                return r < 0 || !*text ? r : string_set(&ret->status.image, text);
        }
        r = sd_bus_message_enter_container(m, 'v', "as");
        if (r >= 0)
                r = read_strings(m, &ret->status.entries, &ret->status.n_entries);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_value(sd_bus_message *m, const char *key, struct cache_report *ret)
{
        uint32_t number = 0;
        int yes, r;

        if (streq(key, "Enabled")) {
                r = sd_bus_message_read(m, "v", "b", &yes);
                ret->status.enabled = r >= 0 && yes;
                return r;
        }
        if (streq(key, "Files") || streq(key, "ImageFiles")) {
                r = sd_bus_message_read(m, "v", "u", &number);
                if (streq(key, "Files"))
                        ret->n_files = number;
                else
                        ret->status.info.units = number;
                return r;
        }
        if (streq(key, "ImageMade"))
                return sd_bus_message_read(m, "v", "x", &ret->status.info.made);
        if (streq(key, "Obstacle") || streq(key, "Image") || streq(key, "Entries"))
                return read_texts(m, key, ret);
        return read_number(m, key, ret);
}

static int read_status(sd_bus_message *m, struct cache_report *ret)
{
        const char *key;
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'e', "sv")) > 0) {
                r = sd_bus_message_read(m, "s", &key);
                if (r >= 0)
                        r = read_value(m, key, ret);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_file(sd_bus_message *m, struct store_files *files)
{
        struct store_file f = {};
        const char *id;

        if (array_grow(&files->items, files->n, sizeof(*files->items)) < 0)
                return -ENOMEM;
        int r = sd_bus_message_read(m, "suttux", &id, &f.machine, &f.file_bytes, &f.bytes, &f.pages, &f.used);
        if (r < 0)
                return r;
        snprintf(f.id, sizeof(f.id), "%s", id);
        struct store_file *one = &files->items[files->n++];
        *one = f;
        r = read_strings(m, &one->paths, &one->n_paths);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_files(sd_bus_message *m, struct store_files *files)
{
        int r = sd_bus_message_enter_container(m, 'a', "(suttuxas)");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'r', "suttuxas")) > 0)
                r = read_file(m, files);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

int cache_counts_read(sd_bus *bus, struct cache_counts *ret)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;

        int r = bus_property(bus, "CacheProgress", "(tttttttb)", &m);
        if (r < 0)
                return r;
        return sd_bus_message_read(m, "(tttttttb)", &ret->starts, &ret->seen, &ret->hits, &ret->done, &ret->refused, &ret->failed,
                                   &ret->queued, &ret->working);
}

/* Asks the daemon. A caller who is not root is not asked for a password only to look: he is told no paths. */
static int ask(sd_bus *bus, bool files, struct cache_report *ret)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *status = NULL, *list = NULL;

        int r = bus_look(bus, &status, "CacheStatus", "");
        if (r >= 0)
                r = read_status(status, ret);
        if (r >= 0)
                r = cache_counts_read(bus, &ret->counts);
        if (r < 0 || !files)
                return r;
        r = bus_look(bus, &list, "ListCache", "b", geteuid() == 0);
        return r < 0 ? r : read_files(list, &ret->status.files);
}

static int read_here(const struct call *call, struct cache_report *ret)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_free_ char *dir = NULL;
        _cleanup_close_ int fd = cache_open(&call->paths, false, &dir);

        if (fd < 0 && fd != -ENOENT)
                return fd;
        int r = cache_status_read(&call->paths, &ret->status, &ignored);
        ret->n_files = ret->status.files.n;
        for (size_t i = 0; r >= 0 && i < ret->n_files; i++)
                ret->pages += ret->status.files.items[i].pages;
        if (r >= 0)
                ret->obstacle = cache_find_obstacle(&call->paths, service_find(&call->paths) == SERVICE_RUNNING);
        return r;
}

int cache_report_read(const struct call *call, bool files, struct cache_report *ret)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
        _cleanup_(cache_report_done) struct cache_report report = {};

        int r = bus_connect(call, false, &bus) < 0 ? -ENOTCONN : ask(bus, files, &report);
        report.asked = r >= 0;
        /* A daemon may have been looked at too often, or know no cache. */
        if (r < 0 && (r == -ENOTCONN || geteuid() == 0)) {
                cache_report_done(&report);
                r = read_here(call, &report);
        }
        if (r < 0)
                return r;
        *ret = report;
        report = (struct cache_report){};
        return 0;
}

enum cache_obstacle cache_report_obstacle(const struct call *call)
{
        _cleanup_(cache_report_done) struct cache_report report = {};

        if (cache_report_read(call, false, &report) >= 0)
                return report.obstacle;
        return cache_find_obstacle(&call->paths, service_find(&call->paths) == SERVICE_RUNNING);
}

int cache_report_fail(const struct call *call, int r)
{
        if (r != -EACCES && r != -EPERM)
                return fail("the cache cannot be looked at: %s", strerror(-r));
        const char *remedy = service_remedy(service_find(&call->paths));
        return remedy ? fail("only root may look at the cache, or the daemon, which cannot be asked (%s)", remedy)
                      : fail("only root may look at the cache, or the daemon, which cannot be asked");
}
