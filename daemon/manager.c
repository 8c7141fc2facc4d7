/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "alone.h"
#include "bus.h"
#include "cache.h"
#include "drift.h"
#include "interpreters.h"
#include "base/lock.h"
#include "kernel/mount.h"
#include "kernel/namespace.h"
#include "reconcile/record.h"

/* How long other programs are waited for where the daemon cannot go on without. */
#define PATIENCE_MSEC 10000

static void log_report(const struct manager *m, const struct reconcile_report *report)
{
        for (size_t i = 0; i < report->n; i++) {
                const struct reconcile_result *result = &report->items[i];
                if (result->action != RECONCILE_NOTHING && result->error == 0)
                        log_message(&m->log, LOG_INFO, "%s %s", result->name, reconcile_action_to_string(result->action));
        }
}

/* Makes the part of the status that says what is not as it should be; NULL where all is. */
static char *status_of_drift(const struct manager *m, uint64_t now)
{
        _cleanup_free_ char *drift = NULL;
        char *text = NULL;
        bool paused = repairs_next(&m->repairs, now) > 0;

        if (drift_to_string(&m->state, &drift) < 0 || !*drift)
                return NULL;
        (void)string_format(&text, "; not as it should be: %s%s", drift,
                            paused ? ", left alone for now because something else keeps changing it" : "");
        return text;
}

static void notify_status(const struct manager *m, size_t n_problems, uint64_t now)
{
        _cleanup_free_ char *names = NULL, *drift = status_of_drift(m, now), *problems = NULL;
        size_t n = 0;

        for (size_t i = 0; i < m->state.plan.n; i++) {
                _cleanup_free_ char *before = TAKE_PTR(names);
                if (!m->state.plan.items[i].active)
                        names = TAKE_PTR(before);
                else if (n++, string_format(&names, "%s%s%s", before ? before : "", before ? ", " : "",
                                            m->state.plan.items[i].name) < 0)
                        return;
        }
        if (n_problems > 0)
                (void)string_format(&problems, "; %zu problems, see the journal", n_problems);
        (void)sd_notifyf(0, "STATUS=%zu registered%s%s%s%s", n, names ? ": " : "", names ? names : "", drift ? drift : "",
                         problems ? problems : "");
}

/* Logs problems, unless they are those that were logged the last time. */
static void log_new_problems(struct manager *m, const struct problems *problems, bool always)
{
        _cleanup_free_ char *all = strdup("");

        for (size_t i = 0; i < problems->n && all; i++) {
                _cleanup_free_ char *before = all, *one = problem_to_string(&problems->items[i]);
                (void)string_format(&all, "%s%s\n", before, one ? one : "");
        }
        if (always || !streq_null(all, m->problems_logged))
                log_problems(&m->log, problems);
        free(m->problems_logged);
        m->problems_logged = TAKE_PTR(all);
}

/* A pass: what is looked at and done in one go. */
struct pass {
        struct problems problems;
        struct state state;
        struct reconcile_report report;
        int fd; /* binfmt_misc */
};

static void pass_done(struct pass *p)
{
        problems_done(&p->problems);
        state_done(&p->state);
        reconcile_report_done(&p->report);
        closep(&p->fd);
}

/* Reads the formats and opens binfmt_misc. Both are watched from before they are looked at. */
static int begin_pass(struct manager *m, struct pass *p, bool may_mount, struct catalog *catalog)
{
        int watched = watch_config(&m->watch, &m->paths);
        int r = catalog_load(&m->paths, catalog, &p->problems);
        if (r < 0)
                return r;
        p->fd = binfmt_misc_open(m->paths.procdir, may_mount, &p->problems);
        if (p->fd < 0)
                return p->fd;
        r = watched < 0 ? watched : watch_misc(&m->watch, p->fd);
        if (r >= 0)
                r = watch_interpreters(&m->watch, catalog);
        if (r < 0)
                (void)problems_add(&p->problems, r, NULL, 0, "changes by others will not be noticed: %s", strerror(-r));
        if (r < 0 || catalog->incomplete)
                (void)watch_retry(&m->watch);
        return 0;
}

/* Reconciles with the catalog part, and then reads the state, with the catalog whole. */
static int act(struct manager *m, struct pass *p, const struct catalog *part, struct catalog *whole)
{
        _cleanup_(problems_done) struct problems again = {};

        int r = reconcile(&m->paths, p->fd, part, NULL, &p->report, &p->problems);
        if (r < 0)
                return r;
        log_report(m, &p->report);
        return state_read(&m->paths, p->fd, whole, &p->state, &again);
}

static void end_pass(struct manager *m, struct pass *p, uint64_t now)
{
        uint64_t next = repairs_next(&m->repairs, now);

        for (size_t i = 0; i < p->state.catalog.n; i++) {
                struct format_state *f = &p->state.formats[i];
                f->paused = f->drift != DRIFT_NONE && repairs_paused(&m->repairs, f->format->entry.name, now);
        }
        bus_before_state(m->bus, &m->state, &p->state);
        struct state old = m->state;
        m->state = p->state;
        p->state = (struct state){};
        bus_after_state(m->bus, &old, &m->state);
        state_done(&old);
        notify_status(m, p->problems.n, now);
        if (next > 0)
                (void)watch_schedule(&m->watch, next - now);
}

static int fail_pass(struct manager *m, int error)
{
        (void)watch_retry(&m->watch);
        log_message(&m->log, LOG_ERR, "nothing was registered: %s", strerror(-error));
        (void)sd_notifyf(0, "STATUS=Nothing registered: %s", strerror(-error));
        return error;
}

static uint64_t time_now(const struct manager *m)
{
        uint64_t now = 0;

        (void)sd_event_now(m->event, CLOCK_MONOTONIC, &now);
        return now;
}

/* Whether everything was unregistered on purpose, which holds until something is registered on purpose. */
static bool is_unregistered(const struct manager *m)
{
        _cleanup_close_ int record = record_open_existing(m->paths.statedir);

        return record_is_unregistered(record);
}

static void end_unregistered(const struct manager *m)
{
        _cleanup_close_ int record = record_open_existing(m->paths.statedir);

        (void)record_set_unregistered(record, false);
}

/* Reads everything and reconciles. again: only because that failed before, and not because something has changed. */
static int reload(struct manager *m, bool again)
{
        _cleanup_(pass_done) struct pass p = { .fd = -1 };
        _cleanup_(catalog_done) struct catalog catalog = {};

        if (!again)
                repairs_done(&m->repairs);
        int r = config_load(m->paths.config, &m->config, &p.problems);
        if (r >= 0)
                r = begin_pass(m, &p, m->config.mount, &catalog);
        end_unregistered(m);
        if (r >= 0)
                r = act(m, &p, &catalog, &catalog);
        log_new_problems(m, &p.problems, !again);
        if (r < 0)
                return fail_pass(m, r);
        interpreters_compare(&m->state, &p.state, &m->repairs, &m->log);
        end_pass(m, &p, time_now(m));
        cache_pass(m, p.fd);
        bus_reconciled(m->bus, &p.report);
        return 0;
}

int manager_reload(struct manager *m)
{
        return reload(m, false);
}

/* After a repair, remembers the drift that is left as what was said the last time: if the same drift comes again, as when
 * systemd-binfmt is restarted and wipes twice, it is news. */
static void forget_drift(struct manager *m, const struct state *s)
{
        _cleanup_free_ char *drift = NULL;

        if (drift_to_string(s, &drift) < 0)
                return;
        free(m->drift_told);
        m->drift_told = TAKE_PTR(drift);
}

/* Says what drifted, unless the same was said the last time. */
static void tell_drift(struct manager *m, const struct state *s)
{
        _cleanup_free_ char *drift = NULL, *others = NULL;

        if (drift_to_string(s, &drift) < 0 || drift_others_to_string(s, &others) < 0)
                return;
        if (*drift && !streq_null(drift, m->drift_told)) {
                bus_drift_found(m->bus, s);
                if (m->config.repair != REPAIR_NO)
                        log_message(&m->log, LOG_WARNING, "not as it should be: %s; entries of others: %s%s", drift, others,
                                    m->config.repair == REPAIR_WARN ? "; nothing is repaired, because Repair=warn is set" : "");
        }
        free(m->drift_told);
        m->drift_told = TAKE_PTR(drift);
}

/* Repairs what p has found, as far as it may be repaired. */
static int repair(struct manager *m, struct pass *p, uint64_t now)
{
        _cleanup_(drift_part_done) struct catalog part = {};
        _cleanup_(state_done) struct state before = {};
        size_t n;

        int r = drift_part(&p->state, &m->repairs, now, &m->log, &part, &n);
        if (r < 0 || n == 0)
                return r;
        /* The state that was found lives until it has been repaired, because the part refers to it. */
        before = p->state;
        p->state = (struct state){};
        r = act(m, p, &part, &before.catalog);
        if (r < 0)
                return r;
        forget_drift(m, &p->state);
        return drift_note(&m->repairs, &p->report, &p->state, now);
}

/* Looks whether the kernel still has what it should, and repairs that as far as Repair= says. What is wrong is logged. The
 * formats are read again first, so that this never undoes what was just configured. */
static int check(struct manager *m)
{
        _cleanup_(pass_done) struct pass p = { .fd = -1 };
        _cleanup_(catalog_done) struct catalog catalog = {};
        _cleanup_(problems_done) struct problems found = {};
        uint64_t now = time_now(m);

        int r = begin_pass(m, &p, m->config.mount && m->config.repair == REPAIR_YES, &catalog);
        if (r >= 0)
                r = state_read(&m->paths, p.fd, &catalog, &p.state, &found);
        if (r >= 0)
                interpreters_compare(&m->state, &p.state, &m->repairs, &m->log);
        if (r >= 0 && !is_unregistered(m)) {
                tell_drift(m, &p.state);
                if (m->config.repair == REPAIR_YES)
                        r = repair(m, &p, now);
        }
        log_new_problems(m, p.report.n > 0 || r < 0 ? &p.problems : &found, false);
        if (r < 0)
                return fail_pass(m, r);
        end_pass(m, &p, now);
        cache_pass(m, p.fd);
        bus_repaired(m->bus, &p.report);
        return 0;
}

/* Does what is due. What somebody asked for counts most. What was unregistered on purpose does not come back because a file has
 * changed. */
static void take_turn(struct manager *m, unsigned changes, bool hangup)
{
        if (hangup)
                (void)manager_reload(m);
        else if (changes & (WATCH_CONFIG | WATCH_RETRY) && !is_unregistered(m))
                (void)reload(m, !(changes & WATCH_CONFIG));
        else
                (void)check(m);
        /* Where a reload fails, the kernel keeps what it has, and there is no reason to stop. */
        if (hangup)
                (void)sd_notify(0, "READY=1");
}

static void on_turn(int lock, void *userdata)
{
        struct manager *m = userdata;
        unsigned changes = m->pending;
        bool hangup = m->hangup;

        m->pending = 0;
        m->hangup = false;
        if (lock != -ECANCELED)
                take_turn(m, changes, hangup);
}

/* Waits for the turn to do what is due: until nobody else changes anything. */
static void ask_for_turn(struct manager *m, unsigned changes, bool hangup)
{
        bool waits = m->pending || m->hangup;

        m->pending |= changes;
        m->hangup = m->hangup || hangup;
        if (waits)
                return;
        int r = turn_take(&m->turns, TURN_WAIT_FOR_EVER, on_turn, m);
        if (r < 0)
                on_turn(r, m);
}

static void on_change(unsigned changes, void *userdata)
{
        ask_for_turn(userdata, changes, false);
}

void manager_stop(struct manager *m)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(reconcile_report_done) struct reconcile_report report = {};
        const struct catalog nothing = {};

        (void)sd_notify(0, "STOPPING=1");
        if (!m->config.remove_on_stop && !m->config.cache)
                return;
        _cleanup_close_ int lock = lock_changes_within(&m->paths, PATIENCE_MSEC);
        _cleanup_close_ int fd = binfmt_misc_open(m->paths.procdir, false, &problems);
        cache_stop(m, fd);
        if (m->config.remove_on_stop && fd >= 0 && reconcile(&m->paths, fd, &nothing, NULL, &report, &problems) >= 0)
                log_report(m, &report);
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
        ask_for_turn(m, 0, true);
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
        sigaddset(&mask, SIGCHLD);
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

/* Whether a failure to mount binfmt_misc is to be taken for success, of which the service manager is told. A container with a
 * user namespace of its own has entries of its own from Linux 6.7 on. Where it has none, or its manager does not let it mount
 * binfmt_misc, the machine's entries apply, and a service that cannot start would only look like a fault. */
static bool leave_to_machine(const struct manager *m, int error)
{
        if ((error != -EPERM && error != -EACCES) || !m->config.mount || namespace_is_first())
                return false;
        log_message(&m->log, LOG_NOTICE,
                    "this container cannot have entries of its own (which takes Linux 6.7, and to be "
                    "allowed to mount); those of the machine apply");
        return sd_notify(0, "READY=1\nSTATUS=The machine's entries apply in this container") > 0;
}

/* Warns where the unit gives the daemon a mount namespace of its own. A binfmt_misc that is mounted there is seen by nobody else,
 * and the kernel may forget all its entries with the last mount. To leave the namespace takes more than the unit leaves the
 * daemon. */
static void warn_of_own_mounts(const struct manager *m)
{
        if (getenv("INVOCATION_ID") && namespace_has_mounts_of_init() == 0)
                log_message(&m->log, LOG_WARNING,
                            "a setting of this unit gives it a mount namespace of its own: a binfmt_misc that is mounted now "
                            "is seen by this process only, and for everybody else nothing is registered. Look for settings that "
                            "the unit did not come with (systemctl cat binfmtd.service; ProtectSystem= and PrivateTmp= make such "
                            "a namespace), or mount it before: mount -t binfmt_misc binfmt_misc %s",
                            m->paths.procdir);
}

/* Reconciles for the first time. At boot this must not wait for a process that has been stopped while it holds the lock. */
static int start(struct manager *m)
{
        warn_of_own_mounts(m);
        _cleanup_close_ int lock = lock_changes_within(&m->paths, PATIENCE_MSEC);

        if (lock == -EWOULDBLOCK)
                log_message(&m->log, LOG_WARNING,
                            "another program holds the lock " LOCK_FORMAT " and does not finish; it is "
                            "not waited for any longer",
                            m->paths.statedir);
        int r = alone_check_rights(&m->paths, &m->log);
        return r < 0 ? r : manager_reload(m);
}

int manager_run(struct manager *m)
{
        _cleanup_close_ int alone = -1;
        int r = alone_begin(&m->paths, &m->log, &alone);

        if (r >= 0)
                r = sd_event_new(&m->event);
        if (r < 0)
                return r;
        m->turns = (struct turns){ .event = m->event, .paths = &m->paths, .log = &m->log };
        /* The signals are set up before the first reconciling, so that none that comes meanwhile is lost. */
        r = setup_signals(m);
        if (r < 0)
                return r;
        r = sd_event_set_watchdog(m->event, true);
        if (r < 0)
                return r;
        r = watch_init(&m->watch, m->event, on_change, m);
        if (r < 0)
                return r;
        r = start(m);
        if (r < 0)
                return leave_to_machine(m, r) ? 0 : r;
        m->bus = bus_start(m);

        (void)sd_notify(0, "READY=1");
        r = sd_event_loop(m->event);
        manager_stop(m);
        return r;
}

void manager_done(struct manager *m)
{
        turns_done(&m->turns);
        bus_stop(m->bus);
        cache_done(m);
        watch_done(&m->watch);
        repairs_done(&m->repairs);
        state_done(&m->state);
        free(m->problems_logged);
        free(m->drift_told);
        sd_event_unref(m->event);
        paths_done(&m->paths);
}
