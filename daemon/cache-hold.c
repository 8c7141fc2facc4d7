/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interpreter itself. As long as an entry has it the kernel lets nobody write it. When all have its image, nobody does that any more,
 * but root of a container that has no user namespace may have kept a descriptor of it, from a process that was executed before (/proc/PID/exe).
 * What it writes would be executed here. So there is a process that executes the interpreter as long as an image is registered. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache-internal.h"

/* In a process of its own. */
static int hold(void *translator)
{
        char *const argv[] = { (char *)"binfmt-translator", (char *)"--cache-hold", NULL }, *const none[] = { NULL };

        (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        (void)execve(translator, argv, none);
        return 126;
}

static void on_end(int status, void *userdata)
{
        struct cache *c = userdata;

        if (access(c->m->paths.translator, F_OK) == 0)
                log_message(&c->m->log, LOG_WARNING, "the process that executes %s has ended (status %d)", c->m->paths.translator,
                            status);
        c->holder_ended = status >= 0; /* it cannot do that; if it was killed, there is another one now */
        (void)watch_schedule(&c->m->watch, 0);
}

static bool holds(const struct cache *c)
{
        struct stat is, wanted;
        char name[40];

        snprintf(name, sizeof(name), "/proc/%d/exe", c->holder.pid);
        return c->holder.pid > 0 && stat(name, &is) == 0 && stat(c->m->paths.translator, &wanted) == 0 &&
               is.st_dev == wanted.st_dev && is.st_ino == wanted.st_ino;
}

bool cache_hold(struct cache *c)
{
        int ends[2];
        char byte;

        if (holds(c) || c->holder_ended)
                return !c->holder_ended;
        child_stop(&c->holder);
        if (pipe2(ends, O_CLOEXEC) < 0)
                return false;
        c->holder.done = on_end;
        c->holder.userdata = c;
        int r = child_start(&c->holder, c->m->event, hold, (void *)c->m->paths.translator, &ends[1], 1, 0);
        close(ends[1]);
        while (r >= 0 && read(ends[0], &byte, 1) < 0 && errno == EINTR) /* it ends when the translator is executed */
                ;
        close(ends[0]);
        return r >= 0 && holds(c);
}
