/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for systemd as far as one unit is asked about: fake-systemd FILE. The file has the unit's LoadState, ActiveState and
 * UnitFileState, in this order. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define UNIT_PATH "/org/freedesktop/systemd1/unit/binfmtd_2eservice"

static const char *file;

static int on_load(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        const char *name;

        (void)userdata;
        int r = sd_bus_message_read(call, "s", &name);
        if (r >= 0 && strcmp(name, "binfmtd.service") != 0)
                return sd_bus_error_set_errno(error, -ENOENT);
        return r < 0 ? r : sd_bus_reply_method_return(call, "o", UNIT_PATH);
}

static int on_property(sd_bus *bus, const char *path, const char *interface, const char *property, sd_bus_message *reply,
                       void *userdata, sd_bus_error *error)
{
        char load[32] = "", active[32] = "", unit_file[32] = "";
        FILE *f = fopen(file, "re");
        int n = f ? fscanf(f, "%31s %31s %31s", load, active, unit_file) : 0;

        (void)bus, (void)path, (void)interface, (void)userdata, (void)error;
        if (f)
                fclose(f);
        if (n != 3)
                return -EINVAL;
        return sd_bus_message_append(reply, "s",
                                     strcmp(property, "LoadState") == 0     ? load
                                     : strcmp(property, "ActiveState") == 0 ? active
                                                                            : unit_file);
}

static const sd_bus_vtable manager[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_METHOD("LoadUnit", "s", "o", on_load, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_VTABLE_END,
};

static const sd_bus_vtable unit[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_PROPERTY("LoadState", "s", on_property, 0, 0),
        SD_BUS_PROPERTY("ActiveState", "s", on_property, 0, 0),
        SD_BUS_PROPERTY("UnitFileState", "s", on_property, 0, 0),
        SD_BUS_VTABLE_END,
};

int main(int argc, char **argv)
{
        sd_bus *bus;

        if (argc != 2)
                return 2;
        file = argv[1];
        int r = sd_bus_open_system(&bus);
        if (r >= 0)
                r = sd_bus_add_object_vtable(bus, NULL, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", manager,
                                             NULL);
        if (r >= 0)
                r = sd_bus_add_object_vtable(bus, NULL, UNIT_PATH, "org.freedesktop.systemd1.Unit", unit, NULL);
        if (r >= 0)
                r = sd_bus_request_name(bus, "org.freedesktop.systemd1", 0);
        while (r >= 0) {
                r = sd_bus_process(bus, NULL);
                if (r == 0)
                        r = sd_bus_wait(bus, UINT64_MAX);
        }
        fprintf(stderr, "fake-systemd: %s\n", strerror(-r));
        return 1;
}
