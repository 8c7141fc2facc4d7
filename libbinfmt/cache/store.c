/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "base/util.h"
#include "image.h"
#include "sum.h"
#include "unit.h"

#define INFO_SUFFIX ".info"
#define INFO_MAX ((STORE_PATHS + 2) * (PATH_MAX + 16))
#define TEMPORARY "new" /* one at a time is written */
#define NAMED_LETTERS 8
#define TOUCH_SECONDS 60

static void file_done(struct store_file *f)
{
        for (size_t i = 0; i < f->n_paths; i++)
                free(f->paths[i]);
        free(f->paths);
        *f = (struct store_file){};
}

void store_files_done(struct store_files *f)
{
        for (size_t i = 0; i < f->n; i++)
                file_done(&f->items[i]);
        free(f->items);
        *f = (struct store_files){};
}

int store_open(const char *dir, bool make)
{
        _cleanup_free_ char *path = NULL;

        if (string_format(&path, "%s/units", dir) < 0)
                return -ENOMEM;
        if (make) {
                int r = mkdir_parents(dir);
                if (r < 0)
                        return r;
                /* Paths in containers are nobody's business. */
                if (mkdir(path, 0700) < 0 && errno != EEXIST)
                        return -errno;
        }
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        return fd < 0 ? -errno : fd;
}

static bool is_id(const char *name, size_t letters)
{
        return strlen(name) == letters && strspn(name, "0123456789abcdef") == letters;
}

/* ---- what is known of a file ---- */

static char *info_name(const char *id)
{
        char *name = NULL;

        (void)string_format(&name, "%s" INFO_SUFFIX, id);
        return name;
}

static int add_path(struct store_file *f, const char *path)
{
        char *copy = strdup(path);

        if (!copy || array_grow(&f->paths, f->n_paths, sizeof(*f->paths)) < 0) {
                free(copy);
                return -ENOMEM;
        }
        string_make_printable(copy);
        f->paths[f->n_paths++] = copy;
        return 0;
}

static int read_info(int fd, struct store_file *f)
{
        _cleanup_free_ char *name = info_name(f->id), *text = NULL;
        char *state = NULL;

        if (!name)
                return -ENOMEM;
        int r = file_read_at(fd, name, INFO_MAX, &text, NULL);
        if (r < 0)
                return r;
        for (char *line = strtok_r(text, "\n", &state); line && r >= 0; line = strtok_r(NULL, "\n", &state)) {
                if (strncmp(line, "machine ", 8) == 0)
                        f->machine = (unsigned)strtoul(line + 8, NULL, 10);
                else if (strncmp(line, "size ", 5) == 0)
                        f->file_bytes = strtoull(line + 5, NULL, 10);
                else if (strncmp(line, "sum ", 4) == 0)
                        f->sum = strtoull(line + 4, NULL, 16);
                else if (strncmp(line, "path ", 5) == 0 && f->n_paths < STORE_PATHS)
                        r = add_path(f, line + 5);
        }
        return r;
}

static int write_info(int fd, const struct store_file *f)
{
        _cleanup_free_ char *name = info_name(f->id), *text = NULL;

        int r = name ? string_format(&text, "machine %u\nsize %ju\nsum %016jx\n", f->machine, (uintmax_t)f->file_bytes,
                                     (uintmax_t)f->sum)
                     : -ENOMEM;
        for (size_t i = 0; i < f->n_paths && r >= 0; i++) {
                _cleanup_free_ char *before = TAKE_PTR(text), *path = strdup(f->paths[i]);
                if (path)
                        string_make_printable(path);
                r = path ? string_format(&text, "%spath %s\n", before, path) : -ENOMEM;
        }
        return r < 0 ? r : file_write_at(fd, name, text);
}

/* ---- all units ---- */

static int read_file(int fd, const char *name, bool details, struct store_file *ret)
{
        struct cache_unit header;
        struct stat st;

        if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        *ret = (struct store_file){ .bytes = (uint64_t)st.st_blocks * 512,
                                    .size = (uint64_t)st.st_size,
                                    .used = st.st_mtim.tv_sec };
        memcpy(ret->id, name, STORE_ID + 1);
        if (!details)
                return 0;
        _cleanup_close_ int file = openat(fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (file >= 0 && pread(file, &header, sizeof(header), 0) == (ssize_t)sizeof(header))
                ret->pages = header.npages;
        int r = read_info(fd, ret);
        if (r == -ENOMEM) {
                file_done(ret);
                return r;
        }
        return 0;
}

static int used_last_first(const void *a, const void *b)
{
        const struct store_file *x = a, *y = b;

        if (x->used != y->used)
                return x->used < y->used ? 1 : -1;
        return strcmp(x->id, y->id);
}

static int list(int fd, bool details, struct store_files *ret)
{
        _cleanup_(store_files_done) struct store_files files = {};
        _cleanup_closedir_ DIR *d = NULL;
        struct dirent *de;

        int r = directory_open(fd, &d);
        if (r < 0)
                return r;
        while ((de = readdir(d))) {
                if (!is_id(de->d_name, STORE_ID))
                        continue;
                if (array_grow(&files.items, files.n, sizeof(*files.items)) < 0)
                        return -ENOMEM;
                r = read_file(fd, de->d_name, details, &files.items[files.n]);
                if (r == -ENOMEM)
                        return r;
                if (r < 0)
                        continue;
                files.bytes += files.items[files.n++].bytes;
        }
        if (files.n > 0)
                qsort(files.items, files.n, sizeof(*files.items), used_last_first);
        *ret = files;
        files = (struct store_files){};
        return 0;
}

int store_list(int fd, struct store_files *ret)
{
        return list(fd, true, ret);
}

bool store_is_named(const struct store_file *f, const char *what)
{
        if (strlen(what) >= NAMED_LETTERS && strncmp(f->id, what, strlen(what)) == 0)
                return true;
        for (size_t i = 0; i < f->n_paths; i++)
                if (streq(f->paths[i], what))
                        return true;
        return false;
}

/* ---- which units there are ---- */

uint64_t store_file_state(const struct store_file *f)
{
        uint64_t state = (f->size + 1) * 0x9e3779b97f4a7c15ULL;

        for (const char *p = f->id; *p; p++)
                state = (state ^ (uint8_t)*p) * 1099511628211ULL;
        return state ^ state >> 32;
}

int store_state(int fd, uint64_t *ret)
{
        _cleanup_(store_files_done) struct store_files files = {};

        int r = list(fd, false, &files);
        if (r < 0)
                return r;
        *ret = 0;
        for (size_t i = 0; i < files.n; i++)
                *ret += store_file_state(&files.items[i]);
        return 0;
}

/* Whether a unit is what was kept. One that cannot be opened may be gone meanwhile. */
static bool is_whole(int fd, const struct store_file *f)
{
        _cleanup_close_ int unit = openat(fd, f->id, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        uint64_t sum = 0;

        int r = unit < 0 ? -ENOENT : sum_file(unit, &sum);
        return r < 0 ? r != -EIO : sum == f->sum;
}

int store_check(int fd)
{
        _cleanup_(store_files_done) struct store_files files = {};
        int removed = 0;

        int r = store_list(fd, &files);
        for (size_t i = 0; i < files.n && r >= 0; i++)
                if (!is_whole(fd, &files.items[i]))
                        removed += store_drop(fd, files.items[i].id) >= 0;
        return r < 0 ? r : removed;
}

/* ---- one unit ---- */

bool store_has(int fd, const char *id)
{
        return is_id(id, STORE_ID) && faccessat(fd, id, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

void store_touch(int fd, const char *id)
{
        struct stat st;

        if (is_id(id, STORE_ID) && fstatat(fd, id, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            (st.st_mtim.tv_sec + TOUCH_SECONDS < time(NULL) || st.st_mtim.tv_sec > time(NULL)))
                (void)utimensat(fd, id, NULL, AT_SYMLINK_NOFOLLOW);
}

int store_add_path(int fd, const char *id, const char *path)
{
        _cleanup_(file_done) struct store_file f = {};

        if (!store_has(fd, id))
                return -ENOENT;
        int r = read_file(fd, id, true, &f);
        if (r < 0 || f.n_paths >= STORE_PATHS || store_is_named(&f, path))
                return r;
        r = add_path(&f, path);
        return r < 0 ? r : write_info(fd, &f);
}

/* Writes a copy of a unit, synchronised. It is a new file: a process of a daemon that was killed may still be writing into the one that is
 * there. */
static int write_unit(int fd, int unit)
{
        (void)unlinkat(fd, TEMPORARY, 0);
        _cleanup_close_ int file = openat(fd, TEMPORARY, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        struct stat st;

        if (file < 0 || fstat(unit, &st) < 0 || ftruncate(file, st.st_size) < 0)
                return -errno;
        int r = image_copy(unit, 0, file, 0, (uint64_t)st.st_size);
        return r < 0 ? r : fsync(file) < 0 ? -errno : 0;
}

int store_put(int fd, const struct store_file *f, int unit)
{
        struct store_file known = *f;

        if (!is_id(f->id, STORE_ID))
                return -EINVAL;
        int r = sum_file(unit, &known.sum);
        if (r >= 0)
                r = write_unit(fd, unit);
        if (r >= 0)
                r = write_info(fd, &known);
        if (r >= 0 && renameat(fd, TEMPORARY, fd, f->id) < 0)
                r = -errno;
        if (r < 0) {
                (void)unlinkat(fd, TEMPORARY, 0);
                return r;
        }
        return fsync(fd) < 0 ? -errno : 0;
}

int store_drop(int fd, const char *id)
{
        _cleanup_free_ char *name = info_name(id);

        if (!name)
                return -ENOMEM;
        if (!is_id(id, STORE_ID) || unlinkat(fd, id, 0) < 0)
                return is_id(id, STORE_ID) ? -errno : -EINVAL;
        (void)unlinkat(fd, name, 0);
        return 0;
}

/* Removes what interrupted writing has left, and where all is set everything else. */
static int sweep(int fd, bool all)
{
        _cleanup_closedir_ DIR *d = NULL;
        struct dirent *de;

        int r = directory_open(fd, &d);
        while (r >= 0 && (de = readdir(d))) {
                char *suffix = strstr(de->d_name, INFO_SUFFIX), id[STORE_ID + 1] = "";
                bool is_info = suffix && suffix == de->d_name + STORE_ID && streq(suffix, INFO_SUFFIX);
                if (is_info)
                        memcpy(id, de->d_name, STORE_ID);
                bool left_over = streq(de->d_name, TEMPORARY) || file_is_temporary(de->d_name) || (is_info && !store_has(fd, id));
                if ((left_over || (all && (is_info || is_id(de->d_name, STORE_ID)))) && unlinkat(fd, de->d_name, 0) < 0 &&
                    errno != ENOENT)
                        r = -errno;
        }
        return r;
}

/* As store_room, where the units have so many bytes. */
static uint64_t room(int fd, uint64_t allowed, uint64_t have)
{
        struct statvfs fs;

        if (fstatvfs(fd, &fs) < 0)
                return allowed;
        uint64_t share = ((uint64_t)fs.f_bavail * fs.f_frsize + have) / STORE_SHARE;
        return share < allowed ? share : allowed;
}

uint64_t store_room(int fd, uint64_t allowed)
{
        _cleanup_(store_files_done) struct store_files files = {};

        return list(fd, false, &files) < 0 ? 0 : room(fd, allowed, files.bytes);
}

int store_trim(int fd, uint64_t bytes)
{
        _cleanup_(store_files_done) struct store_files files = {};
        int removed = 0;

        int r = sweep(fd, false);
        if (r >= 0)
                r = list(fd, false, &files);
        const uint64_t most = room(fd, bytes, files.bytes);
        for (size_t i = files.n; r >= 0 && i > 0 && (files.bytes > most || i > STORE_FILES); i--) {
                r = store_drop(fd, files.items[i - 1].id);
                files.bytes -= files.items[i - 1].bytes;
                removed += r >= 0;
        }
        return r < 0 ? r : removed;
}

int store_drop_named(int fd, const char *what)
{
        _cleanup_(store_files_done) struct store_files files = {};
        int n = 0, failure = 0;

        int r = store_list(fd, &files);
        for (size_t i = 0; r >= 0 && i < files.n; i++) {
                int one = store_is_named(&files.items[i], what) ? store_drop(fd, files.items[i].id) : -ENOENT;
                n += one >= 0;
                if (one < 0 && one != -ENOENT) /* somebody else has removed it */
                        failure = one;
        }
        return r < 0 ? r : failure < 0 ? failure : n;
}

int store_clear(int fd)
{
        return sweep(fd, true);
}
