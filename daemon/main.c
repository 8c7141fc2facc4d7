/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <getopt.h>

#include "base/config.h"
#include "manager.h"

enum {
        OPTION_PROCDIR = 256,
        OPTION_CONFDIRS,
        OPTION_BINFMT_D,
        OPTION_ADMINDIR,
        OPTION_STATEDIR,
        OPTION_CONFIG,
        OPTION_BINFMTCTL,
};

static const struct option options[] = {
        { "procdir", required_argument, NULL, OPTION_PROCDIR },
        { "confdirs", required_argument, NULL, OPTION_CONFDIRS },
        { "binfmt-d", required_argument, NULL, OPTION_BINFMT_D },
        { "admindir", required_argument, NULL, OPTION_ADMINDIR },
        { "statedir", required_argument, NULL, OPTION_STATEDIR },
        { "config", required_argument, NULL, OPTION_CONFIG },
        { "binfmtctl", required_argument, NULL, OPTION_BINFMTCTL },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        {},
};

static void help(void)
{
        puts("Usage: binfmtd [OPTION]...\n"
             "\n"
             "Registers formats with the kernel's binfmt_misc, and again on SIGHUP.\n"
             "\n"
             "  --config=FILE    the daemon's configuration (" DAEMON_CONF ")\n"
             "  --procdir=DIR    where binfmt_misc is mounted (" DEFAULT_PROCDIR ")\n"
             "  --confdirs=LIST  directories of formats, separated by colons, the administrator's last\n"
             "  --binfmt-d=LIST  directories of binfmt.d, in the same way\n"
             "  --admindir=DIR   the database of update-binfmts (" DEFAULT_ADMINDIR ")\n"
             "  --statedir=DIR   where it is kept what was registered (" DEFAULT_STATEDIR ")\n"
             "  --binfmtctl=FILE the program that looks at files for callers on the bus (" BINFMTCTL ")\n"
             "  --version        show the version\n"
             "  --help           show this");
}

/* Reads the options. Returns a negative number to go on, or an exit status. */
static int parse_options(int argc, char **argv, struct manager *m)
{
        int option, r = 0;

        while (r >= 0 && (option = getopt_long(argc, argv, "hV", options, NULL)) >= 0) {
                switch (option) {
                case OPTION_PROCDIR: r = string_set(&m->paths.procdir, optarg); break;
                case OPTION_STATEDIR: r = string_set(&m->paths.statedir, optarg); break;
                case OPTION_CONFDIRS: r = paths_set_confdirs(&m->paths, optarg); break;
                case OPTION_BINFMT_D: r = paths_set_binfmt_d(&m->paths, optarg); break;
                case OPTION_ADMINDIR: r = string_set(&m->paths.admindir, optarg); break;
                case OPTION_CONFIG: r = string_set(&m->paths.config, optarg); break;
                case OPTION_BINFMTCTL: m->binfmtctl = optarg; break;
                case 'h': help(); return 0;
                case 'V': puts("binfmtd " BINFMTD_VERSION); return 0;
                default: return 2;
                }
        }
        if (r < 0 || optind < argc) {
                fputs("binfmtd: wrong arguments (binfmtd --help shows them)\n", stderr);
                return 2;
        }
        return -1;
}

int main(int argc, char **argv)
{
        _cleanup_(manager_done) struct manager m = { .binfmtctl = BINFMTCTL, .config = CONFIG_DEFAULTS, .watch.mountinfo = -1 };

        log_open(&m.log);
        int r = paths_init(&m.paths);
        if (r < 0) {
                log_message(&m.log, LOG_ERR, "%s", strerror(-r));
                return EXIT_FAILURE;
        }
        int status = parse_options(argc, argv, &m);
        if (status >= 0)
                return status;

        r = manager_run(&m);
        if (r < 0) {
                log_message(&m.log, LOG_ERR, "giving up: %s", strerror(-r));
                return EXIT_FAILURE;
        }
        return EXIT_SUCCESS;
}
