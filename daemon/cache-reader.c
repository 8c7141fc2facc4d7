/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>

#include "cache-learner.h"

enum {
        KNOWN = 8192, /* files that are remembered: a power of two */
        PROBES = 8,
        AGAIN = 600,       /* seconds until a file that was handed over and is not in the store is handed over again */
        WAITING = 256,     /* files that wait to be read */
        ASKED = 32,        /* places among them for files that somebody asks for */
        OF_OWNER = 64,     /* files of one owner that wait */
        READERS = 16,      /* processes that read */
        AT_ONCE = 2,       /* of them that are not slow */
        SLOW_MSEC = 1000,  /* what waits so long does not count any more */
        PATIENCE = 20,     /* seconds until it is ended */
        SLOW_OF_OWNER = 4, /* that wait all the same, because the kernel cannot end them */
};

/* A file, as it was when it was read. A change of it changes ctime. In memory that the processes which read share. */
struct known {
        uint64_t dev, ino, size;
        struct statx_timestamp ctime;
        time_t handed_over, in_store;
        uint64_t epoch; /* that this is of (struct cache_counts) */
        uint64_t used;  /* of the clock below, when it was seen last */
        enum { NOTHING, READING, REFUSED, GUEST } what;
        char id[STORE_ID + 1];
};

/* A file that is to be read, or is being read. */
struct file {
        int fd;
        pid_t pid;
        uint64_t owner, since; /* milliseconds */
        struct known *known;
        char *path;
};

static struct known *known;
static uint64_t clock_of_use;
static struct file waiting[WAITING], reading[READERS];
static size_t n_waiting;
static uint64_t last_owner;

int reader_open(void)
{
        sigset_t ends;

        known = mmap(NULL, KNOWN * sizeof(*known), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (known == MAP_FAILED)
                return -errno;
        sigemptyset(&ends);
        sigaddset(&ends, SIGCHLD);
        if (sigprocmask(SIG_BLOCK, &ends, NULL) < 0)
                return -errno;
        int fd = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
        return fd < 0 ? -errno : fd;
}

/* ---- what is known ---- */

static bool is_named(const struct known *k, uint64_t dev, const struct statx *st)
{
        return k->what != NOTHING && k->dev == dev && k->ino == st->stx_ino;
}

/* Finds what is known of a file, or where that can be remembered: in the place of what was not seen for longest. Returns NULL where there
 * is no place. */
static struct known *find_known(uint64_t dev, const struct statx *st)
{
        size_t at = (size_t)(st->stx_ino * 0x9e3779b97f4a7c15ULL >> 40) ^ (size_t)dev;
        struct known *place = NULL;

        for (size_t i = 0; i < PROBES; i++) {
                struct known *k = &known[(at + i) & (KNOWN - 1)];
                if (is_named(k, dev, st))
                        return k;
                if (k->what != READING && (!place || k->used < place->used))
                        place = k;
        }
        return place;
}

static bool is_same(const struct known *k, uint64_t dev, const struct statx *st)
{
        return is_named(k, dev, st) && k->size == st->stx_size && k->ctime.tv_sec == st->stx_ctime.tv_sec &&
               k->ctime.tv_nsec == st->stx_ctime.tv_nsec;
}

void reader_forget(const char *id)
{
        for (size_t i = 0; i < KNOWN; i++)
                if (known[i].what == GUEST && streq(known[i].id, id))
                        known[i].handed_over = 0;
}

/* ---- reading, in a process of its own ---- */

static int read_file(int fd, struct cache_file *ret)
{
        char name[40];

        snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
        _cleanup_close_ int file = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        return file < 0 ? -errno : cache_file_read(file, ret);
}

/* Hands a file over that is not in the store. */
static void hand_over(const struct learner *l, const struct file *file, const struct cache_file *f)
{
        struct learner_message m = { .what = LEARNER_FILE, .machine = f->machine, .bytes = f->bytes, .owner = file->owner };

        memcpy(m.id, f->id, sizeof(m.id));
        snprintf(m.path, sizeof(m.path), "%s", file->path);
        (void)signal(SIGALRM, SIG_IGN); /* from here to the end nobody else is waited for, and what is counted is sent */
        l->counts->given++;
        if (learner_send(l->socket, &m, f->fd, 0) >= 0)
                file->known->handed_over = time(NULL);
        else
                l->counts->given--;
}

static void read_and_hand_over(const struct learner *l, const struct file *file)
{
        struct cache_file f = { .fd = -1 };
        struct known *k = file->known;

        int r = read_file(file->fd, &f);
        l->counts->refused += r == -EACCES || r == -EFBIG;
        if (r < 0) {
                k->what = REFUSED;
                return;
        }
        memcpy(k->id, f.id, sizeof(k->id));
        if (store_has(l->store, f.id)) {
                l->counts->hits++;
                store_touch(l->store, f.id);
                (void)store_add_path(l->store, f.id, file->path);
        } else {
                hand_over(l, file, &f);
        }
        l->counts->files++;
        k->what = GUEST;
}

static pid_t start_reader(const struct learner *l, const struct file *f)
{
        pid_t parent = getpid(), pid = fork();

        if (pid != 0)
                return pid;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
                _exit(EXIT_FAILURE);
        close(l->fanotify);
        child_be_modest();
        alarm(PATIENCE);
        read_and_hand_over(l, f);
        _exit(EXIT_SUCCESS);
}

/* ---- processes that read ---- */

static void file_done(const struct learner *l, struct file *f)
{
        /* What could not be read is not tried again before it changes. */
        if (f->known->what == READING)
                f->known->what = REFUSED;
        closep(&f->fd);
        free(f->path);
        *f = (struct file){};
        l->counts->pending--;
}

static void take_note(const struct learner *l)
{
        pid_t pid;

        while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
                for (size_t i = 0; i < READERS; i++)
                        if (reading[i].pid == pid)
                                file_done(l, &reading[i]);
}

static bool is_slow(const struct file *f, uint64_t now)
{
        return f->pid > 0 && now - f->since >= SLOW_MSEC;
}

static bool has_too_many_slow(uint64_t owner, uint64_t now)
{
        size_t n = 0;

        for (size_t i = 0; i < READERS; i++)
                n += is_slow(&reading[i], now) && reading[i].owner == owner;
        return n >= SLOW_OF_OWNER;
}

/* Takes the next file out of those that wait: of another owner than the last one where there is one. Returns false where none can be
 * read now. */
static bool take_next(uint64_t now, struct file *ret)
{
        size_t at = n_waiting;

        for (size_t i = 0; i < n_waiting && (at == n_waiting || waiting[at].owner == last_owner); i++)
                if ((at == n_waiting || waiting[i].owner != last_owner) && !has_too_many_slow(waiting[i].owner, now))
                        at = i;
        if (at == n_waiting)
                return false;
        *ret = waiting[at];
        last_owner = ret->owner;
        memmove(&waiting[at], &waiting[at + 1], (--n_waiting - at) * sizeof(*waiting));
        return true;
}

/* Starts one process in a free place. Returns false where there is nothing to be read, or no process. */
static bool start_next(const struct learner *l, struct file *place, uint64_t now)
{
        struct file f;

        if (!take_next(now, &f))
                return false;
        f.since = now;
        f.pid = start_reader(l, &f);
        if (f.pid < 0) {
                file_done(l, &f);
                return false;
        }
        *place = f;
        return true;
}

int reader_run(const struct learner *l)
{
        size_t quick = 0;

        if (l->counts->pending == 0)
                return -1;
        take_note(l);
        uint64_t now = now_usec() / 1000, next = UINT64_MAX;
        for (size_t i = 0; i < READERS; i++) {
                if (reading[i].pid > 0 && !is_slow(&reading[i], now)) {
                        quick++;
                        next = reading[i].since + SLOW_MSEC < next ? reading[i].since + SLOW_MSEC : next;
                }
        }
        for (size_t i = 0; i < READERS && quick < AT_ONCE; i++) {
                if (reading[i].pid > 0)
                        continue;
                if (!start_next(l, &reading[i], now))
                        break;
                quick++;
                next = now + SLOW_MSEC < next ? now + SLOW_MSEC : next;
        }
        return n_waiting == 0 || next == UINT64_MAX ? -1 : (int)(next - now);
}

/* ---- looking ---- */

bool reader_is_full(void)
{
        return n_waiting == WAITING;
}

/* Owner 0 is whoever asks. */
static bool has_room(uint64_t owner)
{
        size_t same = 0;

        if (owner == 0)
                return n_waiting < WAITING;
        for (size_t i = 0; i < n_waiting; i++)
                same += waiting[i].owner == owner;
        return n_waiting < WAITING - ASKED && same < OF_OWNER;
}

/* A container, as far as its processes have a mount namespace. */
static uint64_t find_owner(int process)
{
        struct stat st;

        return process < 0 || fstatat(process, "ns/mnt", &st, 0) < 0 ? 0 : st.st_ino;
}

static void wait_to_be_read(const struct learner *l, struct known *k, int fd, const char *path, uint64_t owner)
{
        struct file f = { .fd = fcntl(fd, F_DUPFD_CLOEXEC, 0), .owner = owner, .known = k, .path = strdup(path) };

        if (f.fd < 0 || !f.path) {
                closep(&f.fd);
                free(f.path);
                return;
        }
        k->what = READING;
        waiting[n_waiting++] = f;
        l->counts->pending++;
}

/* Where it was used a second ago, it still is in the store, and its time need not be noted. */
static bool is_in_store(const struct learner *l, struct known *k)
{
        time_t now = time(NULL);

        if (k->in_store == now)
                return true;
        if (!store_has(l->store, k->id))
                return false;
        store_touch(l->store, k->id);
        k->in_store = now;
        return true;
}

/* Whether a file that is known need not be read. */
static bool is_done(const struct learner *l, struct known *k)
{
        if (k->epoch != l->counts->epoch) {
                k->handed_over = k->in_store = 0;
                k->epoch = l->counts->epoch;
        }
        bool hit = k->what == GUEST && is_in_store(l, k);
        l->counts->hits += hit;
        l->counts->files += k->what == GUEST;
        return k->what == REFUSED || hit || k->handed_over + AGAIN > time(NULL);
}

bool reader_look(const struct learner *l, int fd, const char *path, int process)
{
        struct statx st;

        /* What the kernel knows is enough: nobody is asked. */
        if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO | STATX_SIZE | STATX_CTIME, &st) < 0 ||
            !S_ISREG(st.stx_mode))
                return false;
        uint64_t dev = makedev(st.stx_dev_major, st.stx_dev_minor);
        struct known *k = find_known(dev, &st);
        if (!k)
                return false;
        k->used = ++clock_of_use;
        if (k->what == READING)
                return true;
        if (is_same(k, dev, &st) && is_done(l, k))
                return k->what == GUEST;
        uint64_t owner = find_owner(process);
        if (has_room(owner)) {
                *k = (struct known){ .dev = dev,
                                     .ino = st.stx_ino,
                                     .size = st.stx_size,
                                     .ctime = st.stx_ctime,
                                     .epoch = l->counts->epoch,
                                     .used = k->used };
                wait_to_be_read(l, k, fd, path, owner);
        }
        return true;
}
