/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Build-time tool: prints the completion of binfmtctl for a shell, made from the tables of verbs and options.
 *
 * usage: generate bash|zsh|fish [FILE]   FILE: what comes behind the tables */
#include "cli.h"

static const struct {
        const char *name, *text;
        enum argument argument;
        unsigned options;
} table[] = {
#define VERB(name_, arguments_, what_, least_, most_, options_, function_, text_) \
        { .name = name_, .argument = what_, .options = options_, .text = text_ },
#include "verbs.def"
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
        [ARGUMENT_VERB] = "verb",           [ARGUMENT_OTHER] = "other",
};

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

static void print_bash(void)
{
        puts("# bash completion for binfmtctl\n\n_binfmtctl_verbs() {");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                printf("\techo %s\n", table[v].name);
        puts("}\n\n# The options of a verb; those with an argument end with =.\n_binfmtctl_options() {\n\tcase $1 in");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++) {
                printf("\t%s) printf '%%s\\n'", table[v].name);
                for (size_t o = 0; o < ARRAY_SIZE(options); o++)
                        if (takes(v, o))
                                printf(" --%s%s", options[o].name, options[o].argument ? "=" : "");
                puts(" ;;");
        }
        fputs("\t*) printf '%s\\n'", stdout);
        for (size_t o = 0; o < ARRAY_SIZE(options); o++)
                printf(" --%s%s", options[o].name, options[o].argument ? "=" : "");
        puts(" ;;\n\tesac\n}\n\n# What the words of a verb are.\n_binfmtctl_words() {\n\tcase $1 in");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                printf("\t%s) echo %s ;;\n", table[v].name, kinds[table[v].argument]);
        puts("\tesac\n}\n\n# What the argument of an option is; fails where it takes none.\n"
             "_binfmtctl_argument() {\n\tcase $1 in");
        for (size_t o = 0; o < ARRAY_SIZE(options); o++)
                if (options[o].argument)
                        printf("\t--%s) echo %s ;;\n", options[o].name, kinds[options[o].what]);
        puts("\t*) return 1 ;;\n\tesac\n}\n");
}

/* Prints the names of all verbs between two texts. */
static void print_verbs(const char *before, const char *after)
{
        for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                printf("%s%s", v == 0 ? before : " ", table[v].name);
        fputs(after, stdout);
}

/* What completes each kind of argument in zsh. */
static const char *const zsh_actions[] = {
        [ARGUMENT_NONE] = "",       [ARGUMENT_FORMAT] = "_binfmtctl_formats",
        [ARGUMENT_FILE] = "_files", [ARGUMENT_DIRECTORY] = "_directories",
        [ARGUMENT_COMMAND] = "",    [ARGUMENT_BOOLEAN] = "(yes no)",
        [ARGUMENT_VERB] = "", /* their names */
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

static void print_zsh_verb(size_t v)
{
        printf("\t\t%s)\n\t\t\t_arguments", table[v].name);
        for (size_t o = 0; o < ARRAY_SIZE(options); o++)
                if (takes(v, o))
                        print_zsh_option(o);
        if (table[v].argument == ARGUMENT_COMMAND)
                fputs(" \\\n\t\t\t'(-):command:_command_names -e' '*::argument:_normal'", stdout);
        else if (table[v].argument == ARGUMENT_VERB)
                print_verbs(" \\\n\t\t\t'*:verb:(", ")'");
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
             "_binfmtctl() {\n\tlocal curcontext=$curcontext state line ret=1\n\tlocal -a verbs\n\n\tverbs=(");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++) {
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
        [ARGUMENT_OTHER] = NULL,
};

static void print_fish_option(size_t o)
{
        fputs("complete -c binfmtctl", stdout);
        if (options[o].bit) {
                fputs(" -n '__fish_seen_subcommand_from", stdout);
                for (size_t v = 0; v < ARRAY_SIZE(table); v++)
                        if (takes(v, o))
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

static void print_fish(void)
{
        puts("# fish completion for binfmtctl\n\ncomplete -c binfmtctl -f");
        for (size_t v = 0; v < ARRAY_SIZE(table); v++) {
                printf("complete -c binfmtctl -n __fish_use_subcommand -a %s -d '", table[v].name);
                put_escaped(table[v].text, "'\\");
                puts("'");
                if (!fish_actions[table[v].argument])
                        continue;
                printf("complete -c binfmtctl -n '__fish_seen_subcommand_from %s' %s", table[v].name,
                       fish_actions[table[v].argument]);
                if (table[v].argument == ARGUMENT_VERB)
                        print_verbs(" '", "'");
                putchar('\n');
        }
        for (size_t o = 0; o < ARRAY_SIZE(options); o++)
                print_fish_option(o);
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
