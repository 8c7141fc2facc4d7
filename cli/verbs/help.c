/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"

#include "ui/output.h"

/* Columns of a line, and the most that the left side takes; where it takes more, its text begins on the next line. */
#define LINE_WIDTH 80
#define LEFT_MAX 26

static void spaces(int n)
{
        printf("%*s", n, "");
}

/* Prints words, of which the first comes at this column, and goes on below them. */
static void print_wrapped(const char *text, int indent)
{
        int column = indent;

        while (*text) {
                size_t size = strcspn(text, " ");
                int n = columns_of(text, size);
                if (column > indent && column + 1 + n > LINE_WIDTH) {
                        putchar('\n');
                        spaces(indent);
                        column = indent;
                } else if (column > indent) {
                        putchar(' ');
                        column++;
                }
                fwrite(text, 1, size, stdout);
                column += n;
                text += size;
                text += strspn(text, " ");
        }
        putchar('\n');
}

static void print_item(const char *left, int width, const char *text)
{
        printf("  %s%s%s", colour(COLOUR_BOLD), left, colour(COLOUR_NONE));
        if ((int)strlen(left) > width) {
                putchar('\n');
                spaces(width + 4);
        } else {
                spaces(width + 2 - (int)strlen(left));
        }
        print_wrapped(text, width + 4);
}

/* Return "name ARGUMENT" for a verb or an action, and "--name=ARGUMENT" for an option. The caller frees the text; it is NULL without
 * memory. */
static char *verb_left(const struct verb *v)
{
        char *s = NULL;

        (void)string_format(&s, "%s%s%s", v->name, *v->arguments ? " " : "", v->arguments);
        return s;
}

static char *option_left(const struct cli_option *o)
{
        char *s = NULL;

        (void)string_format(&s, "--%s%s%s", o->name, o->argument ? "=" : "", o->argument ? o->argument : "");
        return s;
}

static int left_wider(int width, const char *left)
{
        int n = left ? (int)strlen(left) : 0;

        return n > width && n <= LEFT_MAX ? n : width;
}

static int left_width(void)
{
        int width = 0;

        for (size_t i = 0; i < n_verbs; i++) {
                _cleanup_free_ char *left = verb_left(&verbs[i]);
                width = left_wider(width, left);
        }
        for (size_t i = 0; i < n_actions; i++) {
                _cleanup_free_ char *left = verb_left(&actions[i]);
                width = left_wider(width, left);
        }
        for (size_t i = 0; i < n_cli_options; i++) {
                _cleanup_free_ char *left = option_left(&cli_options[i]);
                width = left_wider(width, left);
        }
        return width;
}

/* Adds to a list those verbs or actions of a table that take an option. Returns the longer list, or NULL without memory. */
static char *list_some(char *list, const struct verb *table, size_t n, const struct cli_option *o)
{
        for (size_t i = 0; i < n && list; i++) {
                _cleanup_free_ char *shorter = list;
                const struct verb *v = &table[i];
                if (v->options & 1u << o->number)
                        (void)string_format(&list, "%s%s%s%s%s", shorter, *shorter ? ", " : "", v->group ? v->group : "",
                                            v->group ? " " : "", v->name);
                else
                        shorter = NULL;
        }
        return list;
}

/* Returns the names of the verbs that take an option. The caller frees the text; it is NULL without memory. */
static char *list_verbs(const struct cli_option *o)
{
        return list_some(list_some(strdup(""), verbs, n_verbs, o), actions, n_actions, o);
}

/* Returns the text of an option, with the verbs that take it where not all do. The caller frees it; it is NULL without memory. */
static char *option_text(const struct cli_option *o)
{
        _cleanup_free_ char *list = NULL;
        char *text = NULL;

        if (o->set)
                return strdup(_(o->text));
        list = list_verbs(o);
        if (list)
                (void)string_format(&text, "%s (%s)", _(o->text), list);
        return text;
}

/* Prints the options that all verbs take (common), or those that only some take; where verb is not NULL, only options of that
 * verb. Returns an exit status. */
static int print_options(int width, bool common, const struct verb *verb)
{
        for (size_t i = 0; i < n_cli_options; i++) {
                const struct cli_option *o = &cli_options[i];
                _cleanup_free_ char *left = option_left(o), *text = verb ? strdup(_(o->text)) : option_text(o);
                if (!left || !text)
                        return fail("out of memory");
                if ((o->set != NULL) == common && (!verb || verb->options & 1u << o->number))
                        print_item(left, width, text);
        }
        return EXIT_OK;
}

/* Prints the actions of a group. Returns an exit status. */
static int print_actions(const struct verb *group, int width)
{
        puts(_("\nActions:"));
        for (size_t i = 0; i < n_actions; i++) {
                _cleanup_free_ char *left = verb_left(&actions[i]);
                if (!left)
                        return fail("out of memory");
                if (streq(actions[i].group, group->name))
                        print_item(left, width, _(actions[i].text));
        }
        return EXIT_OK;
}

/* Prints the help of one verb, or of one action. Returns an exit status. */
static int help_verb(const struct verb *v)
{
        _cleanup_free_ char *left = verb_left(v);

        if (!left)
                return fail("out of memory");
        printf(_("Usage: binfmtctl [OPTION]... %s%s%s\n"), v->group ? v->group : "", v->group ? " " : "", left);
        putchar('\n');
        print_wrapped(_(v->text), 0);
        if (v->argument == ARGUMENT_ACTION && print_actions(v, left_width()) != EXIT_OK)
                return EXIT_FAILED;
        if (v->options) {
                puts(_("\nOptions:"));
                if (print_options(left_width(), false, v) != EXIT_OK)
                        return EXIT_FAILED;
        }
        puts(_("\nbinfmtctl --help shows the options of all verbs, and binfmtctl(8) says more."));
        return EXIT_OK;
}

/* Prints the help of the verb, or of the action, that the words name. Returns an exit status. */
static int help_words(const struct call *call)
{
        const struct verb *v = find_verb(call->args[0]);

        if (!v)
                return unknown_verb(call->args[0]);
        if (call->n_args == 1)
                return help_verb(v);
        if (v->argument != ARGUMENT_ACTION)
                return usage("too many words: ", call->args[1]);
        const struct verb *action = find_action(v, call->args[1]);
        return action ? help_verb(action) : unknown_action(v, call->args[1]);
}

int verb_help(const struct call *call)
{
        int width = left_width();

        if (call->about)
                return help_verb(call->about);
        if (call->n_args > 0)
                return help_words(call);
        puts(_("Usage: binfmtctl [OPTION]... VERB [ARGUMENT]...\n"
               "\n"
               "Shows and changes which programs of other machines the kernel runs, and with\n"
               "what. Each verb can be written with -- before it, as update-binfmts has it.\n"
               "\n"
               "Verbs:"));
        for (size_t i = 0; i < n_verbs; i++) {
                _cleanup_free_ char *left = verb_left(&verbs[i]);
                if (!left)
                        return fail("out of memory");
                print_item(left, width, _(verbs[i].text));
        }
        puts(_("\nOptions of some verbs:"));
        if (print_options(width, false, NULL) != EXIT_OK)
                return EXIT_FAILED;
        puts(_("\nOptions of all verbs:"));
        if (print_options(width, true, NULL) != EXIT_OK)
                return EXIT_FAILED;
        puts(_("\nThe exit status is 0, 1 when it could not be done, 2 for a wrong command line."));
        return EXIT_OK;
}
