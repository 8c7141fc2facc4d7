/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus.h"
#include "change.h"

#include "formats/daemon-config.h"
#include "reconcile/record.h"

/* Prints what is wrong with the daemon's own file, and adds the number of errors to *n. */
static void check_config(const struct paths *paths, size_t *n)
{
        _cleanup_(problems_done) struct problems problems = {};
        struct config config;

        (void)config_load(paths->config, &config, &problems);
        print_problems(&problems);
        *n += problems.n;
}

/* Reloads without the daemon. Entries that "binfmtctl unregister" has removed come back. */
static int reload_here(struct change *c)
{
        _cleanup_close_ int record = c->dry ? -1 : record_open_existing(c->call->paths.statedir);

        (void)record_set_unregistered(record, false);
        int status = change_apply(c, true);
        check_config(&c->call->paths, &c->n_problems);
        return status == EXIT_OK && (c->n_problems > 0 || c->off) ? EXIT_FAILED : status;
}

/* Prints what is wrong with the files, because the daemon has written that to the journal only. Returns an exit status. */
static int check_files(const struct call *call)
{
        _cleanup_(catalog_done) struct catalog catalog = {};
        size_t n_problems;

        int status = read_formats(&call->paths, &catalog, &n_problems);
        check_config(&call->paths, &n_problems);
        if (check_working(&call->paths) != EXIT_OK || n_problems > 0)
                return EXIT_FAILED;
        return status;
}

/* Has the daemon reload, or does it here where there is none. */
int verb_reload(const struct call *call)
{
        _cleanup_(change_done) struct change c = { .lock = -1, .fd = -1 };

        if (!call->option[OPTION_DRY_RUN]) {
                int status = bus_try(call, "Reload", "");
                if (status != BUS_NOT_ASKED)
                        return status == EXIT_OK ? check_files(call) : status;
        }
        int status = change_begin(call, NULL, true, &c);
        return status == EXIT_OK ? reload_here(&c) : status;
}
