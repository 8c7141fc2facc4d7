/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache-text.h"

#include <elf.h>
#include <errno.h>
#include <time.h>

#include "base/elf-machine.h"

const char *size_text(uint64_t bytes, char buf[SIZE_TEXT])
{
        static const char *const units[] = { "kB", "MB", "GB", "TB" };
        double n = (double)bytes / 1000;
        size_t i = 0;

        for (; n >= 999.95 && i < ARRAY_SIZE(units) - 1; i++)
                n /= 1000;
        snprintf(buf, SIZE_TEXT, "%.1f %s", n, units[i]);
        return buf;
}

const char *time_text(int64_t seconds, char buf[TIME_TEXT])
{
        time_t t = (time_t)seconds;
        struct tm tm;

        if (seconds == 0 || !localtime_r(&t, &tm) || strftime(buf, TIME_TEXT, "%Y-%m-%d %H:%M", &tm) == 0)
                snprintf(buf, TIME_TEXT, "-");
        return buf;
}

const char *machine_text(unsigned machine)
{
        const struct elf_file f = { .machine = (uint16_t)machine, .is64 = machine == EM_AARCH64 };

        return elf_machine_name(&f);
}

int cache_line(const struct cache_report *r, char **ret)
{
        const char *obstacle = cache_obstacle_text(r->obstacle);
        _cleanup_free_ char *line = NULL;
        char size[SIZE_TEXT];

        if (cache_obstacle_is_fatal(r->obstacle))
                return string_format(ret, _("off: %s"), obstacle);
        if (string_format(
                    &line,
                    ngettext("on, with translations of %zu file (%s)", "on, with translations of %zu files (%s)", r->n_files),
                    r->n_files, size_text(r->status.files.bytes, size)) < 0)
                return -ENOMEM;
        return string_format(ret, "%s%s%s", line, obstacle ? "; " : "", obstacle ? obstacle : "");
}

static int add_image(struct json_object *o, const struct cache_status *s)
{
        struct json_object *image = s->image ? json_object_new_object() : NULL, *entries = json_object_new_array();

        if (json_add(o, "image", image) < 0 || json_add(o, "entries", entries) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < s->n_entries; i++)
                if (json_append_string(entries, s->entries[i]) < 0)
                        return -ENOMEM;
        if (!image)
                return 0;
        return json_add_string(image, "path", s->image_path ? s->image_path : s->image) < 0 ||
                               json_add_number(image, "bytes", (int64_t)s->info.used_bytes) < 0 ||
                               json_add_number(image, "files", (int64_t)s->info.units) < 0 ||
                               json_add_number(image, "made", s->info.made) < 0
                       ? -ENOMEM
                       : 0;
}

static int add_counts(struct json_object *o, const struct cache_report *r)
{
        const struct cache_counts *c = &r->counts;
        struct json_object *d = r->asked ? json_object_new_object() : NULL;

        if (json_add(o, "daemon", d) < 0)
                return -ENOMEM;
        if (!d)
                return 0;
        return json_add_number(d, "starts", (int64_t)c->starts) < 0 || json_add_number(d, "seen", (int64_t)c->seen) < 0 ||
                               json_add_number(d, "hits", (int64_t)c->hits) < 0 ||
                               json_add_number(d, "done", (int64_t)c->done) < 0 ||
                               json_add_number(d, "refused", (int64_t)c->refused) < 0 ||
                               json_add_number(d, "failed", (int64_t)c->failed) < 0 ||
                               json_add_number(d, "queued", (int64_t)c->queued) < 0 ||
                               json_add_boolean(d, "working", c->working) < 0
                       ? -ENOMEM
                       : 0;
}

int cache_report_json(struct json_object *o, const struct cache_report *r)
{
        if (json_add_boolean(o, "enabled", r->status.enabled) < 0 ||
            json_add_boolean(o, "used", !cache_obstacle_is_fatal(r->obstacle) && r->status.image) < 0 ||
            json_add_string(o, "obstacle", cache_obstacle_to_string(r->obstacle)) < 0 ||
            json_add_string(o, "text", cache_obstacle_text(r->obstacle)) < 0 ||
            json_add_string(o, "remedy", cache_obstacle_remedy(r->obstacle)) < 0)
                return -ENOMEM;
        if (json_add_number(o, "limit", (int64_t)r->status.limit) < 0 || json_add_number(o, "files", (int64_t)r->n_files) < 0 ||
            json_add_number(o, "bytes", (int64_t)r->status.files.bytes) < 0 || json_add_number(o, "pages", (int64_t)r->pages) < 0)
                return -ENOMEM;
        return add_image(o, &r->status) < 0 ? -ENOMEM : add_counts(o, r);
}
