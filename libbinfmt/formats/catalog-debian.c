/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "catalog-internal.h"

#include <errno.h>

#include "debian/debian-group.h"

/* A format of the database, with its entry. */
struct known {
        const struct debian_format *format;
        struct entry entry;
        bool shares; /* another format is for the same files */
};

struct known_list {
        struct known *items;
        size_t n;
};

static void known_list_done(struct known_list *l)
{
        for (size_t i = 0; i < l->n; i++)
                entry_done(&l->items[i].entry);
        free(l->items);
        *l = (struct known_list){};
}

static int compare_bytes(const uint8_t *a, const uint8_t *b, size_t size)
{
        if (!a || !b)
                return (a != NULL) - (b != NULL);
        return memcmp(a, b, size);
}

/* Compares formats so that those for the same files come one after the other. */
static int compare_files(const void *a, const void *b)
{
        const struct entry *x = &((const struct known *)a)->entry, *y = &((const struct known *)b)->entry;

        if (x->type != y->type)
                return x->type < y->type ? -1 : 1;
        if (x->type == ENTRY_EXTENSION)
                return strcmp(x->extension, y->extension);
        if (x->offset != y->offset)
                return x->offset < y->offset ? -1 : 1;
        if (x->magic_size != y->magic_size)
                return x->magic_size < y->magic_size ? -1 : 1;
        int order = memcmp(x->magic, y->magic, x->magic_size);
        return order ? order : compare_bytes(x->mask, y->mask, x->magic_size);
}

static void find_shared(struct known_list *l)
{
        if (l->n > 1)
                qsort(l->items, l->n, sizeof(*l->items), compare_files);
        for (size_t i = 1; i < l->n; i++)
                if (compare_files(&l->items[i - 1], &l->items[i]) == 0)
                        l->items[i - 1].shares = l->items[i].shares = true;
}

/* Makes the entry of each format, and finds those that are for the same files. Returns 0 or -ENOMEM. */
static int understand(const struct debian_formats *formats, const char *path, struct known_list *ret, struct problems *problems)
{
        ret->items = calloc(formats->n + 1, sizeof(*ret->items));
        if (!ret->items)
                return -ENOMEM;
        for (size_t i = 0; i < formats->n; i++) {
                struct known *k = &ret->items[ret->n];
                enum debian_field field;
                const char *reason;
                _cleanup_free_ char *file = NULL;

                k->format = &formats->items[i];
                int r = debian_format_make_entry(k->format, &k->entry, &field, &reason);
                if (r == -ENOMEM || string_format(&file, "%s/%s", path, k->format->name) < 0)
                        return -ENOMEM;
                if (r >= 0)
                        ret->n++;
                else
                        problems_add(problems, 0, file, 0, "%s: %s", debian_field_to_string(field), reason);
        }
        find_shared(ret);
        return 0;
}

static const char *none_if_empty(const char *s)
{
        return *s ? s : NULL;
}

static int add(struct catalog *c, size_t n, const struct paths *paths, const struct known *k)
{
        const struct debian_format *f = k->format;
        const char *detector = none_if_empty(f->fields[DEBIAN_DETECTOR]);
        _cleanup_free_ char *file = NULL;
        struct entry spec = k->entry;

        if (string_format(&file, "%s/%s", paths->admindir, f->name) < 0)
                return -ENOMEM;
        spec.name = spec.interpreter = NULL;
        if (detector || k->shares)
                spec.flags |= DEBIAN_HELPER_FLAGS;
        const struct candidate candidate = { .path = k->entry.interpreter,
                                             .priority = PRIORITY_DEBIAN,
                                             .source = SOURCE_DEBIAN,
                                             .package = debian_format_is_local(f) ? NULL : f->fields[DEBIAN_PACKAGE],
                                             .detector = (char *)detector,
                                             .helper = detector || k->shares ? paths->run_detectors : NULL,
                                             .spec = &spec,
                                             .file = file };
        return catalog_add_candidate(c, n, f->name, &candidate);
}

int catalog_load_debian(const struct paths *paths, struct catalog *c, struct problems *problems)
{
        _cleanup_(debian_formats_done) struct debian_formats formats = {};
        _cleanup_(known_list_done) struct known_list known = {};
        size_t n = c->n;

        if (!paths->admindir)
                return 0;
        _cleanup_close_ int fd = debian_db_open(paths->admindir);
        if (fd == -ENOENT)
                return 0;
        int r = fd < 0 ? fd : debian_db_list(fd, paths->admindir, &formats, problems);
        c->incomplete = c->incomplete || formats.incomplete || r < 0;
        if (r < 0 && r != -ENOMEM)
                return problems_add(problems, 0, paths->admindir, 0, "the database cannot be read: %s", strerror(-r));
        if (r >= 0)
                r = understand(&formats, paths->admindir, &known, problems);
        for (size_t i = 0; i < known.n && r >= 0; i++)
                r = add(c, n, paths, &known.items[i]);
        catalog_sort(c);
        return r;
}
