/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cache of translations on the bus. Files come as descriptors that the caller has opened: no path is opened for anybody here, so that
 * nobody has more read than he may read himself. */
#include "methods.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "cache.h"
#include "cache/cache.h"
#include "cache/obstacle.h"

/* How long after a call of AddToCache its sender needs no permission for another: files come in many calls, and nobody wants to type a
 * password for each. */
#define GRANT_USEC (60ULL * 1000 * 1000)

static uint64_t now_usec(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_BOOTTIME, &t);
        return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Notes that a sender may add files. The name of a connection is never given to another one. */
static void grant(struct bus *b, const char *sender)
{
        struct bus_grant *oldest = &b->grants[0];

        for (size_t i = 0; i < ARRAY_SIZE(b->grants); i++) {
                struct bus_grant *g = &b->grants[i];
                if (streq(g->sender, sender)) {
                        g->until = now_usec() + GRANT_USEC;
                        return;
                }
                if (g->until < oldest->until)
                        oldest = g;
        }
        if (strlen(sender) >= sizeof(oldest->sender))
                return;
        strcpy(oldest->sender, sender);
        oldest->until = now_usec() + GRANT_USEC;
}

static bool is_granted(const struct bus *b, const char *sender)
{
        for (size_t i = 0; sender && i < ARRAY_SIZE(b->grants); i++)
                if (streq(b->grants[i].sender, sender) && b->grants[i].until > now_usec())
                        return true;
        return false;
}

static int needs_add(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        (void)error;
        return is_granted(m->bus, sd_bus_message_get_sender(call)) ? AUTH_LOOK : AUTH_CACHE;
}

static int needs_cache(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        (void)m;
        (void)call;
        (void)error;
        return AUTH_CACHE;
}

static int refuse_off(sd_bus_error *error)
{
        return sd_bus_error_set(error, BUS_ERROR_CACHE_OFF,
                                N_("There is no cache of translations, because Cache=yes is not set in binfmtd.conf"));
}

/* Whether this is a file that can be read, and that whoever sent it could read. Its file system is not asked: it may never answer. */
static bool is_readable_file(int fd)
{
        struct statx st;
        int flags = fcntl(fd, F_GETFL);

        return flags >= 0 && !(flags & O_PATH) && (flags & O_ACCMODE) != O_WRONLY &&
               statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &st) >= 0 && S_ISREG(st.stx_mode);
}

/* How many files may wait: whoever adds more waits too, so that none of his files is left out because the queue is full. */
enum { WAITING_FILES = 16 };

static int add_one(struct manager *m, int fd)
{
        _cleanup_free_ char *path = NULL;
        struct cache_progress p;

        if (!is_readable_file(fd))
                return -EBADF;
        cache_get_progress(m, &p);
        if (p.queued >= WAITING_FILES)
                return -EAGAIN;
        int r = fd_path(fd, &path);
        return r < 0 ? r : cache_add_file(m, fd, path);
}

static int run_add(struct manager *m, sd_bus_message *call, enum auth_action action, sd_bus_error *error)
{
        uint32_t taken = 0;
        int fd;

        if (action == AUTH_CACHE || is_granted(m->bus, sd_bus_message_get_sender(call)))
                grant(m->bus, sd_bus_message_get_sender(call));
        int r = sd_bus_message_enter_container(call, 'a', "h");
        while (r >= 0 && (r = sd_bus_message_read(call, "h", &fd)) > 0) {
                r = add_one(m, fd);
                if (r == -EAGAIN)
                        break;
                if (r == -EOPNOTSUPP)
                        return refuse_off(error);
                if (r == -EBADF)
                        return sd_bus_error_set(error, SD_BUS_ERROR_INVALID_ARGS, N_("This is no file that is open for reading"));
                if (r >= 0)
                        taken++;
        }
        return r < 0 && r != -EAGAIN ? r : sd_bus_reply_method_return(call, "u", taken);
}

static int needs_list(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        int paths;

        (void)m;
        (void)error;
        int r = sd_bus_message_read(call, "b", &paths);
        return r < 0 ? r : paths ? (int)AUTH_CACHE : (int)AUTH_LOOK;
}

static int append_file(sd_bus_message *reply, const struct store_file *f, bool paths)
{
        int r = sd_bus_message_open_container(reply, 'r', "suttuxas");

        if (r >= 0)
                r = sd_bus_message_append(reply, "suttux", f->id, f->machine, f->file_bytes, f->bytes, f->pages, f->used);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; r >= 0 && paths && i < f->n_paths; i++)
                r = bus_append_text(reply, f->paths[i]);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

/* Reading what there is takes some microseconds a file, in which the daemon does nothing else. Those who may only look get a fifth of its time
 * for that, and can save up so much. */
#define LOOK_SHARE 5
#define LOOK_USEC (2LL * 1000 * 1000)

/* Begins to look for a caller, at *ret_begin. Returns 0, or a negative errno with the error set. */
static int begin_look(struct bus *b, enum auth_action action, uint64_t *ret_begin, sd_bus_error *error)
{
        int64_t now = (int64_t)now_usec(), room = b->look_room + (now - b->look_at) / LOOK_SHARE;

        b->look_at = now;
        *ret_begin = (uint64_t)now;
        b->look_room = room < LOOK_USEC ? room : LOOK_USEC;
        if (action == AUTH_LOOK && b->look_room < 0)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        N_("The cache has been looked at too often; try again later, or as root"));
        return 0;
}

static void end_look(struct bus *b, enum auth_action action, uint64_t begin)
{
        int64_t now = (int64_t)now_usec();

        if (action == AUTH_LOOK)
                b->look_room -= now - (int64_t)begin;
        b->look_at = now;
}

static int reply_list(struct manager *m, sd_bus_message *call, enum auth_action action)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        _cleanup_(store_files_done) struct store_files files = {};
        _cleanup_free_ char *path = NULL;
        _cleanup_close_ int dir = cache_open(&m->paths, false, &path);

        int r = dir == -ENOENT ? 0 : dir < 0 ? dir : store_list(dir, &files);
        if (r >= 0)
                r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "(suttuxas)");
        for (size_t i = 0; r >= 0 && i < files.n; i++)
                r = append_file(reply, &files.items[i], action == AUTH_CACHE);
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int run_list(struct manager *m, sd_bus_message *call, enum auth_action action, sd_bus_error *error)
{
        uint64_t begin;

        int r = begin_look(m->bus, action, &begin, error);
        if (r < 0)
                return r;
        r = reply_list(m, call, action);
        end_look(m->bus, action, begin);
        return r;
}

static int run_drop(struct manager *m, sd_bus_message *call, enum auth_action action, sd_bus_error *error)
{
        struct names names;
        uint32_t n = 0;

        (void)action;
        int r = method_read_names(call, &names, error);
        for (size_t i = 0; r >= 0 && i < names.n; i++) {
                r = cache_drop(m, names.items[i]);
                n += r > 0 ? (uint32_t)r : 0;
        }
        return r < 0 ? r : sd_bus_reply_method_return(call, "u", n);
}

static int run_clear(struct manager *m, sd_bus_message *call, enum auth_action action, sd_bus_error *error)
{
        (void)action;
        (void)error;
        int r = cache_clear(m);
        return r < 0 ? r : sd_bus_reply_method_return(call, "");
}

static int needs_look(struct manager *m, sd_bus_message *call, sd_bus_error *error)
{
        (void)m;
        (void)call;
        (void)error;
        return AUTH_LOOK;
}

static int append_entries(sd_bus_message *reply, const struct cache_status *s)
{
        int r = sd_bus_message_open_container(reply, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_append(reply, "s", "Entries");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'v', "as");
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "s");
        for (size_t i = 0; r >= 0 && i < s->n_entries; i++)
                r = bus_append_text(reply, s->entries[i]);
        for (int i = 0; r >= 0 && i < 3; i++)
                r = sd_bus_message_close_container(reply);
        return r;
}

static int append_status(sd_bus_message *reply, const struct cache_status *s, enum cache_obstacle o)
{
        const char *obstacle = cache_obstacle_to_string(o), *image = s->image_path ? s->image_path : s->image;
        uint64_t pages = 0;

        for (size_t i = 0; i < s->files.n; i++)
                pages += s->files.items[i].pages;
        int r = sd_bus_message_open_container(reply, 'a', "{sv}");
        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}{sv}{sv}", "Enabled", "b", (int)s->enabled, "Obstacle", "s",
                                          obstacle ? obstacle : "", "Limit", "t", s->limit, "Files", "u", (uint32_t)s->files.n,
                                          "Bytes", "t", s->files.bytes, "Pages", "t", pages);
        if (r >= 0)
                r = sd_bus_message_append(reply, "{sv}{sv}{sv}{sv}", "Image", "s", image ? image : "", "ImageBytes", "t",
                                          s->info.used_bytes, "ImageFiles", "u", (uint32_t)s->info.units, "ImageMade", "x",
                                          s->info.made);
        if (r >= 0)
                r = append_entries(reply, s);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

static int reply_status(struct manager *m, sd_bus_message *call)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        _cleanup_(cache_status_done) struct cache_status status = {};
        _cleanup_(problems_done) struct problems ignored = {};

        int r = cache_status_read(&m->paths, &status, &ignored);
        if (r >= 0)
                r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = append_status(reply, &status, cache_find_obstacle(&m->paths, true));
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int run_status(struct manager *m, sd_bus_message *call, enum auth_action action, sd_bus_error *error)
{
        uint64_t begin;

        int r = begin_look(m->bus, action, &begin, error);
        if (r < 0)
                return r;
        r = reply_status(m, call);
        end_look(m->bus, action, begin);
        return r;
}

int bus_get_cache_progress(sd_bus *bus, const char *path, const char *interface, const char *property, sd_bus_message *reply,
                           void *userdata, sd_bus_error *error)
{
        struct cache_progress p;

        (void)bus;
        (void)path;
        (void)interface;
        (void)property;
        (void)error;
        cache_get_progress(userdata, &p);
        return sd_bus_message_append(reply, "(tttttttb)", p.starts, p.files, p.hits, p.done, p.refused, p.failed, p.queued,
                                     (int)p.working);
}

const struct method bus_methods_cache[] = {
        { .name = "AddToCache", .needs = needs_add, .run = run_add },
        { .name = "ListCache", .needs = needs_list, .run = run_list },
        { .name = "DropFromCache", .needs = needs_cache, .run = run_drop },
        { .name = "ClearCache", .needs = needs_cache, .run = run_clear },
        { .name = "CacheStatus", .needs = needs_look, .run = run_status },
        {},
};
