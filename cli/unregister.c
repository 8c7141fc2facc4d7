/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "change.h"

/* As if there was no format: what was registered by us goes, and nothing else. */
int verb_unregister(const struct call *call)
{
        _cleanup_(change_done) struct change c = { .lock = -1, .fd = -1 };

        int status = change_begin(call, NULL, false, &c);
        if (status != EXIT_OK)
                return status;
        catalog_done(&c.catalog);
        return change_reconcile(&c, false);
}
