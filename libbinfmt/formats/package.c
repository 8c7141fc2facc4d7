/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "package.h"

#include <fcntl.h>

#include "base/util.h"

#define OS_RELEASE_MAX (64 * 1024)

/* The package of a path in a distribution, which is the ID of os-release(5) or a word of its ID_LIKE. The first row that fits
 * counts. A star in a path stands for any text without a slash, and a star in a package's name for the same text. NULL: no
 * package has the path.
 *
 * In Debian, qemu-user has static programs from Debian 13 on, and qemu-user-static is links to them there. */
static const struct {
        const char *distribution, *path, *package;
} packages[] = {
        { "debian", "/usr/bin/binfmt-translator", "binfmt-translator" },
        { "debian", "/usr/bin/qemu-*-static", "qemu-user-static" },
        { "debian", "/usr/bin/qemu-*", "qemu-user" },
        { "fedora", "/usr/bin/binfmt-translator", "binfmt-translator" },
        { "fedora", "/usr/bin/qemu-*-static", "qemu-user-static" },
        { "fedora", "/usr/bin/qemu-*", "qemu-user" },
        { "arch", "/usr/bin/binfmt-translator", "binfmt-translator" },
        { "arch", "/usr/bin/qemu-*-static", "qemu-user-static" },
        { "arch", "/usr/bin/qemu-*", "qemu-user" },
        { "suse", "/usr/bin/qemu-*-static", NULL },
        { "suse", "/usr/bin/qemu-*", "qemu-linux-user" },
        { "alpine", "/usr/bin/qemu-*-static", NULL },
        { "alpine", "/usr/bin/qemu-*", "qemu-*" },
        { "gentoo", "/usr/bin/qemu-*", "app-emulation/qemu" },
};

/* Whether a text fits a pattern with at most one star. The text that the star stands for is *ret, of *ret_size bytes. */
static bool fits(const char *pattern, const char *text, const char **ret, size_t *ret_size)
{
        size_t head = strcspn(pattern, "*"), n = strlen(text);

        *ret = text;
        *ret_size = 0;
        if (!pattern[head])
                return streq(pattern, text);
        const char *tail = pattern + head + 1;
        size_t ends = strlen(tail);
        if (n < head + ends || strncmp(pattern, text, head) != 0 || !streq(text + n - ends, tail))
                return false;
        *ret = text + head;
        *ret_size = n - head - ends;
        return *ret_size > 0 && !memchr(*ret, '/', *ret_size);
}

/* Finds the value of a variable in a text that a shell could read, without its quotes. *ret_size is 0 where the variable is not
 * set. */
static const char *find_value(const char *text, const char *name, size_t *ret_size)
{
        size_t n = strlen(name);

        for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
                if (strncmp(line, name, n) != 0 || line[n] != '=')
                        continue;
                const char *value = line + n + 1;
                char quote = *value == '"' || *value == '\'' ? *value++ : '\n';
                *ret_size = strcspn(value, (char[]){ quote, '\n', '\0' });
                return value;
        }
        *ret_size = 0;
        return text;
}

/* Looks the path up for one distribution. Returns 1 where a row fits, 0 where none does, or -ENOMEM. */
static int look_up(const char *distribution, size_t size, const char *path, char **ret)
{
        for (size_t i = 0; i < ARRAY_SIZE(packages); i++) {
                const char *part, *package = packages[i].package;
                size_t n;
                if (strlen(packages[i].distribution) != size || strncmp(packages[i].distribution, distribution, size) != 0 ||
                    !fits(packages[i].path, path, &part, &n))
                        continue;
                if (!package)
                        return 1;
                size_t head = strcspn(package, "*");
                bool star = package[head];
                int r = string_format(ret, "%.*s%.*s%s", (int)head, package, star ? (int)n : 0, part,
                                      star ? package + head + 1 : "");
                return r < 0 ? r : 1;
        }
        return 0;
}

int package_find_for(const char *os_release, const char *path, char **ret)
{
        size_t size, like_size;
        const char *id = find_value(os_release, "ID", &size);
        const char *like = find_value(os_release, "ID_LIKE", &like_size);

        *ret = NULL;
        int r = look_up(id, size, path, ret);
        while (r == 0 && like_size > 0) {
                size_t blanks = strspn(like, " ");
                if (blanks >= like_size)
                        break;
                size_t n = strcspn(like + blanks, " ");
                n = n < like_size - blanks ? n : like_size - blanks;
                r = look_up(like + blanks, n, path, ret);
                like += blanks + n;
                like_size -= blanks + n;
        }
        return r < 0 ? r : 0;
}

char *package_describe(const char *path)
{
        _cleanup_free_ char *text = NULL, *package = NULL;
        char *s = NULL;

        if (file_read_at(AT_FDCWD, "/etc/os-release", OS_RELEASE_MAX, &text, NULL) < 0 &&
            file_read_at(AT_FDCWD, "/usr/lib/os-release", OS_RELEASE_MAX, &text, NULL) < 0)
                return strdup(path);
        if (package_find_for(text, path, &package) < 0)
                return NULL;
        if (!package)
                return strdup(path);
        (void)string_format(&s, _("%s (package %s)"), path, package);
        return s;
}
