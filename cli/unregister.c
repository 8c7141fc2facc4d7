/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"

#include <errno.h>

#include "mount.h"
#include "reconcile.h"

/* Where no format is wanted, reconciling removes all that were registered, and nobody else's. */
int verb_unregister(const struct call *call)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};
        const struct catalog nothing = {};

        _cleanup_close_ int fd = binfmt_misc_open(call->paths.procdir, false, &problems);
        if (fd == -ENODEV || fd == -ENOENT)
                return EXIT_OK;
        int r = fd < 0 ? fd : reconcile(&call->paths, fd, &nothing, NULL, &report, &problems);
        print_problems(&problems);
        return r < 0 || report.n_failed > 0 ? EXIT_FAILED : EXIT_OK;
}
