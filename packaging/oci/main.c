/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program of the container image: registers its translators on the machine that runs the container. */
#include <errno.h>
#include <getopt.h>

#include "base/config.h"
#include "oci.h"
#include "place.h"

enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE };

struct request {
        const char *install, *uninstall;
        bool cache, version, help;
};

static int fail(const char *text)
{
        fprintf(stderr, "error: %s\n", text);
        return EXIT_FAILED;
}

static void print_help(void)
{
        puts("binfmt [--uninstall LIST] [--install LIST] [--cache]\n"
             "Registers translators with the kernel of this machine, and shows what it runs, as JSON.\n\n"
             "  --install LIST    platforms, separated by commas, such as arm64, or all\n"
             "  --uninstall LIST  names of entries such as qemu-aarch64, patterns of names, or platforms\n"
             "  --cache           stay, and have what runs translated ahead, for all containers\n"
             "  --mount DIR       where binfmt_misc is or is to be mounted (/proc/sys/fs/binfmt_misc)\n"
             "  --version         show the version\n"
             "  --help            show this\n\n"
             "The exit status is 0, 1 where something could not be done, or 2 for a wrong command line.");
}

/* Options may be written with one dash or two. Returns an exit status. */
static int parse(int argc, char **argv, struct request *ret, struct paths *paths)
{
        static const struct option options[] = {
                { "install", required_argument, NULL, 'i' },
                { "uninstall", required_argument, NULL, 'u' },
                { "mount", required_argument, NULL, 'm' },
                { "cache", no_argument, NULL, 'c' },
                { "version", no_argument, NULL, 'V' },
                { "help", no_argument, NULL, 'h' },
                {},
        };
        int option;

        while ((option = getopt_long_only(argc, argv, "", options, NULL)) >= 0)
                switch (option) {
                case 'i': ret->install = optarg; break;
                case 'u': ret->uninstall = optarg; break;
                case 'm':
                        if (string_set(&paths->procdir, optarg) < 0)
                                return fail("out of memory");
                        break;
                case 'c': ret->cache = true; break;
                case 'V': ret->version = true; break;
                case 'h': ret->help = true; break;
                default: return EXIT_USAGE;
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

static int open_place(const struct request *request, const char *procdir, struct place *ret)
{
        _cleanup_(problems_done) struct problems problems = {};

        int r = place_open(procdir, request->install || request->uninstall, ret, &problems);
        print_problems(&problems);
        if (r == -EPERM || r == -EACCES)
                fputs("       run the image with: docker run --privileged\n", stderr);
        return r;
}

static int load(const struct request *request, const struct paths *paths, struct catalog *ret)
{
        _cleanup_(problems_done) struct problems problems = {};

        if (!request->uninstall && !request->install && !request->cache)
                return 0;
        int r = catalog_load(paths, ret, &problems);
        print_problems(&problems);
        return r;
}

/* Returns 0 or a negative errno; what failed has been said. */
static int change(const struct request *request, const struct catalog *catalog, int loaded, struct place *place)
{
        _cleanup_(problems_done) struct problems problems = {};
        int error = 0, r;

        if (request->uninstall && (r = uninstall(place->fd, catalog, request->uninstall)) < 0)
                error = r;
        if (!request->install)
                return error;
        r = loaded;
        if (r >= 0)
                r = install(place->fd, catalog, request->install);
        if (r < 0)
                error = r;
        r = place_settle(place, &problems);
        print_problems(&problems);
        return r < 0 ? r : error;
}

static int run(const struct request *request, const struct paths *paths)
{
        _cleanup_(place_close) struct place place = { .fd = -1 };
        _cleanup_(catalog_done) struct catalog catalog = {};

        if (open_place(request, paths->procdir, &place) < 0)
                return EXIT_FAILED;
        int loaded = load(request, paths, &catalog);
        int failed = change(request, &catalog, loaded, &place);
        int r = print_status(place.fd);
        if (r < 0)
                return fail(strerror(-r));
        if (request->cache && failed >= 0) {
                (void)fflush(stdout);
                failed = loaded < 0 ? loaded : stay(place.fd, paths, &catalog);
        }
        return failed < 0 ? EXIT_FAILED : EXIT_OK;
}

int main(int argc, char **argv)
{
        _cleanup_(paths_done) struct paths paths = {};
        struct request request = {};

        /* Tests have all that elsewhere. */
        if (setenv("BINFMTD_CONFDIRS", "/usr/lib/binfmtd", 0) < 0 || setenv("BINFMTD_STATEDIR", "/run/binfmtd", 0) < 0 ||
            setenv("BINFMTD_CACHEDIR", "/var/cache/binfmtd", 0) < 0 || paths_init(&paths) < 0)
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
