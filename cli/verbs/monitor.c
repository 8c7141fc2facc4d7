/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shows what happens: changes of the kernel's entries as inotify tells of them, and what the daemon says about them on
 * the bus. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include <time.h>

#include "kernel/kernel.h"
#include "kernel/mount.h"
#include "ui/output.h"

#define DAEMON "org.binfmtd.Manager1"
#define DAEMON_PATH "/org/binfmtd/Manager1"

/* After a change the entries are looked at this much later: one command may change several. */
#define DELAY_USEC (10 * 1000)

struct monitor {
        const struct call *call;
        sd_event *event;
        sd_event_source *misc;   /* NULL where binfmt_misc is not watched */
        sd_event_source *mounts; /* whether something was mounted or unmounted */
        sd_event_source *timer;
        sd_event_source *retry; /* NULL unless the bus was lost */
        sd_bus *bus;
        int mountinfo;
        bool mounted;
        int enabled; /* as a whole; negative where that is not known */
        struct entries entries;
};

/* Something that is known about an event, with its name in JSON. */
struct detail {
        const char *key, *value;
        bool word; /* one of ours, not a name */
};

static int print_event_json(const char *when, const char *source, const char *event, const struct detail *details, size_t n)
{
        _cleanup_(json_putp) struct json_object *o = json_document();

        if (!o || json_add_string(o, "time", when) < 0 || json_add_string(o, "source", source) < 0 ||
            json_add_string(o, "event", event) < 0)
                return fail("out of memory");
        for (size_t i = 0; i < n; i++)
                if (json_add_string(o, details[i].key, details[i].value) < 0)
                        return fail("out of memory");
        puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
        return EXIT_OK;
}

/* Prints a line for an event, and ends everything where nobody reads it. */
static void print_event(struct monitor *m, const char *source, const char *event, const struct detail *details, size_t n)
{
        char day[32], when[64];
        struct timespec now;
        struct tm tm;

        clock_gettime(CLOCK_REALTIME, &now);
        gmtime_r(&now.tv_sec, &tm);
        strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
        snprintf(when, sizeof(when), "%s.%03ldZ", day, now.tv_nsec / 1000000);
        if (m->call->option[OPTION_JSON]) {
                (void)print_event_json(when, source, event, details, n);
        } else {
                printf("%s%s%s  %-7s  %s", colour(COLOUR_DIM), when, colour(COLOUR_NONE), source, _(event));
                for (size_t i = 0; i < n; i++) {
                        fputs(i ? ", " : "  ", stdout);
                        print_name(details[i].word && *details[i].value ? _(details[i].value) : details[i].value);
                }
                putchar('\n');
        }
        if (fflush(stdout) == EOF)
                (void)sd_event_exit(m->event, EXIT_FAILED);
}

static void print_entry_event(struct monitor *m, const char *event, const struct entry *e)
{
        const struct detail details[] = { { "name", e->name, false }, { "interpreter", e->interpreter, false } };

        print_event(m, "kernel", event, details, ARRAY_SIZE(details));
}

static void print_plain_event(struct monitor *m, const char *event)
{
        print_event(m, "kernel", event, NULL, 0);
}

/* Prints how two lists of entries differ. */
static void print_differences(struct monitor *m, const struct entries *old, const struct entries *new)
{
        for (size_t i = 0; i < old->n; i++)
                if (!entries_find(new, old->items[i].name))
                        print_entry_event(m, N_("removed"), &old->items[i]);
        for (size_t i = 0; i < new->n; i++) {
                const struct entry *e = &new->items[i], *before = entries_find(old, e->name);
                if (!before)
                        print_entry_event(m, N_("registered"), e);
                else if (!entry_equal(before, e))
                        print_entry_event(m, N_("replaced"), e);
                if (before ? before->enabled != e->enabled : !e->enabled)
                        print_entry_event(m, e->enabled ? N_("enabled") : N_("disabled"), e);
        }
}

static int on_misc(sd_event_source *source, const struct inotify_event *event, void *userdata)
{
        struct monitor *m = userdata;

        (void)source;
        if (event->mask & (IN_IGNORED | IN_UNMOUNT))
                m->misc = sd_event_source_disable_unref(m->misc);
        int r = sd_event_source_set_time_relative(m->timer, DELAY_USEC);
        return r < 0 ? r : sd_event_source_set_enabled(m->timer, SD_EVENT_ONESHOT);
}

/* Reads what there is now. Returns 0, also where binfmt_misc is not mounted, or a negative errno. */
static int read_misc(struct monitor *m, struct entries *ret, int *ret_enabled)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_close_ int fd = binfmt_misc_open(m->call->paths.procdir, false, &ignored);

        *ret_enabled = -1;
        if (fd < 0)
                return fd == -ENOMEM ? fd : 0;
        /* It is watched before it is read, so that no change is missed. */
        if (!m->misc) {
                int r = sd_event_add_inotify_fd(m->event, &m->misc, fd, IN_MODIFY | IN_DELETE | IN_ONLYDIR, on_misc, m);
                if (r < 0)
                        return r;
        }
        *ret_enabled = kernel_enabled(fd);
        int r = kernel_list(fd, ret);
        if (r >= 0)
                entries_sort(ret);
        return r;
}

/* Reads what there is and prints what is different, unless it is the first time. */
static int look(struct monitor *m, bool first)
{
        _cleanup_(entries_done) struct entries now = {};
        int enabled;

        int r = read_misc(m, &now, &enabled);
        if (r < 0)
                return r;
        bool mounted = m->misc != NULL;
        if (!first && mounted != m->mounted)
                print_plain_event(m, mounted ? N_("mounted") : N_("unmounted"));
        if (!first)
                print_differences(m, &m->entries, &now);
        if (!first && enabled >= 0 && m->enabled >= 0 && enabled != m->enabled)
                print_plain_event(m, enabled ? N_("enabled as a whole") : N_("disabled as a whole"));
        if (first && !mounted)
                fprintf(stderr, _("binfmtctl: %s: binfmt_misc is not mounted here; waiting for it\n"), m->call->paths.procdir);
        m->mounted = mounted;
        m->enabled = enabled;
        entries_done(&m->entries);
        m->entries = now;
        now = (struct entries){};
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        (void)source;
        (void)usec;
        return look(userdata, false);
}

/* The kernel says through this file that the mounts have changed. */
static int on_mounts(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        struct monitor *m = userdata;

        (void)source;
        (void)fd;
        (void)events;
        return m->misc ? 0 : look(m, false);
}

static int on_drift(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct detail details[] = { { .key = "name" }, { .key = "drift", .word = true } };

        (void)error;
        if (sd_bus_message_read(message, "ss", &details[0].value, &details[1].value) > 0)
                print_event(userdata, "binfmtd", N_("drift"), details, ARRAY_SIZE(details));
        return 0;
}

static int on_repaired(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct detail details[] = { { .key = "name" }, { .key = "drift", .word = true }, { .key = "action", .word = true } };

        (void)error;
        if (sd_bus_message_read(message, "sss", &details[0].value, &details[1].value, &details[2].value) > 0)
                print_event(userdata, "binfmtd", N_("repaired"), details, ARRAY_SIZE(details));
        return 0;
}

static int on_reconciled(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        (void)message;
        (void)error;
        print_event(userdata, "binfmtd", N_("reconciled"), NULL, 0);
        return 0;
}

static int on_cache(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct detail details[] = { { .key = "name" }, { .key = "image" } };

        (void)error;
        if (sd_bus_message_read(message, "ss", &details[0].value, &details[1].value) > 0)
                print_event(userdata, "binfmtd", N_("cached"), details, ARRAY_SIZE(details));
        return 0;
}

/* How long after the bus was lost it is looked for again. */
#define RETRY_USEC (1000 * 1000)

static int listen_to_daemon(struct monitor *m);

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct monitor *m = userdata;

        (void)source;
        (void)usec;
        m->bus = sd_bus_close_unref(m->bus);
        if (listen_to_daemon(m) >= 0) {
                m->retry = sd_event_source_disable_unref(m->retry);
                fputs(_("binfmtctl: there is a bus again, and the daemon is heard\n"), stderr);
                return 0;
        }
        int r = sd_event_source_set_time_relative(m->retry, RETRY_USEC);
        return r < 0 ? r : sd_event_source_set_enabled(m->retry, SD_EVENT_ONESHOT);
}

/* A connection cannot be replaced while it is calling us. */
static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        struct monitor *m = userdata;

        (void)message;
        (void)error;
        fputs(_("binfmtctl: the connection to the bus was lost; until there is one again, the daemon is not heard\n"), stderr);
        return sd_event_add_time_relative(m->event, &m->retry, CLOCK_MONOTONIC, RETRY_USEC, 0, on_retry, m);
}

/* Listens to the daemon, now and whenever it starts. */
static int listen_to_daemon(struct monitor *m)
{
        static const struct {
                const char *member;
                sd_bus_message_handler_t handler;
        } signals[] = { { "DriftFound", on_drift },
                        { "Repaired", on_repaired },
                        { "Reconciled", on_reconciled },
                        { "CacheRegistered", on_cache } };

        int r = sd_bus_open_system(&m->bus);
        if (r < 0)
                return r;
        for (size_t i = 0; i < ARRAY_SIZE(signals) && r >= 0; i++)
                r = sd_bus_match_signal(m->bus, NULL, DAEMON, DAEMON_PATH, DAEMON, signals[i].member, signals[i].handler, m);
        if (r >= 0)
                r = sd_bus_match_signal(m->bus, NULL, "org.freedesktop.DBus.Local", "/org/freedesktop/DBus/Local",
                                        "org.freedesktop.DBus.Local", "Disconnected", on_disconnected, m);
        return r < 0 ? r : sd_bus_attach_event(m->bus, m->event, SD_EVENT_PRIORITY_NORMAL);
}

static int stop_on(struct monitor *m, int number)
{
        sigset_t mask;

        sigemptyset(&mask);
        sigaddset(&mask, number);
        if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
                return -errno;
        return sd_event_add_signal(m->event, NULL, number, NULL, NULL);
}

static int set_up(struct monitor *m)
{
        int r = sd_event_new(&m->event);

        if (r >= 0)
                r = stop_on(m, SIGINT);
        if (r >= 0)
                r = stop_on(m, SIGTERM);
        if (r >= 0)
                r = sd_event_add_time(m->event, &m->timer, CLOCK_MONOTONIC, 0, 1000, on_timer, m);
        if (r >= 0)
                r = sd_event_source_set_enabled(m->timer, SD_EVENT_OFF);
        m->mountinfo = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
        if (r >= 0 && m->mountinfo >= 0)
                r = sd_event_add_io(m->event, &m->mounts, m->mountinfo, EPOLLPRI, on_mounts, m);
        return r;
}

static void monitor_done(struct monitor *m)
{
        sd_bus_flush_close_unref(m->bus);
        sd_event_source_disable_unref(m->misc);
        sd_event_source_disable_unref(m->mounts);
        sd_event_source_disable_unref(m->timer);
        sd_event_source_disable_unref(m->retry);
        sd_event_unref(m->event);
        entries_done(&m->entries);
        closep(&m->mountinfo);
}

int verb_monitor(const struct call *call)
{
        _cleanup_(monitor_done) struct monitor m = { .call = call, .mountinfo = -1 };

        int r = set_up(&m);
        if (r >= 0)
                r = look(&m, true);
        if (r < 0)
                return fail("%s: %s", call->paths.procdir, strerror(-r));
        r = listen_to_daemon(&m);
        if (r < 0) {
                fprintf(stderr, _("binfmtctl: the daemon is not heard, because there is no bus: %s\n"), strerror(-r));
                m.bus = sd_bus_flush_close_unref(m.bus);
        }
        /* This line tells its reader that no change is missed from now on. */
        print_event(&m, "monitor", N_("watching"), NULL, 0);
        r = sd_event_loop(m.event);
        return r < 0 ? fail("%s", strerror(-r)) : r;
}
