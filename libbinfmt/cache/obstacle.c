/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "obstacle.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/util.h"
#include "formats/catalog.h"
#include "formats/daemon-config.h"

/* An image and a few units. */
#define ROOM_LEAST (32ULL << 20)

static const struct {
        const char *name, *text, *remedy;
        bool fatal;
} obstacles[CACHE_OBSTACLES] = {
        [CACHE_DISABLED] = { "disabled", N_("Cache=yes is not set in binfmtd.conf"),
                             N_("Set Cache=yes in binfmtd.conf, if programs are to start faster."), true },
        [CACHE_NO_FORMAT] = { "no-format", N_("no format that is enabled has binfmt-translator for its interpreter"),
                              N_("Choose it for a format: binfmtctl use NAME shows which interpreters there are."), true },
        [CACHE_NO_DAEMON] = { "no-daemon", N_("binfmtd does not run, which translates files and learns which ones"),
                              N_("Have binfmtd run: systemctl enable --now binfmtd."), false },
        [CACHE_READ_ONLY] = { "read-only",
                              N_("its directory is on a file system that is read-only, so it lasts until the next boot"),
                              N_("Mount a file system that can be written to over the directory of the cache."), false },
        [CACHE_NOEXEC] = { "noexec",
                           N_("its directory is on a file system that is mounted with noexec, so what is registered is kept in memory"),
                           N_("Mount a file system without noexec over the directory of the cache."), false },
        [CACHE_NO_ROOM] = { "no-room", N_("the file system of its directory is full"),
                            N_("Make room on the file system of the directory of the cache."), false },
        [CACHE_FANOTIFY_ABSENT] = { "no-fanotify",
                                    N_("this kernel does not tell which programs start (fanotify with FAN_OPEN_EXEC, Linux 5.0), so "
                                       "nothing is learned"),
                                    N_("Add files by hand: binfmtctl cache add."), false },
        [CACHE_FANOTIFY_DENIED] = { "fanotify-denied",
                                    N_("the daemon may not watch which programs start (fanotify), so nothing is learned"),
                                    N_("Add files by hand: binfmtctl cache add."), false },
};

const char *cache_obstacle_to_string(enum cache_obstacle o)
{
        return obstacles[o].name;
}

enum cache_obstacle cache_obstacle_from_string(const char *name)
{
        for (int i = CACHE_NO_OBSTACLE + 1; i < CACHE_OBSTACLES; i++)
                if (streq(obstacles[i].name, name))
                        return i;
        return CACHE_NO_OBSTACLE;
}

const char *cache_obstacle_text(enum cache_obstacle o)
{
        return obstacles[o].text ? _(obstacles[o].text) : NULL;
}

const char *cache_obstacle_remedy(enum cache_obstacle o)
{
        return obstacles[o].remedy ? _(obstacles[o].remedy) : NULL;
}

bool cache_obstacle_is_fatal(enum cache_obstacle o)
{
        return obstacles[o].fatal;
}

/* Asks about the file system of a directory, or where it is not there yet, of the one that it will be in. */
static int stat_directory(const char *path, struct statvfs *ret)
{
        _cleanup_free_ char *p = strdup(path);

        if (!p)
                return -ENOMEM;
        while (statvfs(p, ret) < 0) {
                char *slash = strrchr(p, '/');
                if (errno != ENOENT || !slash || slash == p)
                        return -errno;
                *slash = '\0';
        }
        return 0;
}

static enum cache_obstacle look_at_directory(const char *path)
{
        struct statvfs v;

        if (stat_directory(path, &v) < 0)
                return CACHE_NO_OBSTACLE;
        if (v.f_flag & ST_RDONLY)
                return CACHE_READ_ONLY;
        if (v.f_flag & ST_NOEXEC)
                return CACHE_NOEXEC;
        return (uint64_t)v.f_bavail * v.f_frsize < ROOM_LEAST ? CACHE_NO_ROOM : CACHE_NO_OBSTACLE;
}

static enum cache_obstacle look_at_fanotify(void)
{
        _cleanup_close_ int fd = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY | O_CLOEXEC);

        if (fd < 0 && errno == ENOSYS)
                return CACHE_FANOTIFY_ABSENT;
        if (fd < 0)
                return errno == EPERM && geteuid() == 0 ? CACHE_FANOTIFY_DENIED : CACHE_NO_OBSTACLE;
        if (fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_EXEC, AT_FDCWD, "/proc/self/exe") < 0)
                return errno == EINVAL ? CACHE_FANOTIFY_ABSENT : CACHE_FANOTIFY_DENIED;
        return CACHE_NO_OBSTACLE;
}

/* Whether a format is to be registered with the translator, by whatever path. */
static bool is_wanted(const struct paths *paths)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        const struct candidate *c;
        struct stat st, translator;

        if (stat(paths->translator, &translator) < 0 || catalog_load(paths, &catalog, &ignored) < 0)
                return false;
        for (size_t i = 0; i < catalog.n; i++)
                if (catalog.formats[i].enabled && format_choose_to_register(&catalog.formats[i], &c, &ignored) >= 0 &&
                    stat(c->path, &st) >= 0 && st.st_dev == translator.st_dev && st.st_ino == translator.st_ino)
                        return true;
        return false;
}

enum cache_obstacle cache_find_obstacle(const struct paths *paths, bool daemon)
{
        _cleanup_(problems_done) struct problems ignored = {};
        struct config config;

        if (config_load(paths->config, &config, &ignored) >= 0 && !config.cache)
                return CACHE_DISABLED;
        if (!is_wanted(paths))
                return CACHE_NO_FORMAT;
        enum cache_obstacle o = look_at_directory(paths->cachedir);
        if (o != CACHE_NO_OBSTACLE)
                return o;
        return daemon ? look_at_fanotify() : CACHE_NO_DAEMON;
}
