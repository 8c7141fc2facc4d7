/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface of the manager: its properties, signals and methods. What methods do is in methods.c and the files of the
 * families. */
#include "internal.h"

#include <errno.h>

#include "base/config.h"

int bus_append_text(sd_bus_message *m, const char *text)
{
        _cleanup_free_ char *copy = strdup(text);

        if (!copy)
                return -ENOMEM;
        string_make_utf8(copy);
        return sd_bus_message_append(m, "s", copy);
}

BUS_GETTER(get_version)
{
        return sd_bus_message_append(reply, "s", BINFMTD_VERSION);
}

BUS_GETTER(get_mount_point)
{
        const struct manager *m = userdata;

        return bus_append_text(reply, m->paths.procdir);
}

BUS_GETTER(get_directories)
{
        const struct manager *m = userdata;

        int r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; r >= 0 && i < m->paths.n_confdirs; i++)
                r = bus_append_text(reply, m->paths.confdirs[i]);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

BUS_GETTER(get_repair)
{
        static const char *const names[] = { [REPAIR_YES] = "yes", [REPAIR_NO] = "no", [REPAIR_WARN] = "warn" };
        const struct manager *m = userdata;

        return sd_bus_message_append(reply, "s", names[m->config.repair]);
}

BUS_GETTER(get_others)
{
        const struct manager *m = userdata;

        int r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; r >= 0 && i < m->state.kernel.n; i++)
                if (state_is_foreign(&m->state, m->state.kernel.items[i].name))
                        r = bus_append_text(reply, m->state.kernel.items[i].name);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

BUS_GETTER(get_problems)
{
        const struct manager *m = userdata;
        const char *text = m->problems_logged ? m->problems_logged : "";

        int r = sd_bus_message_open_container(reply, 'a', "s");
        while (r >= 0 && *text) {
                size_t n = strcspn(text, "\n");
                _cleanup_free_ char *line = strndup(text, n);
                r = line ? bus_append_text(reply, line) : -ENOMEM;
                text += n + (text[n] == '\n');
        }
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* SD_BUS_VTABLE_UNPRIVILEGED: every method checks by itself what its caller may do. */
const sd_bus_vtable bus_manager_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("Version", "s", get_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("MountPoint", "s", get_mount_point, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Directories", "as", get_directories, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("Repair", "s", get_repair, 0, 0),
        SD_BUS_PROPERTY("Others", "as", get_others, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_PROPERTY("Problems", "as", get_problems, 0, 0),
        SD_BUS_PROPERTY("CacheProgress", "(tttttttb)", bus_get_cache_progress, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
        SD_BUS_METHOD_WITH_ARGS("Register", SD_BUS_ARGS("s", name, "a{sv}", format, "b", replace), SD_BUS_RESULT("o", path),
                                bus_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Unregister", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT, bus_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Enable", SD_BUS_ARGS("as", names), SD_BUS_NO_RESULT, bus_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Disable", SD_BUS_ARGS("as", names), SD_BUS_NO_RESULT, bus_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Use", SD_BUS_ARGS("s", name, "s", path), SD_BUS_NO_RESULT, bus_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Rollback", SD_BUS_ARGS("s", name), SD_BUS_NO_RESULT, bus_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Reload", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, bus_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Explain", SD_BUS_ARGS("s", file, "s", root), SD_BUS_RESULT("s", json), bus_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("Verify", SD_BUS_ARGS("as", files), SD_BUS_RESULT("as", problems), bus_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("AddToCache", SD_BUS_ARGS("ah", files), SD_BUS_RESULT("u", taken), bus_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ListCache", SD_BUS_ARGS("b", paths), SD_BUS_RESULT("a(suttuxas)", files), bus_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("DropFromCache", SD_BUS_ARGS("as", files), SD_BUS_RESULT("u", dropped), bus_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("ClearCache", SD_BUS_NO_ARGS, SD_BUS_NO_RESULT, bus_method, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_METHOD_WITH_ARGS("CacheStatus", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", status), bus_method,
                                SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_SIGNAL_WITH_ARGS("DriftFound", SD_BUS_ARGS("s", name, "s", drift), 0),
        SD_BUS_SIGNAL_WITH_ARGS("Repaired", SD_BUS_ARGS("s", name, "s", drift, "s", action), 0),
        SD_BUS_SIGNAL_WITH_ARGS("Reconciled", SD_BUS_ARGS("u", registered, "u", failed), 0),
        SD_BUS_SIGNAL_WITH_ARGS("CacheRegistered", SD_BUS_ARGS("s", name, "s", image), 0),
        SD_BUS_VTABLE_END,
};
