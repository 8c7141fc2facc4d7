/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images: when they are made, and how they are registered. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "bus.h"
#include "cache-internal.h"
#include "cache-job.h"
#include "cache/cache.h"
#include "cache/image.h"
#include "kernel/interpreter.h"
#include "kernel/kernel.h"
#include "reconcile/record.h"

#define SOON_USEC (300ULL * 1000)          /* after the last file of several */
#define INTERVAL_USEC (2ULL * 1000 * 1000) /* between images, at first, while files keep coming */
#define INTERVAL_MAX_USEC (60ULL * 1000 * 1000)
#define BYTES_PER_USEC 32 /* that are written of images on average, while files keep coming or come one by one */
#define MAKE_USEC (600ULL * 1000 * 1000)

static uint64_t time_now(const struct cache *c)
{
        uint64_t now = 0;

        (void)sd_event_now(c->m->event, CLOCK_MONOTONIC, &now);
        return now;
}

/* ---- making ---- */

struct making {
        const char *dir, *name, *translator;
        int store;
        bool check; /* whether the units are whole */
        struct cache_counts *counts;
};

/* In a process of its own. */
static int make(void *userdata)
{
        uint8_t configs[JOB_CONFIGS][CACHE_CONFIG];
        const struct making *m = userdata;

        child_be_modest();
        int damaged = m->check ? store_check(m->store) : 0;
        if (damaged > 0 && m->counts)
                m->counts->damaged += (uint64_t)damaged;
        int n = job_read_configs(m->translator, configs);
        int r = n < 0 ? n : images_make(m->dir, m->name, m->store, m->translator, configs, n);
        return r < 0 ? -r & 255 : 0;
}

static void schedule(struct cache *c);

/* Has what is registered looked at. */
static void ask_to_register(struct cache *c)
{
        (void)watch_schedule(&c->m->watch, 0);
}

/* Their files are translated again when they are executed. */
static void tell_damaged(struct cache *c)
{
        uint64_t n = c->counts ? atomic_exchange(&c->counts->damaged, 0) : 0;

        if (n == 0)
                return;
        log_message(&c->m->log, LOG_WARNING,
                    "the translations of %" PRIu64 " files were damaged, as by a power cut, and have been removed", n);
        cache_learn_forget_all(c);
}

/* Whether the translator is there. Where it is not, a pass takes note of that. */
static bool has_translator(struct cache *c)
{
        if (access(c->m->paths.translator, F_OK) == 0)
                return true;
        ask_to_register(c);
        return false;
}

static void on_made(int status, void *userdata)
{
        struct cache *c = userdata;
        _cleanup_(image_info_done) struct image_info info = {};
        int r = status == 0 ? images_read(c->dir, c->next, &info) : status > 0 ? -status : -EIO;

        c->made = time_now(c);
        c->checked |= r >= 0 || r == -ENODATA;
        tell_damaged(c);
        if (r >= 0) {
                free(c->image);
                free(c->fingerprint);
                c->image = TAKE_PTR(c->next);
                c->image_bytes = info.bytes;
                c->store_state = info.store;
                c->was_registered = false;
                c->fingerprint = TAKE_PTR(info.fingerprint);
                log_message(&c->m->log, LOG_DEBUG, "made an image of %" PRIu64 " files, %" PRIu64 " KiB", info.units,
                            info.used_bytes / 1024);
        } else if (r == -ENODATA) { /* nothing is left */
                free(TAKE_PTR(c->image));
        } else if (has_translator(c)) {
                log_message(&c->m->log, LOG_WARNING, "no image could be made: %s", strerror(-r));
        }
        free(TAKE_PTR(c->next));
        if (r >= 0 || r == -ENODATA)
                ask_to_register(c);
        schedule(c);
}

static void start_making(struct cache *c)
{
        if (string_format(&c->next, "%" PRIu64, (uint64_t)time(NULL) * 1000000 + time_now(c) % 1000000) < 0)
                return;
        struct making m = { .dir = c->dir,
                            .name = c->next,
                            .translator = c->m->paths.translator,
                            .store = c->store,
                            .check = !c->checked,
                            .counts = c->counts };
        const int keep[] = { c->store };
        c->maker.done = on_made;
        c->maker.userdata = c;
        c->dirty = false;
        c->interval = c->interval * 2 < INTERVAL_MAX_USEC ? c->interval * 2 : INTERVAL_MAX_USEC;
        int r = child_start(&c->maker, c->m->event, make, &m, keep, ARRAY_SIZE(keep), MAKE_USEC);
        if (r < 0) {
                log_message(&c->m->log, LOG_WARNING, "no image could be made: %s", strerror(-r));
                free(TAKE_PTR(c->next));
        }
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct cache *c = userdata;

        (void)source;
        (void)usec;
        if (c->dirty && c->maker.pid == 0)
                start_making(c);
        return 0;
}

/* An image is made soon after the last of several files; while files keep coming, the more seldom the longer that takes. It is written as
 * a whole each time, so a large one is replaced more seldom in any case. */
static void schedule(struct cache *c)
{
        uint64_t now = time_now(c), at = now + SOON_USEC;
        bool busy = c->current != NULL;

        if (!c->dirty || c->maker.pid > 0)
                return;
        if (!busy)
                c->interval = INTERVAL_USEC;
        else if (at < c->made + c->interval)
                at = c->made + c->interval;
        if (c->made > 0 && at < c->made + c->image_bytes / BYTES_PER_USEC)
                at = c->made + c->image_bytes / BYTES_PER_USEC;
        if (!c->timer)
                (void)sd_event_add_time(c->m->event, &c->timer, CLOCK_MONOTONIC, at, 50000, on_timer, c);
        else if (sd_event_source_set_time(c->timer, at) >= 0)
                (void)sd_event_source_set_enabled(c->timer, SD_EVENT_ONESHOT);
}

void cache_image_changed(struct cache *c)
{
        if (!c->translator)
                return;
        c->dirty = true;
        schedule(c);
}

void cache_image_look(struct cache *c)
{
        uint64_t state = 0;

        if (!c->image || store_state(c->store, &state) < 0 || state != c->store_state)
                cache_image_changed(c);
}

/* There is no translator any more, or not yet: nothing is to be done until there is one. */
static void stop_making(struct cache *c)
{
        log_message(&c->m->log, LOG_NOTICE, "there is no %s, and no use for translations until there is", c->m->paths.translator);
        child_stop(&c->maker);
        child_stop(&c->holder);
        cache_queue_clear(c);
        free(TAKE_PTR(c->next));
        free(TAKE_PTR(c->image));
        c->dirty = false;
}

/* Notes which translator there is. Where it is another one than before, the units are of no use, and removed when an image is made. So that
 * is not put off, and their files may be handed over again. */
static void notice_translator(struct cache *c)
{
        _cleanup_free_ char *now = NULL;
        bool first = !c->looked;

        int r = interpreter_fingerprint(c->m->paths.translator, &now);
        if ((r < 0 && r != -ENOENT && r != -ENOTDIR) || (!first && streq_null(c->translator, now)))
                return;
        c->looked = true;
        free(c->translator);
        c->translator = TAKE_PTR(now);
        if (!c->translator) {
                stop_making(c);
        } else if (!first) {
                c->made = 0;
                c->holder_ended = false;
                cache_learn_forget_all(c);
                cache_image_changed(c);
        }
}

/* Whether an image is good: whole, and of the translator that is installed. */
static bool is_good(const struct cache *c, const char *name, struct image_info *ret)
{
        return images_read(c->dir, name, ret) >= 0 && streq_null(ret->fingerprint, c->translator);
}

/* Finds the name of the newest directory of an image. */
static char *find_newest(const char *dir)
{
        _cleanup_free_ char *path = NULL;
        _cleanup_closedir_ DIR *d = NULL;
        char *newest = NULL;
        struct dirent *de;

        if (string_format(&path, "%s/images", dir) < 0)
                return NULL;
        d = opendir(path);
        while (d && (de = readdir(d)))
                if (images_is_name(de->d_name) && (!newest || strlen(de->d_name) > strlen(newest) ||
                                                   (strlen(de->d_name) == strlen(newest) && strcmp(de->d_name, newest) > 0)))
                        (void)string_set(&newest, de->d_name);
        return newest;
}

/* Whether an entry has an image, and so keeps everybody from writing it. Root of a container that has no user namespace gets at the file
 * of what it runs (/proc/PID/exe), and may write it as soon as no entry has it: an image that was registered once, and then was not, may
 * have anything in it. */
static bool is_kept(const struct cache *c, int fd, const char *image)
{
        _cleanup_close_ int record = record_open_existing(c->m->paths.statedir);
        _cleanup_(entries_done) struct entries kernel = {};

        if (record < 0 || kernel_list(fd, &kernel) < 0)
                return false;
        for (size_t i = 0; i < kernel.n; i++) {
                _cleanup_free_ char *has = record_image(record, kernel.items[i].name);
                if (has && streq(has, image) && record_is_ours(record, &kernel.items[i]))
                        return true;
        }
        return false;
}

void cache_image_find(struct cache *c, int fd)
{
        _cleanup_(image_info_done) struct image_info info = {};
        _cleanup_free_ char *newest = find_newest(c->dir);

        c->interval = INTERVAL_USEC;
        c->holder_ended = false;
        notice_translator(c);
        if (newest && is_kept(c, fd, newest) && is_good(c, newest, &info) && images_is_of_this_boot(&info)) {
                c->image = TAKE_PTR(newest);
                c->fingerprint = TAKE_PTR(info.fingerprint);
                c->store_state = info.store;
                c->was_registered = true;
        }
        images_remove(c->dir, c->image);
        cache_image_look(c); /* the daemon may have been killed before there was an image of what it had kept */
}

/* ---- registering ---- */

struct root {
        const struct cache *c;
        const char *path;    /* of the image's directory */
        const char *program; /* the interpreter's path in it */
        bool in_memory;
};

static int copy_program(const struct root *r, const char *from_dir, const char *to_dir)
{
        _cleanup_free_ char *from = NULL, *to = NULL, *above = NULL;
        struct stat st;

        if (string_format(&from, "%s/image", from_dir) < 0 || string_format(&to, "%s%s", to_dir, r->program) < 0 ||
            string_set(&above, to) < 0)
                return -ENOMEM;
        *strrchr(above, '/') = '\0';
        int e = mkdir_parents(above);
        if (e < 0)
                return e;
        _cleanup_close_ int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
        if (in < 0 || out < 0 || fstat(in, &st) < 0 || ftruncate(out, st.st_size) < 0 || fchmod(out, 0755) < 0)
                return -errno;
        e = image_copy(in, 0, out, 0, (uint64_t)st.st_size);
        if (e >= 0)
                cache_learn_mark(r->c, -1, to);
        return e;
}

/* Mounts a file system in memory, whose files are in huge pages where the kernel does that. */
static int mount_memory(const char *path)
{
        static const char *const options[] = { "mode=0755,huge=within_size", "mode=0755" };
        int r = -EINVAL;

        for (size_t i = 0; i < ARRAY_SIZE(options) && r == -EINVAL; i++)
                r = mount("binfmtd", path, "tmpfs", MS_NOSUID | MS_NODEV, options[i]) < 0 ? -errno : 0;
        return r;
}

/* Where nothing may be executed from the directory of images: a file system in memory, in a mount namespace that ends with this
 * process, while the entry keeps the file. */
static int enter_memory(const struct root *r)
{
        if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
                return -errno;
        /* The image's own directory is reached by the working directory, because the mount hides it. */
        if (chdir(r->path) < 0)
                return -errno;
        int e = mount_memory(r->path);
        if (e >= 0)
                e = copy_program(r, ".", r->path);
        return e < 0 ? e : chroot(r->path) < 0 || chdir("/") < 0 ? -errno : 0;
}

/* In a process of its own (kernel_replace_from). */
static int enter_image(void *userdata)
{
        const struct root *r = userdata;

        if (r->in_memory)
                return enter_memory(r);
        return chroot(r->path) < 0 || chdir("/") < 0 ? -errno : 0;
}

static bool is_noexec(const char *path)
{
        struct statvfs fs;

        return statvfs(path, &fs) == 0 && (fs.f_flag & ST_NOEXEC);
}

static int replace_with_image(struct cache *c, int fd, const struct entry *e, const char **ret_reason)
{
        _cleanup_free_ char *path = NULL;

        int r = images_link(c->dir, c->image, e->interpreter);
        if (r >= 0)
                r = string_format(&path, "%s/images/%s", c->dir, c->image);
        if (r < 0)
                return r;
        struct root root = { .c = c, .path = path, .program = e->interpreter, .in_memory = is_noexec(path) };
        return kernel_replace_from(fd, e, enter_image, &root, ret_reason);
}

/* Whether an entry is ours, and its interpreter the translator that the image was made of. */
static bool is_for_image(const struct cache *c, int record, const struct entry *e)
{
        _cleanup_free_ char *now = NULL;
        struct stat st, translator;

        return e->enabled && e->flags & ENTRY_FIX_BINARY && record_is_ours(record, e) && record_is_fresh(record, e) &&
               stat(e->interpreter, &st) == 0 && stat(c->m->paths.translator, &translator) == 0 &&
               st.st_dev == translator.st_dev && st.st_ino == translator.st_ino &&
               interpreter_fingerprint(e->interpreter, &now) >= 0 && streq(now, c->fingerprint);
}

static int register_image(struct cache *c, int fd, int record, const struct entry *e)
{
        const char *reason = NULL;

        int r = replace_with_image(c, fd, e, &reason);
        if (r >= 0)
                r = record_write_image(record, e, c->fingerprint, c->image);
        c->was_registered |= r >= 0;
        if (r >= 0)
                bus_cache_registered(c->m->bus, e->name, c->image);
        if (r >= 0 || r == -ESTALE || streq_null(c->failed_image, c->image))
                return r;
        log_message(&c->m->log, LOG_WARNING, "%s: it is registered without translations: %s", e->name, strerror(-r));
        (void)string_set(&c->failed_image, c->image);
        return r;
}

/* Registers the interpreter itself in the place of an image. Where it is not there, the entry goes on with the image. */
static int register_plain(struct cache *c, int fd, int record, const struct entry *e)
{
        const char *reason = NULL;

        if (access(e->interpreter, F_OK) < 0)
                return -errno;
        int r = kernel_replace(fd, e, &reason);
        if (r >= 0 && !e->enabled)
                r = kernel_set_enabled(fd, e->name, false);
        if (r >= 0)
                r = record_write(record, e);
        if (r < 0)
                log_message(&c->m->log, LOG_WARNING, "%s: it cannot be registered without translations: %s", e->name,
                            strerror(-r));
        return r;
}

/* Has executions noticed of what is registered now. Returns false where that cannot be, because a daemon that is no more has registered
 * an image that is in memory. */
static bool mark(struct cache *c)
{
        _cleanup_free_ char *path = NULL;
        bool marked = c->marked;

        if (!c->enabled)
                return true;
        if (!c->image) {
                cache_learn_mark(c, -1, c->m->paths.translator);
                return true;
        }
        if (string_format(&path, "%s/images/%s/image", c->dir, c->image) < 0)
                return true;
        c->marked = true;
        if (is_noexec(path))
                return marked;
        cache_learn_mark(c, -1, path);
        return true;
}

void cache_image_register(struct cache *c, int fd)
{
        _cleanup_close_ int record = record_open_existing(c->m->paths.statedir);
        _cleanup_(image_info_done) struct image_info info = {};
        _cleanup_(entries_done) struct entries kernel = {};

        if (c->enabled)
                notice_translator(c);
        /* The translator was upgraded, and the image is one of the old one; or it was registered, and is no more. */
        if (c->image && (!is_good(c, c->image, &info) || (c->was_registered && !is_kept(c, fd, c->image)))) {
                free(TAKE_PTR(c->image));
                cache_image_changed(c);
        }
        if (c->image && !cache_hold(c))
                free(TAKE_PTR(c->image));
        bool marked = mark(c);
        if (record < 0 || kernel_list(fd, &kernel) < 0)
                return;
        for (size_t i = 0; i < kernel.n; i++) {
                const struct entry *e = &kernel.items[i];
                _cleanup_free_ char *has = record_image(record, e->name);
                bool wants = c->enabled && c->image && is_for_image(c, record, e);
                if (has && (!c->enabled || !c->image) && record_is_ours(record, e))
                        (void)register_plain(c, fd, record, e);
                else if (wants && (!marked || !streq_null(has, c->image)) && !streq_null(c->failed_image, c->image))
                        (void)register_image(c, fd, record, e);
        }
        if (c->dir && c->maker.pid == 0)
                images_remove(c->dir, c->image);
        if (!c->enabled) /* the entries have the interpreter again */
                child_stop(&c->holder);
}

void cache_image_done(struct cache *c)
{
        child_stop(&c->maker);
        c->timer = sd_event_source_disable_unref(c->timer);
        free(TAKE_PTR(c->translator));
        free(TAKE_PTR(c->image));
        free(TAKE_PTR(c->fingerprint));
        free(TAKE_PTR(c->next));
        free(TAKE_PTR(c->failed_image));
        c->looked = c->dirty = c->checked = c->marked = false;
}
