/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "override-internal.h"

#include "drop-in.h"
#include "pause.h"
#include "base/util.h"

#define ENABLED_FILE "50-binfmtctl.conf"
#define USE_FILE "51-binfmtctl.conf"

int override_put(const struct paths *paths, const char *name, const char *file, const char *text)
{
        return drop_in_write(paths_admin_dir(paths), name, file, text);
}

int override_delete(const struct paths *paths, const char *name, const char *file)
{
        return drop_in_delete(paths_admin_dir(paths), name, file);
}

int override_write(const struct paths *paths, const char *name, bool enabled)
{
        return override_put(paths, name, ENABLED_FILE,
                            enabled ? "# Written by binfmtctl enable.\n[Format]\nEnabled=yes\n"
                                    : "# Written by binfmtctl disable.\n[Format]\nEnabled=no\n");
}

int override_remove(const struct paths *paths, const char *name)
{
        int r = pause_remove(paths, name);

        return r < 0 ? r : override_delete(paths, name, ENABLED_FILE);
}

/* Deletes the choices where formats are to be enabled, and then writes one for each format that is not as wanted. */
int override_choose_all(const struct paths *paths, const struct catalog *catalog, bool enabled, const char **ret_failed)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog now = {};
        int r = 0;

        *ret_failed = "all";
        for (size_t i = 0; i < catalog->n && enabled && r >= 0; i++) {
                *ret_failed = catalog->formats[i].entry.name;
                r = override_remove(paths, *ret_failed);
        }
        if (r >= 0 && enabled) {
                r = catalog_load(paths, &now, &ignored);
                catalog = &now;
        }
        for (size_t i = 0; i < catalog->n && r >= 0; i++) {
                *ret_failed = catalog->formats[i].entry.name;
                if (format_is_chosen(&catalog->formats[i]) != enabled)
                        r = override_write(paths, *ret_failed, enabled);
        }
        return r;
}

int override_choose(const struct paths *paths, const struct format *f, bool enabled)
{
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};
        const char *name = f->entry.name;

        if (!enabled)
                return format_is_chosen(f) ? override_write(paths, name, false) : 0;

        int r = override_remove(paths, name);
        if (r >= 0)
                r = catalog_load(paths, &catalog, &ignored);
        if (r < 0)
                return r;
        const struct format *now = catalog_find(&catalog, name);
        return now && format_is_chosen(now) ? 0 : override_write(paths, name, true);
}

int override_put_use(const struct paths *paths, const char *name, const char *path)
{
        _cleanup_free_ char *text = NULL;

        if (!path)
                return override_delete(paths, name, USE_FILE);
        int r = string_format(&text, "# Written by binfmtctl use.\n[Format]\nUse=%s\n", path);
        return r < 0 ? r : override_put(paths, name, USE_FILE, text);
}
