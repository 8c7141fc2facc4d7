/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "library-path.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>

#include "base/elf-machine.h"
#include "base/util.h"

#define CONF_MAX 65536 /* bytes of a file */
#define DEPTH_MAX 8    /* of files that include others */
#define DIRS_MAX 512

struct names {
        char **items;
        size_t n;
};

static void names_done(struct names *l)
{
        for (size_t i = 0; i < l->n; i++)
                free(l->items[i]);
        free(l->items);
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

void library_path_done(struct library_path *p)
{
        for (size_t i = 0; i < p->n; i++)
                free(p->items[i].path);
        free(p->items);
        *p = (struct library_path){};
}

static int add_dir(struct library_path *p, const char *path, bool cached)
{
        _cleanup_free_ char *copy = NULL;

        for (size_t i = 0; i < p->n; i++)
                if (streq(p->items[i].path, path))
                        return 0;
        if (p->n == DIRS_MAX)
                return 0;
        if (string_set(&copy, path) < 0 || array_grow(&p->items, p->n, sizeof(*p->items)) < 0)
                return -ENOMEM;
        p->items[p->n++] = (struct library_dir){ .path = TAKE_PTR(copy), .cached = cached };
        return 0;
}

static int read_conf(const struct root *root, const char *file, unsigned depth, struct library_path *p);

static int list_names(const struct root *root, const char *directory, const char *pattern, struct names *ret)
{
        _cleanup_close_ int fd = root_open_file(root, directory, O_RDONLY | O_DIRECTORY);
        struct dirent *de;

        if (fd < 0)
                return 0;
        _cleanup_closedir_ DIR *d = fdopendir(fd);
        if (!d)
                return -errno;
        TAKE_FD(fd);
        while (ret->n < DIRS_MAX && (de = readdir(d))) {
                if (fnmatch(pattern, de->d_name, FNM_PERIOD) != 0)
                        continue;
                if (array_grow(&ret->items, ret->n, sizeof(*ret->items)) < 0)
                        return -ENOMEM;
                ret->items[ret->n] = strdup(de->d_name);
                if (!ret->items[ret->n])
                        return -ENOMEM;
                ret->n++;
        }
        if (ret->n > 0)
                qsort(ret->items, ret->n, sizeof(*ret->items), compare_names);
        return 0;
}

/* Reads the files of a line "include PATTERN". Only the last part of the path may have wildcards, as it is in practice. */
static int include_conf(const struct root *root, const char *pattern, unsigned depth, struct library_path *p)
{
        _cleanup_(names_done) struct names names = {};
        _cleanup_free_ char *path = NULL;

        if (string_format(&path, "%s%s", pattern[0] == '/' ? "" : "/etc/", pattern) < 0)
                return -ENOMEM;
        char *slash = strrchr(path, '/');
        *slash = '\0';
        int r = list_names(root, *path ? path : "/", slash + 1, &names);
        for (size_t i = 0; i < names.n && r >= 0; i++) {
                _cleanup_free_ char *file = NULL;
                r = string_format(&file, "%s/%s", path, names.items[i]);
                if (r >= 0)
                        r = read_conf(root, file, depth + 1, p);
        }
        return r;
}

/* Reads one line of ld.so.conf, without its comment. */
static int read_conf_line(const struct root *root, char *line, unsigned depth, struct library_path *p)
{
        line += strspn(line, " \t");
        line[strcspn(line, "#\r")] = '\0';
        size_t n = strlen(line);
        while (n > 0 && strchr(" \t/", line[n - 1]))
                line[--n] = '\0';

        if (strncmp(line, "include", 7) == 0 && (line[7] == ' ' || line[7] == '\t'))
                return include_conf(root, line + 8 + strspn(line + 8, " \t"), depth, p);
        return line[0] == '/' ? add_dir(p, line, true) : 0;
}

static int read_conf(const struct root *root, const char *file, unsigned depth, struct library_path *p)
{
        _cleanup_free_ char *text = NULL;
        char *state = NULL;

        if (depth > DEPTH_MAX)
                return 0;
        int r = root_read_file(root, file, CONF_MAX, &text);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                return 0; /* as ldconfig does */
        for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
                r = read_conf_line(root, line, depth, p);
                if (r < 0)
                        return r;
        }
        return 0;
}

bool linker_is_musl(const char *linker)
{
        const char *slash = strrchr(linker, '/');

        return strncmp(slash ? slash + 1 : linker, "ld-musl-", 8) == 0;
}

/* Reads the directories of musl: /etc/ld-musl-ARCH.path has them, separated by colons or newlines, in place of the built-in
 * ones. */
static int load_musl(const struct root *root, const char *linker, struct library_path *p)
{
        static const char *const builtin[] = { "/lib", "/usr/local/lib", "/usr/lib" };
        const char *name = strrchr(linker, '/') ? strrchr(linker, '/') + 1 : linker;
        _cleanup_free_ char *file = NULL, *text = NULL;
        char *state = NULL;

        if (string_format(&file, "/etc/%.*s.path", (int)strcspn(name, "."), name) < 0)
                return -ENOMEM;
        int r = root_read_file(root, file, CONF_MAX, &text);
        if (r == -ENOMEM)
                return r;
        if (r < 0) {
                r = 0;
                for (size_t i = 0; i < ARRAY_SIZE(builtin) && r >= 0; i++)
                        r = add_dir(p, builtin[i], false);
                return r;
        }
        r = 0;
        for (char *d = strtok_r(text, ":\n", &state); d && r >= 0; d = strtok_r(NULL, ":\n", &state))
                r = add_dir(p, d, false);
        return r;
}

static int add_builtin(const struct elf_file *program, struct library_path *p)
{
        static const char *const parents[] = { "/lib", "/usr/lib" };
        const char *multiarch = elf_machine_multiarch(program);

        for (size_t i = 0; i < ARRAY_SIZE(parents); i++) {
                _cleanup_free_ char *multi = NULL, *wide = NULL;
                if (string_format(&multi, "%s/%s", parents[i], multiarch ? multiarch : "") < 0 ||
                    string_format(&wide, "%s64", parents[i]) < 0)
                        return -ENOMEM;
                if ((multiarch && add_dir(p, multi, false) < 0) || (program->is64 && add_dir(p, wide, false) < 0) ||
                    add_dir(p, parents[i], false) < 0)
                        return -ENOMEM;
        }
        return 0;
}

int library_path_load(const struct root *root, const struct elf_file *program, struct library_path *ret)
{
        _cleanup_(library_path_done) struct library_path p = {};
        int r;

        if (linker_is_musl(program->interpreter)) {
                r = load_musl(root, program->interpreter, &p);
        } else {
                _cleanup_close_ int cache = root_open_file(root, "/etc/ld.so.cache", O_PATH);
                p.has_cache = cache >= 0;
                /* The built-in directories come first, so that they do not count as ones to which only the cache leads. */
                r = add_builtin(program, &p);
                if (r >= 0)
                        r = read_conf(root, "/etc/ld.so.conf", 0, &p);
        }
        if (r < 0)
                return r;
        *ret = p;
        p = (struct library_path){};
        return 0;
}
