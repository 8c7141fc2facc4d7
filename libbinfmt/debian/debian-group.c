/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debian-group.h"

#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>

#include "kernel/match.h"

const struct debian_format *debian_formats_find(const struct debian_formats *all, const char *name)
{
        for (size_t i = 0; i < all->n; i++)
                if (streq(all->items[i].name, name))
                        return &all->items[i];
        return NULL;
}

/* Whether another format is for the same files as this one, of which e is the entry. Returns 1 or 0, or -ENOMEM. */
static int is_shared(const struct debian_formats *all, const struct debian_format *f, const struct entry *e)
{
        for (size_t i = 0; i < all->n; i++) {
                _cleanup_(entry_done) struct entry other = {};
                enum debian_field field;
                const char *reason;

                if (streq(all->items[i].name, f->name))
                        continue;
                int r = debian_format_make_entry(&all->items[i], &other, &field, &reason);
                if (r == -ENOMEM)
                        return r;
                if (r >= 0 && entry_same_files(e, &other))
                        return 1;
        }
        return 0;
}

int debian_formats_make_entry(const struct debian_formats *all, const struct debian_format *f, const char *helper,
                              struct entry *ret, enum debian_field *ret_field, const char **ret_reason)
{
        _cleanup_(entry_done) struct entry e = {};

        int r = debian_format_make_entry(f, &e, ret_field, ret_reason);
        if (r >= 0)
                r = *f->fields[DEBIAN_DETECTOR] ? 1 : is_shared(all, f, &e);
        if (r < 0)
                return r;
        if (r > 0) {
                e.flags |= DEBIAN_HELPER_FLAGS;
                if (string_set(&e.interpreter, helper) < 0)
                        return -ENOMEM;
        }
        *ret = e;
        e = (struct entry){};
        return 0;
}

/* Starts a detector. It has no more rights than the user who executes the program, whatever the C flag gave us. A detector that
 * does not begin with #! is a shell script, as in Debian's version, which uses execvp. Returns 0 or a negative errno. */
static int start_detector(const char *detector, const char *path, pid_t *ret)
{
        char *const argv[] = { (char *)"sh", (char *)detector, (char *)path, NULL };
        posix_spawnattr_t attributes;

        int r = posix_spawnattr_init(&attributes);
        if (r != 0)
                return -r;
        r = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_RESETIDS);
        if (r == 0)
                r = posix_spawn(ret, detector, NULL, &attributes, argv + 1, environ);
        if (r == ENOEXEC)
                r = posix_spawn(ret, "/bin/sh", NULL, &attributes, argv, environ);
        (void)posix_spawnattr_destroy(&attributes);
        return -r;
}

/* Asks a detector about a file. Returns 1 where it says that the file is of its kind, 0 where it does not or, with a problem
 * noted, cannot say, or a negative errno. */
static int ask_detector(const char *detector, const char *path, struct problems *problems)
{
        int status;
        pid_t pid;

        int r = start_detector(detector, path, &pid);
        if (r == -ENOMEM || r == -EAGAIN)
                return r;
        if (r < 0) {
                (void)problems_add(problems, r, NULL, 0, "can't execute %s: %s", detector, strerror(-r));
                return 0;
        }
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        if (WIFSIGNALED(status))
                (void)problems_add(problems, 0, detector, 0, "%s", strsignal(WTERMSIG(status)));
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Whether the file is of this format, detector aside. Returns 1 or 0, or -ENOMEM. */
static int is_of_format(const struct debian_format *f, const uint8_t *head, size_t size, const char *path)
{
        _cleanup_(match_done) struct match m = {};
        _cleanup_(entry_done) struct entry e = {};
        enum debian_field field;
        const char *reason;

        int r = debian_format_make_entry(f, &e, &field, &reason);
        if (r < 0)
                return r == -ENOMEM ? r : 0;
        r = match_entry(&e, head, size, path, &m);
        return r < 0 ? r : m.matches;
}

int debian_formats_match(const struct debian_formats *all, const uint8_t *head, size_t size, const char *path,
                         struct debian_matches *ret, struct problems *problems)
{
        _cleanup_(debian_matches_done) struct debian_matches list = {};

        list.items = calloc(all->n + 1, sizeof(const struct debian_format *));
        if (!list.items)
                return -ENOMEM;
        for (int without = 0; without <= 1; without++)
                for (size_t i = 0; i < all->n; i++) {
                        const struct debian_format *f = &all->items[i];
                        const char *detector = f->fields[DEBIAN_DETECTOR];
                        if ((*detector == 0) != without)
                                continue;
                        int r = is_of_format(f, head, size, path);
                        if (r > 0 && *detector)
                                r = ask_detector(detector, path, problems);
                        if (r < 0)
                                return r;
                        if (r > 0)
                                list.items[list.n++] = f;
                }
        *ret = list;
        list = (struct debian_matches){};
        return 0;
}
