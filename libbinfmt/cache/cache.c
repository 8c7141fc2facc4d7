/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "formats/daemon-config.h"
#include "reconcile/record.h"

/* Where the cache is when nothing can be written to its own directory. It is no name of an entry's record. */
#define BESIDE_RECORDS "%s/.#cache"

static int open_in(const char *dir, bool make, char **ret_dir)
{
        _cleanup_close_ int fd = store_open(dir, make);

        if (fd < 0)
                return fd;
        if (make && faccessat(fd, ".", W_OK, 0) < 0)
                return -errno;
        int r = string_set(ret_dir, dir);
        return r < 0 ? r : TAKE_FD(fd);
}

int cache_open(const struct paths *paths, bool make, char **ret_dir)
{
        _cleanup_free_ char *beside = NULL;

        int r = open_in(paths->cachedir, make, ret_dir);
        if (r >= 0 || r == -EACCES || r == -EPERM)
                return r;
        if (string_format(&beside, BESIDE_RECORDS, paths->statedir) < 0)
                return -ENOMEM;
        return open_in(beside, make, ret_dir);
}

static void remove_in(const char *dir)
{
        _cleanup_free_ char *units = NULL, *empty = NULL;
        _cleanup_close_ int fd = store_open(dir, false);

        images_remove(dir, NULL);
        if (fd < 0 || string_format(&units, "%s/units", dir) < 0 || string_format(&empty, "%s/empty", dir) < 0)
                return;
        (void)store_clear(fd);
        (void)rmdir(units);
        (void)rmdir(empty);
        (void)rmdir(dir);
}

void cache_remove(const struct paths *paths)
{
        _cleanup_free_ char *beside = NULL;

        remove_in(paths->cachedir);
        if (string_format(&beside, BESIDE_RECORDS, paths->statedir) >= 0)
                remove_in(beside);
}

void cache_status_done(struct cache_status *s)
{
        for (size_t i = 0; i < s->n_entries; i++)
                free(s->entries[i]);
        free(s->entries);
        free(s->image);
        free(s->image_path);
        image_info_done(&s->info);
        store_files_done(&s->files);
        *s = (struct cache_status){};
}

/* Finds the entries that have an image, by their records. */
static int read_entries(const struct paths *paths, struct cache_status *s)
{
        _cleanup_close_ int record = record_open_existing(paths->statedir);
        _cleanup_(record_names_done) struct record_names names = {};

        int r = record_list(record, &names);
        for (size_t i = 0; i < names.n && r >= 0; i++) {
                char *image = record_image(record, names.items[i]);
                if (!image)
                        continue;
                free(s->image);
                s->image = image;
                r = array_grow(&s->entries, s->n_entries, sizeof(*s->entries));
                if (r >= 0)
                        s->entries[s->n_entries++] = TAKE_PTR(names.items[i]);
        }
        return r;
}

static int read_image(const char *dir, struct cache_status *s)
{
        if (!s->image || !dir || images_read(dir, s->image, &s->info) < 0)
                return 0;
        return string_format(&s->image_path, "%s/images/%s/image", dir, s->image);
}

int cache_status_read(const struct paths *paths, struct cache_status *ret, struct problems *problems)
{
        _cleanup_(cache_status_done) struct cache_status s = {};
        _cleanup_free_ char *dir = NULL;
        struct config config;

        int r = config_load(paths->config, &config, problems);
        if (r < 0)
                return r;
        s.enabled = config.cache;
        s.limit = config.cache_size;
        r = read_entries(paths, &s);
        _cleanup_close_ int store = cache_open(paths, false, &dir);
        if (r >= 0 && store >= 0)
                r = store_list(store, &s.files);
        /* Everybody may see which image there is. */
        if (r >= 0)
                r = read_image(dir ? dir : paths->cachedir, &s);
        if (r < 0)
                return r;
        *ret = s;
        s = (struct cache_status){};
        return 0;
}
