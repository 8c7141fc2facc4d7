/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"
#include "reconcile/status.h"

/* Prints the state of a format or entry, in the same words in all languages, because scripts read it. Returns an exit status. */
static int print_state(const struct call *call, const struct status *s, const char *name)
{
        const struct status_row *row = status_find_row(s, name);

        if (!row)
                return fail_unknown(&call->paths, &s->catalog, name);
        if (!call->option[OPTION_QUIET])
                puts(status_row_state(row));
        return status_row_is_registered(row) ? EXIT_OK : EXIT_FAILED;
}

int verb_is_enabled(const struct call *call)
{
        _cleanup_(status_done) struct status s = {};
        int status = EXIT_OK;

        int r = status_read(&call->paths, &s);
        if (r < 0)
                return fail("%s", strerror(-r));
        if (!call->option[OPTION_QUIET])
                print_problems(&s.problems);
        for (int i = 0; i < call->n_args; i++)
                status |= print_state(call, &s, call->args[i]);
        return status;
}
