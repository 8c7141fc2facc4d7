/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls of the manager's methods: how they are checked, wait for their turns and are answered. */
#include "methods.h"

#include <errno.h>

#include "kernel/mount.h"

/* How long a call waits until others are done with their changes. A caller waits longer than this for the reply. */
#define TURN_PATIENCE_USEC (15ULL * 1000 * 1000)

int method_no_such_format(sd_bus_error *error, const char *name)
{
        return sd_bus_error_setf(error, BUS_ERROR_NO_SUCH_FORMAT, "There is no format %s, or its file cannot be used", name);
}

int method_failed(sd_bus_error *error, const char *what, const struct problems *problems, int r)
{
        _cleanup_free_ char *text = problems->n > 0 ? problem_to_string(&problems->items[0]) : NULL;

        if (text)
                string_make_utf8(text);
        return sd_bus_error_setf(error, BUS_ERROR_FAILED, "%s: %s", what, text ? text : strerror(r < 0 ? -r : EIO));
}

int method_changed_meanwhile(sd_bus_error *error)
{
        return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED, N_("The format has changed meanwhile; try again"));
}

int method_read_names(sd_bus_message *call, struct names *ret, sd_bus_error *error)
{
        const char *name;
        int r;

        ret->n = 0;
        r = sd_bus_message_enter_container(call, 'a', "s");
        while (r >= 0 && (r = sd_bus_message_read(call, "s", &name)) > 0) {
                if (ret->n == NAMES_MAX)
                        return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED, "More than %d names", NAMES_MAX);
                ret->items[ret->n++] = name;
        }
        return r < 0 ? r : sd_bus_message_exit_container(call);
}

int method_apply_names(struct manager *m, const struct names *names, bool enable, sd_bus_error *error)
{
        _cleanup_(problems_done) struct problems problems = {}, ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};

        int r = catalog_load(&m->paths, &catalog, &ignored);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = binfmt_misc_open(m->paths.procdir, m->config.mount, &problems);
        if (fd < 0)
                return method_failed(error, "binfmt_misc cannot be opened", &problems, fd);
        for (size_t i = 0; i < names->n; i++) {
                _cleanup_(reconcile_report_done) struct reconcile_report report = {};
                r = reconcile(&m->paths, fd, &catalog, names->items[i], &report, &problems);
                if (r < 0 || report.n_failed > 0)
                        return method_failed(error, names->items[i], &problems, r);
                const struct format *f = catalog_find(&catalog, names->items[i]);
                if (enable && report.n_active == 0 && f && f->held)
                        return sd_bus_error_setf(error, BUS_ERROR_FAILED,
                                                 "%s: not registered, because it follows %s, which is not enabled",
                                                 names->items[i], f->follows);
                if (enable && report.n_active == 0)
                        return sd_bus_error_setf(error, BUS_ERROR_FAILED,
                                                 "%s: not registered, because no interpreter is installed", names->items[i]);
        }
        return 0;
}

static int needs_manage(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        (void)m;
        (void)call;
        (void)error;
        return AUTH_MANAGE;
}

int method_read_format(sd_bus_message *call, const struct catalog *c, const struct format **ret, sd_bus_error *error)
{
        const char *name;

        int r = sd_bus_message_read(call, "s", &name);
        if (r < 0)
                return r;
        *ret = catalog_find(c, name);
        return *ret ? 0 : method_no_such_format(error, name);
}

int method_find_format(const struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action,
                       const struct format **ret, sd_bus_error *error)
{
        int r = method_read_format(call, c, ret, error);

        if (r < 0)
                return r;
        return bus_action_of(m, *ret) > action ? method_changed_meanwhile(error) : 0;
}

/* The methods that are about no format in particular. */
static const struct method methods_general[] = {
        { .name = "Reload", .needs = needs_manage },
        {},
};

static const struct method *const families[] = { methods_general, bus_methods_choose, bus_methods_describe, bus_methods_inspect,
                                                 bus_methods_cache };

static const struct method *find_method(sd_bus_message *call)
{
        for (size_t i = 0; i < ARRAY_SIZE(families); i++)
                for (const struct method *method = families[i]; method->name; method++)
                        if (streq(method->name, sd_bus_message_get_member(call)))
                                return method;
        return NULL;
}

/* A call that waits for its turn, to change something. */
struct change {
        struct manager *manager;
        sd_bus_message *call;
        enum auth_action action;
        const struct method *method;
};

static int do_change(const struct change *c, sd_bus_error *error)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        struct manager *m = c->manager;

        int r = c->method->change ? catalog_load(&m->paths, &catalog, &ignored) : 0;
        if (r < 0 || !c->method->change)
                return r;
        return c->method->change(m, c->call, &catalog, c->action, error);
}

/* Replies to a call that has changed something. Only Register's reply says something: the path of the format's object. */
static int reply_changed(sd_bus_message *call)
{
        _cleanup_free_ char *path = NULL;
        const char *name;

        if (!streq(sd_bus_message_get_member(call), "Register"))
                return sd_bus_reply_method_return(call, "");
        int r = sd_bus_message_rewind(call, true);
        if (r >= 0)
                r = sd_bus_message_read(call, "s", &name);
        if (r >= 0)
                r = bus_format_path(name, &path);
        return r < 0 ? r : sd_bus_reply_method_return(call, "o", path);
}

static int nothing_registered(const struct manager *m, int r, sd_bus_error *error)
{
        _cleanup_free_ char *text = m->problems_logged ? strdup(m->problems_logged) : NULL;

        if (text)
                string_make_utf8(text);
        return sd_bus_error_setf(error, BUS_ERROR_FAILED, "Nothing was registered: %s", text && *text ? text : strerror(-r));
}

static int change_and_reply(const struct change *c, sd_bus_error *error)
{
        int r = sd_bus_message_rewind(c->call, true);

        if (r >= 0)
                r = do_change(c, error);
        /* A change that failed may still have changed something. */
        int reloaded = manager_reload(c->manager);
        if (r < 0)
                return r;
        return reloaded < 0 ? nothing_registered(c->manager, reloaded, error) : reply_changed(c->call);
}

static void on_turn(int lock, void *userdata)
{
        struct change *c = userdata;
        _cleanup_(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        int r;

        if (lock == -EWOULDBLOCK || lock == -ECANCELED)
                r = sd_bus_error_set(&error, BUS_ERROR_FAILED,
                                     N_("Another program is changing formats and does not finish; try again"));
        else
                r = change_and_reply(c, &error);
        bus_reply_failure(c->call, r, &error);
        sd_bus_message_unref(c->call);
        free(c);
}

static int run_method(sd_bus_message *call, enum auth_action action, void *userdata, sd_bus_error *error)
{
        const struct method *method = find_method(call);
        struct manager *m = userdata;

        if (method->run)
                return method->run(m, call, action, error);
        struct change *c = malloc(sizeof(*c));
        if (!c)
                return -ENOMEM;
        *c = (struct change){ .manager = m, .call = sd_bus_message_ref(call), .action = action, .method = method };
        int r = turn_take(&m->turns, TURN_PATIENCE_USEC, on_turn, c);
        if (r < 0) {
                sd_bus_message_unref(c->call);
                free(c);
        }
        return r < 0 ? r : 1;
}

int bus_method(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        struct manager *m = userdata;
        const struct method *method = find_method(call);

        int r = method ? method->needs(m, call, error) : -EINVAL;
        if (r < 0)
                return r;
        return auth_check(&m->bus->auths, call, (enum auth_action)r, run_method, m, error);
}
