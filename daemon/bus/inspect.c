/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Explain and Verify: files are looked at, and nothing changes. */
#include "methods.h"

#include <limits.h>

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
        int r = method_read_names(call, ret, error);

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

const struct method bus_methods_inspect[] = {
        { .name = "Explain", .needs = needs_explain, .run = run_explain },
        { .name = "Verify", .needs = needs_verify, .run = run_verify },
        {},
};
