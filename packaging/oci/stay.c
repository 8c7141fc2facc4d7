/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The container that stays. binfmtd keeps the cache, with a configuration of its own in /run: it has the formats that are registered,
 * and repairs nothing, so that --uninstall, in whichever container, is not undone. This program waits for that. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/lock.h"
#include "cache/cache.h"
#include "kernel/kernel.h"
#include "oci.h"
#include "place.h"

/* Where the daemon is in the image; the environment names another one for tests. */
#define DAEMON "/usr/sbin/binfmtd"
#define DAEMON_VARIABLE "BINFMTD_DAEMON"

#define CONFIG "[Daemon]\nCache=yes\nRepair=no\nMount=no\n"

#define LOCK_MSEC 10000

enum end { END_SIGNAL, END_CHILD, END_UNINSTALLED };

struct stay {
        int fd; /* binfmt_misc */
        const struct paths *paths;
        const struct catalog *catalog;
        const char *daemon;
        char *dir;                     /* what is made for the daemon */
        char *formats, *config, *none; /* in it: a directory, a file, and a name that nothing has */
        const char *interpreter;       /* of what is registered */
        pid_t pid;
};

static void stay_done(struct stay *s)
{
        free(s->dir);
        free(s->formats);
        free(s->config);
        free(s->none);
}

static void say(const char *text, const char *reason)
{
        fprintf(stderr, "cache: %s%s%s\n", text, reason ? ": " : "", reason ?: "");
}

/* Says what is missing for a cache, and returns whether anything is. */
static bool lacks(const struct stay *s)
{
        if (access(s->daemon, X_OK) < 0) {
                say("there is none, because this image has no binfmtd", NULL);
                return true;
        }
        _cleanup_close_ int fanotify = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC);
        if (fanotify < 0) {
                say("there is none, because the kernel does not tell this container what runs (it takes the machine's root: "
                    "docker run --privileged, in no user namespace)",
                    strerror(errno));
                return true;
        }
        if (!place_sees_processes()) {
                say("there is none, because other containers' processes are not seen here; give this one --pid=host", NULL);
                return true;
        }
        return false;
}

/* The interpreter of a format where that is what is registered for it, or NULL. */
static const char *registered(const struct stay *s, const struct format *f)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(entry_done) struct entry e = {};
        const struct candidate *c;

        if (format_choose(f, &c, &ignored) < 0 || kernel_read(s->fd, f->entry.name, &e) < 0)
                return NULL;
        return streq(e.interpreter, c->path) ? c->path : NULL;
}

/* Whether anything of ours is registered still. The daemon, which replaces entries, has the lock as long as one is missing for that. */
static bool is_installed(const struct stay *s)
{
        _cleanup_close_ int lock = lock_changes_within(s->paths, LOCK_MSEC);

        if (lock == -EWOULDBLOCK)
                return true;
        for (size_t i = 0; i < s->catalog->n; i++)
                if (registered(s, &s->catalog->formats[i]))
                        return true;
        return false;
}

/* ---- what the daemon reads ---- */

/* Makes the directory of the daemon's formats. A container whose files are read-only gets a /run in memory. */
static int make_directory(const struct stay *s)
{
        int r = mkdir_parents(s->formats);

        if (r != -EROFS)
                return r;
        if (mount("run", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0)
                return -errno;
        return mkdir_parents(s->formats);
}

/* Removes what was prepared. */
static void clear(const struct stay *s)
{
        for (size_t i = 0; i < s->catalog->n; i++) {
                _cleanup_free_ char *link = NULL;
                if (string_format(&link, "%s/%s.conf", s->formats, s->catalog->formats[i].entry.name) >= 0)
                        (void)unlink(link);
        }
        (void)rmdir(s->formats);
        (void)unlink(s->config);
        (void)rmdir(s->dir);
}

static int set_paths(struct stay *s)
{
        if (string_format(&s->dir, "%s.container", s->paths->statedir) < 0 ||
            string_format(&s->formats, "%s/formats", s->dir) < 0 || string_format(&s->config, "%s/binfmtd.conf", s->dir) < 0 ||
            string_format(&s->none, "%s/none", s->dir) < 0)
                return -ENOMEM;
        return 0;
}

/* Makes a format that is registered one of the daemon's. */
static int add_format(struct stay *s, const struct format *f)
{
        _cleanup_free_ char *link = NULL;
        const char *interpreter = registered(s, f);

        if (!interpreter)
                return 0;
        s->interpreter = interpreter;
        int r = string_format(&link, "%s/%s.conf", s->formats, f->entry.name);
        return r < 0 ? r : symlink(f->file, link) < 0 ? -errno : 0;
}

static int prepare(struct stay *s)
{
        clear(s); /* a container that is started again has what it had */
        int r = make_directory(s);
        for (size_t i = 0; i < s->catalog->n && r >= 0; i++)
                r = add_format(s, &s->catalog->formats[i]);
        if (r < 0)
                return r;
        _cleanup_close_ int dir = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return dir < 0 ? -errno : file_write_at(dir, "binfmtd.conf", CONFIG);
}

/* ---- the daemon ---- */

static void be_daemon(const struct stay *s)
{
        sigset_t none;

        sigemptyset(&none);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        if (prctl(PR_SET_PDEATHSIG, SIGTERM) >= 0 && setenv("BINFMTD_PROCDIR", s->paths->procdir, 1) >= 0 &&
            setenv("BINFMTD_CONFDIRS", s->formats, 1) >= 0 && setenv("BINFMTD_BINFMT_D", s->none, 1) >= 0 &&
            setenv("BINFMTD_ADMINDIR", s->none, 1) >= 0 && setenv("BINFMTD_CONFIG", s->config, 1) >= 0 &&
            setenv("BINFMTD_TRANSLATOR", s->interpreter, 1) >= 0)
                (void)execl(s->daemon, "binfmtd", NULL);
        say("binfmtd cannot be started", strerror(errno));
        _exit(EXIT_FAILURE);
}

/* Reads what there is to read; only that there is something counts. */
static void drain(int fd)
{
        char buffer[4096];

        while (read(fd, buffer, sizeof(buffer)) > 0)
                ;
}

static int wait_for_end(const struct stay *s, int signals, int changes)
{
        struct pollfd fds[] = { { .fd = signals, .events = POLLIN }, { .fd = changes, .events = POLLIN } };
        struct signalfd_siginfo si;

        for (;;) {
                if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
                        return -errno;
                if (read(signals, &si, sizeof(si)) == sizeof(si))
                        return si.ssi_signo == SIGCHLD ? END_CHILD : END_SIGNAL;
                drain(changes);
                if (!is_installed(s))
                        return END_UNINSTALLED;
        }
}

/* Has what happens told from before the daemon starts. */
static int open_signals(void)
{
        sigset_t mask;

        sigemptyset(&mask);
        sigaddset(&mask, SIGTERM);
        sigaddset(&mask, SIGINT);
        sigaddset(&mask, SIGCHLD);
        if (sigprocmask(SIG_BLOCK, &mask, NULL) < 0)
                return -errno;
        int fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
        return fd < 0 ? -errno : fd;
}

static int open_changes(int fd)
{
        _cleanup_close_ int changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        char name[40];

        snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
        if (changes < 0 || inotify_add_watch(changes, name, IN_MODIFY | IN_DELETE | IN_ONLYDIR) < 0)
                return -errno;
        return TAKE_FD(changes);
}

/* Runs the daemon until the end. Its own end makes entries plain that are there still. */
static int run_daemon(struct stay *s)
{
        _cleanup_close_ int signals = open_signals(), changes = open_changes(s->fd);
        int status = 0;

        if (signals < 0 || changes < 0)
                return signals < 0 ? signals : changes;
        s->pid = fork();
        if (s->pid < 0)
                return -errno;
        if (s->pid == 0)
                be_daemon(s);
        int end = is_installed(s) ? wait_for_end(s, signals, changes) : END_UNINSTALLED;
        if (end != END_CHILD)
                (void)kill(s->pid, SIGTERM);
        while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
                ;
        if (end == END_UNINSTALLED) {
                cache_remove(s->paths);
                say("removed, because nothing of this image is registered any more", NULL);
        }
        if (end == END_CHILD)
                say("binfmtd has ended; what is registered works without", NULL);
        return end < 0 ? end : end == END_CHILD ? -ECHILD : 0;
}

int stay(int fd, const struct paths *paths, const struct catalog *catalog)
{
        _cleanup_(stay_done) struct stay s = {
                .fd = fd, .paths = paths, .catalog = catalog, .daemon = getenv(DAEMON_VARIABLE) ?: DAEMON
        };

        if (lacks(&s))
                return 0;
        int r = set_paths(&s);
        if (r < 0)
                return r;
        r = prepare(&s);
        if (r >= 0 && !s.interpreter) {
                say("there is none, because nothing of this image is registered (--install all)", NULL);
                r = -ENOENT;
        } else if (r < 0) {
                say("there is none", strerror(-r));
        } else {
                r = run_daemon(&s);
        }
        clear(&s);
        return r;
}
