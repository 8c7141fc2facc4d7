/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "binfmt-d.h"

#include <errno.h>

#include "base/conf-files.h"

#define WHITESPACE " \t\n\r"

static void line_done(struct binfmt_d_line *l)
{
        entry_done(&l->entry);
        free(l->file);
}

void binfmt_d_done(struct binfmt_d *l)
{
        for (size_t i = 0; i < l->n; i++)
                line_done(&l->items[i]);
        free(l->items);
        *l = (struct binfmt_d){};
}

static int add_line(struct binfmt_d *l, const char *path, unsigned number, char *text, struct problems *problems)
{
        const char *reason;

        if (array_grow(&l->items, l->n, sizeof(*l->items)) < 0)
                return -ENOMEM;

        struct binfmt_d_line *new = &l->items[l->n];
        *new = (struct binfmt_d_line){ .line = number, .position = l->n };
        int r = binfmt_line_parse(text, &new->entry, &reason);
        if (r == -EINVAL)
                return problems_add(problems, 0, path, number, "%s", reason);
        if (r < 0 || string_set(&new->file, path) < 0) {
                line_done(new);
                return -ENOMEM;
        }
        l->n++;
        return 0;
}

/* Reads one line as it is in the file, with its newline; the text is changed. */
static int take_line(struct binfmt_d *l, const char *path, unsigned number, char *line, size_t size, struct problems *problems)
{
        if (strlen(line) != size)
                return problems_add(problems, 0, path, number, "the line contains a NUL byte");

        char *text = line + strspn(line, WHITESPACE), *end = line + size;
        if (!*text || *text == '#' || *text == ';')
                return 0;
        while (strchr(WHITESPACE, end[-1]))
                end--;
        *end = '\0';
        return add_line(l, path, number, text, problems);
}

int binfmt_d_read(const char *path, struct binfmt_d *l, struct problems *problems)
{
        _cleanup_fclose_ FILE *f = NULL;
        _cleanup_free_ char *line = NULL;
        const char *reason;
        size_t allocated = 0;
        ssize_t size;

        int r = conf_file_open(path, &f, &reason);
        if (r < 0)
                return problems_add(problems, r, path, 0, "%s", reason);
        errno = 0;
        for (unsigned number = 1; r >= 0 && (size = getline(&line, &allocated, f)) >= 0; number++)
                r = take_line(l, path, number, line, (size_t)size, problems);
        /* Where there is no memory, getline(3) fails without an error of the stream. */
        if (r >= 0 && !feof(f))
                r = problems_add(problems, errno ? -errno : -EIO, path, 0, "it cannot be read: %s", strerror(errno));
        return r;
}

/* Compares lines by the names of their entries, and lines of one name by the order in which they were read. */
static int compare(const void *a, const void *b)
{
        const struct binfmt_d_line *x = a, *y = b;
        int order = strcmp(x->entry.name, y->entry.name);

        return order != 0 ? order : x->position < y->position ? -1 : 1;
}

/* Keeps the last line of each name. Another line of a name in the same file is a mistake, and noted in problems; in another file
 * it is how an administrator changes what a package's file says. */
static int drop_repeated(struct binfmt_d *l, struct problems *problems)
{
        size_t kept = 0;
        int r = 0;

        for (size_t i = 0; i < l->n; i++) {
                struct binfmt_d_line *one = &l->items[i], *next = one + 1;
                if (i + 1 < l->n && streq(one->entry.name, next->entry.name)) {
                        if (r >= 0 && streq(one->file, next->file))
                                r = problems_add(problems, 0, one->file, one->line,
                                                 "%s is named again in line %u, and that line counts", one->entry.name,
                                                 next->line);
                        line_done(one);
                } else {
                        l->items[kept++] = *one;
                }
        }
        l->n = kept;
        return r;
}

int binfmt_d_load(char *const *directories, size_t n, struct binfmt_d *ret, struct problems *problems)
{
        _cleanup_(conf_files_done) struct conf_files files = {};
        _cleanup_(binfmt_d_done) struct binfmt_d l = {};

        int r = conf_files_list(directories, n, ".conf", CONF_FILES, &files, problems);
        l.incomplete = files.incomplete;
        for (size_t i = 0; i < files.n && r >= 0; i++) {
                int error = files.items[i].masked ? 0 : binfmt_d_read(files.items[i].path, &l, problems);
                if (error == -ENOMEM)
                        r = error;
                l.incomplete = l.incomplete || conf_file_may_have_more(error);
        }
        if (r < 0)
                return r;
        if (l.n > 0)
                qsort(l.items, l.n, sizeof(*l.items), compare);
        r = drop_repeated(&l, problems);
        if (r < 0)
                return r;
        *ret = l;
        l = (struct binfmt_d){};
        return 0;
}
