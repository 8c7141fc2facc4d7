/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of binfmtctl. */
#include <errno.h>
#include <getopt.h>
#include <locale.h>

#include "cli.h"
#include "base/config.h"
#include "kernel/container.h"
#include "suggest.h"
#include "update-binfmts.h"

int usage(const char *text, const char *word)
{
        fprintf(stderr, _("binfmtctl: %s%s (binfmtctl --help shows how)\n"), _(text), word);
        return EXIT_USAGE;
}

const struct verb *find_verb(const char *name)
{
        for (size_t i = 0; i < n_verbs; i++)
                if (streq(verbs[i].name, name))
                        return &verbs[i];
        return NULL;
}

const struct verb *find_action(const struct verb *group, const char *name)
{
        for (size_t i = 0; i < n_actions; i++)
                if (streq(actions[i].group, group->name) && streq(actions[i].name, name))
                        return &actions[i];
        return NULL;
}

/* The verb that a short option stands for. */
static const struct verb *find_short(verb_fn *run)
{
        const struct verb *v = verbs;

        while (v->run != run)
                v++;
        return v;
}

/* The tables as getopt_long wants them: options, then verbs, which may be written as options. */
enum { FIRST_OPTION = 256, FIRST_VERB = 1024 };

static struct option *make_table(void)
{
        struct option *table = calloc(n_cli_options + n_verbs + 1, sizeof(*table)), *o = table;

        if (!table)
                return NULL;
        for (size_t i = 0; i < n_cli_options; i++)
                *o++ = (struct option){ .name = cli_options[i].name,
                                        .has_arg = cli_options[i].argument != NULL,
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

int unknown_verb(const char *word)
{
        struct suggestion s = { .word = word };

        for (size_t i = 0; i < n_verbs; i++)
                suggestion_try(&s, verbs[i].name);
        if (!s.best)
                return usage("unknown verb: ", word);
        fprintf(stderr, _("binfmtctl: unknown verb: %s; did you mean %s? (binfmtctl --help shows all)\n"), word, s.best);
        return EXIT_USAGE;
}

int unknown_action(const struct verb *group, const char *word)
{
        struct suggestion s = { .word = word };

        for (size_t i = 0; i < n_actions; i++)
                if (streq(actions[i].group, group->name))
                        suggestion_try(&s, actions[i].name);
        if (s.best)
                fprintf(stderr, _("binfmtctl: %s has no action %s; did you mean %s? (binfmtctl help %s shows all)\n"),
                        group->name, word, s.best, group->name);
        else
                fprintf(stderr, _("binfmtctl: %s has no action %s (binfmtctl help %s shows all)\n"), group->name, word,
                        group->name);
        return EXIT_USAGE;
}

static int take_action(const struct verb **verb, const char *word)
{
        const struct verb *action = find_action(*verb, word);

        if (!action)
                return unknown_action(*verb, word);
        *verb = action;
        return EXIT_OK;
}

/* Takes a word that is no option: it is the verb, its action, or an argument. Returns an exit status. */
static int take_word(struct call *call, const struct verb **verb, char *word)
{
        if (*verb && (*verb)->argument == ARGUMENT_ACTION)
                return take_action(verb, word);
        if (*verb) {
                call->args[call->n_args++] = word;
                return EXIT_OK;
        }
        *verb = find_verb(word);
        return *verb ? EXIT_OK : unknown_verb(word);
}

/* Takes a verb that is written as an option. Help may be asked about a verb on either side of the verb, and the rest of the
 * line does not matter then. Returns an exit status. */
static int take_verb(struct call *call, const struct verb **verb, const struct verb *named)
{
        if (*verb && (named->run == verb_help || (*verb)->run == verb_help)) {
                call->about = (*verb)->run == verb_help ? named : *verb;
                *verb = find_short(verb_help);
                return EXIT_OK;
        }
        if (*verb)
                return usage("only one thing at a time; this is too much: ", named->name);
        *verb = named;
        return EXIT_OK;
}

/* Prints which option may be meant by one that getopt_long has refused with a line of its own; verbs may be written as options
 * too. Returns EXIT_USAGE. */
static int wrong_option(const char *word)
{
        _cleanup_free_ char *name = strncmp(word, "--", 2) == 0 ? strndup(word + 2, strcspn(word + 2, "=")) : NULL;
        struct suggestion s = { .word = name };

        for (size_t i = 0; i < n_verbs && name; i++)
                suggestion_try(&s, verbs[i].name);
        for (size_t i = 0; i < n_cli_options && name; i++)
                suggestion_try(&s, cli_options[i].name);
        /* An option that exists was refused because its argument is missing, or because it takes none. */
        if (!s.best || streq(s.best, name))
                return usage("wrong option", "");
        fprintf(stderr, _("binfmtctl: wrong option; did you mean --%s? (binfmtctl --help shows all)\n"), s.best);
        return EXIT_USAGE;
}

/* Takes an option as getopt_long returns it, which is 1 for a word that is no option. word is the word of the command line
 * that getopt_long read last. Returns an exit status. */
static int take(struct call *call, const struct verb **verb, int option, const char *word)
{
        if (option == '?')
                return wrong_option(word);
        if (option == 1)
                return take_word(call, verb, optarg);
        if (option == 'h' || option == 'V')
                return take_verb(call, verb, find_short(option == 'h' ? verb_help : verb_version));
        if (option >= FIRST_VERB)
                return take_verb(call, verb, &verbs[option - FIRST_VERB]);
        return set_option(call, &cli_options[option - FIRST_OPTION]);
}

/* Reads the command line, options anywhere in it, but all of what follows a command's name is its own. call->args has
 * room for argc words. Returns an exit status. */
static int parse(int argc, char **argv, struct call *call, const struct verb **verb)
{
        _cleanup_free_ struct option *table = make_table();
        int option, status = EXIT_OK;

        if (!table)
                return fail("out of memory");
        while (status == EXIT_OK && !(*verb && (*verb)->argument == ARGUMENT_COMMAND && call->n_args > 0) &&
               (option = getopt_long(argc, argv, "-hV", table, NULL)) >= 0)
                status = take(call, verb, option, argv[optind - 1]);
        for (; status == EXIT_OK && optind < argc; optind++)
                status = take_word(call, verb, argv[optind]);
        return status;
}

/* Checks that the verb takes the options and arguments it was given. Returns an exit status. */
static int check_call(const struct verb *verb, const struct call *call)
{
        if (call->about)
                return EXIT_OK;
        if (verb->argument == ARGUMENT_ACTION)
                return usage("something is missing: ", verb->arguments);
        for (size_t i = 0; i < n_cli_options; i++) {
                const struct cli_option *o = &cli_options[i];
                if (!o->set && call->option[o->number] && !(verb->options & 1u << o->number))
                        return usage("this verb does not take --", o->name);
        }
        if (call->n_args > verb->most)
                return usage("too many words: ", call->args[verb->most]);
        if (call->n_args < verb->least)
                return usage("something is missing: ", verb->arguments);
        return EXIT_OK;
}

static int run_verb(const struct verb *verb, struct call *call)
{
        _cleanup_(container_done) struct container container = { .fd = -1 };
        int status = call->option[OPTION_CONTAINER] ? container_enter(call, &container) : EXIT_OK;

        return status == EXIT_OK ? verb->run(call) : status;
}

static int run(struct call *call, int argc, char **argv)
{
        /* A NULL behind the last one, as execvp(3) wants it. */
        _cleanup_free_ char **args = calloc((size_t)argc + 1, sizeof(*args));
        const struct verb *verb = NULL;

        if (!args)
                return fail("out of memory");
        call->args = args;
        call->words = argv + 1;
        int status = parse(argc, argv, call, &verb);
        bool nothing = !verb && argc == 1;
        if (nothing)
                verb = find_verb("list");
        if (status == EXIT_OK && !verb)
                status = usage("nothing to do", "");
        if (status == EXIT_OK)
                status = check_call(verb, call);
        /* What programs read is the same in all languages, the texts in it too. */
        if (call->option[OPTION_JSON])
                (void)setlocale(LC_MESSAGES, "C");
        if (status == EXIT_OK)
                status = run_verb(verb, call);
        if (nothing && status == EXIT_OK)
                puts(_("\nbinfmtctl status says what is wrong, binfmtctl explain FILE why a program does not run, "
                       "and binfmtctl --help what else there is."));
        return status;
}

/* Messages in the user's language; numbers and all that programs read stay as they are. */
static void set_language(void)
{
        const char *catalogs = secure_getenv("BINFMTD_LOCALEDIR");

        (void)setlocale(LC_CTYPE, "");
        (void)setlocale(LC_MESSAGES, "");
        (void)bindtextdomain("binfmtd", catalogs ? catalogs : LOCALEDIR);
        (void)textdomain("binfmtd");
}

int main(int argc, char **argv)
{
        struct call call = {};

        /* update-binfmts is not translated: its messages are those of Debian's version. */
        bool compatible = streq(program_invocation_short_name, "update-binfmts");
        if (!compatible)
                set_language();
        if (paths_init(&call.paths) < 0)
                return fail("out of memory");
        int status = compatible ? update_binfmts(&call.paths, argc, argv) : run(&call, argc, argv);
        paths_done(&call.paths);
        if (!compatible && (fflush(stdout) == EOF || ferror(stdout)))
                return fail("standard output: %s", strerror(errno));
        return status;
}
