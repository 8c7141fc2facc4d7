/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <getopt.h>

#include "cli.h"

static const struct verb verbs[] = {
        { "display", 1, verb_display }, { "enable", 1, verb_enable }, { "disable", 1, verb_disable },
        { "list", 0, verb_list },       { "help", 0, verb_help },     { "version", 0, verb_version },
};

enum {
        OPTION_PROCDIR = 256,
        OPTION_CONFDIRS,
        OPTION_STATEDIR,
        OPTION_VERB, /* the option has the verb's name */
};

static const struct option options[] = {
        { "procdir", required_argument, NULL, OPTION_PROCDIR },
        { "confdirs", required_argument, NULL, OPTION_CONFDIRS },
        { "statedir", required_argument, NULL, OPTION_STATEDIR },
        { "display", no_argument, NULL, OPTION_VERB },
        { "enable", no_argument, NULL, OPTION_VERB },
        { "disable", no_argument, NULL, OPTION_VERB },
        { "list", no_argument, NULL, OPTION_VERB },
        { "help", no_argument, NULL, OPTION_VERB },
        { "version", no_argument, NULL, OPTION_VERB },
        {},
};

static int usage(const char *text, const char *word)
{
        fprintf(stderr, "binfmtctl: %s%s (binfmtctl --help shows how)\n", text, word);
        return EXIT_USAGE;
}

static const struct verb *find_verb(const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
                if (streq(verbs[i].name, name))
                        return &verbs[i];
        return NULL;
}

/* Takes in an option's argument. Returns 0 or a negative errno. */
static int set_path(struct paths *paths, int option)
{
        switch (option) {
        case OPTION_PROCDIR:
                return string_set(&paths->procdir, optarg);
        case OPTION_STATEDIR:
                return string_set(&paths->statedir, optarg);
        default:
                return paths_set_confdirs(paths, optarg);
        }
}

/* Reads the options. Returns EXIT_OK with the verb that was written as an option, or NULL, or another exit status. */
static int parse_options(int argc, char **argv, struct paths *paths, const struct verb **ret_verb)
{
        const struct verb *verb = NULL;
        int option, index;

        while ((option = getopt_long(argc, argv, "hV", options, &index)) >= 0) {
                const struct verb *named = NULL;
                if (option == '?')
                        return usage("wrong option", "");
                else if (option == 'h')
                        named = find_verb("help");
                else if (option == 'V')
                        named = find_verb("version");
                else if (option == OPTION_VERB)
                        named = find_verb(options[index].name);
                else if (set_path(paths, option) < 0)
                        return usage("a list of directories is empty", "");

                if (named && verb)
                        return usage("only one thing at a time; this is too much: ", named->name);
                if (named)
                        verb = named;
        }
        *ret_verb = verb;
        return EXIT_OK;
}

int main(int argc, char **argv)
{
        _cleanup_(paths_done) struct paths paths = {};
        const struct verb *verb = NULL;

        if (paths_init(&paths) < 0)
                return fail("out of memory");
        int status = parse_options(argc, argv, &paths, &verb);
        if (status != EXIT_OK)
                return status;

        if (!verb) {
                if (optind == argc)
                        return usage("nothing to do", "");
                verb = find_verb(argv[optind]);
                if (!verb)
                        return usage("unknown verb: ", argv[optind]);
                optind++;
        }
        if (argc - optind > verb->max_args)
                return usage("too many words: ", argv[optind + verb->max_args]);

        status = verb->run(&paths, argc - optind, argv + optind);
        if (fflush(stdout) == EOF || ferror(stdout))
                return fail("standard output: %s", strerror(errno));
        return status;
}
