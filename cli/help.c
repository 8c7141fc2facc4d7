/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"

static void print_verbs(void)
{
        for (size_t i = 0; i < n_verbs; i++) {
                char left[40];
                snprintf(left, sizeof(left), "%s %s", verbs[i].name, verbs[i].arguments);
                printf("  %-26s %s\n", left, verbs[i].text);
        }
}

static void print_options(void)
{
        for (size_t i = 0; i < n_cli_options; i++) {
                const struct cli_option *o = &cli_options[i];
                char left[40];
                snprintf(left, sizeof(left), "--%s%s%s", o->name, o->argument ? "=" : "", o->argument ? o->argument : "");
                printf("  %-26s %s\n", left, o->text);
        }
}

int verb_help(const struct call *call)
{
        (void)call;
        puts("Usage: binfmtctl [OPTION]... VERB [ARGUMENT]...\n"
             "\n"
             "Shows and changes which programs of other machines the kernel runs, and with what.\n"
             "Each verb can be written with -- before it, as update-binfmts has it.\n");
        print_verbs();
        putchar('\n');
        print_options();
        puts("\nThe exit status is 0, 1 when it could not be done, 2 for a wrong command line.");
        return EXIT_OK;
}
