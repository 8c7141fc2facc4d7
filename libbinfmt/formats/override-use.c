/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The administrator's choice of an interpreter, and the history of such choices. */
#include "override-internal.h"

#include <errno.h>
#include <fcntl.h>

/* The history has a line for each earlier choice, the latest last: a path, or a dash where it was left to the priorities. */
#define HISTORY_FILE "51-binfmtctl.history"
#define HISTORY_SIZE_MAX (1024 * 1024)
#define PRIORITIES "-"

static int read_history(const struct paths *paths, const char *name, char **ret)
{
        _cleanup_free_ char *path = NULL;

        int r = string_format(&path, "%s/%s.conf.d/" HISTORY_FILE, paths_admin_dir(paths), name);
        if (r < 0)
                return r;
        r = file_read_at(AT_FDCWD, path, HISTORY_SIZE_MAX, ret, NULL);
        return r == -ENOENT ? string_set(ret, "") : r;
}

static int write_history(const struct paths *paths, const char *name, const char *text)
{
        return *text ? override_put(paths, name, HISTORY_FILE, text) : override_delete(paths, name, HISTORY_FILE);
}

/* Where the last max lines of the text begin. */
static const char *last_lines(const char *text, size_t max)
{
        const char *p = text + strlen(text);

        for (size_t n = 0; p > text; p--)
                if (p[-1] == '\n' && n++ == max)
                        break;
        return p;
}

/* Cuts off the newline of the last line, and finds that line; NULL where there is none. */
static char *cut_last(char *text)
{
        size_t n = strlen(text);

        while (n > 0 && text[n - 1] == '\n')
                text[--n] = '\0';
        if (n == 0)
                return NULL;
        char *newline = strrchr(text, '\n'), *line = newline ? newline + 1 : text;
        return line;
}

int override_use(const struct paths *paths, const struct format *f, const char *path)
{
        _cleanup_free_ char *history = NULL, *longer = NULL;
        const char *name = f->entry.name;

        if (streq_null(f->use, path))
                return 0;
        int r = read_history(paths, name, &history);
        if (r >= 0)
                r = string_format(&longer, "%s%s\n", last_lines(history, OVERRIDE_HISTORY_MAX - 1), f->use ? f->use : PRIORITIES);
        /* If the process ends between the two writes, the last line of the history is the present choice, which find_previous()
         * passes over. */
        if (r >= 0)
                r = write_history(paths, name, longer);
        return r < 0 ? r : override_put_use(paths, name, path);
}

/* Finds the choice before the present one in the history, and cuts the history off behind it. */
static int find_previous(char *history, const struct format *f, const char **ret)
{
        const char *now = f->use ? f->use : PRIORITIES;

        for (char *line = cut_last(history); line; line = cut_last(history)) {
                if (!streq(line, now)) {
                        *ret = line;
                        return 0;
                }
                *line = '\0';
        }
        return -ENOENT;
}

int override_previous(const struct paths *paths, const struct format *f, char **ret)
{
        _cleanup_free_ char *history = NULL;
        const char *previous;

        int r = read_history(paths, f->entry.name, &history);
        if (r >= 0)
                r = find_previous(history, f, &previous);
        return r < 0 ? r : string_set(ret, streq(previous, PRIORITIES) ? NULL : previous);
}

int override_rollback(const struct paths *paths, const struct format *f)
{
        _cleanup_free_ char *history = NULL, *path = NULL;
        const char *previous, *name = f->entry.name;

        int r = read_history(paths, name, &history);
        if (r >= 0)
                r = find_previous(history, f, &previous);
        if (r >= 0)
                r = string_set(&path, streq(previous, PRIORITIES) ? NULL : previous);
        /* If the process ends between the two writes, the history still has the choice that is the present one then, which
         * find_previous() passes over. */
        if (r >= 0)
                r = override_put_use(paths, name, path);
        if (r < 0)
                return r;
        history[previous - history] = '\0';
        return write_history(paths, name, history);
}
