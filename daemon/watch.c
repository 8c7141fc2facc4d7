/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>

#include "base/conf-files.h"

/* A write that the kernel refuses makes no IN_MODIFY, so an action of ours that failed does not come back as a change. */
#define MISC_EVENTS (IN_MODIFY | IN_DELETE | IN_ONLYDIR)

#define DROP_INS ".conf.d"

/* Upgrades rename files. A file that is written in place counts when it is closed, and when it is made executable. */
#define FILE_EVENTS (IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_ONLYDIR)

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct watch *w = userdata;
        unsigned changes = w->changes;

        (void)source;
        (void)usec;
        w->changes = 0;
        w->handler(changes, w->userdata);
        return 0;
}

/* While binfmt_misc is not mounted, each new mount may be it. */
static int on_mounts(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        struct watch *w = userdata;

        (void)source;
        (void)fd;
        (void)events;
        return w->misc ? 0 : watch_schedule(w, WATCH_DELAY_USEC);
}

/* Has mounts noticed: the kernel says through this file that they have changed. */
static int watch_mounts(struct watch *w)
{
        w->mountinfo = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
        if (w->mountinfo < 0)
                return -errno;
        return sd_event_add_io(w->event, &w->mounts, w->mountinfo, EPOLLPRI, on_mounts, w);
}

int watch_init(struct watch *w, sd_event *event, watch_handler_t handler, void *userdata)
{
        *w = (struct watch){ .event = event, .handler = handler, .userdata = userdata, .mountinfo = -1 };

        int r = watch_mounts(w);
        if (r < 0)
                return r;
        r = sd_event_add_time(event, &w->timer, CLOCK_MONOTONIC, 0, 1000, on_timer, w);
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(w->timer, SD_EVENT_OFF);
}

static int schedule(struct watch *w, unsigned changes, uint64_t usec)
{
        uint64_t now, next;
        int enabled;

        w->changes |= changes;
        int r = sd_event_now(w->event, CLOCK_MONOTONIC, &now);
        if (r < 0)
                return r;
        r = sd_event_source_get_enabled(w->timer, &enabled);
        if (r < 0)
                return r;
        r = sd_event_source_get_time(w->timer, &next);
        if (r < 0)
                return r;
        if (enabled != SD_EVENT_OFF && next <= now + usec)
                return 0;
        r = sd_event_source_set_time(w->timer, now + usec);
        if (r < 0)
                return r;
        return sd_event_source_set_enabled(w->timer, SD_EVENT_ONESHOT);
}

int watch_schedule(struct watch *w, uint64_t usec)
{
        return schedule(w, WATCH_DRIFT, usec);
}

int watch_retry(struct watch *w)
{
        return schedule(w, WATCH_RETRY, WATCH_RETRY_USEC);
}

static int on_misc(sd_event_source *source, const struct inotify_event *event, void *userdata)
{
        struct watch *w = userdata;

        (void)source;
        /* The binfmt_misc that is watched was unmounted; the one that is opened next is another one. */
        if (event->mask & (IN_IGNORED | IN_UNMOUNT))
                w->misc = sd_event_source_disable_unref(w->misc);
        return watch_schedule(w, WATCH_DELAY_USEC);
}

int watch_misc(struct watch *w, int fd)
{
        struct stat st;

        if (fstat(fd, &st) < 0)
                return -errno;
        if (w->misc && w->misc_dev == st.st_dev)
                return 0;
        w->misc = sd_event_source_disable_unref(w->misc);
        int r = sd_event_add_inotify_fd(w->event, &w->misc, fd, MISC_EVENTS, on_misc, w);
        if (r < 0)
                return r;
        w->misc_dev = st.st_dev;
        return 0;
}

static bool file_is(const struct watched_file *f, const char *name)
{
        size_t n = strlen(name);

        if (f->name)
                return streq(f->name, name);
        /* Hidden files count as in conf_files_list. */
        bool hidden = name[0] == '.' && !streq(f->suffix, DROP_INS);

        return !hidden && n >= strlen(f->suffix) && streq(name + n - strlen(f->suffix), f->suffix);
}

static int on_file(sd_event_source *source, const struct inotify_event *event, void *userdata)
{
        struct watch *w = userdata;
        bool lost = event->mask & (IN_Q_OVERFLOW | IN_IGNORED);
        unsigned changes = 0;

        for (size_t i = 0; i < w->n_files; i++)
                if (w->dirs[w->files[i].dir].source == source && (lost || (event->len > 0 && file_is(&w->files[i], event->name))))
                        changes |= w->files[i].change;
        return changes ? schedule(w, changes, WATCH_DELAY_USEC) : 0;
}

/* Finds a directory among those that are watched, or adds it. Returns 0 with its index in *ret, or a negative errno. */
static int add_dir(struct watch *w, const char *path, size_t *ret)
{
        for (size_t i = w->n_dirs; i > 0; i--)
                if (streq(w->dirs[i - 1].path, path)) {
                        *ret = i - 1;
                        return 0;
                }

        _cleanup_free_ char *copy = strdup(path);
        if (!copy || array_grow(&w->dirs, w->n_dirs, sizeof(*w->dirs)) < 0)
                return -ENOMEM;
        sd_event_source *source = NULL;
        int r = sd_event_add_inotify(w->event, &source, path, FILE_EVENTS, on_file, w);
        if (r < 0 && r != -ENOENT && r != -ENOTDIR && r != -EACCES && r != -ELOOP)
                return r;
        *ret = w->n_dirs;
        w->dirs[w->n_dirs++] = (struct watched_dir){ .path = TAKE_PTR(copy), .source = source };
        return 0;
}

/* Adds a file of a watched directory by its name; or, without a name, all its files that end with suffix. */
static int add_watched(struct watch *w, size_t dir, const char *name, const char *suffix, enum watch_change change)
{
        _cleanup_free_ char *copy = NULL;

        if (string_set(&copy, name) < 0 || array_grow(&w->files, w->n_files, sizeof(*w->files)) < 0)
                return -ENOMEM;
        w->files[w->n_files++] = (struct watched_file){ .name = TAKE_PTR(copy), .suffix = suffix, .dir = dir, .change = change };
        return 0;
}

/* Adds a file by its path. *ret becomes the index of its directory, unless ret is NULL. */
static int add_file(struct watch *w, const char *path, enum watch_change change, size_t *ret)
{
        _cleanup_free_ char *copy = strdup(path);
        size_t dir;

        if (!copy)
                return -ENOMEM;
        char *slash = strrchr(copy, '/');
        if (!slash)
                return 0;
        *slash = '\0';
        int r = add_dir(w, slash == copy ? "/" : copy, &dir);
        if (r < 0)
                return r;
        if (ret)
                *ret = dir;
        return add_watched(w, dir, slash + 1, NULL, change);
}

/* ---- configuration ---- */

/* Watches for a directory that is not there: in the directories above it, up to the first one that is there. */
static int wait_for_dir(struct watch *w, const char *path)
{
        _cleanup_free_ char *up = strdup(path);
        size_t dir = 0;

        if (!up)
                return -ENOMEM;
        for (char *slash; (slash = strrchr(up, '/')) && slash[1]; *slash = '\0') {
                int r = add_file(w, up, WATCH_CONFIG, &dir);
                if (r < 0 || w->dirs[dir].source)
                        return r;
        }
        return 0;
}

static int add_config_dir(struct watch *w, const char *path, const char *suffix)
{
        size_t dir;

        int r = add_dir(w, path, &dir);
        if (r < 0)
                return r;
        return w->dirs[dir].source ? add_watched(w, dir, NULL, suffix, WATCH_CONFIG) : wait_for_dir(w, path);
}

/* Adds a directory of formats, and the directories of drop-ins in it. */
static int add_formats_dir(struct watch *w, char *path)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(conf_files_done) struct conf_files drop_ins = {};

        int r = add_config_dir(w, path, ".conf");
        if (r >= 0)
                r = add_config_dir(w, path, DROP_INS);
        if (r >= 0)
                r = conf_files_list(&path, 1, DROP_INS, CONF_DIRECTORIES, &drop_ins, &ignored);
        for (size_t i = 0; i < drop_ins.n && r >= 0; i++)
                r = add_config_dir(w, drop_ins.items[i].path, ".conf");
        return r;
}

static void forget_files(struct watch *w)
{
        for (size_t i = 0; i < w->n_files; i++)
                free(w->files[i].name);
        for (size_t i = 0; i < w->n_dirs; i++) {
                sd_event_source_disable_unref(w->dirs[i].source);
                free(w->dirs[i].path);
        }
        free(w->files);
        free(w->dirs);
        w->files = NULL;
        w->dirs = NULL;
        w->n_files = w->n_dirs = 0;
}

int watch_config(struct watch *w, const struct paths *paths)
{
        forget_files(w);
        /* The files are read after this, so nobody needs to be told of earlier changes. */
        w->changes = 0;
        (void)sd_event_source_set_enabled(w->timer, SD_EVENT_OFF);
        int r = add_file(w, paths->config, WATCH_CONFIG, NULL);
        for (size_t i = 0; i < paths->n_confdirs && r >= 0; i++)
                r = add_formats_dir(w, paths->confdirs[i]);
        for (size_t i = 0; i < paths->n_binfmt_d && r >= 0; i++)
                r = add_config_dir(w, paths->binfmt_d[i], ".conf");
        return r >= 0 && paths->admindir ? add_config_dir(w, paths->admindir, "") : r;
}

/* ---- interpreters ---- */

static int add_interpreter(struct watch *w, const char *path)
{
        _cleanup_free_ char *real = realpath(path, NULL);

        int r = add_file(w, path, WATCH_DRIFT, NULL);
        if (r < 0 || !real || streq(real, path))
                return r;
        return add_file(w, real, WATCH_DRIFT, NULL);
}

int watch_interpreters(struct watch *w, const struct catalog *catalog)
{
        for (size_t i = 0; i < catalog->n; i++) {
                const struct format *f = &catalog->formats[i];
                for (size_t j = 0; f->enabled && j < f->n_candidates; j++) {
                        int r = add_interpreter(w, f->candidates[j].path);
                        if (r < 0)
                                return r;
                }
        }
        return 0;
}

void watch_done(struct watch *w)
{
        forget_files(w);
        sd_event_source_disable_unref(w->misc);
        sd_event_source_disable_unref(w->mounts);
        sd_event_source_disable_unref(w->timer);
        closep(&w->mountinfo);
        *w = (struct watch){ .mountinfo = -1 };
}
