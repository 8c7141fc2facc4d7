/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fnmatch.h>
#include <time.h>

#include "kernel/kernel.h"
#include "oci.h"
#include "platform.h"

/* How often an uninstalled entry that is there again is removed again; how often it is looked whether a replacement is over. */
enum { AGAIN = 3, SETTLE_TRIES = 50 };

static int say(const char *verb, const char *word, int error, const char *text)
{
        fprintf(stderr, "%s: %s %s\n", verb, word, text);
        return error;
}

static int say_problems(const char *word, int error, const struct problems *problems)
{
        for (size_t i = 0; i < problems->n; i++)
                (void)say("installing", word, 0, problems->items[i].text);
        return problems->n > 0 ? error : say("installing", word, error, strerror(-error));
}

/* Registers an entry, in place of the entry of the same name if there is one; *ret_former is that one's interpreter then.
 * Returns 0 or a negative errno. */
static int register_entry(int fd, const char *word, const struct entry *e, char **ret_former)
{
        _cleanup_(entry_done) struct entry former = {};
        const char *reason = NULL;

        int r = kernel_read(fd, e->name, &former);
        bool replace = r >= 0;
        if (r >= 0)
                r = kernel_replace(fd, e, &reason);
        else if (r == -ENOENT)
                r = kernel_register(fd, e, &reason);
        if (r < 0)
                return say("installing", word, r, reason ?: strerror(-r));
        if (replace)
                *ret_former = TAKE_PTR(former.interpreter);
        return 0;
}

/* Tries whether a platform's programs run, now that its entry is registered. Returns 0, or a negative errno with the reason
 * printed. */
static int try_platform(int fd, const struct platform *p, const char *word)
{
        if (kernel_enabled(fd) == 0)
                return say("installing", word, -ENOEXEC,
                           "has no effect while binfmt_misc is disabled as a whole: "
                           "echo 1 >/proc/sys/fs/binfmt_misc/status");
        if (platform_probe(p) != 1)
                return say("installing", word, -ENOEXEC,
                           "is registered, but a program for it does not run: "
                           "the translator needs an amd64 machine, x86-64-v2");
        return 0;
}

/* Registers the formats that follow the platform's, such as that of AppImages. Returns 0, or a negative errno with the reason
 * printed. */
static int install_followers(int fd, const struct catalog *catalog, const char *name, const char *word)
{
        for (size_t i = 0; i < catalog->n; i++) {
                _cleanup_(problems_done) struct problems problems = {};
                _cleanup_(entry_done) struct entry e = {};
                _cleanup_free_ char *former = NULL;
                const struct format *f = &catalog->formats[i];
                const struct candidate *interpreter;
                if (!catalog_follows(catalog, f, name) || !f->enabled)
                        continue;
                int r = format_choose(f, &interpreter, &problems);
                if (r < 0)
                        return say_problems(word, r, &problems);
                r = format_make_entry(f, interpreter, &e);
                if (r >= 0)
                        r = register_entry(fd, word, &e, &former);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int install_platform(int fd, const struct catalog *catalog, const struct platform *p, const char *word)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(entry_done) struct entry e = {};
        _cleanup_free_ char *former = NULL, *text = NULL;
        const struct format *f = catalog_find(catalog, p->format);
        const struct candidate *interpreter;

        int r = f ? format_choose(f, &interpreter, &problems) : -ENOENT;
        if (r == -ENOENT)
                return say("installing", word, r, "this image has no translator for it");
        if (r < 0)
                return say_problems(word, r, &problems);
        r = format_make_entry(f, interpreter, &e);
        if (r >= 0)
                r = register_entry(fd, word, &e, &former);
        if (r >= 0)
                r = install_followers(fd, catalog, p->format, word);
        if (r >= 0)
                r = try_platform(fd, p, word);
        if (r < 0)
                return r;
        if (former && string_format(&text, "OK, in the place of %s", former) < 0)
                return -ENOMEM;
        return say("installing", word, 0, text ?: "OK");
}

/* Whether there is anything in the image that could be registered. */
static bool is_available(const struct catalog *catalog, const struct platform *p)
{
        _cleanup_(problems_done) struct problems ignored = {};
        const struct format *f = catalog_find(catalog, p->format);
        const struct candidate *interpreter;

        return f && format_choose(f, &interpreter, &ignored) >= 0;
}

static int install_all(int fd, const struct catalog *catalog)
{
        int error = -ENOENT;
        bool any = false;

        for (size_t i = 0; i < n_platforms; i++) {
                if (!is_available(catalog, &platforms[i]))
                        continue;
                int r = install_platform(fd, catalog, &platforms[i], platforms[i].words[0]);
                if (!any || r < 0)
                        error = r;
                any = true;
        }
        return any ? error : say("installing", "all", error, "there is no translator in this image");
}

/* Calls a function for each word of the list. Returns 0 or its last error. */
static int for_each_word(const char *list, int (*function)(void *context, const char *word), void *context)
{
        _cleanup_free_ char *copy = strdup(list);
        char *state = NULL;
        int error = 0;

        if (!copy)
                return -ENOMEM;
        for (char *word = strtok_r(copy, ",", &state); word; word = strtok_r(NULL, ",", &state)) {
                int r = function(context, word);
                if (r < 0)
                        error = r;
        }
        return error;
}

struct install_context {
        int fd;
        const struct catalog *catalog;
};

static int install_word(void *context, const char *word)
{
        const struct install_context *c = context;
        const struct platform *p = platform_find(word);

        if (streq(word, "all"))
                return install_all(c->fd, c->catalog);
        if (!p)
                return say("installing", word, -EINVAL, "is no platform that is known here");
        return install_platform(c->fd, c->catalog, p, word);
}

int install(int fd, const struct catalog *catalog, const char *list)
{
        struct install_context c = { .fd = fd, .catalog = catalog };

        return for_each_word(list, install_word, &c);
}

static bool is_pattern(const char *word)
{
        return strpbrk(word, "*?[");
}

/* True when a word means the entry of this name. The word may be the name, its part after a dash, a pattern for it, or the
 * entry's platform. A word that means a format means the formats that follow it, too. */
static bool word_means(const struct catalog *catalog, const char *word, const char *name)
{
        const struct format *f = catalog_find(catalog, name);
        const struct platform *p = platform_find(word);
        size_t n = strlen(name), m = strlen(word);

        if (streq(word, name) || (p && streq(p->format, name)) || (f && f->follows && word_means(catalog, word, f->follows)))
                return true;
        /* With this entry WSL starts Windows programs: only its whole name means it. */
        if (strncmp(name, "WSLInterop", strlen("WSLInterop")) == 0)
                return false;
        return fnmatch(word, name, 0) == 0 || (n > m && name[n - m - 1] == '-' && streq(name + n - m, word));
}

/* Lists the entries at a moment at which none of them is being replaced. What is replaced is missing for a moment, and what was removed
 * before that is not registered again (kernel_replace_from). */
static int list_settled(int fd, struct entries *ret)
{
        const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };

        for (int i = 0; i < SETTLE_TRIES; i++) {
                entries_done(ret);
                int r = kernel_list(fd, ret);
                if (r < 0 || !entries_find(ret, ENTRY_TEMPORARY_NAME))
                        return r;
                (void)nanosleep(&pause, NULL);
        }
        return 0;
}

/* Removes the entries that a word means. Returns how many there were, or a negative errno; *ret_error is that of the last one which
 * could not be removed. */
static int remove_matching(const struct install_context *c, const char *word, int *ret_error)
{
        _cleanup_(entries_done) struct entries entries = {};
        int n = 0;

        int r = list_settled(c->fd, &entries);
        if (r < 0)
                return say("uninstalling", word, r, strerror(-r));
        for (size_t i = 0; i < entries.n; i++) {
                if (!word_means(c->catalog, word, entries.items[i].name))
                        continue;
                n++;
                r = kernel_remove(c->fd, entries.items[i].name);
                if (r < 0)
                        *ret_error = r;
                (void)say("uninstalling", entries.items[i].name, 0, r < 0 ? strerror(-r) : "OK");
        }
        return n;
}

static int uninstall_word(void *context, const char *word)
{
        const struct install_context *c = context;
        int error = 0;

        int r = remove_matching(c, word, &error);
        if (r < 0)
                return r;
        /* A pattern may match no entry at all. */
        if (r == 0)
                return say("uninstalling", word, is_pattern(word) ? 0 : -ENOENT, "not found");
        /* One that was being replaced when it was removed is there again. */
        for (int i = 0; i < AGAIN && r > 0 && error == 0; i++)
                r = remove_matching(c, word, &error);
        return r < 0 ? r : error;
}

int uninstall(int fd, const struct catalog *catalog, const char *list)
{
        struct install_context c = { .fd = fd, .catalog = catalog };

        return for_each_word(list, uninstall_word, &c);
}
