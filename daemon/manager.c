/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "mount.h"
#include "reconcile.h"

static void log_report(const struct manager *m, const struct reconcile_report *report)
{
        for (size_t i = 0; i < report->n; i++) {
                const struct reconcile_result *result = &report->items[i];
                if (result->action != RECONCILE_NOTHING && result->error == 0)
                        log_message(&m->log, LOG_INFO, "%s %s", result->name,
                                    reconcile_action_to_string(result->action));
        }
}

static void notify_status(const struct reconcile_report *report, size_t n_problems)
{
        _cleanup_free_ char *names = NULL;

        for (size_t i = 0; i < report->n; i++) {
                _cleanup_free_ char *before = TAKE_PTR(names);
                if (!report->items[i].active)
                        names = TAKE_PTR(before);
                else if (string_format(&names, "%s%s%s", before ? before : "", before ? ", " : "",
                                       report->items[i].name) < 0)
                        return;
        }
        if (n_problems > 0)
                (void)sd_notifyf(0, "STATUS=%zu registered%s%s; %zu problems, see the journal", report->n_active,
                                 names ? ": " : "", names ? names : "", n_problems);
        else
                (void)sd_notifyf(0, "STATUS=%zu registered%s%s", report->n_active, names ? ": " : "",
                                 names ? names : "");
}

/* Reconciles with a catalog and logs what was done. */
static int reconcile_with(struct manager *m, const struct catalog *catalog, struct reconcile_report *ret,
                          struct problems *problems)
{
        _cleanup_close_ int fd = binfmt_misc_open(m->paths.procdir, m->config.mount, problems);

        if (fd < 0)
                return fd;
        int r = reconcile(&m->paths, fd, catalog, NULL, ret, problems);
        if (r < 0)
                return r;
        log_report(m, ret);
        return 0;
}

int manager_reload(struct manager *m)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};

        int r = config_load(m->config_file, &m->config, &problems);
        if (r >= 0)
                r = catalog_load(&m->paths, &catalog, &problems);
        if (r >= 0)
                r = reconcile_with(m, &catalog, &report, &problems);

        log_problems(&m->log, &problems);
        if (r < 0) {
                log_message(&m->log, LOG_ERR, "nothing was registered: %s", strerror(-r));
                (void)sd_notifyf(0, "STATUS=Nothing registered: %s", strerror(-r));
                return r;
        }
        notify_status(&report, problems.n);
        return 0;
}

void manager_stop(struct manager *m)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};
        const struct catalog nothing = {};

        (void)sd_notify(0, "STOPPING=1");
        if (!m->config.remove_on_stop)
                return;
        (void)reconcile_with(m, &nothing, &report, &problems);
        log_problems(&m->log, &problems);
}

static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
        struct manager *m = userdata;
        struct timespec now;

        (void)source;
        (void)si;
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
                         (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
        /* What the kernel has stays as it is where this fails; there is no reason to stop. */
        (void)manager_reload(m);
        (void)sd_notify(0, "READY=1");
        return 0;
}

static int on_terminate(sd_event_source *source, const struct signalfd_siginfo *si, void *userdata)
{
        (void)si;
        (void)userdata;
        return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int setup_signals(struct manager *m)
{
        sigset_t mask;
        int r;

        sigemptyset(&mask);
        sigaddset(&mask, SIGHUP);
        sigaddset(&mask, SIGTERM);
        sigaddset(&mask, SIGINT);
        if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
                return -errno;

        r = sd_event_add_signal(m->event, NULL, SIGHUP, on_hangup, m);
        if (r < 0)
                return r;
        r = sd_event_add_signal(m->event, NULL, SIGTERM, on_terminate, m);
        if (r < 0)
                return r;
        return sd_event_add_signal(m->event, NULL, SIGINT, on_terminate, m);
}

int manager_run(struct manager *m)
{
        int r = sd_event_new(&m->event);

        if (r < 0)
                return r;
        /* Before the first reconciling, so that a signal that comes meanwhile is not lost. */
        r = setup_signals(m);
        if (r < 0)
                return r;
        r = sd_event_set_watchdog(m->event, true);
        if (r < 0)
                return r;
        r = manager_reload(m);
        if (r < 0)
                return r;

        (void)sd_notify(0, "READY=1");
        r = sd_event_loop(m->event);
        manager_stop(m);
        return r;
}

void manager_done(struct manager *m)
{
        sd_event_unref(m->event);
        paths_done(&m->paths);
}
