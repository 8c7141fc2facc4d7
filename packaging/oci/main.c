/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program of the container image: registers its translators on the machine that runs the container. */
#include <errno.h>
#include <getopt.h>

#include "config.h"
#include "kernel.h"
#include "misc-state.h"
#include "mount.h"
#include "oci.h"

enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE };

struct request {
        const char *install, *uninstall;
        bool version, help;
};

static int fail(const char *text)
{
        fprintf(stderr, "error: %s\n", text);
        return EXIT_FAILED;
}

static void print_help(void)
{
        puts("binfmt [--uninstall LIST] [--install LIST]\n"
             "Registers translators with the kernel of this machine, and shows what it runs, as JSON.\n\n"
             "  --install LIST    platforms, separated by commas, such as arm64, or all\n"
             "  --uninstall LIST  names of entries such as qemu-aarch64, patterns of names, or platforms\n"
             "  --mount DIR       where binfmt_misc is or is to be mounted (/proc/sys/fs/binfmt_misc)\n"
             "  --version         show the version\n"
             "  --help            show this\n\n"
             "The exit status is 0, 1 where something could not be done, or 2 for a wrong command line.");
}

/* Options may be written with one dash or two. Returns an exit status. */
static int parse(int argc, char **argv, struct request *ret, struct paths *paths)
{
        static const struct option options[] = {
                { "install", required_argument, NULL, 'i' }, { "uninstall", required_argument, NULL, 'u' },
                { "mount", required_argument, NULL, 'm' },   { "version", no_argument, NULL, 'V' },
                { "help", no_argument, NULL, 'h' },          {},
        };
        int option;

        while ((option = getopt_long_only(argc, argv, "", options, NULL)) >= 0)
                switch (option) {
                case 'i':
                        ret->install = optarg;
                        break;
                case 'u':
                        ret->uninstall = optarg;
                        break;
                case 'm':
                        if (string_set(&paths->procdir, optarg) < 0)
                                return fail("out of memory");
                        break;
                case 'V':
                        ret->version = true;
                        break;
                case 'h':
                        ret->help = true;
                        break;
                default:
                        return EXIT_USAGE;
                }
        if (optind == argc)
                return EXIT_OK;
        fprintf(stderr, "error: unexpected word: %s (--help shows how)\n", argv[optind]);
        return EXIT_USAGE;
}

static void print_problems(const struct problems *problems)
{
        for (size_t i = 0; i < problems->n; i++) {
                _cleanup_free_ char *text = problem_to_string(&problems->items[i]);
                (void)fail(text ?: "out of memory");
        }
}

/* From Linux 6.7 on a user namespace has entries of its own, so a rootless container does not reach the machine's. */
static void note_namespace(const struct paths *paths)
{
        _cleanup_(misc_state_done) struct misc_state state = {};

        if (misc_state_read(paths->procdir, &state) >= 0 && state.owner != MISC_OWNER_MACHINE)
                fputs("note: this container is in a user namespace (rootless?), "
                      "so this concerns that namespace, not the machine\n",
                      stderr);
}

static int run(const struct request *request, const struct paths *paths)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        int failed = 0, r;

        r = catalog_load(paths, &catalog, &problems);
        _cleanup_close_ int fd = r < 0 ? r : binfmt_misc_open(paths->procdir, true, &problems);
        print_problems(&problems);
        if (fd == -EPERM || fd == -EACCES)
                fputs("       run the image with: docker run --privileged\n", stderr);
        if (fd < 0)
                return EXIT_FAILED;
        if (request->install || request->uninstall)
                note_namespace(paths);
        if (request->uninstall)
                failed |= uninstall(fd, request->uninstall) < 0;
        if (request->install)
                failed |= install(fd, &catalog, request->install) < 0;
        r = print_status(fd);
        if (r < 0)
                return fail(strerror(-r));
        return failed ? EXIT_FAILED : EXIT_OK;
}

int main(int argc, char **argv)
{
        _cleanup_(paths_done) struct paths paths = {};
        struct request request = {};

        /* Tests have the formats elsewhere. */
        if (setenv("BINFMTD_CONFDIRS", "/usr/lib/binfmtd", 0) < 0 || paths_init(&paths) < 0)
                return fail("out of memory");
        int status = parse(argc, argv, &request, &paths);
        if (status != EXIT_OK)
                return status;
        if (request.help)
                print_help();
        else if (request.version)
                puts("binfmt/" BINFMTD_VERSION " binfmt-translator/" BINFMTD_VERSION);
        else
                status = run(&request, &paths);
        if (fflush(stdout) == EOF || ferror(stdout))
                return fail("standard output cannot be written");
        return status;
}
