/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's end of the learner (cache-learner.h). */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#include "cache-internal.h"
#include "cache-learner.h"

#define RESTART_USEC (1000ULL * 1000)
#define MESSAGES 16 /* at a time: others want to be served, too */

static void take_over(struct cache *c, const struct learner_message *m, int fd)
{
        size_t n = strlen(m->path) + 1;
        struct cache_item *i = malloc(sizeof(*i) + n);

        if (!i) {
                close(fd);
                return;
        }
        *i = (struct cache_item){ .file = { .fd = fd, .bytes = m->bytes, .machine = m->machine }, .owner = m->owner };
        memcpy(i->file.id, m->id, sizeof(m->id));
        memcpy(i->path, m->path, n);
        cache_queue_add(c, i);
}

static int on_told(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        struct cache *c = userdata;

        (void)events;
        for (int i = 0; i < MESSAGES; i++) {
                struct learner_message m;
                int file;
                int r = learner_receive(fd, &m, &file, MSG_DONTWAIT);
                if (r == 0 || (r < 0 && r != -EAGAIN && r != -EBADMSG))
                        (void)sd_event_source_set_enabled(source, SD_EVENT_OFF); /* it ends, which is told */
                if (r <= 0 && r != -EBADMSG)
                        break;
                if (r > 0 && file >= 0)
                        take_over(c, &m, file);
                c->taken++;
        }
        return 0;
}

static int on_restart(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct cache *c = userdata;

        (void)source;
        (void)usec;
        (void)cache_learn_start(c);
        return 0;
}

static void close_socket(struct cache *c)
{
        c->told = sd_event_source_disable_unref(c->told);
        closep(&c->socket);
        c->socket = -1;
}

/* It has waited for a file too long, perhaps. */
static void on_end(int status, void *userdata)
{
        struct cache *c = userdata;

        (void)status;
        close_socket(c);
        c->asked = c->counts->answered;
        c->taken = c->counts->given;
        c->counts->pending = 0;
        if (!c->restart)
                (void)sd_event_add_time_relative(c->m->event, &c->restart, CLOCK_MONOTONIC, RESTART_USEC, 0, on_restart, c);
        else if (sd_event_source_set_time_relative(c->restart, RESTART_USEC) >= 0)
                (void)sd_event_source_set_enabled(c->restart, SD_EVENT_ONESHOT);
}

/* Without the right to notice executions, as in a container, files are learned only when somebody names them. */
static void open_fanotify(struct cache *c)
{
        if (c->fanotify >= 0)
                return;
        c->fanotify = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY | O_CLOEXEC);
        if (c->fanotify < 0)
                log_message(&c->m->log, LOG_NOTICE,
                            "what runs is not noticed here, and only translated ahead where that is asked for: %s",
                            strerror(errno));
}

int cache_learn_start(struct cache *c)
{
        int pair[2];

        open_fanotify(c);
        if (!c->counts) {
                void *p = mmap(NULL, sizeof(*c->counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
                if (p == MAP_FAILED)
                        return -errno;
                c->counts = p;
        }
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
                return -errno;
        struct learner l = { .socket = pair[1], .fanotify = c->fanotify, .store = c->store, .counts = c->counts };
        const int keep[] = { pair[1], c->store, c->fanotify };
        c->learner.done = on_end;
        c->learner.userdata = c;
        int r = child_start(&c->learner, c->m->event, learner_run, &l, keep, c->fanotify >= 0 ? 3 : 2, 0);
        close(pair[1]);
        c->socket = pair[0];
        if (r >= 0)
                r = sd_event_add_io(c->m->event, &c->told, c->socket, EPOLLIN, on_told, c);
        if (r < 0)
                cache_learn_stop(c);
        return r;
}

void cache_learn_stop(struct cache *c)
{
        child_stop(&c->learner);
        c->restart = sd_event_source_disable_unref(c->restart);
        close_socket(c);
        closep(&c->fanotify);
        c->fanotify = -1;
        if (c->counts)
                (void)munmap(c->counts, sizeof(*c->counts));
        c->counts = NULL;
        c->asked = c->taken = 0;
}

void cache_learn_mark(const struct cache *c, int fd, const char *path)
{
        if (c->fanotify >= 0)
                (void)fanotify_mark(c->fanotify, FAN_MARK_ADD, FAN_OPEN_EXEC, fd < 0 ? AT_FDCWD : fd, path);
}

int cache_learn_ask(struct cache *c, int fd, const char *path)
{
        struct learner_message m = { .what = LEARNER_FILE };

        if (c->socket < 0)
                return -EAGAIN;
        snprintf(m.path, sizeof(m.path), "%s", path);
        int r = learner_send(c->socket, &m, fd, MSG_DONTWAIT);
        c->asked += r >= 0;
        return r;
}

void cache_learn_forget(const struct cache *c, const char *id)
{
        struct learner_message m = { .what = LEARNER_FORGET };

        memcpy(m.id, id, sizeof(m.id));
        if (c->socket >= 0)
                (void)learner_send(c->socket, &m, -1, MSG_DONTWAIT);
}

void cache_learn_forget_all(struct cache *c)
{
        if (c->counts)
                c->counts->epoch++;
}
