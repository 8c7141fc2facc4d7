/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "images.h"

#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "base/memory.h"
#include "base/util.h"
#include "image.h"
#include "kernel/interpreter.h"
#include "store.h"
#include "unit.h"

#define UNFINISHED "new"
#define INFO_MAX 4096
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

void image_info_done(struct image_info *i)
{
        free(i->fingerprint);
        free(i->boot);
        *i = (struct image_info){};
}

bool images_is_name(const char *name)
{
        return *name && strlen(name) <= 20 && strspn(name, "0123456789") == strlen(name);
}

/* ---- making ---- */

struct units {
        int *files;
        size_t n;
        uint64_t room;  /* bytes that there may be more of them */
        uint64_t state; /* of the store: which units there are */
};

static void close_units(struct units *u)
{
        for (size_t i = 0; i < u->n; i++)
                close(u->files[i]);
        free(u->files);
}

/* An image takes no more than half of what is free. One that is executed from memory (cache-image.c of the daemon) is there twice while it
 * is replaced. */
static uint64_t find_room(int store)
{
        enum { OF_DISK = 2, OF_MEMORY = 8 };
        struct statvfs fs;

        if (fstatvfs(store, &fs) < 0)
                return 0;
        uint64_t room = (uint64_t)fs.f_bavail * fs.f_frsize / OF_DISK, memory = memory_available() / OF_MEMORY;
        return fs.f_flag & ST_NOEXEC && memory > 0 && memory < room ? memory : room;
}

static bool is_current(int fd, const uint8_t (*configs)[CACHE_CONFIG], int n)
{
        struct cache_unit h;

        if (pread(fd, &h, sizeof(h), 0) != (ssize_t)sizeof(h))
                return false;
        return unit_is_current(&(struct unit){ .header = &h }, configs, (size_t)n);
}

/* Adds a unit that is open, if there is room for it. Returns 0, -ENOSPC, or another negative errno. */
static int add_unit(struct units *u, int *fd)
{
        struct stat st;

        if (fstat(*fd, &st) < 0)
                return -errno;
        if ((uint64_t)st.st_size > u->room)
                return -ENOSPC;
        if (array_grow(&u->files, u->n, sizeof(*u->files)) < 0)
                return -ENOMEM;
        u->room -= (uint64_t)st.st_size;
        u->files[u->n++] = TAKE_FD(*fd);
        return 0;
}

/* Opens units, those used last first, as many as may be open and as there is room for. */
static int open_units(int store, const uint8_t (*configs)[CACHE_CONFIG], int n, struct units *ret)
{
        _cleanup_(store_files_done) struct store_files files = {};
        struct rlimit l;

        if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
                l.rlim_cur = l.rlim_max;
                (void)setrlimit(RLIMIT_NOFILE, &l);
        }
        int r = store_list(store, &files);
        if (r < 0)
                return r;
        ret->room = find_room(store);
        for (size_t i = 0; i < files.n && (r >= 0 || r == -ENOSPC); i++) {
                _cleanup_close_ int fd = openat(store, files.items[i].id, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
                if (fd >= 0 && !is_current(fd, configs, n)) {
                        (void)store_drop(store, files.items[i].id);
                        continue;
                }
                ret->state += store_file_state(&files.items[i]);
                if (fd >= 0) /* otherwise too many are open, perhaps */
                        r = add_unit(ret, &fd);
        }
        return ret->n > 0 && (r >= 0 || r == -ENOSPC) ? 0 : r < 0 ? r : -ENODATA;
}

/* Reads what is another line each time that the machine is started. */
static int read_boot_id(char **ret)
{
        int r = file_read_at(AT_FDCWD, BOOT_ID, INFO_MAX, ret, NULL);

        if (r >= 0)
                (*ret)[strcspn(*ret, "\n")] = '\0';
        return r;
}

static int write_info(int dirfd, const char *fingerprint, const struct image_size *size, uint64_t state)
{
        _cleanup_free_ char *text = NULL, *boot = NULL;

        (void)read_boot_id(&boot); /* of an unknown one, the image is not used by another daemon */
        int r = string_format(&text, "fingerprint %s\nboot %s\nbytes %ju\nunits %zu\npages %ju\nstore %016jx\nmade %jd\n",
                              fingerprint, boot ? boot : "unknown", (uintmax_t)size->bytes, size->n_units, (uintmax_t)size->pages,
                              (uintmax_t)state, (intmax_t)time(NULL));
        return r < 0 ? r : file_write_at(dirfd, "info", text);
}

/* Writes an image and what is known of it into an empty directory. The fingerprint is taken before the translator is read: if that is
 * replaced meanwhile, the image is stale from the beginning. */
static int write_image(int dirfd, const char *translator, const struct units *units)
{
        _cleanup_free_ char *fingerprint = NULL;
        struct image_size size;

        int r = interpreter_fingerprint(translator, &fingerprint);
        if (r < 0)
                return r;
        _cleanup_close_ int program = open(translator, O_RDONLY | O_CLOEXEC);
        _cleanup_close_ int fd = program < 0 ? -1 : openat(dirfd, "image", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
        if (fd < 0)
                return -errno;
        r = image_write(fd, program, units->files, units->n, &size);
        if (r >= 0 && fchmod(fd, 0755) < 0)
                r = -errno;
        return r < 0 ? r : write_info(dirfd, fingerprint, &size, units->state);
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *ftw)
{
        (void)st;
        (void)what;
        (void)ftw;
        (void)remove(path);
        return 0;
}

static void remove_tree(const char *path)
{
        (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int make_in(const char *images, const char *name, const char *translator, const struct units *units)
{
        _cleanup_free_ char *unfinished = NULL, *path = NULL;

        if (string_format(&unfinished, "%s/" UNFINISHED, images) < 0 || string_format(&path, "%s/%s", images, name) < 0)
                return -ENOMEM;
        remove_tree(unfinished);
        int r = mkdir_parents(unfinished);
        if (r < 0)
                return r;
        _cleanup_close_ int dirfd = open(unfinished, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        r = dirfd < 0 ? -errno : write_image(dirfd, translator, units);
        if (r >= 0 && rename(unfinished, path) < 0)
                r = -errno;
        if (r < 0)
                remove_tree(unfinished);
        return r;
}

int images_make(const char *dir, const char *name, int store, const char *translator, const uint8_t (*configs)[CACHE_CONFIG],
                int n)
{
        _cleanup_(close_units) struct units units = {};
        _cleanup_free_ char *images = NULL;

        if (!images_is_name(name) || string_format(&images, "%s/images", dir) < 0)
                return -EINVAL;
        int r = open_units(store, configs, n, &units);
        return r < 0 ? r : make_in(images, name, translator, &units);
}

/* ---- reading ---- */

static void parse_info(char *text, struct image_info *ret)
{
        char *state = NULL;

        for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
                char *value = strchr(line, ' ');
                if (!value)
                        continue;
                *value++ = '\0';
                if (streq(line, "fingerprint"))
                        (void)string_set(&ret->fingerprint, value);
                else if (streq(line, "boot"))
                        (void)string_set(&ret->boot, value);
                else if (streq(line, "bytes"))
                        ret->bytes = strtoull(value, NULL, 10);
                else if (streq(line, "units"))
                        ret->units = strtoull(value, NULL, 10);
                else if (streq(line, "pages"))
                        ret->pages = strtoull(value, NULL, 10);
                else if (streq(line, "store"))
                        ret->store = strtoull(value, NULL, 16);
                else if (streq(line, "made"))
                        ret->made = strtoll(value, NULL, 10);
        }
}

int images_read(const char *dir, const char *name, struct image_info *ret)
{
        _cleanup_(image_info_done) struct image_info i = {};
        _cleanup_free_ char *path = NULL, *text = NULL;
        struct stat st;

        if (!images_is_name(name))
                return -EINVAL;
        if (string_format(&path, "%s/images/%s", dir, name) < 0)
                return -ENOMEM;
        _cleanup_close_ int dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (dirfd < 0)
                return -errno;
        int r = file_read_at(dirfd, "info", INFO_MAX, &text, NULL);
        if (r < 0)
                return r;
        parse_info(text, &i);
        if (fstatat(dirfd, "image", &st, AT_SYMLINK_NOFOLLOW) < 0)
                return -errno;
        if (!i.fingerprint || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != i.bytes)
                return -EBADMSG;
        i.used_bytes = (uint64_t)st.st_blocks * 512;
        *ret = i;
        i = (struct image_info){};
        return 0;
}

bool images_is_of_this_boot(const struct image_info *i)
{
        _cleanup_free_ char *boot = NULL;

        return i->boot && read_boot_id(&boot) >= 0 && streq(i->boot, boot);
}

int images_link(const char *dir, const char *name, const char *path)
{
        _cleanup_free_ char *image = NULL, *at = NULL, *above = NULL;
        size_t n = strlen(path);

        if (!images_is_name(name) || path[0] != '/' || strstr(path, "/../") || path[n - 1] == '/' ||
            (n > 3 && streq(path + n - 3, "/..")))
                return -EINVAL;
        if (string_format(&image, "%s/images/%s/image", dir, name) < 0 ||
            string_format(&at, "%s/images/%s%s", dir, name, path) < 0 || string_set(&above, at) < 0)
                return -ENOMEM;
        int r = mkdir_parents(dirname(above));
        if (r < 0)
                return r;
        return link(image, at) < 0 && errno != EEXIST ? -errno : 0;
}

void images_remove(const char *dir, const char *but)
{
        _cleanup_free_ char *images = NULL;
        _cleanup_closedir_ DIR *d = NULL;
        struct dirent *de;

        if (string_format(&images, "%s/images", dir) < 0)
                return;
        d = opendir(images);
        while (d && (de = readdir(d))) {
                _cleanup_free_ char *path = NULL;
                if ((images_is_name(de->d_name) || streq(de->d_name, UNFINISHED)) && (!but || !streq(de->d_name, but)) &&
                    string_format(&path, "%s/%s", images, de->d_name) >= 0)
                        remove_tree(path);
        }
        if (!but)
                (void)rmdir(images);
}
