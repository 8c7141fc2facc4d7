/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache-learner.h"

#include <errno.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "cache-look.h"
#include "cache-reader.h"

uint64_t now_usec(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* ---- messages ---- */

int learner_send(int socket, const struct learner_message *m, int fd, int flags)
{
        union {
                struct cmsghdr header;
                char room[CMSG_SPACE(sizeof(int))];
        } control = {};
        /* The path is the last part, and sent as far as it goes. */
        struct iovec data = { .iov_base = (void *)m, .iov_len = offsetof(struct learner_message, path) + strlen(m->path) + 1 };
        struct msghdr h = { .msg_iov = &data, .msg_iovlen = 1 };

        if (fd >= 0) {
                h.msg_control = &control;
                h.msg_controllen = sizeof(control);
                control.header =
                        (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
                memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
        }
        return sendmsg(socket, &h, flags | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int learner_receive(int socket, struct learner_message *ret, int *ret_fd, int flags)
{
        union {
                struct cmsghdr header;
                char room[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec data = { .iov_base = ret, .iov_len = sizeof(*ret) };
        struct msghdr h = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };

        *ret_fd = -1;
        ssize_t n = recvmsg(socket, &h, flags | MSG_CMSG_CLOEXEC);
        if (n <= 0)
                return n < 0 ? -errno : 0;
        struct cmsghdr *c = CMSG_FIRSTHDR(&h);
        if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
                memcpy(ret_fd, CMSG_DATA(c), sizeof(*ret_fd));
        if ((size_t)n <= offsetof(struct learner_message, path) || ((char *)ret)[n - 1] != '\0') {
                closep(ret_fd);
                *ret_fd = -1;
                return -EBADMSG;
        }
        return 1;
}

/* ---- what comes in ---- */

static void read_events(const struct learner *l)
{
        _Alignas(struct fanotify_event_metadata) char buffer[4096];
        struct stat st;

        ssize_t size = read(l->fanotify, buffer, sizeof(buffer));
        const struct fanotify_event_metadata *e = (const void *)buffer;
        for (; size > 0 && FAN_EVENT_OK(e, size); e = FAN_EVENT_NEXT(e, size)) {
                if (e->fd < 0)
                        continue;
                if (e->pid > 0 && fstat(e->fd, &st) == 0) {
                        l->counts->starts++;
                        look_add(e->pid, &st);
                }
                close(e->fd);
        }
}

/* Returns false when the daemon has ended. */
static bool read_message(const struct learner *l)
{
        _cleanup_close_ int fd = -1;
        struct learner_message m;

        int r = learner_receive(l->socket, &m, &fd, 0);
        if (r == 0)
                return false;
        if (r < 0)
                return true;
        if (m.what == LEARNER_FORGET) {
                reader_forget(m.id);
                return true;
        }
        if (fd >= 0)
                (void)reader_look(l, fd, m.path, -1);
        l->counts->answered++;
        return true;
}

static void read_ends(int ends)
{
        struct signalfd_siginfo si;

        while (read(ends, &si, sizeof(si)) > 0)
                ;
}

/* Does what is due. Returns how long can be waited, in *ret, or NULL: as long as nothing comes. */
static const struct timespec *work(const struct learner *l, struct timespec *ret)
{
        int64_t look = look_run(l), read = reader_run(l);

        if (read >= 0 && (look < 0 || read * 1000 < look))
                look = read * 1000;
        *ret = (struct timespec){ .tv_sec = look / 1000000, .tv_nsec = look % 1000000 * 1000 };
        return look < 0 ? NULL : ret;
}

int learner_run(void *learner)
{
        const struct learner *l = learner;
        struct pollfd fds[] = { { .fd = l->socket },
                                { .fd = l->fanotify, .events = POLLIN },
                                { .fd = reader_open(), .events = POLLIN } };

        if (fds[2].fd < 0)
                return EXIT_FAILURE;
        for (;;) {
                struct timespec wait;
                const struct timespec *until = work(l, &wait);
                fds[0].events = reader_is_full() ? 0 : POLLIN;
                int n = ppoll(fds, ARRAY_SIZE(fds), until, NULL);
                if (n < 0 && errno != EINTR)
                        return EXIT_FAILURE;
                if (n <= 0)
                        continue;
                if (fds[1].revents & POLLIN)
                        read_events(l);
                if (fds[2].revents)
                        read_ends(fds[2].fd);
                if (fds[0].revents && !read_message(l))
                        return EXIT_SUCCESS;
        }
}
