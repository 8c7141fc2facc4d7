/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "internal.h"

#include <errno.h>
#include <time.h>

#include "cache.h"
#include "drift.h"

#define DEFAULT_ADDRESS "unix:path=/run/dbus/system_bus_socket"

/* How long after a connection was lost a new one is made. */
#define RETRY_USEC (1000 * 1000)

/* How often the progress of long work is told. */
#define TELL_USEC (1000 * 1000)

static void disconnect(struct bus *b)
{
        auths_done(&b->auths);
        b->bus = sd_bus_close_unref(b->bus);
}

static void join(struct bus *b);

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct bus *b = userdata;

        (void)usec;
        (void)source;
        b->retry = sd_event_source_disable_unref(b->retry);
        disconnect(b);
        join(b);
        return 0;
}

/* Plans a new connection. The old one cannot be replaced here, while it is calling us. */
static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct bus *b = userdata;

        (void)message;
        (void)error;
        log_message(&b->manager->log, LOG_INFO, "the connection to the bus was lost");
        if (b->retry)
                return 0;
        return sd_event_add_time_relative(b->manager->event, &b->retry, CLOCK_MONOTONIC, RETRY_USEC, 0, on_retry, b);
}

static int on_name(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        struct bus *b = userdata;
        const sd_bus_error *error = sd_bus_message_get_error(reply);

        (void)ret_error;
        if (error && !sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY))
                log_message(&b->manager->log, LOG_WARNING, "the name %s cannot be had on the bus: %s", BUS_NAME,
                            error->message ? error->message : error->name);
        return 0;
}

/* Makes the connection, or begins to wait for the bus's socket. Returns 0 or a negative errno. */
static int set_up(struct bus *b)
{
        const char *address = secure_getenv("DBUS_SYSTEM_BUS_ADDRESS");

        int r = sd_bus_new(&b->bus);
        if (r >= 0)
                r = sd_bus_set_address(b->bus, address && *address ? address : DEFAULT_ADDRESS);
        if (r >= 0)
                r = sd_bus_set_bus_client(b->bus, true);
        if (r >= 0)
                r = sd_bus_set_watch_bind(b->bus, true);
        if (r >= 0)
                r = sd_bus_start(b->bus);
        if (r >= 0)
                r = sd_bus_attach_event(b->bus, b->manager->event, SD_EVENT_PRIORITY_NORMAL);
        return r;
}

static int add_objects(struct bus *b)
{
        struct manager *m = b->manager;

        int r = sd_bus_add_object_manager(b->bus, NULL, BUS_PATH);
        if (r >= 0)
                r = sd_bus_add_object_vtable(b->bus, NULL, BUS_PATH, BUS_MANAGER_INTERFACE, bus_manager_vtable, m);
        if (r >= 0)
                r = sd_bus_add_fallback_vtable(b->bus, NULL, BUS_FORMAT_PATH, BUS_FORMAT_INTERFACE, bus_format_vtable,
                                               bus_format_find, m);
        if (r >= 0)
                r = sd_bus_add_node_enumerator(b->bus, NULL, BUS_FORMAT_PATH, bus_format_enumerate, m);
        return r;
}

/* Makes a connection, or begins to wait for the bus; where neither can be, that is logged. */
static void join(struct bus *b)
{
        int r = set_up(b);
        if (r >= 0)
                r = add_objects(b);
        if (r >= 0)
                r = sd_bus_match_signal_async(b->bus, NULL, "org.freedesktop.DBus.Local", "/org/freedesktop/DBus/Local",
                                              "org.freedesktop.DBus.Local", "Disconnected", on_disconnected, NULL, b);
        if (r >= 0)
                r = sd_bus_request_name_async(b->bus, NULL, BUS_NAME, 0, on_name, b);
        if (r < 0) {
                log_message(&b->manager->log, LOG_WARNING, "there will be no service on the bus: %s", strerror(-r));
                disconnect(b);
        }
}

struct bus *bus_start(struct manager *m)
{
        struct bus *b = calloc(1, sizeof(*b));

        if (!b) {
                log_message(&m->log, LOG_WARNING, "there will be no service on the bus: %s", strerror(ENOMEM));
                return NULL;
        }
        b->manager = m;
        join(b);
        return b;
}

void bus_stop(struct bus *b)
{
        if (!b)
                return;
        auths_done(&b->auths);
        sd_event_source_disable_unref(b->retry);
        sd_bus_flush_close_unref(b->bus);
        free(b);
}

/* Whether there is a connection. What is sent without one reaches nobody, and must not pile up. */
static bool is_connected(const struct bus *b)
{
        return b && b->bus && sd_bus_is_ready(b->bus) > 0;
}

void bus_cache_progress(struct bus *b)
{
        struct cache_progress p;
        uint64_t now = 0;

        if (!is_connected(b))
                return;
        cache_get_progress(b->manager, &p);
        (void)sd_event_now(b->manager->event, CLOCK_BOOTTIME, &now);
        if (p.working && now < b->progress_told + TELL_USEC)
                return;
        b->progress_told = now;
        (void)sd_bus_emit_properties_changed(b->bus, BUS_PATH, BUS_MANAGER_INTERFACE, "CacheProgress", NULL);
}

void bus_cache_registered(struct bus *b, const char *entry, const char *image)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *signal = NULL;

        if (!is_connected(b))
                return;
        int r = sd_bus_message_new_signal(b->bus, &signal, BUS_PATH, BUS_MANAGER_INTERFACE, "CacheRegistered");
        if (r >= 0)
                r = bus_append_text(signal, entry);
        if (r >= 0)
                r = bus_append_text(signal, image);
        if (r >= 0)
                (void)sd_bus_send(b->bus, signal, NULL);
        bus_cache_progress(b);
}

void bus_before_state(struct bus *b, const struct state *old, const struct state *new)
{
        for (size_t i = 0; is_connected(b) && i < old->catalog.n; i++) {
                _cleanup_free_ char *path = NULL;
                const char *name = old->catalog.formats[i].entry.name;
                if (!catalog_find(&new->catalog, name) && bus_format_path(name, &path) >= 0)
                        (void)sd_bus_emit_object_removed(b->bus, path);
        }
}

static bool same_others(const struct state *a, const struct state *b)
{
        _cleanup_free_ char *one = NULL, *other = NULL;

        return drift_others_to_string(a, &one) >= 0 && drift_others_to_string(b, &other) >= 0 && streq(one, other);
}

void bus_after_state(struct bus *b, const struct state *old, const struct state *new)
{
        if (!is_connected(b))
                return;
        for (size_t i = 0; i < new->catalog.n; i++) {
                _cleanup_free_ char *path = NULL;
                const char *name = new->catalog.formats[i].entry.name;
                const struct format_state *before = state_find(old, name);
                if (before)
                        bus_format_emit_changes(b->bus, before, &new->formats[i]);
                else if (bus_format_path(name, &path) >= 0)
                        (void)sd_bus_emit_object_added(b->bus, path);
        }
        if (!same_others(old, new))
                (void)sd_bus_emit_properties_changed(b->bus, BUS_PATH, BUS_MANAGER_INTERFACE, "Others", NULL);
}

static void emit(struct bus *b, const char *member, const char *name, enum reconcile_drift drift, const char *action)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *signal = NULL;

        int r = sd_bus_message_new_signal(b->bus, &signal, BUS_PATH, BUS_MANAGER_INTERFACE, member);
        if (r >= 0)
                r = bus_append_text(signal, name);
        if (r >= 0)
                r = sd_bus_message_append(signal, "s", reconcile_drift_to_string(drift));
        if (r >= 0 && action)
                r = sd_bus_message_append(signal, "s", action);
        if (r >= 0)
                (void)sd_bus_send(b->bus, signal, NULL);
}

void bus_drift_found(struct bus *b, const struct state *s)
{
        for (size_t i = 0; is_connected(b) && i < s->plan.n; i++)
                if (s->plan.items[i].drift != DRIFT_NONE)
                        emit(b, "DriftFound", s->plan.items[i].name, s->plan.items[i].drift, NULL);
}

void bus_repaired(struct bus *b, const struct reconcile_report *report)
{
        for (size_t i = 0; is_connected(b) && i < report->n; i++) {
                const struct reconcile_result *one = &report->items[i];
                if (one->action != RECONCILE_NOTHING && one->error == 0)
                        emit(b, "Repaired", one->name, one->drift, reconcile_action_to_string(one->action));
        }
}

void bus_reconciled(struct bus *b, const struct reconcile_report *report)
{
        if (is_connected(b))
                (void)sd_bus_emit_signal(b->bus, BUS_PATH, BUS_MANAGER_INTERFACE, "Reconciled", "uu", (unsigned)report->n_active,
                                         (unsigned)report->n_failed);
}
