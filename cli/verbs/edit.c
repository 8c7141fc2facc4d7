/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A drop-in is changed as a copy, which takes its place only when nothing is wrong with it. What the user has written
 * is never thrown away: what cannot be used is kept beside the drop-ins, and the next edit goes on with it. */
#include "change.h"
#include "edit-text.h"
#include "formats/override.h"
#include "rights.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define DROP_IN "60-edit.conf"
#define REJECTED DROP_IN ".rejected"
#define TEXT_MAX (1024 * 1024)

struct edit {
        const struct call *call;
        const char *name;
        bool dry;
        char *target;    /* NAME.conf.d in the administrator's directory */
        char *top;       /* a directory of our own, hidden in there */
        char *directory; /* NAME.conf.d in that, so that the copy is read like a drop-in */
        char *copy;
        char *before; /* the drop-in as it was; NULL: there was none */
        char *start;  /* the text that the editor got */
};

static void edit_done(struct edit *e)
{
        free(e->target);
        free(e->top);
        free(e->directory);
        free(e->copy);
        free(e->before);
        free(e->start);
}

/* Removes the copy and its directories. */
static void remove_copy(const struct edit *e)
{
        (void)unlink(e->copy);
        (void)rmdir(e->directory);
        (void)rmdir(e->top);
}

static int read_text(const char *directory, const char *file, char **ret)
{
        _cleanup_free_ char *path = NULL;

        if (string_format(&path, "%s/%s", directory, file) < 0)
                return -ENOMEM;
        int r = file_read_at(AT_FDCWD, path, TEXT_MAX, ret, NULL);
        return r == -ENOENT ? 0 : r;
}

/* Finds the text that the editor gets: the one that was rejected the last time, or the drop-in, or a template. Returns 0 or a
 * negative errno. */
static int find_start(struct edit *e, const struct format *f)
{
        int r = read_text(e->target, DROP_IN, &e->before);

        if (r >= 0)
                r = read_text(e->target, REJECTED, &e->start);
        if (r < 0)
                return r;
        if (!e->start)
                e->start = e->before ? strdup(e->before) : edit_template(f);
        return e->start ? 0 : -ENOMEM;
}

static int make_copy(struct edit *e)
{
        const char *top = paths_admin_dir(&e->call->paths), *tmp = getenv("TMPDIR");

        if (e->dry)
                top = tmp && *tmp ? tmp : "/tmp";
        if (string_format(&e->top, "%s/.binfmtctl-edit-XXXXXX", top) < 0)
                return -ENOMEM;
        int r = e->dry ? 0 : mkdir_parents(top);
        if (r < 0)
                return r;
        if (!mkdtemp(e->top))
                return -errno;
        if (string_format(&e->directory, "%s/%s.conf.d", e->top, e->name) < 0 ||
            string_format(&e->copy, "%s/" DROP_IN, e->directory) < 0)
                return -ENOMEM;
        if (mkdir(e->directory, 0755) < 0)
                return -errno;
        _cleanup_close_ int fd = open(e->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return fd < 0 ? -errno : file_write_at(fd, DROP_IN, e->start);
}

/* Reads all formats as if the copy were in the drop-in's place already. Returns EXIT_OK with the catalog where nothing is
 * wrong with the copy. */
static int check_copy(const struct edit *e, struct catalog *ret)
{
        _cleanup_(problems_done) struct problems problems = {};
        struct paths paths = e->call->paths;
        char *directories[paths.n_confdirs + 1];
        int status = EXIT_OK;

        memcpy(directories, paths.confdirs, paths.n_confdirs * sizeof(*directories));
        directories[paths.n_confdirs++] = e->top;
        paths.confdirs = directories;
        if (catalog_load(&paths, ret, &problems) < 0)
                return fail("out of memory");
        for (size_t i = 0; i < problems.n; i++)
                if (problems.items[i].file && streq(problems.items[i].file, e->copy))
                        status = fail("%s:%u: %s", DROP_IN, problems.items[i].line, problems.items[i].text);
        return status;
}

static int sync_directory(const char *path)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* Makes the copy, which is on the disk then, a file of the drop-in's directory. Returns 0 or a negative errno. */
static int move_copy(const struct edit *e, const char *name, char **ret)
{
        _cleanup_close_ int fd = open(e->copy, O_RDONLY | O_CLOEXEC);

        if (fd < 0 || fsync(fd) < 0 || fchmod(fd, 0644) < 0)
                return -errno;
        int r = string_format(ret, "%s/%s", e->target, name);
        if (r >= 0)
                r = mkdir_parents(e->target);
        if (r >= 0 && rename(e->copy, *ret) < 0)
                r = -errno;
        return r < 0 ? r : sync_directory(e->target);
}

/* Keeps the text where the next edit finds it. */
static int reject(const struct edit *e)
{
        _cleanup_free_ char *kept = NULL;

        if (!e->dry && move_copy(e, REJECTED, &kept) >= 0) {
                remove_copy(e);
                return fail("nothing was changed; the text is kept in %s, and \"binfmtctl edit %s\" goes on with it", kept,
                            e->name);
        }
        return fail("nothing was changed; the text is kept in %s", e->copy);
}

/* Puts the copy in the drop-in's place, or removes that where nothing is set. */
static int put_in_place(const struct edit *e, const char *text)
{
        _cleanup_free_ char *final = NULL;

        if (edit_sets_nothing(text))
                return override_delete(&e->call->paths, e->name, DROP_IN);
        return move_copy(e, DROP_IN, &final);
}

/* With the lock held: nobody else may have changed the drop-in meanwhile. */
static int take_over(const struct edit *e, const char *text)
{
        _cleanup_(change_done) struct change c = { .lock = -1, .fd = -1 };
        _cleanup_free_ char *now = NULL;

        int status = change_begin(e->call, e->name, false, &c);
        if (status != EXIT_OK)
                return reject(e);
        int r = read_text(e->target, DROP_IN, &now);
        if (r >= 0 && !streq_null(now, e->before)) {
                fail("%s: %s was changed by somebody else meanwhile", e->name, DROP_IN);
                return reject(e);
        }
        if (r >= 0)
                r = put_in_place(e, text);
        if (r < 0) {
                fail("%s: the drop-in cannot be written to %s: %s", e->name, e->target, strerror(-r));
                return reject(e);
        }
        remove_copy(e);
        (void)override_delete(&e->call->paths, e->name, REJECTED);
        return change_apply(&c, c.format->enabled);
}

static int plan(const struct edit *e, struct catalog *catalog)
{
        _cleanup_(change_done) struct change c = { .lock = -1, .fd = -1 };

        int status = change_begin(e->call, e->name, false, &c);
        if (status != EXIT_OK)
                return status;
        catalog_done(&c.catalog);
        c.catalog = *catalog;
        *catalog = (struct catalog){};
        c.format = catalog_find(&c.catalog, e->name);
        printf(_("%s: would be changed by the text in %s\n"), e->name, e->copy);
        return change_apply(&c, c.format->enabled);
}

/* Decides about the text that the editor has left. */
static int finish(const struct edit *e)
{
        _cleanup_(catalog_done) struct catalog catalog = {};
        _cleanup_free_ char *text = NULL;

        int r = file_read_at(AT_FDCWD, e->copy, TEXT_MAX, &text, NULL);
        if (r < 0) {
                fail("%s: %s", e->copy, strerror(-r));
                return reject(e);
        }
        if (streq_null(text, e->before) || (!e->before && edit_sets_nothing(text))) {
                remove_copy(e);
                if (!e->dry)
                        (void)override_delete(&e->call->paths, e->name, REJECTED);
                puts(_("Nothing was changed."));
                return EXIT_OK;
        }
        if (check_copy(e, &catalog) != EXIT_OK)
                return reject(e);
        return e->dry ? plan(e, &catalog) : take_over(e, text);
}

static int edit(struct edit *e)
{
        int r = make_copy(e);

        if (r < 0)
                return fail("%s: no copy can be made to edit: %s", e->top ? e->top : e->name, strerror(-r));
        r = edit_run_editor(e->copy);
        if (r == 0)
                return finish(e);
        if (r == 127)
                fail("no editor was found; set EDITOR to one");
        else if (r < 0)
                fail("no editor could be run: %s", strerror(-r));
        else
                fail("the editor ended with exit status %d", r);

        _cleanup_free_ char *text = NULL;
        if (file_read_at(AT_FDCWD, e->copy, TEXT_MAX, &text, NULL) < 0 || !streq(text, e->start))
                return reject(e);
        remove_copy(e);
        return EXIT_FAILED;
}

int verb_edit(const struct call *call)
{
        _cleanup_(edit_done) struct edit e = { .call = call, .name = call->args[0], .dry = call->option[OPTION_DRY_RUN] != NULL };
        _cleanup_(problems_done) struct problems ignored = {};
        _cleanup_(catalog_done) struct catalog catalog = {};

        int r = catalog_load(&call->paths, &catalog, &ignored);
        if (r < 0)
                return fail("%s", strerror(-r));
        if (catalog_is_broken(&catalog, e.name))
                return fail("%s: its own file cannot be used; repair that first (binfmtctl verify says what is wrong)", e.name);
        const struct format *f = catalog_find(&catalog, e.name);
        if (!f)
                return fail_unknown(&call->paths, &catalog, e.name);
        if (check_may_write(call, paths_admin_dir(&call->paths)) != EXIT_OK)
                return EXIT_FAILED;
        r = string_format(&e.target, "%s/%s.conf.d", paths_admin_dir(&call->paths), e.name);
        if (r >= 0)
                r = find_start(&e, f);
        return r < 0 ? fail("%s: %s", e.target ? e.target : e.name, strerror(-r)) : edit(&e);
}
