/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Build-time tool: prints the completion of binfmtctl for a shell, made from the tables of verbs and options.
 *
 * usage: generate bash|zsh|fish [FILE]   FILE: what comes behind the tables */
#include "cli.h"

/* The verbs, each group followed by its actions. */
static const struct {
        const char *group, *name, *text; /* group: of an action, NULL for a verb */
        enum argument argument;
        unsigned options;
} table[] = {
#define VERB(name_, arguments_, what_, least_, most_, options_, function_, text_) \
        { .name = name_, .argument = what_, .options = options_, .text = text_ },
#define GROUP(name_, text_) { .name = name_, .argument = ARGUMENT_ACTION, .text = text_ },
#define ACTION(group_, name_, arguments_, what_, least_, most_, options_, function_, text_) \
        { .group = group_, .name = name_, .argument = what_, .options = options_, .text = text_ },
#include "verbs.def"
#undef ACTION
#undef GROUP
#undef VERB
};

static const struct {
        const char *name, *argument, *text;
        enum argument what;
        unsigned bit; /* 0: all verbs take it */
} options[] = {
#define COMMON(name_, argument_, what_, text_, function_) { .name = name_, .argument = argument_, .what = what_, .text = text_ },
#define OPTION(bit_, name_, argument_, what_, text_) \
        { .name = name_, .argument = argument_, .what = what_, .text = text_, .bit = TAKES(bit_) },
#include "options.def"
#undef OPTION
#undef COMMON
};

static bool takes(size_t verb, size_t option)
{
        return options[option].bit == 0 || table[verb].options & options[option].bit;
}

static const char *const kinds[] = {
        [ARGUMENT_NONE] = "none",           [ARGUMENT_FORMAT] = "format",   [ARGUMENT_FILE] = "file",
        [ARGUMENT_DIRECTORY] = "directory", [ARGUMENT_COMMAND] = "command", [ARGUMENT_BOOLEAN] = "boolean",
        [ARGUMENT_VERB] = "verb",           [ARGUMENT_ACTION] = "action",   [ARGUMENT_OTHER] = "other",
};

static bool is_action_of(size_t action, const char *group)
{
        return table[action].group && streq(table[action].group, group);
}

/* Prints a text, with a backslash before each character that is one of these. */
static void put_escaped(const char *text, const char *special)
{
        for (; *text; text++) {
                if (strchr(special, *text))
                        putchar('\\');
                putchar(*text);
        }
}

/* Prints a text within single quotes of sh and zsh, escaped beforehand. */
static void put_quoted(const char *text, const char *special)
{
        for (; *text; text++) {
                if (*text == '\'') {
                        fputs("'\\''", stdout);
                        continue;
                }
                if (strchr(special, *text))
                        putchar('\\');
                putchar(*text);
        }
}

/* Prints the names of all verbs, or of the actions of a group, between two texts. */
static void print_names(const char *group, const char *before, const char *after)
{
        for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                if (group ? is_action_of(v, group) : !table[v].group) {
                        printf("%s%s", before, table[v].name);
                        before = " ";
                }
        fputs(after, stdout);
}

/* Prints the pattern for a verb, or for an action and its group. */
static void print_pattern(size_t v)
{
        if (table[v].group)
                printf("\t\"%s %s\")", table[v].group, table[v].name);
        else
                printf("\t%s)", table[v].name);
}

static void print_bash(void)
{
        puts("# bash completion for binfmtctl\n\n# The verbs, or the actions of one that has some.\n_binfmtctl_verbs() {\n\tcase $1 in");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                if (table[v].argument == ARGUMENT_ACTION) {
                        printf("\t%s) ", table[v].name);
                        print_names(table[v].name, "printf '%s\\n' ", " ;;\n");
                }
        print_names(NULL, "\t*) printf '%s\\n' ", " ;;\n\tesac\n");
        puts("}\n\n# The options of a verb; those with an argument end with =.\n_binfmtctl_options() {\n\tcase $1 in");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++) {
                print_pattern(v);
                fputs(" printf '%s\\n'", stdout);
                for (size_t o = 0; o < ARRAY_SIZE(options); o++)
                        if (takes(v, o))
                                printf(" --%s%s", options[o].name, options[o].argument ? "=" : "");
                puts(" ;;");
        }
        fputs("\t*) printf '%s\\n'", stdout);
        for (size_t o = 0; o < ARRAY_SIZE(options); o++)
                printf(" --%s%s", options[o].name, options[o].argument ? "=" : "");
        puts(" ;;\n\tesac\n}\n\n# What the words of a verb are.\n_binfmtctl_words() {\n\tcase $1 in");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++) {
                print_pattern(v);
                printf(" echo %s ;;\n", kinds[table[v].argument]);
        }
        puts("\tesac\n}\n\n# What the argument of an option is; fails where it takes none.\n"
             "_binfmtctl_argument() {\n\tcase $1 in");
        for (size_t o = 0; o < ARRAY_SIZE(options); o++)
                if (options[o].argument)
                        printf("\t--%s) echo %s ;;\n", options[o].name, kinds[options[o].what]);
        puts("\t*) return 1 ;;\n\tesac\n}\n");
}

/* What completes each kind of argument in zsh. */
static const char *const zsh_actions[] = {
        [ARGUMENT_NONE] = "",       [ARGUMENT_FORMAT] = "_binfmtctl_formats",
        [ARGUMENT_FILE] = "_files", [ARGUMENT_DIRECTORY] = "_directories",
        [ARGUMENT_COMMAND] = "",    [ARGUMENT_BOOLEAN] = "(yes no)",
        [ARGUMENT_VERB] = "",   /* their names */
        [ARGUMENT_ACTION] = "", /* the same */
        [ARGUMENT_OTHER] = " ",
};

static void print_zsh_option(size_t o)
{
        printf(" \\\n\t\t\t'--%s%s[", options[o].name, options[o].argument ? "=" : "");
        put_quoted(options[o].text, "[]:\\");
        putchar(']');
        if (options[o].argument)
                printf(":%s:%s", options[o].argument, zsh_actions[options[o].what]);
        putchar('\'');
}

static void print_zsh_verb(size_t v);

/* Of a group: its actions for the second word, and behind it what is completed for the action. */
static void print_zsh_group(const char *group)
{
        printf("\t\t%s)\n\t\t\tif (( CURRENT == 2 )); then\n\t\t\t\tactions=(\n", group);
        for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                if (is_action_of(v, group)) {
                        printf("\t\t\t\t\t'%s:", table[v].name);
                        put_quoted(table[v].text, ":\\");
                        puts("'");
                }
        puts("\t\t\t\t)\n\t\t\t\t_describe -t actions action actions && ret=0\n\t\t\t\treturn ret\n\t\t\tfi\n"
             "\t\t\tshift words\n\t\t\t(( CURRENT-- ))\n\t\t\tcase $words[1] in");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                if (is_action_of(v, group))
                        print_zsh_verb(v);
        puts("\t\t\tesac\n\t\t\t;;");
}

static void print_zsh_verb(size_t v)
{
        if (table[v].argument == ARGUMENT_ACTION) {
                print_zsh_group(table[v].name);
                return;
        }
        printf("\t\t%s)\n\t\t\t_arguments", table[v].name);
        for (size_t o = 0; o < ARRAY_SIZE(options); o++)
                if (takes(v, o))
                        print_zsh_option(o);
        if (table[v].argument == ARGUMENT_COMMAND)
                fputs(" \\\n\t\t\t'(-):command:_command_names -e' '*::argument:_normal'", stdout);
        else if (table[v].argument == ARGUMENT_VERB)
                print_names(NULL, " \\\n\t\t\t'*:verb:(", ")'");
        else if (table[v].argument != ARGUMENT_NONE)
                printf(" \\\n\t\t\t'*:%s:%s'", kinds[table[v].argument], zsh_actions[table[v].argument]);
        puts(" && ret=0\n\t\t\t;;");
}

static void print_zsh(void)
{
        puts("#compdef binfmtctl\n\n"
             "_binfmtctl_formats() {\n\tlocal -a formats expl\n"
             "\tformats=(${(f)\"$(_call_program formats binfmtctl list --names 2>/dev/null)\"})\n"
             "\t_wanted formats expl format compadd -a formats\n}\n\n"
             "_binfmtctl() {\n\tlocal curcontext=$curcontext state line ret=1\n\tlocal -a verbs actions\n\n\tverbs=(");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++) {
                if (table[v].group)
                        continue;
                printf("\t\t'%s:", table[v].name);
                put_quoted(table[v].text, ":\\");
                puts("'");
        }
        fputs("\t)\n\t_arguments -C", stdout);
        for (size_t o = 0; o < ARRAY_SIZE(options); o++)
                print_zsh_option(o);
        puts(" \\\n\t\t\t'1: :->verb' '*:: :->words' && ret=0\n\n"
             "\tcase $state in\n\tverb) _describe -t verbs verb verbs && ret=0 ;;\n\twords)\n\t\tcase $words[1] in");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                if (!table[v].group)
                        print_zsh_verb(v);
        puts("\t\tesac\n\t\t;;\n\tesac\n\treturn ret\n}\n\n_binfmtctl \"$@\"");
}

static const char *const fish_actions[] = {
        [ARGUMENT_NONE] = NULL,
        [ARGUMENT_FORMAT] = "-a '(binfmtctl list --names 2>/dev/null)'",
        [ARGUMENT_FILE] = "-F",
        [ARGUMENT_DIRECTORY] = "-a '(__fish_complete_directories)'",
        [ARGUMENT_COMMAND] = "-a '(__fish_complete_subcommand --fcs-skip=2)'",
        [ARGUMENT_BOOLEAN] = "-a 'yes no'",
        [ARGUMENT_VERB] = "-a", /* and their names */
        [ARGUMENT_ACTION] = NULL,
        [ARGUMENT_OTHER] = NULL,
};

/* Prints the text that says that a verb, or an action, has been typed. The words of verbs and actions may be the same, so it says
 * of a verb that there is no group before it. */
static void print_fish_seen(const char *group)
{
        if (group) {
                printf(" -n '__fish_seen_subcommand_from %s; and __fish_seen_subcommand_from", group);
                return;
        }
        fputs(" -n 'not __fish_seen_subcommand_from", stdout);
        for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                if (table[v].argument == ARGUMENT_ACTION)
                        printf(" %s", table[v].name);
        fputs("; and __fish_seen_subcommand_from", stdout);
}

static void print_fish_option(size_t o, const char *group)
{
        fputs("complete -c binfmtctl", stdout);
        if (options[o].bit) {
                print_fish_seen(group);
                for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                        if (takes(v, o) && (group ? is_action_of(v, group) : !table[v].group))
                                printf(" %s", table[v].name);
                putchar('\'');
        }
        printf(" -l %s", options[o].name);
        if (options[o].argument)
                printf(" %s %s", options[o].what == ARGUMENT_FILE ? "-r" : "-x",
                       fish_actions[options[o].what] ? fish_actions[options[o].what] : "");
        fputs(" -d '", stdout);
        put_escaped(options[o].text, "'\\");
        puts("'");
}

/* Prints when a verb is offered: where there is none yet, and an action where there is its group and nothing behind it. */
static void print_fish_wanted(size_t v)
{
        fputs("complete -c binfmtctl -n ", stdout);
        if (table[v].group) {
                printf("'__fish_seen_subcommand_from %s; and ", table[v].group);
                print_names(table[v].group, "not __fish_seen_subcommand_from ", "'");
        } else {
                fputs("__fish_use_subcommand", stdout);
        }
        printf(" -a %s -d '", table[v].name);
        put_escaped(table[v].text, "'\\");
        puts("'");
}

static void print_fish_arguments(size_t v)
{
        fputs("complete -c binfmtctl", stdout);
        print_fish_seen(table[v].group);
        printf(" %s' %s", table[v].name, fish_actions[table[v].argument]);
        if (table[v].argument == ARGUMENT_VERB)
                print_names(NULL, " '", "'");
        putchar('\n');
}

/* Whether an action of the group takes an option, one that not all verbs take. */
static bool group_takes(const char *group, size_t option)
{
        for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                if (options[option].bit && is_action_of(v, group) && takes(v, option))
                        return true;
        return false;
}

static void print_fish(void)
{
        puts("# fish completion for binfmtctl\n\ncomplete -c binfmtctl -f");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++) {
                print_fish_wanted(v);
                if (fish_actions[table[v].argument])
                        print_fish_arguments(v);
        }
        for (size_t o = 0; o < ARRAY_SIZE(options); o++) {
                print_fish_option(o, NULL);
                for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                        if (table[v].argument == ARGUMENT_ACTION && group_takes(table[v].name, o))
                                print_fish_option(o, table[v].name);
        }
}

static int copy(const char *path)
{
        _cleanup_fclose_ FILE *f = fopen(path, "re");
        int c;

        if (!f) {
                perror(path);
                return EXIT_FAILED;
        }
        while ((c = getc(f)) != EOF)
                putchar(c);
        return EXIT_OK;
}

int main(int argc, char **argv)
{
        static const struct {
                const char *name;
                void (*print)(void);
        } shells[] = { { "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish } };

        for (size_t i = 0; i < ARRAY_SIZE(shells); i++)
                if (argc >= 2 && streq(argv[1], shells[i].name)) {
                        shells[i].print();
                        int status = argc > 2 ? copy(argv[2]) : EXIT_OK;
                        return fflush(stdout) == EOF ? EXIT_FAILED : status;
                }
        fputs("usage: generate bash|zsh|fish [FILE]\n", stderr);
        return EXIT_USAGE;
}
