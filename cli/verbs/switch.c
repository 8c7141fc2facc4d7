/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "switch.h"

#include "bus.h"
#include "change.h"
#include "formats/override.h"

static void say(struct format *f, bool enable)
{
        if (format_is_chosen(f) != enable)
                printf(_("%s: would be %s from now on\n"), f->entry.name, enable ? _("enabled") : _("disabled"));
        f->enabled = enable;
        f->held = false;
}

static void say_all(struct change *c, bool enable)
{
        for (size_t i = 0; i < c->catalog.n; i++)
                if (!c->format || c->format == &c->catalog.formats[i])
                        say(&c->catalog.formats[i], enable);
}

static int write_choice(const struct change *c, bool enable)
{
        const struct paths *paths = &c->call->paths;
        const char *failed = c->name;

        int r = c->format ? override_choose(paths, c->format, enable) : override_choose_all(paths, &c->catalog, enable, &failed);
        if (r < 0)
                return fail("%s: the choice cannot be written to %s: %s", failed, paths_admin_dir(paths), strerror(-r));
        return EXIT_OK;
}

int switch_formats(const struct call *call, bool enable)
{
        _cleanup_(change_done) struct change c = { .lock = -1, .fd = -1 };

        const char *name = call->n_args > 0 ? call->args[0] : NULL;

        if (call->container)
                return container_switch(call, name, enable);
        int status =
                bus_wanted(call) ? bus_try_names(call, enable ? "Enable" : "Disable", call->args, call->n_args) : BUS_NOT_ASKED;
        if (status != BUS_NOT_ASKED)
                return status == EXIT_OK && enable ? check_working(&call->paths) : status;
        status = change_begin(call, name, enable, &c);
        if (status != EXIT_OK)
                return status;
        if (c.dry)
                say_all(&c, enable);
        else
                status = write_choice(&c, enable);
        if (status == EXIT_OK)
                status = change_apply(&c, enable);
        /* The choice was written, but the entry does not work, because binfmt_misc is disabled as a whole. */
        return status == EXIT_OK && enable && c.off ? EXIT_FAILED : status;
}
