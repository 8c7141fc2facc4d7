/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus.h"

#include <errno.h>
#include <stdarg.h>
#include <systemd/sd-bus.h>

#include "agent.h"

#define NAME "org.binfmtd.Manager1"
#define PATH "/org/binfmtd/Manager1"
#define NO_SUCH_FORMAT "org.binfmtd.Error.NoSuchFormat"

/* How long a call may take: somebody may have to type a password. */
#define TIMEOUT_USEC (300ULL * 1000 * 1000)

bool bus_wanted(const struct call *call)
{
        return geteuid() != 0 && !call->option[OPTION_DRY_RUN];
}

static bool same_directories(sd_bus_message *m, const struct paths *p)
{
        const char *directory;
        size_t i = 0;

        if (sd_bus_message_enter_container(m, 'a', "s") < 0)
                return false;
        while (sd_bus_message_read(m, "s", &directory) > 0)
                if (i >= p->n_confdirs || !streq(p->confdirs[i++], directory))
                        return false;
        return i == p->n_confdirs;
}

/* True when a daemon runs that manages the same directories and the same binfmt_misc as this command. */
static bool is_responsible(sd_bus *bus, const struct paths *p)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *directories = NULL;
        _cleanup_free_ char *procdir = NULL;

        return sd_bus_get_property_string(bus, NAME, PATH, NAME, "MountPoint", NULL, &procdir) >= 0 &&
               streq(procdir, p->procdir) &&
               sd_bus_get_property(bus, NAME, PATH, NAME, "Directories", NULL, &directories, "as") >= 0 &&
               same_directories(directories, p);
}

/* Says why the daemon knows no format of this name: its own error does not tell more than that. Returns EXIT_FAILED. */
static int fail_unknown_to_daemon(const struct paths *paths, const char *name)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};

        int r = catalog_load(paths, &catalog, &ignored);
        return r < 0 ? fail("%s", strerror(-r)) : fail_unknown(paths, &catalog, name);
}

/* Prints why a call failed, and returns EXIT_FAILED. The daemon's messages are in English; those in fixed words are in our
 * catalogue of translations. */
static int print_error(const struct call *call, const sd_bus_error *error, int r)
{
        if (sd_bus_error_has_name(error, NO_SUCH_FORMAT) && call->n_args > 0)
                return fail_unknown_to_daemon(&call->paths, call->args[0]);
        if (sd_bus_error_has_name(error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED))
                return fail("an administrator has to authenticate: call this on a terminal, or as root");
        return fail("%s", error->message && error->message[0] ? _(error->message) : strerror(-r));
}

int bus_finish(const struct call *call, sd_bus *bus, sd_bus_message *m, bool may_ask, sd_bus_message **ret_reply)
{
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;

        int r = sd_bus_message_set_allow_interactive_authorization(m, may_ask);
        if (r < 0)
                return fail("%s", strerror(-r));
        pid_t agent = may_ask && geteuid() != 0 ? agent_start() : 0;
        r = sd_bus_call(bus, m, TIMEOUT_USEC, &error, ret_reply);
        agent_stop(agent);
        return r < 0 ? print_error(call, &error, r) : EXIT_OK;
}

static bool has_daemon(sd_bus *bus)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        int has = false;

        return sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner",
                                  NULL, &reply, "s", NAME) >= 0 &&
               sd_bus_message_read(reply, "b", &has) >= 0 && has;
}

int bus_connect(const struct call *call, bool start, sd_bus **ret)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;

        if (sd_bus_open_system(&bus) < 0 || (!start && !has_daemon(bus)) || !is_responsible(bus, &call->paths))
                return BUS_NOT_ASKED;
        *ret = TAKE_PTR(bus);
        return 0;
}

int bus_begin(sd_bus *bus, const char *method, sd_bus_message **ret)
{
        return sd_bus_message_new_method_call(bus, ret, NAME, PATH, NAME, method);
}

/* As bus_begin, with the arguments that the method takes. */
static int begin_with(sd_bus *bus, const char *method, sd_bus_message **ret, const char *types, va_list ap)
{
        int r = bus_begin(bus, method, ret);

        return r < 0 ? r : sd_bus_message_appendv(*ret, types, ap);
}

int bus_try(const struct call *call, const char *method, const char *types, ...)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
        va_list ap;

        if (bus_connect(call, true, &bus) < 0)
                return BUS_NOT_ASKED;
        va_start(ap, types);
        int r = begin_with(bus, method, &m, types, ap);
        va_end(ap);
        return r < 0 ? fail("%s", strerror(-r)) : bus_finish(call, bus, m, true, NULL);
}

int bus_append_names(sd_bus_message *m, char *const *names, int n)
{
        int r = sd_bus_message_open_container(m, 'a', "s");

        for (int i = 0; r >= 0 && i < n; i++)
                r = sd_bus_message_append(m, "s", names[i]);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

int bus_try_names(const struct call *call, const char *method, char *const *names, int n)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;

        if (bus_connect(call, true, &bus) < 0)
                return BUS_NOT_ASKED;
        int r = bus_begin(bus, method, &m);
        if (r >= 0)
                r = bus_append_names(m, names, n);
        return r < 0 ? fail("%s", strerror(-r)) : bus_finish(call, bus, m, true, NULL);
}

int bus_look(sd_bus *bus, sd_bus_message **ret_reply, const char *method, const char *types, ...)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL;
        va_list ap;

        va_start(ap, types);
        int r = begin_with(bus, method, &m, types, ap);
        va_end(ap);
        return r < 0 ? r : sd_bus_call(bus, m, 0, NULL, ret_reply);
}

int bus_property(sd_bus *bus, const char *name, const char *type, sd_bus_message **ret)
{
        return sd_bus_get_property(bus, NAME, PATH, NAME, name, NULL, ret, type);
}

bool bus_is_paused(const struct call *call, const char *name)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
        _cleanup_free_ char *path = NULL;
        int paused = false;

        return bus_connect(call, false, &bus) >= 0 && sd_bus_path_encode(PATH "/format", name, &path) >= 0 &&
               sd_bus_get_property_trivial(bus, NAME, path, "org.binfmtd.Format1", "Paused", NULL, 'b', &paused) >= 0 && paused;
}
