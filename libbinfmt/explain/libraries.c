/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "libraries.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/elf-machine.h"
#include "library-path.h"

/* More than any real program has; what comes after is not examined. */
#define OBJECTS_MAX 2048

/* The program, or a library that it needs. */
struct object {
        char *name;   /* as it is asked for */
        char *origin; /* the directory it is in */
        struct elf_file elf;
        size_t parent; /* index of the object that asked for it */
};

struct search {
        const struct root *root;
        const char *before, *after; /* directories in which files are looked for before and after their own path, or NULL */
        char *default_prefix;
        struct findings *findings;
        struct library_path path;
        struct object *objects;
        size_t n;
        bool musl;
};

static void search_done(struct search *s)
{
        for (size_t i = 0; i < s->n; i++) {
                free(s->objects[i].name);
                free(s->objects[i].origin);
                elf_file_done(&s->objects[i].elf);
        }
        free(s->objects);
        free(s->default_prefix);
        library_path_done(&s->path);
}

static int directory_of(const char *path, char **ret)
{
        const char *slash = strrchr(path, '/');

        if (!slash)
                return string_set(ret, ".");
        return string_format(ret, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* Opens a file where the interpreter of a foreign program would. */
static int open_library(const struct search *s, const char *path)
{
        const char *const prefixes[] = { s->before, "", s->after };

        for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
                _cleanup_free_ char *p = NULL;

                if (!prefixes[i] || (*prefixes[i] && *path != '/'))
                        continue;
                if (string_format(&p, "%s%s", prefixes[i], path) < 0)
                        return -ENOMEM;
                int fd = root_open_file(s->root, p, O_RDONLY | O_NOCTTY | O_NONBLOCK);
                if (fd >= 0 || fd == -ENOMEM)
                        return fd;
        }
        return -ENOENT;
}

/* Reads a library. Returns 0; -ENOENT where there is none; -ELIBBAD where it is for another machine or is no library. */
static int read_library(const struct search *s, const char *path, struct elf_file *ret)
{
        const struct elf_file *program = &s->objects[0].elf;
        _cleanup_(elf_file_done) struct elf_file f = {};
        const char *reason;
        struct stat st;

        _cleanup_close_ int fd = open_library(s, path);
        if (fd == -ENOMEM)
                return fd;
        if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                return -ENOENT;
        int r = elf_file_read(&(struct elf_source){ .fd = fd }, &f, &reason);
        if (r == -ENOMEM)
                return r;
        if (r < 0 || f.machine != program->machine || f.is64 != program->is64 || f.big_endian != program->big_endian)
                return -ELIBBAD;
        *ret = f;
        f = (struct elf_file){};
        return 0;
}

/* A library while it is looked for. */
struct wanted {
        const char *name;
        size_t by;      /* index of the object that needs it */
        char *unusable; /* where it was found for another machine */
};

static int add_object(struct search *s, const struct wanted *w, const char *path, struct elf_file *elf)
{
        struct object o = { .parent = w->by };

        if (array_grow(&s->objects, s->n, sizeof(*s->objects)) < 0 || string_set(&o.name, w->name) < 0)
                return -ENOMEM;
        if (directory_of(path, &o.origin) < 0) {
                free(o.name);
                return -ENOMEM;
        }
        o.elf = *elf;
        *elf = (struct elf_file){};
        s->objects[s->n++] = o;
        return 0;
}

/* Takes the file at path for the library that is wanted, if it is that. Returns 1 if so, 0 if not, or a negative errno. */
static int try_path(struct search *s, struct wanted *w, const char *path)
{
        _cleanup_(elf_file_done) struct elf_file elf = {};

        int r = read_library(s, path, &elf);
        if (r == -ELIBBAD && !w->unusable)
                return string_set(&w->unusable, path);
        if (r == -ENOENT || r == -ELIBBAD)
                return 0;
        if (r >= 0)
                r = add_object(s, w, path, &elf);
        return r < 0 ? r : 1;
}

static int try_dir(struct search *s, struct wanted *w, const char *dir)
{
        _cleanup_free_ char *path = NULL;

        if (string_format(&path, "%s/%s", dir, w->name) < 0)
                return -ENOMEM;
        return try_path(s, w, path);
}

/* Finds $NAME or ${NAME} at the start of text. Returns how long that is, 0 where it is something else. */
static size_t token_length(const char *text, const char *name)
{
        size_t n = strlen(name);

        if (text[1] == '{' && strncmp(text + 2, name, n) == 0 && text[2 + n] == '}')
                return n + 3;
        return strncmp(text + 1, name, n) == 0 ? n + 1 : 0;
}

/* Expands $ORIGIN, $LIB and $PLATFORM in one directory of a list. */
static int expand(const struct search *s, const char *origin, const char *dir, size_t size, char **ret)
{
        const struct elf_file *program = &s->objects[0].elf;
        const struct elf_machine *m = elf_machine_find(program);
        const char *multiarch = elf_machine_multiarch(program);
        const struct {
                const char *name, *prefix, *value;
        } tokens[] = {
                { "ORIGIN", "", origin },
                { "LIB", multiarch ? "lib/" : "lib", multiarch ? multiarch : "" },
                { "PLATFORM", "", m ? m->name : "" },
        };
        _cleanup_free_ char *text = strdup("");

        if (!text)
                return -ENOMEM;
        for (size_t i = 0; i < size;) {
                _cleanup_free_ char *more = NULL;
                size_t t = ARRAY_SIZE(tokens), length = 0;
                if (dir[i] == '$')
                        for (t = 0; t < ARRAY_SIZE(tokens) && length == 0; t++)
                                length = token_length(dir + i, tokens[t].name);
                int r = length > 0 && length <= size - i
                                ? string_format(&more, "%s%s%s", text, tokens[t - 1].prefix, tokens[t - 1].value)
                                : string_format(&more, "%s%.*s", text, (int)strcspn(dir + i + 1, "$:") + 1, dir + i);
                if (r < 0)
                        return r;
                i += length > 0 && length <= size - i ? length : strcspn(dir + i + 1, "$:") + 1;
                free(text);
                text = TAKE_PTR(more);
        }
        *ret = TAKE_PTR(text);
        return 0;
}

/* Looks in a list of directories that an object brings. */
static int try_list(struct search *s, struct wanted *w, const char *list, const char *origin)
{
        while (list && *list) {
                _cleanup_free_ char *dir = NULL;
                size_t n = strcspn(list, ":");
                int r = expand(s, origin, list, n, &dir);
                if (r >= 0)
                        r = try_dir(s, w, *dir ? dir : ".");
                if (r != 0)
                        return r;
                list += n + (list[n] == ':');
        }
        return 0;
}

/* Looks in DT_RPATH of the object that asks, and of those that led to it. An object that has DT_RUNPATH does not count. */
static int try_rpaths(struct search *s, struct wanted *w)
{
        if (s->objects[w->by].elf.runpath)
                return 0;
        for (size_t i = w->by;; i = s->objects[i].parent) {
                _cleanup_free_ char *list = NULL, *origin = NULL;
                /* The list is copied, because the array of objects may move when a library is found. */
                if (string_set(&list, s->objects[i].elf.runpath ? NULL : s->objects[i].elf.rpath) < 0 ||
                    string_set(&origin, s->objects[i].origin) < 0)
                        return -ENOMEM;
                int r = try_list(s, w, list, origin);
                if (r != 0 || i == 0)
                        return r;
        }
}

static int try_runpath(struct search *s, struct wanted *w)
{
        _cleanup_free_ char *list = NULL, *origin = NULL;

        if (string_set(&list, s->objects[w->by].elf.runpath) < 0 || string_set(&origin, s->objects[w->by].origin) < 0)
                return -ENOMEM;
        return try_list(s, w, list, origin);
}

/* Looks in the directories that every program has. A directory to which only ldconfig's cache leads is of no use where there is
 * no cache. */
static int try_path_of_all(struct search *s, struct wanted *w)
{
        for (size_t i = 0; i < s->path.n; i++) {
                const struct library_dir *d = &s->path.items[i];
                int r = try_dir(s, w, d->path);
                if (r == 0)
                        continue;
                if (r > 0 && d->cached && !s->path.has_cache &&
                    (findings_add(s->findings, CAUSE_LIBRARY_NOT_IN_CACHE, w->name,
                                  "%s is in %s, which ld.so.conf names, but there is no /etc/ld.so.cache", w->name,
                                  d->path) < 0 ||
                     findings_remedy(s->findings, "Run ldconfig%s%s.", *s->root->path ? " -r " : "", s->root->path) < 0))
                        return -ENOMEM;
                return r;
        }
        return 0;
}

static int find(struct search *s, struct wanted *w)
{
        if (strchr(w->name, '/'))
                return try_path(s, w, w->name);
        int r = try_rpaths(s, w);
        if (r == 0)
                r = try_list(s, w, secure_getenv("LD_LIBRARY_PATH"), "");
        if (r == 0)
                r = try_runpath(s, w);
        if (r == 0)
                r = try_path_of_all(s, w);
        return r;
}

/* musl's dynamic linker has the C library and its relatives in itself. */
static bool is_in_musl(const char *name)
{
        static const char *const parts[] = { "c", "pthread", "rt", "m", "dl", "util", "xnet" };

        for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
                size_t n = strlen(parts[i]);
                if (strncmp(name, "lib", 3) == 0 && strncmp(name + 3, parts[i], n) == 0 && name[3 + n] == '.')
                        return true;
        }
        return false;
}

static bool is_there(const struct search *s, const char *name)
{
        const char *linker = s->objects[0].elf.interpreter, *slash = strrchr(linker, '/');

        if (streq(slash ? slash + 1 : linker, name) || (s->musl && is_in_musl(name)))
                return true;
        for (size_t i = 1; i < s->n; i++)
                if (streq(s->objects[i].name, name))
                        return true;
        return false;
}

static int note_missing(const struct search *s, const struct wanted *w)
{
        const char *machine = elf_machine_name(&s->objects[0].elf), *by = s->objects[w->by].name;
        int r;

        if (w->unusable)
                r = findings_add(s->findings, CAUSE_LIBRARY_WRONG_MACHINE, w->name,
                                 "%s needs the library %s; %s is not one for %s", by, w->name, w->unusable, machine);
        else
                r = findings_add(s->findings, CAUSE_LIBRARY_MISSING, w->name, "%s needs the library %s, which is missing%s%s", by,
                                 w->name, *s->root->path ? _(" in ") : "", s->root->path);
        if (r < 0)
                return r;
        return findings_remedy(s->findings, "Install the package that has %s for %s%s%s.", w->name, machine,
                               *s->root->path ? _(" into ") : "", s->root->path);
}

static int check_needs(struct search *s, size_t object)
{
        for (size_t i = 0; i < s->objects[object].elf.n_needed && s->n < OBJECTS_MAX; i++) {
                _cleanup_free_ char *name = NULL, *unusable = NULL;
                bool noted = false;
                if (string_set(&name, s->objects[object].elf.needed[i]) < 0)
                        return -ENOMEM;
                if (is_there(s, name))
                        continue;
                for (size_t k = 0; k < s->findings->n; k++)
                        noted = noted || streq_null(s->findings->items[k].subject, name);
                if (noted)
                        continue;
                struct wanted w = { .name = name, .by = object };
                int r = find(s, &w);
                unusable = w.unusable;
                if (r == 0)
                        r = note_missing(s, &w);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Takes the program itself as the first object. Returns 1, 0 where it needs no dynamic linker, or a negative errno. */
static int add_program(struct search *s, int fd, const char *path)
{
        _cleanup_(elf_file_done) struct elf_file elf = {};
        const char *reason;

        int r = elf_file_read(&(struct elf_source){ .fd = fd }, &elf, &reason);
        if (r < 0 || !elf.interpreter)
                return r;
        r = add_object(s, &(struct wanted){ .name = path }, path, &elf);
        return r < 0 ? r : 1;
}

/* Finds the dynamic linker as the interpreter does: in the directory that is set for it; or, where it is nowhere else, in the one
 * where the interpreter looks by itself. */
static int find_linker(struct search *s, const char *linker, struct elf_file *ret)
{
        const struct elf_file *program = &s->objects[0].elf;

        if (elf_machine_is_native(program))
                return read_library(s, linker, ret);
        s->before = secure_getenv("BINFMT_LD_PREFIX");
        if (!s->before)
                s->before = secure_getenv("QEMU_LD_PREFIX");
        int r = read_library(s, linker, ret);
        if (r != -ENOENT || s->before)
                return r;
        r = string_format(&s->default_prefix, "/etc/qemu-binfmt/%s", elf_machine_name(program));
        if (r < 0)
                return r;
        s->after = s->default_prefix;
        return read_library(s, linker, ret);
}

static int remedy_linker(struct search *s)
{
        const struct elf_file *program = &s->objects[0].elf;
        const char *path = s->objects[0].name, *machine = elf_machine_name(program), *multiarch = elf_machine_multiarch(program);

        if (elf_machine_is_native(program) || *s->root->path)
                return findings_remedy(
                        s->findings,
                        "Install the C library of %s%s%s (Debian: libc6 of that architecture), or link %s statically.", machine,
                        *s->root->path ? _(" into ") : "", s->root->path, path);
        return findings_remedy(s->findings,
                               "Install the C library of %s (Debian: libc6 of that architecture), link %s statically, or set "
                               "QEMU_LD_PREFIX to the directory that a cross compiler has its libraries in (Debian: /usr/%s).",
                               machine, path, multiarch ? multiarch : machine);
}

/* Checks that the dynamic linker is there. Returns 1 where it is, 0 where not, with a finding, or a negative errno. */
static int check_linker(struct search *s)
{
        const struct elf_file *program = &s->objects[0].elf;
        const char *path = s->objects[0].name, *linker = program->interpreter, *machine = elf_machine_name(program);
        _cleanup_(elf_file_done) struct elf_file elf = {};

        int r = find_linker(s, linker, &elf);
        if (r >= 0)
                return 1;
        if (r == -ENOENT)
                r = findings_add(s->findings, CAUSE_LINKER_MISSING, linker,
                                 "%s needs the dynamic linker %s, which is missing%s%s", path, linker,
                                 *s->root->path ? _(" in ") : "", s->root->path);
        else if (r == -ELIBBAD)
                r = findings_add(s->findings, CAUSE_LINKER_UNUSABLE, linker,
                                 "%s needs the dynamic linker %s, and that is not one for %s", path, linker, machine);
        if (r >= 0)
                r = remedy_linker(s);
        return r < 0 ? r : 0;
}

int libraries_check(const struct root *root, int fd, const char *path, struct findings *findings)
{
        _cleanup_(search_done) struct search s = { .root = root, .findings = findings };

        int r = add_program(&s, fd, path);
        if (r > 0)
                r = check_linker(&s);
        if (r <= 0)
                return r;
        const char *linker = s.objects[0].elf.interpreter;
        s.musl = linker_is_musl(linker);
        if (strstr(linker, "/linker")) /* Android's */
                return findings_add(findings, CAUSE_LIBRARIES_NOT_CHECKED, path,
                                    "where %s looks for libraries is not known, so they were not checked", linker);
        r = library_path_load(root, &s.objects[0].elf, &s.path);
        for (size_t i = 0; i < s.n && r >= 0; i++)
                r = check_needs(&s, i);
        return r < 0 ? r : 0;
}
