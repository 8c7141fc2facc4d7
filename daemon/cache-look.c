/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache-look.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "cache-learner.h"
#include "cache-reader.h"

enum {
        PROCESSES = 512, /* that are to be looked at */
        FILES = 64,      /* mappings of one process that are looked at */
        MAPS_MAX = 1 << 18,
        MAPS_FIRST = 4096, /* as much as the kernel gives at once: the program, and where there is one its loader */
        PATIENCE = 20,     /* seconds for one look, and those that are made at the same time */
};

/* When a process is looked at, in microseconds after its start. Short ones end soon after their program is mapped: until that is seen, a
 * process is looked at often, the more seldom the longer it takes, and only at its program. Then when its libraries are mapped, and when it has
 * loaded what it loads later. */
enum { OFTEN_USEC = 150, OFTEN_SHARE = 3 };

static const unsigned looks_usec[] = { 4000, 60000, 2000000 };

struct look {
        pid_t pid;
        bool early;
        unsigned stage; /* of looks_usec, the next one */
        dev_t dev;      /* of the interpreter */
        ino_t ino;
        char device[16];     /* as in /proc/PID/maps */
        uint64_t begin, due; /* microseconds of CLOCK_MONOTONIC */
};

static struct look looks[PROCESSES];
static size_t n_looks;

/* A mapping of a file, by a line of /proc/PID/maps. */
struct mapping {
        unsigned long begin, end, inode;
        char protection[5];
        char device[16];
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

/* Opens the very file that is mapped, as a place. Where that is not allowed, what has its path in the process's root, as far as the kernel
 * knows that by heart: if it is another file, that one is translated. */
static int open_mapping(int process, const struct mapping *m)
{
        struct open_how how = { .flags = O_PATH | O_CLOEXEC | O_NOFOLLOW,
                                .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_CACHED };
        char name[60];

        snprintf(name, sizeof(name), "map_files/%lx-%lx", m->begin, m->end);
        int fd = openat(process, name, O_PATH | O_CLOEXEC);
        if (fd >= 0)
                return fd;
        _cleanup_close_ int root = openat(process, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (root < 0)
                return -1;
        fd = (int)syscall(SYS_openat2, root, m->path, &how, sizeof(how));
        if (fd >= 0 || errno != EINVAL)
                return fd;
        how.resolve &= ~(uint64_t)RESOLVE_CACHED; /* before Linux 5.12 */
        return (int)syscall(SYS_openat2, root, m->path, &how, sizeof(how));
}

/* Reads the lines of what a process has mapped, of its lowest addresses at first. Returns them, up to the next look, or NULL. */
static char *read_maps(int process, bool early)
{
        static char text[MAPS_MAX];
        _cleanup_close_ int fd = openat(process, "maps", O_RDONLY | O_CLOEXEC);
        size_t size = 0, max = early ? MAPS_FIRST : sizeof(text);
        ssize_t n;

        do {
                n = fd < 0 ? 0 : read(fd, text + size, max - size);
                size += n > 0 ? (size_t)n : 0;
        } while (!early && n > 0 && size < max);
        while (size > 0 && text[size - 1] != '\n')
                size--;
        if (size == 0)
                return NULL;
        text[size - 1] = '\0';
        return text;
}

/* Looks at what a process has mapped beside the interpreter. Returns how many guests' files there are among that. */
static size_t look_at_maps(const struct learner *l, int process, const struct look *k, bool early)
{
        struct {
                char device[16];
                unsigned long inode;
        } seen[FILES];
        char *state = NULL, *maps = read_maps(process, early);
        size_t n = 0, guests = 0;

        for (char *line = maps ? strtok_r(maps, "\n", &state) : NULL; line && n < FILES; line = strtok_r(NULL, "\n", &state)) {
                struct mapping m;
                size_t i = 0;
                if (!parse_mapping(line, &m) || (m.inode == k->ino && streq(m.device, k->device)))
                        continue;
                while (i < n && (seen[i].inode != m.inode || !streq(seen[i].device, m.device)))
                        i++;
                if (i < n)
                        continue;
                seen[n].inode = m.inode;
                memcpy(seen[n++].device, m.device, sizeof(m.device));
                _cleanup_close_ int fd = open_mapping(process, &m);
                guests += fd >= 0 && reader_look(l, fd, m.path, process);
        }
        return guests;
}

/* Whether a process has not begun to execute the interpreter yet. */
static bool is_on_its_way(const struct look *k)
{
        struct stat st;
        char name[40];

        snprintf(name, sizeof(name), "/proc/%d/exe", k->pid);
        return stat(name, &st) == 0 && (st.st_dev != k->dev || st.st_ino != k->ino);
}

/* Looks at a process. Returns false where it has gone. */
static bool look_at_process(const struct learner *l, struct look *k, bool early)
{
        char name[40];

        if (early && is_on_its_way(k))
                return true;
        snprintf(name, sizeof(name), "/proc/%d", k->pid);
        _cleanup_close_ int process = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (process < 0)
                return false;
        k->early = look_at_maps(l, process, k, early) == 0 && early;
        return true;
}

/* Makes a look that is due, and chooses when the next one is. Returns false where there is none. */
static bool look_and_wait(const struct learner *l, struct look *k)
{
        uint64_t now = now_usec();

        if (k->early && now >= k->begin + looks_usec[1])
                k->early = false, k->stage = 1;
        bool early = k->early;
        if (!look_at_process(l, k, early))
                return false;
        if (!early && ++k->stage == ARRAY_SIZE(looks_usec))
                return false;
        k->due = k->begin + looks_usec[k->stage];
        if (k->early && early)
                k->due = now + OFTEN_USEC + (now - k->begin) / OFTEN_SHARE;
        else if (early &&
                 k->due < now + looks_usec[0] / 2) /* what comes next takes as long as this did, where the machine is busy */
                k->due = now + looks_usec[0] / 2;
        return true;
}

void look_add(pid_t pid, const struct stat *interpreter)
{
        struct look *k = &looks[0], *last = k;
        uint64_t now = now_usec();

        while (k < looks + n_looks && k->pid != pid) {
                last = k->stage > last->stage ? k : last;
                k++;
        }
        if (k == looks + PROCESSES) { /* one that was looked at already makes room */
                if (last->stage == 0)
                        return;
                k = last;
        }
        *k = (struct look){ .pid = pid,
                            .dev = interpreter->st_dev,
                            .ino = interpreter->st_ino,
                            .early = true,
                            .begin = now,
                            .due = now + OFTEN_USEC };
        snprintf(k->device, sizeof(k->device), "%02x:%02x", major(k->dev), minor(k->dev));
        n_looks += k == looks + n_looks;
}

/* A process may be made to hold the lock under which it is looked at. If that takes too long, a signal ends this process. */
static time_t patient_since;

static void be_patient(void)
{
        time_t now = time(NULL);

        if (now != patient_since)
                alarm(PATIENCE);
        patient_since = now;
}

static void be_idle(void)
{
        if (patient_since != 0)
                alarm(0);
        patient_since = 0;
}

int64_t look_run(const struct learner *l)
{
        uint64_t now = now_usec(), next = UINT64_MAX;

        for (size_t i = 0; i < n_looks;) {
                struct look *k = &looks[i];
                if (k->due <= now) {
                        be_patient();
                        if (!look_and_wait(l, k)) {
                                *k = looks[--n_looks];
                                continue;
                        }
                }
                next = k->due < next ? k->due : next;
                i++;
        }
        if (n_looks == 0)
                be_idle();
        now = now_usec();
        return next == UINT64_MAX ? -1 : next <= now ? 0 : (int64_t)(next - now);
}
