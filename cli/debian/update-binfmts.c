/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of update-binfmts(8). Options take effect, and say what is wrong, in the order in which they
 * come. */
#include "update-binfmts.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>

#include "base/config.h"
#include "debian.h"

#define PROGRAM "update-binfmts"

enum { EXIT_DONE = 0, EXIT_TROUBLE = 2 };

struct line;

struct action {
        const char *name, *usage;
        int words, optional;
        enum result (*run)(struct line *l);
};

struct setting {
        const char *name, *argument, *text;
        enum debian_field field; /* where set is NULL */
        bool once;
        int (*set)(struct line *l, char *value); /* returns -1 to go on, or an exit status */
};

/* A command line that is being read. */
struct line {
        struct debian debian;
        struct paths *paths;
        struct debian_format format; /* the format that is to be installed */
        const char *spec;            /* the option that gave its magic or extension */
        const struct action *action;
        char *words[2];
        int argc;
        char **argv;
};

static int hint(void)
{
        fputs("Try '" PROGRAM " --help' or '" PROGRAM " --usage' for more information.\n", stderr);
        return EXIT_TROUBLE;
}

static int usage(const char *format, ...) _printf_(1, 2);
static int usage(const char *format, ...)
{
        va_list ap;

        fputs(PROGRAM ": ", stderr);
        va_start(ap, format);
        vfprintf(stderr, format, ap);
        va_end(ap);
        fputc('\n', stderr);
        return hint();
}

static int trouble(const char *what)
{
        fprintf(stderr, PROGRAM ": %s\n", what);
        return EXIT_TROUBLE;
}

static void warn_unless_executable(const char *path)
{
        if (access(path, X_OK) < 0)
                fprintf(stderr, PROGRAM ": warning: no executable %s found, but continuing anyway as you request\n", path);
}

static enum result do_install(struct line *l)
{
        if (string_set(&l->format.name, l->words[0]) < 0 || debian_format_set(&l->format, DEBIAN_INTERPRETER, l->words[1]) < 0 ||
            debian_format_set(&l->format, DEBIAN_PACKAGE, l->debian.package) < 0) {
                (void)trouble("out of memory");
                return RESULT_FATAL;
        }
        return debian_install(&l->debian, &l->format);
}

static enum result do_remove(struct line *l)
{
        return debian_remove(&l->debian, l->words[0]);
}

static enum result do_import(struct line *l)
{
        return debian_import(&l->debian, l->words[0]);
}

static enum result do_unimport(struct line *l)
{
        return debian_unimport(&l->debian, l->words[0]);
}

static enum result do_display(struct line *l)
{
        return debian_display(&l->debian, l->words[0]);
}

static enum result do_enable(struct line *l)
{
        return debian_enable(&l->debian, l->words[0]);
}

static enum result do_disable(struct line *l)
{
        return debian_disable(&l->debian, l->words[0]);
}

static enum result do_find(struct line *l)
{
        return debian_find(&l->debian, l->words[0]);
}

static int set_spec(struct line *l, const char *name, const char *type, const char *value)
{
        if (l->spec)
                return usage("two binary format specifications given: --%s and --%s", l->spec, name);
        l->spec = name;
        if (debian_format_set(&l->format, DEBIAN_TYPE, type) < 0 || debian_format_set(&l->format, DEBIAN_MAGIC, value) < 0)
                return trouble("out of memory");
        return -1;
}

static int set_magic(struct line *l, char *value)
{
        return set_spec(l, "magic", "magic", value);
}

static int set_extension(struct line *l, char *value)
{
        return set_spec(l, "extension", "extension", value);
}

static int set_admindir(struct line *l, char *value)
{
        return string_set(&l->paths->admindir, value) < 0 ? trouble("out of memory") : -1;
}

static int set_procdir(struct line *l, char *value)
{
        return string_set(&l->paths->procdir, value) < 0 ? trouble("out of memory") : -1;
}

static int set_importdir(struct line *l, char *value)
{
        l->debian.importdir = value;
        return -1;
}

static int set_test(struct line *l, char *value)
{
        (void)value;
        l->debian.test = true;
        return -1;
}

static int set_help(struct line *l, char *value);

static int set_version(struct line *l, char *value)
{
        (void)l;
        (void)value;
        puts("binfmtd " BINFMTD_VERSION);
        return EXIT_DONE;
}

static const struct action actions[] = {
#define ACTION(name_, words_, optional_, function_, usage_) \
        { .name = name_, .usage = usage_, .words = words_, .optional = optional_, .run = function_ },
#define FIELD(name_, argument_, field_, once_, text_)
#define SETTING(name_, argument_, text_, function_)
#include "update-binfmts.def"
#undef ACTION
#undef FIELD
#undef SETTING
};

static const struct setting settings[] = {
#define ACTION(name_, words_, optional_, function_, usage_)
#define FIELD(name_, argument_, field_, once_, text_) \
        { .name = name_, .argument = argument_, .text = text_, .field = field_, .once = once_ },
#define SETTING(name_, argument_, text_, function_) { .name = name_, .argument = argument_, .text = text_, .set = function_ },
#include "update-binfmts.def"
#undef ACTION
#undef FIELD
#undef SETTING
};

static int set_help(struct line *l, char *value)
{
        (void)l;
        (void)value;
        for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
                printf("%s " PROGRAM " [OPTION...] %s\n", i == 0 ? "Usage:" : "  or: ", actions[i].usage);
        puts("\nRegisters interpreters of programs with the kernel, for packages and the administrator.\n"
             "<spec> is --magic or --extension, with the options that follow these.\n");
        for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
                const struct setting *s = &settings[i];
                char left[40];
                snprintf(left, sizeof(left), "--%s%s%s", s->name, s->argument ? "=" : "", s->argument ? s->argument : "");
                printf("  %-26s %s\n", left, s->text);
        }
        puts("\nThe exit status is 0, or 2 for any failure. More is in update-binfmts(8).");
        return EXIT_DONE;
}

/* Makes the table of options that getopt_long wants: actions, fields and settings. */
enum { FIRST_ACTION = 256, FIRST_SETTING = 512 };

static void make_options(struct option options[])
{
        for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
                *options++ = (struct option){ .name = actions[i].name, .val = FIRST_ACTION + (int)i };
        for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
                *options++ = (struct option){ .name = settings[i].name,
                                              .has_arg = settings[i].argument != NULL,
                                              .val = FIRST_SETTING + (int)i };
        *options = (struct option){};
}

/* An action takes the words behind it, whatever they look like. */
static int take_action(struct line *l, const struct action *a)
{
        int n = l->argc - optind;

        if (l->action)
                return usage("two modes given: --%s and --%s", l->action->name, a->name);
        l->action = a;
        if (n < a->words - a->optional)
                return usage(a->words == 1 ? "--%s needs <path>" : "--%s needs <name> <path>", a->name);
        for (int i = 0; i < a->words && i < n; i++)
                l->words[i] = l->argv[optind++];
        if (a->words == 2)
                warn_unless_executable(l->words[1]);
        return -1;
}

static int take_setting(struct line *l, const struct setting *s, char *value)
{
        if (s->set)
                return s->set(l, value);
        if (s->once && l->format.fields[s->field])
                return usage("more than one --%s option given", s->name);
        if (s->field == DEBIAN_OFFSET && value[strspn(value, "0123456789")])
                return trouble("offset must be a whole number");
        if (s->field == DEBIAN_OFFSET && !*value)
                return -1;
        if (s->field == DEBIAN_DETECTOR)
                warn_unless_executable(value);
        return debian_format_set(&l->format, s->field, value) < 0 ? trouble("out of memory") : -1;
}

/* -? and a mistake look alike to getopt. */
static bool is_help_option(const struct line *l)
{
        return optopt == 0 && strncmp(l->argv[optind - 1], "--", 2) != 0;
}

/* Reads the whole command line. Returns -1 to go on, or an exit status. */
static int parse(struct line *l)
{
        struct option options[ARRAY_SIZE(actions) + ARRAY_SIZE(settings) + 1];
        int option, status = -1;

        make_options(options);
        while (status < 0 && (option = getopt_long(l->argc, l->argv, "?V", options, NULL)) >= 0) {
                if (option == 'V')
                        status = set_version(l, NULL);
                else if (option == '?')
                        status = is_help_option(l) ? set_help(l, NULL) : hint();
                else if (option >= FIRST_SETTING)
                        status = take_setting(l, &settings[option - FIRST_SETTING], optarg);
                else
                        status = take_action(l, &actions[option - FIRST_ACTION]);
        }
        if (status >= 0)
                return status;
        if (optind < l->argc)
                return usage("Too many arguments");
        return -1;
}

/* Checks what only the whole command line can show to be missing. Returns -1 to go on, or an exit status. */
static int check(struct line *l)
{
        const char *name = l->words[0];

        if (!l->action)
                return usage("you must use one of --install, --remove, --import, --unimport, --display, --enable, "
                             "--disable, --find");
        if (l->action->run != do_install)
                return -1;
        if (!l->spec)
                return usage("--install requires a <spec> option");
        if (streq(name, ".") || streq(name, "..") || streq(name, "register") || streq(name, "status")) {
                fprintf(stderr, PROGRAM ": binary format name '%s' is reserved\n", name);
                return EXIT_TROUBLE;
        }
        return -1;
}

static int run(struct line *l)
{
        int status = parse(l);

        if (status < 0)
                status = check(l);
        if (status >= 0)
                return status;
        if (l->format.fields[DEBIAN_PACKAGE])
                l->debian.package = l->format.fields[DEBIAN_PACKAGE];
        enum result result = l->action->run(l);
        if (result == RESULT_FAILED || result == RESULT_DECLINED)
                return trouble("exiting due to previous errors");
        return result == RESULT_OK ? EXIT_DONE : EXIT_TROUBLE;
}

int update_binfmts(struct paths *paths, int argc, char **argv)
{
        struct line l = {
                .debian = { .program = PROGRAM, .paths = paths, .importdir = DEFAULT_IMPORTDIR, .package = DEBIAN_LOCAL_PACKAGE },
                .paths = paths,
                .argc = argc,
                .argv = argv
        };

        argv[0] = (char *)PROGRAM;
        int status = run(&l);
        debian_format_done(&l.format);
        if (fflush(stdout) == EOF || ferror(stdout))
                return trouble("standard output cannot be written");
        return status;
}
