/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"

int verb_help(const struct paths *paths, int n_args, char **args)
{
        (void)n_args;
        (void)args;
        printf("Usage: binfmtctl [OPTION]... VERB [NAME]\n"
               "\n"
               "Shows and changes which programs of other machines the kernel runs, and with what.\n"
               "Each verb can be written with -- before it, as update-binfmts has it.\n"
               "\n"
               "  display [NAME]   show a format, or all of them\n"
               "  list             show formats and the kernel's other entries, one line each\n"
               "  enable [NAME]    register a format, or all of them, now and from now on\n"
               "  disable [NAME]   remove a format, or all of them, now and from now on\n"
               "  version          show the version\n"
               "  help             show this\n"
               "\n"
               "  --procdir=DIR    where binfmt_misc is mounted (%s)\n"
               "  --confdirs=LIST  directories of formats, separated by colons, the administrator's last\n"
               "  --statedir=DIR   where binfmtd keeps what it registered (%s)\n"
               "\n"
               "The exit status is 0, 1 when it could not be done, 2 for a wrong command line.\n",
               paths->procdir, paths->statedir);
        return EXIT_OK;
}
