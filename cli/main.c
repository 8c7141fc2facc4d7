/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of binfmtctl. */
#include <errno.h>
#include <getopt.h>

#include "cli.h"

static int set_procdir(struct paths *p, const char *value)
{
        return string_set(&p->procdir, value);
}

static int set_statedir(struct paths *p, const char *value)
{
        return string_set(&p->statedir, value);
}

const struct verb verbs[] = {
#define VERB(name_, arguments_, what_, least_, most_, options_, function_, text_)                                      \
        { .name = name_, .arguments = arguments_, .argument = what_, .least = least_, .most = most_,                   \
          .options = options_, .run = function_, .text = text_ },
#include "verbs.def"
#undef VERB
};
const size_t n_verbs = ARRAY_SIZE(verbs);

const struct cli_option cli_options[] = {
#define COMMON(name_, argument_, what_, text_, function_)                                                              \
        { .name = name_, .argument = argument_, .what = what_, .text = text_, .set = function_ },
#define OPTION(bit_, name_, argument_, what_, text_)                                                                   \
        { .name = name_, .argument = argument_, .what = what_, .text = text_, .number = OPTION_##bit_ },
#include "options.def"
#undef OPTION
#undef COMMON
};
const size_t n_cli_options = ARRAY_SIZE(cli_options);

static int usage(const char *text, const char *word)
{
        fprintf(stderr, "binfmtctl: %s%s (binfmtctl --help shows how)\n", text, word);
        return EXIT_USAGE;
}

static const struct verb *find_verb(const char *name)
{
        for (size_t i = 0; i < n_verbs; i++)
                if (streq(verbs[i].name, name))
                        return &verbs[i];
        return NULL;
}

/* The tables as getopt_long wants them: options, then verbs, which may be written as options. */
enum { FIRST_OPTION = 256, FIRST_VERB = 1024 };

static struct option *make_table(void)
{
        struct option *table = calloc(n_cli_options + n_verbs + 1, sizeof(*table)), *o = table;

        if (!table)
                return NULL;
        for (size_t i = 0; i < n_cli_options; i++)
                *o++ = (struct option){ .name = cli_options[i].name, .has_arg = cli_options[i].argument != NULL,
                                        .val = FIRST_OPTION + (int)i };
        for (size_t i = 0; i < n_verbs; i++)
                *o++ = (struct option){ .name = verbs[i].name, .val = FIRST_VERB + (int)i };
        return table;
}

static int set_option(struct call *call, const struct cli_option *o)
{
        if (!o->set) {
                call->option[o->number] = optarg ? optarg : "";
                return EXIT_OK;
        }
        int r = o->set(&call->paths, optarg);
        if (r == -ENOMEM)
                return fail("out of memory");
        return r < 0 ? usage("a list of directories is empty", "") : EXIT_OK;
}

/* Reads the options. Returns EXIT_OK with the verb that was written as an option, or NULL, or another exit status. */
static int parse_options(int argc, char **argv, struct call *call, const struct verb **ret_verb)
{
        _cleanup_free_ struct option *table = make_table();
        const struct verb *verb = NULL;
        int option, status = EXIT_OK;

        if (!table)
                return fail("out of memory");
        while (status == EXIT_OK && (option = getopt_long(argc, argv, "hV", table, NULL)) >= 0) {
                const struct verb *named = NULL;
                if (option == '?')
                        return usage("wrong option", "");
                else if (option == 'h')
                        named = find_verb("help");
                else if (option == 'V')
                        named = find_verb("version");
                else if (option >= FIRST_VERB)
                        named = &verbs[option - FIRST_VERB];
                else
                        status = set_option(call, &cli_options[option - FIRST_OPTION]);

                if (named && verb)
                        return usage("only one thing at a time; this is too much: ", named->name);
                if (named)
                        verb = named;
        }
        *ret_verb = verb;
        return status;
}

/* Does the verb take what it was given? */
static int check_call(const struct verb *verb, const struct call *call)
{
        if (call->n_args > verb->most)
                return usage("too many words: ", call->args[verb->most]);
        if (call->n_args < verb->least)
                return usage("something is missing: ", verb->arguments);
        for (size_t i = 0; i < n_cli_options; i++) {
                const struct cli_option *o = &cli_options[i];
                if (!o->set && call->option[o->number] && !(verb->options & 1u << o->number))
                        return usage("this verb does not take --", o->name);
        }
        return EXIT_OK;
}

static int run(struct call *call, int argc, char **argv)
{
        const struct verb *verb = NULL;

        int status = parse_options(argc, argv, call, &verb);
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
        call->n_args = argc - optind;
        call->args = argv + optind;
        status = check_call(verb, call);
        return status == EXIT_OK ? verb->run(call) : status;
}

int main(int argc, char **argv)
{
        struct call call = {};

        if (paths_init(&call.paths) < 0)
                return fail("out of memory");
        int status = run(&call, argc, argv);
        paths_done(&call.paths);
        if (fflush(stdout) == EOF || ferror(stdout))
                return fail("standard output: %s", strerror(errno));
        return status;
}
