/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the methods of the manager do. Each first says what its caller must be allowed to do, from its arguments and
 * the formats, and is run when that is settled; as formats may have changed meanwhile, it makes sure with those that
 * it is about to change. */
#include "bus-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "kernel/mount.h"
#include "formats/override.h"

#define NAMES_MAX 256

/* How long a call waits for others to be done with their changes: less than a caller waits for the reply. */
#define TURN_PATIENCE_USEC (15ULL * 1000 * 1000)

struct names {
        const char *items[NAMES_MAX]; /* strings of the message */
        size_t n;
};

static int no_such_format(sd_bus_error *error, const char *name)
{
        return sd_bus_error_setf(error, BUS_ERROR_NO_SUCH_FORMAT, "There is no format %s, or its file cannot be used", name);
}

static int failed(sd_bus_error *error, const char *what, const struct problems *problems, int r)
{
        _cleanup_free_ char *text = problems->n > 0 ? problem_to_string(&problems->items[0]) : NULL;

        if (text)
                string_make_utf8(text);
        return sd_bus_error_setf(error, BUS_ERROR_FAILED, "%s: %s", what, text ? text : strerror(r < 0 ? -r : EIO));
}

static int changed_meanwhile(sd_bus_error *error)
{
        return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED, N_("The format has changed meanwhile; try again"));
}

static int read_names(sd_bus_message *call, struct names *ret, sd_bus_error *error)
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

/* All must be known. Returns the most that changing them takes, or a negative errno; no name means all formats. */
static int action_of_names(const struct manager *m, const struct catalog *c, const struct names *names, sd_bus_error *error)
{
        enum auth_action action = AUTH_MANAGE;

        for (size_t i = 0; i < names->n; i++) {
                const struct format *f = catalog_find(c, names->items[i]);
                if (!f)
                        return no_such_format(error, names->items[i]);
                if (bus_action_of(m, f) > action)
                        action = bus_action_of(m, f);
        }
        for (size_t i = 0; names->n == 0 && i < c->n; i++)
                if (bus_action_of(m, &c->formats[i]) > action)
                        action = bus_action_of(m, &c->formats[i]);
        return (int)action;
}

static int needs_of_names(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        struct names names;

        int r = read_names(call, &names, error);
        return r < 0 ? r : action_of_names(m, &m->state.catalog, &names, error);
}

static bool is_among(const struct names *names, const char *name)
{
        for (size_t i = 0; i < names->n; i++)
                if (streq(names->items[i], name))
                        return true;
        return names->n == 0;
}

static int choose(struct manager *m, const struct catalog *c, const struct names *names, bool enable, sd_bus_error *error)
{
        const struct problems none = {};

        for (size_t i = 0; i < c->n; i++) {
                if (!is_among(names, c->formats[i].entry.name))
                        continue;
                int r = override_choose(&m->paths, &c->formats[i], enable);
                if (r < 0)
                        return failed(error, "The choice cannot be written", &none, r);
        }
        return 0;
}

/* Makes the kernel follow for those that were named, which says what is wrong with them. */
static int apply_names(struct manager *m, const struct names *names, bool enable, sd_bus_error *error)
{
        _cleanup_(problems_done) struct problems problems = {}, ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};

        int r = catalog_load(&m->paths, &catalog, &ignored);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = binfmt_misc_open(m->paths.procdir, m->config.mount, &problems);
        if (fd < 0)
                return failed(error, "binfmt_misc cannot be opened", &problems, fd);
        for (size_t i = 0; i < names->n; i++) {
                _cleanup_(reconcile_report_done) struct reconcile_report report = {};
                r = reconcile(&m->paths, fd, &catalog, names->items[i], &report, &problems);
                if (r < 0 || report.n_failed > 0)
                        return failed(error, names->items[i], &problems, r);
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

static int switch_names(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action, bool enable,
                        sd_bus_error *error)
{
        struct names names;

        int r = read_names(call, &names, error);
        if (r >= 0)
                r = action_of_names(m, c, &names, error);
        if (r < 0)
                return r;
        if (r > (int)action)
                return changed_meanwhile(error);
        r = choose(m, c, &names, enable, error);
        return r < 0 ? r : apply_names(m, &names, enable, error);
}

static int enable(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action, sd_bus_error *error)
{
        return switch_names(m, call, c, action, true, error);
}

static int disable(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action, sd_bus_error *error)
{
        return switch_names(m, call, c, action, false, error);
}

static int needs_manage(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        (void)m;
        (void)call;
        (void)error;
        return AUTH_MANAGE;
}

/* Finds the format that a call names first. Returns 0 or a negative errno, with the error set. */
static int read_format(sd_bus_message *call, const struct catalog *c, const struct format **ret, sd_bus_error *error)
{
        const char *name;

        int r = sd_bus_message_read(call, "s", &name);
        if (r < 0)
                return r;
        *ret = catalog_find(c, name);
        return *ret ? 0 : no_such_format(error, name);
}

/* What a method needs that has the name of a format for its first argument. */
static int needs_of_name(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        const struct format *f;

        int r = read_format(call, &m->state.catalog, &f, error);
        return r < 0 ? r : (int)bus_action_of(m, f);
}

/* The same for a call whose sender may do this. */
static int find_format(const struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action,
                       const struct format **ret, sd_bus_error *error)
{
        int r = read_format(call, c, ret, error);

        if (r < 0)
                return r;
        return bus_action_of(m, *ret) > action ? changed_meanwhile(error) : 0;
}

/* Makes the kernel follow a choice of an interpreter; one that it refuses is taken back. */
static int apply_use(struct manager *m, const struct format *f, sd_bus_error *error)
{
        const struct names one = { .items = { f->entry.name }, .n = 1 };

        int r = apply_names(m, &one, f->enabled, error);
        if (r < 0)
                (void)override_rollback(&m->paths, f);
        return r;
}

static int refuse_follower(const struct format *f, sd_bus_error *error)
{
        return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "%s follows %s, and has the same interpreter", f->entry.name,
                                 f->follows);
}

static int use(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action, sd_bus_error *error)
{
        _cleanup_(problems_done) struct problems problems = {};
        const struct format *f;
        const char *path;

        int r = find_format(m, call, c, action, &f, error);
        if (r >= 0)
                r = sd_bus_message_read(call, "s", &path);
        if (r < 0)
                return r;
        if (f->follows)
                return refuse_follower(f, error);
        const struct candidate *candidate = format_find_candidate(f, path);
        if (*path && !candidate)
                return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "%s is none of the interpreters of %s", path,
                                         f->entry.name);
        r = candidate ? format_check_candidate(f, candidate, &problems) : 0;
        if (r < 0)
                return failed(error, path, &problems, r);
        r = override_use(&m->paths, f, *path ? path : NULL);
        return r < 0 ? failed(error, "The choice cannot be written", &problems, r) : apply_use(m, f, error);
}

static int roll_back(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action,
                     sd_bus_error *error)
{
        const struct problems none = {};
        const struct format *f;

        int r = find_format(m, call, c, action, &f, error);
        if (r < 0)
                return r;
        if (f->follows)
                return refuse_follower(f, error);
        r = override_rollback(&m->paths, f);
        if (r == -ENOENT)
                return sd_bus_error_setf(error, BUS_ERROR_FAILED, "%s: nothing was chosen before", f->entry.name);
        if (r < 0)
                return failed(error, "The choice cannot be written", &none, r);
        const struct names one = { .items = { f->entry.name }, .n = 1 };
        return apply_names(m, &one, f->enabled, error);
}

/* Registering takes what the new format takes with the drop-ins that are there for its name, and what the one of the
 * same name takes that it replaces. Returns an enum auth_action or a negative errno. */
static int action_of_new(const struct manager *m, const struct catalog *c, const struct format *f)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(format_done) struct format changed = {};
        const struct format *old = catalog_find(c, f->entry.name);

        int r = format_copy(f, &changed);
        if (r >= 0)
                r = catalog_apply_drop_ins(&m->paths, &changed, &ignored);
        if (r < 0)
                return r;
        enum auth_action action = bus_action_of(m, &changed);
        return old && bus_action_of(m, old) > action ? (int)bus_action_of(m, old) : (int)action;
}

static int needs_register(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        _cleanup_(format_done) struct format f = {};
        _cleanup_free_ char *text = NULL;
        bool replace;

        int r = bus_read_register(call, &f, &text, &replace, error);
        return r < 0 ? r : action_of_new(m, &m->state.catalog, &f);
}

static int open_admin_dir(const struct manager *m)
{
        int r = mkdir_parents(paths_admin_dir(&m->paths));

        if (r < 0)
                return r;
        int fd = open(paths_admin_dir(&m->paths), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

static int write_format(struct manager *m, const char *name, const char *text, sd_bus_error *error)
{
        const struct problems none = {};
        _cleanup_free_ char *file = NULL;
        _cleanup_close_ int dir = open_admin_dir(m);

        int r = dir < 0 ? dir : string_format(&file, "%s.conf", name);
        if (r >= 0)
                r = file_write_at(dir, file, text);
        return r < 0 ? failed(error, paths_admin_dir(&m->paths), &none, r) : 0;
}

static int register_format(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action,
                           sd_bus_error *error)
{
        _cleanup_(format_done) struct format f = {};
        _cleanup_free_ char *text = NULL;
        bool replace;

        int r = bus_read_register(call, &f, &text, &replace, error);
        if (r < 0)
                return r;
        const char *name = f.entry.name;
        r = action_of_new(m, c, &f);
        if (r < 0)
                return r;
        if (r > (int)action)
                return changed_meanwhile(error);
        if (!replace && (catalog_find(c, name) || catalog_is_broken(c, name)))
                return sd_bus_error_setf(error, BUS_ERROR_FORMAT_EXISTS, "There is a format %s", name);
        r = write_format(m, name, text, error);
        if (r < 0)
                return r;
        const struct names one = { .items = { name }, .n = 1 };
        return apply_names(m, &one, f.enabled, error);
}

/* Unregistering takes what the format takes, and what the one of the same name takes that counts again without the
 * administrator's file. Returns an enum auth_action or a negative errno. */
static int action_of_gone(const struct manager *m, const struct format *f)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog others = {};
        struct paths without = m->paths;

        without.n_confdirs--;
        int r = catalog_load(&without, &others, &ignored);
        if (r < 0)
                return r;
        struct format *again = catalog_find(&others, f->entry.name);
        r = again ? catalog_apply_drop_ins(&m->paths, again, &ignored) : 0;
        if (r < 0)
                return r;
        return again && bus_action_of(m, again) > bus_action_of(m, f) ? (int)bus_action_of(m, again) : (int)bus_action_of(m, f);
}

static int needs_unregister(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        const struct format *f;

        int r = read_format(call, &m->state.catalog, &f, error);
        return r < 0 ? r : action_of_gone(m, f);
}

static int remove_format(const struct manager *m, const char *name, sd_bus_error *error)
{
        const struct problems none = {};
        _cleanup_free_ char *file = NULL;
        _cleanup_close_ int dir = open(paths_admin_dir(&m->paths), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        int r = dir < 0 ? -errno : string_format(&file, "%s.conf", name);
        if (r >= 0)
                r = file_remove_at(dir, file);
        return r < 0 ? failed(error, paths_admin_dir(&m->paths), &none, r) : 0;
}

static int unregister(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action,
                      sd_bus_error *error)
{
        const struct problems none = {};
        _cleanup_free_ char *path = NULL;
        const struct format *f;

        int r = find_format(m, call, c, action, &f, error);
        if (r >= 0)
                r = string_format(&path, "%s/%s.conf", paths_admin_dir(&m->paths), f->entry.name);
        if (r >= 0)
                r = action_of_gone(m, f);
        if (r < 0)
                return r;
        if (r > (int)action)
                return changed_meanwhile(error);
        if (!f->file || !streq(f->file, path))
                return sd_bus_error_setf(error, BUS_ERROR_NOT_OURS,
                                         "%s is described by %s, which belongs to somebody else; Disable it instead",
                                         f->entry.name, f->file ? f->file : "another source");
        r = remove_format(m, f->entry.name, error);
        if (r < 0)
                return r;
        r = override_remove(&m->paths, f->entry.name);
        return r < 0 ? failed(error, "The choice cannot be removed", &none, r) : 0;
}

static const char *path_reason(const char *path)
{
        if (path[0] != '/')
                return "this is no absolute path";
        return strlen(path) >= PATH_MAX ? "the path is too long" : NULL;
}

static int read_explain(sd_bus_message *call, const char **ret_file, const char **ret_root, sd_bus_error *error)
{
        int r = sd_bus_message_read(call, "ss", ret_file, ret_root);

        if (r < 0)
                return r;
        const char *reason = path_reason(*ret_file);
        if (!reason && **ret_root)
                reason = path_reason(*ret_root);
        return reason ? sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS, reason) : 0;
}

static int needs_explain(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        const char *file, *root;

        (void)m;
        int r = read_explain(call, &file, &root, error);
        return r < 0 ? r : (int)AUTH_INSPECT;
}

static int run_explain(struct manager *m, sd_bus_message *call, enum auth_action action, sd_bus_error *error)
{
        _cleanup_free_ char *option = NULL;
        const char *file, *root;

        (void)action;
        int r = read_explain(call, &file, &root, error);
        if (r >= 0)
                r = string_format(&option, "--root=%s", root);
        if (r < 0)
                return r;
        const char *with_root[] = { "explain", "--json", option, "--", file, NULL };
        const char *without[] = { "explain", "--json", "--", file, NULL };
        return bus_run_binfmtctl(m, call, *root ? with_root : without, BUS_ANSWER_TEXT, error);
}

/* Reads the names of files, which are absolute paths. */
static int read_files(sd_bus_message *call, struct names *ret, sd_bus_error *error)
{
        int r = read_names(call, ret, error);

        for (size_t i = 0; r >= 0 && i < ret->n; i++)
                if (path_reason(ret->items[i]))
                        return sd_bus_error_setf(error, SD_BUS_ERROR_INVALID_ARGS, "%s: %s", ret->items[i],
                                                 path_reason(ret->items[i]));
        return r;
}

static int needs_verify(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        struct names files;

        (void)m;
        int r = read_files(call, &files, error);
        return r < 0 ? r : (int)AUTH_INSPECT;
}

static int run_verify(struct manager *m, sd_bus_message *call, enum auth_action action, sd_bus_error *error)
{
        const char *args[NAMES_MAX + 3] = { "verify", "--" };
        struct names files;

        (void)action;
        int r = read_files(call, &files, error);
        if (r < 0)
                return r;
        for (size_t i = 0; i < files.n; i++)
                args[i + 2] = files.items[i];
        return bus_run_binfmtctl(m, call, args, BUS_ANSWER_MESSAGES, error);
}

typedef int needs_fn(struct manager *m, sd_bus_message *call, sd_bus_error *error);
typedef int change_fn(struct manager *m, sd_bus_message *call, const struct catalog *c, enum auth_action action,
                      sd_bus_error *error);
typedef int run_fn(struct manager *m, sd_bus_message *call, enum auth_action action, sd_bus_error *error);

static const struct method {
        const char *name;
        needs_fn *needs;   /* returns an enum auth_action or a negative errno */
        change_fn *change; /* called while nobody else changes anything, a reload follows; NULL: only that */
        run_fn *run;       /* for what is no change: sees to the reply */
} methods[] = {
        { .name = "Register", .needs = needs_register, .change = register_format },
        { .name = "Unregister", .needs = needs_unregister, .change = unregister },
        { .name = "Enable", .needs = needs_of_names, .change = enable },
        { .name = "Disable", .needs = needs_of_names, .change = disable },
        { .name = "Use", .needs = needs_of_name, .change = use },
        { .name = "Rollback", .needs = needs_of_name, .change = roll_back },
        { .name = "Reload", .needs = needs_manage },
        { .name = "Explain", .needs = needs_explain, .run = run_explain },
        { .name = "Verify", .needs = needs_verify, .run = run_verify },
};

static const struct method *find_method(sd_bus_message *call)
{
        for (size_t i = 0; i < ARRAY_SIZE(methods); i++)
                if (streq(methods[i].name, sd_bus_message_get_member(call)))
                        return &methods[i];
        return NULL;
}

/* A call that waits for its turn. */
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

/* Register alone says something: where the format is. */
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
        /* Also what failed may have changed something. */
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
        return auth_check(&m->bus.auths, call, (enum auth_action)r, run_method, m, error);
}
