/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "change.h"

#include <errno.h>

#include "reconcile/record.h"

/* Tells the daemon, so that it does not repair what is removed here. */
static int tell_daemon(const struct change *c)
{
        _cleanup_close_ int record = c->dry ? -1 : record_open(c->call->paths.statedir);

        int r = record_set_unregistered(record, true);
        return r < 0 ? fail("%s: %s", c->call->paths.statedir, strerror(-r)) : EXIT_OK;
}

/* Removes the entries that binfmtd has registered, as if there were no formats, and nothing else. */
int verb_unregister(const struct call *call)
{
        _cleanup_(change_done) struct change c = { .lock = -1, .fd = -1 };

        int status = change_begin(call, NULL, false, &c);
        if (status != EXIT_OK)
                return status;
        status = tell_daemon(&c);
        if (status != EXIT_OK)
                return status;
        catalog_done(&c.catalog);
        return change_reconcile(&c, false);
}
