/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>

#include "kernel/kernel.h"

static bool is_enabled(int kernel, const char *name)
{
        _cleanup_(entry_done) struct entry e = {};

        return kernel >= 0 && kernel_read(kernel, name, &e) >= 0 && e.enabled;
}

static void print(const struct debian_format *f, bool enabled)
{
        printf("%s (%s):\n", f->name, enabled ? "enabled" : "disabled");
        for (size_t i = 0; i <= DEBIAN_DETECTOR; i++)
                printf("%12s = %s\n", debian_field_to_string(i),
                       i == DEBIAN_PACKAGE && debian_format_is_local(f) ? "<local>" : f->fields[i]);
}

enum result debian_display(const struct debian *d, const char *name)
{
        _cleanup_(debian_formats_done) struct debian_formats formats = {};
        _cleanup_(debian_format_done) struct debian_format f = {};
        _cleanup_close_ int kernel = debian_kernel_open(d);

        enum result result = name ? debian_read(d, name, &f) : debian_load(d, &formats);
        if (name && result == RESULT_OK && !f.name)
                return debian_warn(d, "%s not in database of installed binary formats.", name);
        if (name && result == RESULT_OK)
                print(&f, is_enabled(kernel, name));
        for (size_t i = 0; i < formats.n; i++)
                print(&formats.items[i], is_enabled(kernel, formats.items[i].name));
        return result;
}

/* Leaves only the formats that the kernel knows. */
static void keep_enabled(const struct debian *d, struct debian_formats *formats)
{
        _cleanup_close_ int kernel = debian_kernel_open(d);
        size_t n = 0;

        for (size_t i = 0; i < formats->n; i++)
                if (is_enabled(kernel, formats->items[i].name))
                        formats->items[n++] = formats->items[i];
                else
                        debian_format_done(&formats->items[i]);
        formats->n = n;
}

enum result debian_find(const struct debian *d, const char *path)
{
        _cleanup_(debian_formats_done) struct debian_formats formats = {};
        _cleanup_(debian_matches_done) struct debian_matches matches = {};
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        uint8_t head[ENTRY_SPAN_MAX] = {};

        if (fd < 0)
                return debian_die(d, "unable to open %s: %s", path, strerror(errno));
        enum result result = debian_load(d, &formats);
        if (result == RESULT_FATAL)
                return result;
        keep_enabled(d, &formats);
        ssize_t size = read(fd, head, sizeof(head));
        int r = size < 0 ? 0 : debian_formats_match(&formats, head, (size_t)size, path, &matches, &problems);
        debian_print_problems(d, &problems);
        if (r < 0)
                return debian_die(d, "%s: %s", path, strerror(-r));
        for (size_t i = 0; i < matches.n; i++)
                puts(matches.items[i]->fields[DEBIAN_INTERPRETER]);
        return result;
}
