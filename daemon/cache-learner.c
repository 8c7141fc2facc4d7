/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache-learner.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/fanotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

enum {
        KNOWN = 8192, /* files that are remembered: a power of two */
        PROBES = 8,
        PROCESSES = 512, /* that are to be looked at */
        FILES = 64,      /* mappings of one process that are looked at */
        MAPS_MAX = 1 << 18,
        PATIENCE = 20, /* seconds for one look */
        AGAIN = 600,   /* seconds until a file that was handed over and is not in the store is handed over again */
};

/* When a process is looked at: when the program and its libraries are mapped, if it ends soon; and when it has loaded what it loads
 * later. */
static const unsigned looks_msec[] = { 4, 60, 2000 };

/* A file, as it was when it was read. A change of it changes ctime. */
struct known {
        dev_t dev;
        ino_t ino;
        off_t size;
        struct timespec ctim;
        time_t handed_over;
        enum { NOTHING, REFUSED, GUEST } what;
        char id[STORE_ID + 1];
};

struct look {
        pid_t pid;
        unsigned stage;
        uint64_t due; /* milliseconds of CLOCK_MONOTONIC */
};

static struct known known[KNOWN];
static struct look looks[PROCESSES];
static size_t n_looks;

static uint64_t now_msec(void)
{
        struct timespec t;

        (void)clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
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

/* ---- files ---- */

/* Finds what is known of a file, or where that can be remembered. */
static struct known *find_known(const struct stat *st)
{
        size_t at = (size_t)(st->st_ino * 0x9e3779b97f4a7c15ULL >> 40) ^ (size_t)st->st_dev;
        struct known *free_place = NULL;

        for (size_t i = 0; i < PROBES; i++) {
                struct known *k = &known[(at + i) & (KNOWN - 1)];
                if (k->what != NOTHING && k->dev == st->st_dev && k->ino == st->st_ino)
                        return k;
                if (k->what == NOTHING && !free_place)
                        free_place = k;
        }
        return free_place ? free_place : &known[(at + (size_t)st->st_size % PROBES) & (KNOWN - 1)];
}

static bool is_same(const struct known *k, const struct stat *st)
{
        return k->what != NOTHING && k->dev == st->st_dev && k->ino == st->st_ino && k->size == st->st_size &&
               k->ctim.tv_sec == st->st_ctim.tv_sec && k->ctim.tv_nsec == st->st_ctim.tv_nsec;
}

/* Reads a file that is open, if only as a place (O_PATH). */
static int read_file(int fd, struct cache_file *ret)
{
        char name[40];

        snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
        _cleanup_close_ int file = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        return file < 0 ? -errno : cache_file_read(file, ret);
}

/* Hands a file over that is not in the store. */
static void hand_over(const struct learner *l, struct known *k, const struct cache_file *f, const char *path, uint64_t owner)
{
        struct learner_message m = { .what = LEARNER_FILE, .machine = f->machine, .bytes = f->bytes, .owner = owner };

        memcpy(m.id, f->id, sizeof(m.id));
        snprintf(m.path, sizeof(m.path), "%s", path);
        l->counts->given++;
        if (learner_send(l->socket, &m, f->fd, 0) >= 0)
                k->handed_over = time(NULL);
        else
                l->counts->given--;
}

static void read_and_hand_over(const struct learner *l, struct known *k, int fd, const char *path, uint64_t owner)
{
        struct cache_file f = { .fd = -1 };

        int r = read_file(fd, &f);
        k->what = r < 0 ? REFUSED : GUEST;
        k->handed_over = 0;
        l->counts->refused += r == -EACCES || r == -EFBIG;
        if (r < 0)
                return;
        memcpy(k->id, f.id, sizeof(k->id));
        if (store_has(l->store, f.id)) {
                l->counts->hits++;
                store_touch(l->store, f.id);
                (void)store_add_path(l->store, f.id, path);
        } else {
                hand_over(l, k, &f, path, owner);
        }
        closep(&f.fd);
}

/* Looks at a file. Most are known. */
static void look_at_file(const struct learner *l, int fd, const char *path, uint64_t owner)
{
        struct stat st;

        if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
                return;
        struct known *k = find_known(&st);
        if (!is_same(k, &st)) {
                *k = (struct known){ .dev = st.st_dev, .ino = st.st_ino, .size = st.st_size, .ctim = st.st_ctim };
        } else if (k->what == REFUSED) {
                return;
        } else if (store_has(l->store, k->id)) {
                l->counts->files++;
                l->counts->hits++;
                store_touch(l->store, k->id);
                return;
        } else if (k->handed_over && k->handed_over + AGAIN > time(NULL)) {
                l->counts->files++;
                return;
        }
        read_and_hand_over(l, k, fd, path, owner);
        l->counts->files += k->what == GUEST;
}

/* ---- processes ---- */

/* A mapping of a file, by a line of /proc/PID/maps. */
struct mapping {
        unsigned long begin, end;
        char protection[5];
        char device[16];
        unsigned long inode;
        const char *path;
};

static bool parse_mapping(char *line, struct mapping *ret)
{
        unsigned long offset;
        int at = 0;

        if (sscanf(line, "%lx-%lx %4s %lx %15s %lu %n", &ret->begin, &ret->end, ret->protection, &offset, ret->device,
                   &ret->inode, &at) < 6 ||
            at == 0)
                return false;
        ret->path = line + at;
        return ret->inode != 0 && ret->protection[0] == 'r' && ret->protection[3] == 'p' && ret->path[0] == '/';
}

/* Opens the very file that is mapped, as a place. Where that is not allowed, what has its path in the process's root: if it is another
 * file, that one is translated. */
static int open_mapping(int process, const struct mapping *m)
{
        struct open_how how = { .flags = O_PATH | O_CLOEXEC | O_NOFOLLOW, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
        char name[60];

        snprintf(name, sizeof(name), "map_files/%lx-%lx", m->begin, m->end);
        int fd = openat(process, name, O_PATH | O_CLOEXEC);
        if (fd >= 0)
                return fd;
        _cleanup_close_ int root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
        return root < 0 ? -1 : (int)syscall(SYS_openat2, root, m->path, &how, sizeof(how));
}

static uint64_t find_owner(int process)
{
        struct stat st;

        return fstatat(process, "ns/mnt", &st, 0) < 0 ? 0 : st.st_ino;
}

static void look_at_process(const struct learner *l, pid_t pid)
{
        struct {
                char device[16];
                unsigned long inode;
        } seen[FILES];
        _cleanup_free_ char *maps = NULL;
        char name[40], *state = NULL;
        size_t n = 0;

        snprintf(name, sizeof(name), "/proc/%d", pid);
        _cleanup_close_ int process = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (process < 0 || file_read_at(process, "maps", MAPS_MAX, &maps, NULL) < 0)
                return;
        uint64_t owner = find_owner(process);
        for (char *line = strtok_r(maps, "\n", &state); line && n < FILES; line = strtok_r(NULL, "\n", &state)) {
                struct mapping m;
                size_t i = 0;
                if (!parse_mapping(line, &m))
                        continue;
                while (i < n && (seen[i].inode != m.inode || !streq(seen[i].device, m.device)))
                        i++;
                if (i < n)
                        continue;
                seen[n].inode = m.inode;
                memcpy(seen[n++].device, m.device, sizeof(m.device));
                _cleanup_close_ int fd = open_mapping(process, &m);
                if (fd >= 0)
                        look_at_file(l, fd, m.path, owner);
        }
}

/* Has a process looked at, at each of the moments. */
static void add_look(pid_t pid)
{
        size_t i = 0;

        while (i < n_looks && looks[i].pid != pid)
                i++;
        if (i == PROCESSES)
                return;
        looks[i] = (struct look){ .pid = pid, .due = now_msec() + looks_msec[0] };
        n_looks += i == n_looks;
}

/* Makes those looks that are due. Returns after how many milliseconds the next one is, or -1. */
static int look(const struct learner *l)
{
        uint64_t now = now_msec(), next = UINT64_MAX;

        for (size_t i = 0; i < n_looks;) {
                struct look *k = &looks[i];
                if (k->due <= now) {
                        alarm(PATIENCE);
                        look_at_process(l, k->pid);
                        alarm(0);
                        k->due += ++k->stage < ARRAY_SIZE(looks_msec) ? looks_msec[k->stage] : 0;
                }
                if (k->stage == ARRAY_SIZE(looks_msec)) {
                        *k = looks[--n_looks];
                        continue;
                }
                next = k->due < next ? k->due : next;
                i++;
        }
        now = now_msec();
        return next == UINT64_MAX ? -1 : next <= now ? 0 : (int)(next - now);
}

/* ---- what comes in ---- */

static void read_events(const struct learner *l)
{
        _Alignas(struct fanotify_event_metadata) char buffer[4096];

        ssize_t size = read(l->fanotify, buffer, sizeof(buffer));
        const struct fanotify_event_metadata *e = (const void *)buffer;
        for (; size > 0 && FAN_EVENT_OK(e, size); e = FAN_EVENT_NEXT(e, size)) {
                if (e->fd >= 0)
                        close(e->fd);
                if (e->pid <= 0)
                        continue;
                l->counts->starts++;
                add_look(e->pid);
        }
}

/* Lets a file be handed over again. */
static void forget(const char *id)
{
        for (size_t i = 0; i < KNOWN; i++)
                if (known[i].what == GUEST && streq(known[i].id, id))
                        known[i].handed_over = 0;
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
        alarm(PATIENCE);
        if (m.what == LEARNER_FORGET) {
                forget(m.id);
        } else {
                if (m.what == LEARNER_FILE && fd >= 0)
                        look_at_file(l, fd, m.path, 0);
                else if (m.what == LEARNER_PROCESS)
                        look_at_process(l, m.pid);
                l->counts->answered++;
        }
        alarm(0);
        return true;
}

int learner_run(void *learner)
{
        const struct learner *l = learner;
        struct pollfd fds[] = { { .fd = l->socket, .events = POLLIN }, { .fd = l->fanotify, .events = POLLIN } };

        for (;;) {
                int n = poll(fds, ARRAY_SIZE(fds), look(l));
                if (n < 0 && errno != EINTR)
                        return EXIT_FAILURE;
                if (n <= 0)
                        continue;
                if (fds[1].revents & POLLIN)
                        read_events(l);
                if (fds[0].revents && !read_message(l))
                        return EXIT_SUCCESS;
        }
}
