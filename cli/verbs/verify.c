/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "formats/verify.h"

#include "cli.h"

static int verify_one(const struct paths *paths, const char *path)
{
        _cleanup_(problems_done) struct problems problems = {};
        enum file_kind kind;

        int r = verify_file(paths, path, &kind, &problems);
        print_problems(&problems);
        if (r < 0)
                return problems.n > 0 ? EXIT_FAILED : fail("%s: %s", path, strerror(-r));
        printf(_("%s: good (%s)\n"), path, _(file_kind_to_string(kind)));
        return EXIT_OK;
}

int verb_verify(const struct call *call)
{
        _cleanup_(problems_done) struct problems problems = {};
        int status = EXIT_OK;

        for (int i = 0; i < call->n_args; i++)
                status |= verify_one(&call->paths, call->args[i]);
        if (call->n_args > 0)
                return status;
        int r = verify_all(&call->paths, &problems);
        print_problems(&problems);
        return r >= 0 ? EXIT_OK : problems.n > 0 ? EXIT_FAILED : fail("%s", strerror(-r));
}
