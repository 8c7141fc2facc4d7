/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus.h"
#include "change.h"

#include "record.h"

/* What was unregistered on purpose comes back. */
static int reload_here(struct change *c)
{
        _cleanup_close_ int record = c->dry ? -1 : record_open_existing(c->call->paths.statedir);

        (void)record_set_unregistered(record, false);
        return change_apply(c, true);
}

/* By the daemon where there is one, so that it knows; otherwise here. */
int verb_reload(const struct call *call)
{
        _cleanup_(change_done) struct change c = { .lock = -1, .fd = -1 };

        if (!call->option[OPTION_DRY_RUN]) {
                int status = bus_try(call, "Reload", "");
                if (status != BUS_NOT_ASKED)
                        return status;
        }
        int status = change_begin(call, NULL, true, &c);
        return status == EXIT_OK ? reload_here(&c) : status;
}
