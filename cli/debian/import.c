/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packages' format files. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* A format file, and the format that the database has under its name. */
struct incoming {
        char *text;
        size_t size;
        struct debian_format stored;
        const char *missing; /* what the database's file lacks, where it is cut short */
};

static void incoming_done(struct incoming *i)
{
        free(i->text);
        debian_format_done(&i->stored);
}

/* Whether the administrator has installed this format, which packages then leave alone. */
static bool is_local(const struct debian *d, const struct debian_format *f)
{
        if (!f->name || !debian_format_is_local(f))
                return false;
        debian_warn(d, "preserving local changes to %s", f->name);
        return true;
}

/* Reads the text of a package's format file. */
static enum result read_file(const struct debian *d, const char *path, const char *name, const char *what, char **ret,
                             size_t *ret_size)
{
        int r = file_read_at(AT_FDCWD, path, DEBIAN_FILE_MAX, ret, ret_size);

        if (r < 0 && r != -EISDIR)
                debian_warn(d, "unable to open %s: %s", path, strerror(-r));
        if (r < 0 || *ret_size == 0)
                return debian_warn(d, "couldn't find information about '%s' to %s", name, what);
        return RESULT_OK;
}

static enum result incoming_read(const struct debian *d, const char *path, const char *name, const char *what,
                                 struct incoming *ret)
{
        if (streq(name, "register") || streq(name, "status") || streq(name, ".") || streq(name, ".."))
                return debian_warn(d, "binary format name '%s' is reserved", name);
        enum result result = read_file(d, path, name, what, &ret->text, &ret->size);
        return result == RESULT_OK ? debian_read_old(d, name, &ret->stored, &ret->missing) : result;
}

/* Makes a format of the text. What is wrong with it is printed. */
static enum result parse(const struct debian *d, const char *text, size_t size, const char *path, const char *name,
                         struct debian_format *ret)
{
        _cleanup_(problems_done) struct problems problems = {};

        int r = debian_format_parse(text, size, name, path, ret, &problems);
        for (size_t i = 0; i < problems.n; i++) {
                _cleanup_free_ char *line = problem_to_string(&problems.items[i]);
                debian_warn(d, "%s", line ? line : _("out of memory"));
        }
        if (r < 0)
                return r == -EINVAL ? RESULT_FAILED : debian_die(d, "%s", strerror(-r));
        return RESULT_OK;
}

static enum result import_file(const struct debian *d, const char *path, const char *name)
{
        _cleanup_(debian_format_done) struct debian_format f = {};
        _cleanup_(incoming_done) struct incoming i = {};

        enum result result = incoming_read(d, path, name, "import", &i);
        if (result != RESULT_OK || is_local(d, &i.stored))
                return result;
        result = parse(d, i.text, i.size, path, name, &f);
        if (result != RESULT_OK)
                return result;
        if (access(f.fields[DEBIAN_INTERPRETER], X_OK) < 0)
                debian_warn(d, "%s: no executable %s found, but continuing anyway as you request", path,
                            f.fields[DEBIAN_INTERPRETER]);
        /* A package is installed although another one has its format, or the kernel cannot do what it wants. */
        result = debian_install(d, &f);
        return result == RESULT_DECLINED ? RESULT_OK : result;
}

static enum result unimport_file(const struct debian *d, const char *path, const char *name)
{
        _cleanup_(debian_format_done) struct debian_format f = {};
        _cleanup_(incoming_done) struct incoming i = {};
        _cleanup_close_ int lock = debian_lock(d);

        enum result result = incoming_read(d, path, name, "unimport", &i);
        if (result != RESULT_OK || is_local(d, &i.stored))
                return result;
        if (i.missing)
                return debian_drop(d, name, i.missing);
        if (!i.stored.name)
                return result;
        result = parse(d, i.text, i.size, path, name, &f);
        return result == RESULT_OK ? debian_remove_format(d, &i.stored, f.fields[DEBIAN_PACKAGE]) : result;
}

typedef enum result file_fn(const struct debian *d, const char *path, const char *name);

static int is_format_file(const struct dirent *de)
{
        return de->d_name[0] != '.';
}

static enum result each_file(const struct debian *d, file_fn *act)
{
        enum result result = RESULT_OK;
        struct dirent **files;

        int n = scandir(d->importdir, &files, is_format_file, alphasort);
        if (n < 0)
                return debian_warn(d, "unable to open %s: %s", d->importdir, strerror(errno));
        for (int i = 0; i < n; i++) {
                _cleanup_free_ char *path = NULL;
                struct stat st;
                if (string_format(&path, "%s/%s", d->importdir, files[i]->d_name) < 0)
                        result = debian_die(d, "out of memory");
                else if (result != RESULT_FATAL && (stat(path, &st) < 0 || S_ISREG(st.st_mode)))
                        result = act(d, path, files[i]->d_name) == RESULT_OK ? result : RESULT_FAILED;
                free(files[i]);
        }
        free(files);
        return result;
}

static enum result one_file(const struct debian *d, const char *name, file_fn *act)
{
        _cleanup_free_ char *path = NULL;
        const char *slash = strrchr(name, '/');

        if (slash)
                return act(d, name, slash + 1);
        if (string_format(&path, "%s/%s", d->importdir, name) < 0)
                return debian_die(d, "out of memory");
        return act(d, path, name);
}

enum result debian_import(const struct debian *d, const char *name)
{
        return name ? one_file(d, name, import_file) : each_file(d, import_file);
}

enum result debian_unimport(const struct debian *d, const char *name)
{
        return name ? one_file(d, name, unimport_file) : each_file(d, unimport_file);
}
