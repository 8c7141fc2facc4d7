/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cache of translations: what is in it, and how it is emptied. cache-add.c fills it. */
#include "cache.h"

#include <errno.h>
#include <inttypes.h>

#include "bus.h"
#include "ui/cache-text.h"

/* Letters of an id that are shown; so many are enough to tell files apart, and for drop. */
#define ID_SHOWN 12

static void print_image(const struct cache_status *s)
{
        char size[SIZE_TEXT], made[TIME_TEXT];

        if (!s->image) {
                puts(_("image: none is registered"));
                return;
        }
        size_t n = s->info.units;
        printf(ngettext("image: %s, %s, with translations of %zu file, made %s\n",
                        "image: %s, %s, with translations of %zu files, made %s\n", n),
               s->image_path ? s->image_path : s->image, size_text(s->info.used_bytes, size), n, time_text(s->info.made, made));
        fputs(_("entries:"), stdout);
        for (size_t i = 0; i < s->n_entries; i++) {
                putchar(' ');
                print_name(s->entries[i]);
        }
        putchar('\n');
}

static void print_counts(const struct cache_counts *c)
{
        printf(_("since binfmtd was started: %llu programs started, %llu files of theirs seen, %llu of them translated before\n"),
               (unsigned long long)c->starts, (unsigned long long)c->seen, (unsigned long long)c->hits);
        printf(_("files translated: %llu, not suitable: %llu, failed: %llu, waiting: %llu%s\n"), (unsigned long long)c->done,
               (unsigned long long)c->refused, (unsigned long long)c->failed, (unsigned long long)c->queued,
               c->working && c->queued == 0 ? _(", a new image is being made") : "");
}

static int print_report(const struct cache_report *r)
{
        const char *remedy = cache_obstacle_remedy(r->obstacle);
        _cleanup_free_ char *line = NULL;
        char size[SIZE_TEXT], limit[SIZE_TEXT];

        if (cache_line(r, &line) < 0)
                return fail("out of memory");
        printf(_("cache: %s\n"), line);
        if (remedy)
                printf("  %s\n", remedy);
        if (r->obstacle == CACHE_DISABLED)
                return EXIT_OK;
        printf(_("size: %s of at most %s, %llu pages of code\n"), size_text(r->status.files.bytes, size),
               size_text(r->status.limit, limit), (unsigned long long)r->pages);
        print_image(&r->status);
        if (r->asked)
                print_counts(&r->counts);
        return EXIT_OK;
}

int cache_status(const struct call *call)
{
        _cleanup_(cache_report_done) struct cache_report report = {};
        _cleanup_(json_putp) struct json_object *o = NULL;

        int r = cache_report_read(call, false, &report);
        if (r < 0)
                return cache_report_fail(call, r);
        if (!call->option[OPTION_JSON])
                return print_report(&report);
        o = json_document();
        return !o || cache_report_json(o, &report) < 0 ? fail("out of memory") : json_print(o);
}

static int fill_file(struct json_object *o, const void *element)
{
        const struct store_file *f = element;
        struct json_object *paths = json_object_new_array();

        if (json_add_string(o, "id", f->id) < 0 ||
            json_add_string(o, "machine", f->machine ? machine_text(f->machine) : NULL) < 0 ||
            json_add_number(o, "file_bytes", (int64_t)f->file_bytes) < 0 || json_add_number(o, "bytes", (int64_t)f->bytes) < 0 ||
            json_add_number(o, "pages", f->pages) < 0 || json_add_number(o, "used", f->used) < 0 ||
            json_add(o, "paths", paths) < 0)
                return -ENOMEM;
        for (size_t i = 0; i < f->n_paths; i++)
                if (json_append_string(paths, f->paths[i]) < 0)
                        return -ENOMEM;
        return 0;
}

static int print_json(const struct store_files *files)
{
        _cleanup_(json_putp) struct json_object *o = json_document();

        if (!o || json_add_array(o, "files", files->items, files->n, sizeof(*files->items), fill_file) < 0)
                return fail("out of memory");
        return json_print(o);
}

static void print_file(const struct store_file *f, const int widths[5])
{
        char size[SIZE_TEXT], used[TIME_TEXT], pages[16], id[ID_SHOWN + 1];

        snprintf(id, sizeof(id), "%.*s", ID_SHOWN, f->id);
        snprintf(pages, sizeof(pages), "%" PRIu32, f->pages);
        print_cell(id, widths[0]);
        print_cell(f->machine ? machine_text(f->machine) : "-", widths[1]);
        printf("%*s  %*s  ", widths[2], pages, widths[3], size_text(f->bytes, size));
        print_cell(time_text(f->used, used), widths[4]);
        print_name(f->n_paths > 0 ? f->paths[0] : "-");
        if (f->n_paths > 1)
                printf(ngettext(" (and %zu other path)", " (and %zu other paths)", f->n_paths - 1), f->n_paths - 1);
        putchar('\n');
}

static void print_table(const struct store_files *files)
{
        const char *titles[] = { _("ID"), _("MACHINE"), _("PAGES"), _("SIZE"), _("USED") };
        const int least[] = { ID_SHOWN, 7, 5, 8, 16 };
        int widths[5];

        for (size_t i = 0; i < ARRAY_SIZE(titles); i++) {
                widths[i] = wider(least[i], titles[i]);
                if (i == 2 || i == 3)
                        printf("%*s  ", field_width(titles[i], widths[i]), titles[i]);
                else
                        print_cell(titles[i], widths[i]);
        }
        puts(_("FILE"));
        for (size_t i = 0; i < files->n; i++)
                print_file(&files->items[i], widths);
}

int cache_list(const struct call *call)
{
        _cleanup_(cache_report_done) struct cache_report report = {};

        int r = cache_report_read(call, true, &report);
        if (r < 0)
                return cache_report_fail(call, r);
        if (call->option[OPTION_JSON])
                return print_json(&report.status.files);
        print_table(&report.status.files);
        return EXIT_OK;
}

/* Opens the directory of translations without the daemon. Returns a descriptor, or a negative errno with a line printed. */
static int open_here(const struct call *call)
{
        _cleanup_free_ char *dir = NULL;
        int fd = cache_open(&call->paths, false, &dir);

        if (fd < 0 && fd != -ENOENT)
                (void)cache_report_fail(call, fd);
        return fd;
}

/* Says that what was removed is still in the image that programs run with. */
static void print_later(size_t n)
{
        if (n > 0)
                puts(_("Programs have no use of this before binfmtd runs and registers another image."));
}

static int drop_here(int fd, const char *what)
{
        return fd < 0 ? 0 : store_drop_named(fd, what);
}

/* Asks the daemon. Returns how many were dropped, or -1 with a line printed. */
static int drop_by_daemon(const struct call *call, sd_bus *bus, char *what)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *m = NULL, *reply = NULL;
        uint32_t n = 0;

        int r = bus_begin(bus, "DropFromCache", &m);
        if (r >= 0)
                r = bus_append_names(m, &what, 1);
        if (r < 0) {
                fail("%s", strerror(-r));
                return -1;
        }
        if (bus_finish(call, bus, m, true, &reply) != EXIT_OK)
                return -1;
        return sd_bus_message_read(reply, "u", &n) < 0 ? -1 : (int)n;
}

/* Drops a file by the name as it is written, which may be an id or a path in a container, or by the path here that the name means. Returns
 * how many were dropped, or -1 with a line printed. */
static int drop(const struct call *call, sd_bus *bus, int fd, char *name)
{
        _cleanup_free_ char *path = NULL;

        int n = bus ? drop_by_daemon(call, bus, name) : drop_here(fd, name);
        if (n == 0 && (path = realpath(name, NULL)) && !streq(path, name))
                n = bus ? drop_by_daemon(call, bus, path) : drop_here(fd, path);
        if (n < 0 && !bus)
                fail("%s: %s", name, strerror(-n));
        return n < 0 ? -1 : n;
}

int cache_drop(const struct call *call)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
        _cleanup_close_ int fd = -1;
        int status = EXIT_OK;
        size_t dropped = 0;

        if (bus_connect(call, true, &bus) < 0) {
                fd = open_here(call);
                if (fd < 0 && fd != -ENOENT)
                        return EXIT_FAILED;
        }
        for (int i = 0; i < call->n_args; i++) {
                int n = drop(call, bus, fd, call->args[i]);
                if (n < 0)
                        return EXIT_FAILED;
                if (n == 0)
                        status = fail("%s: no such file has translations (binfmtctl cache list shows those that have)",
                                      call->args[i]);
                dropped += (size_t)n;
        }
        if (!bus)
                print_later(dropped);
        return status;
}

int cache_clear(const struct call *call)
{
        int status = bus_try(call, "ClearCache", "");

        if (status != BUS_NOT_ASKED)
                return status;
        _cleanup_close_ int fd = open_here(call);
        int r = fd < 0 ? fd : store_clear(fd);
        if (r == -ENOENT)
                return EXIT_OK;
        if (r < 0)
                return fd < 0 ? EXIT_FAILED : fail("%s: %s", call->paths.cachedir, strerror(-r));
        print_later(1);
        return EXIT_OK;
}
