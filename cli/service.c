/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>

#include "base/config.h"
#include "base/lock.h"
#include "base/util.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define UNIT "binfmtd.service"

static const struct {
        const char *name, *remedy;
} services[] = {
        [SERVICE_RUNNING] = { N_("running"), NULL },
        [SERVICE_STOPPED] = { N_("stopped"), NULL },
        [SERVICE_DISABLED] = { N_("disabled"), N_("systemctl enable --now binfmtd") },
        [SERVICE_MASKED] = { N_("masked"), N_("systemctl unmask binfmtd && systemctl enable --now binfmtd") },
        [SERVICE_FAILED] = { N_("failed"), N_("systemctl status binfmtd") },
        [SERVICE_ABSENT] = { N_("not-installed"), NULL },
};

const char *service_to_string(enum service s)
{
        return services[s].name;
}

const char *service_remedy(enum service s)
{
        if (services[s].remedy)
                return _(services[s].remedy);
        return s == SERVICE_STOPPED && sd_booted() > 0 ? _("systemctl start binfmtd") : NULL;
}

/* True when a daemon holds its lock. To try to take the lock would need root, and would prevent a daemon that is just starting
 * from taking it. All users can read the kernel's list of locks instead: "1: FLOCK ADVISORY WRITE 812 00:1a:1045 0 EOF", see
 * proc_locks(5). */
static bool is_running(const struct paths *paths)
{
        _cleanup_fclose_ FILE *f = fopen("/proc/locks", "re");
        _cleanup_free_ char *path = NULL, *line = NULL;
        size_t size = 0;
        struct stat st;

        if (!f || string_format(&path, LOCK_DAEMON_FORMAT, paths->statedir) < 0 || stat(path, &st) < 0)
                return false;
        while (getline(&line, &size, f) >= 0) {
                unsigned major, minor;
                unsigned long inode;
                if (sscanf(line, "%*s FLOCK %*s WRITE %*s %x:%x:%lu", &major, &minor, &inode) == 3 && major == major(st.st_dev) &&
                    minor == minor(st.st_dev) && inode == st.st_ino)
                        return true;
        }
        return false;
}

static bool has_property(sd_bus *bus, const char *path, const char *property, const char *value)
{
        _cleanup_free_ char *text = NULL;

        return sd_bus_get_property_string(bus, SYSTEMD, path, SYSTEMD ".Unit", property, NULL, &text) >= 0 &&
               strncmp(text, value, strlen(value)) == 0;
}

/* Asks the service manager why the unit does not run. */
static enum service ask_manager(sd_bus *bus)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        const char *path;

        if (sd_bus_call_method(bus, SYSTEMD, "/org/freedesktop/systemd1", SYSTEMD ".Manager", "LoadUnit", NULL, &reply, "s",
                               UNIT) < 0 ||
            sd_bus_message_read(reply, "o", &path) < 0)
                return SERVICE_STOPPED;
        if (has_property(bus, path, "LoadState", "masked"))
                return SERVICE_MASKED;
        if (has_property(bus, path, "LoadState", "not-found"))
                return SERVICE_ABSENT;
        if (has_property(bus, path, "ActiveState", "failed"))
                return SERVICE_FAILED;
        return has_property(bus, path, "UnitFileState", "disabled") ? SERVICE_DISABLED : SERVICE_STOPPED;
}

enum service service_find(const struct paths *paths)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;

        if (is_running(paths))
                return SERVICE_RUNNING;
        if (!streq(paths->statedir, DEFAULT_STATEDIR) || sd_booted() <= 0 || sd_bus_open_system(&bus) < 0)
                return SERVICE_STOPPED;
        return ask_manager(bus);
}
