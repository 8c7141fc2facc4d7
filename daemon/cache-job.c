/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cache-job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/memory.h"
#include "base/util.h"
#include "cache-child.h"
#include "cache-sandbox.h"

/* ---- which units are of use ---- */

static int digit(char c)
{
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Parses a line "NAME HEX". */
static int parse_config(const char *line, uint8_t ret[CACHE_CONFIG])
{
        const char *hex = strchr(line, ' ');

        if (!hex++ || strlen(hex) != 2 * CACHE_CONFIG)
                return -EBADMSG;
        for (size_t i = 0; i < CACHE_CONFIG; i++) {
                int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
                if (high < 0 || low < 0)
                        return -EBADMSG;
                ret[i] = (uint8_t)(high << 4 | low);
        }
        return 0;
}

static void print_configs(const char *translator, int to)
{
        char *const argv[] = { (char *)"binfmt-translator", (char *)"--cache-config", NULL }, *const none[] = { NULL };
        int null = open("/dev/null", O_RDWR);

        if (dup2(null, 0) >= 0 && dup2(to, 1) >= 0 && dup2(null, 2) >= 0)
                (void)execve(translator, argv, none);
        _exit(126);
}

int job_read_configs(const char *translator, uint8_t (*ret)[CACHE_CONFIG])
{
        _cleanup_close_ int out = memfd_create("configs", MFD_CLOEXEC);
        char text[JOB_CONFIGS * (2 * CACHE_CONFIG + 40) + 1], *state = NULL;
        int status, n = 0;

        pid_t pid = out < 0 ? -1 : fork();
        if (pid < 0)
                return -errno;
        if (pid == 0)
                print_configs(translator, out);
        if (waitpid(pid, &status, 0) != pid || status != 0)
                return -ENOEXEC;
        ssize_t size = pread(out, text, sizeof(text) - 1, 0);
        if (size < 0)
                return -errno;
        text[size] = '\0';
        for (char *line = strtok_r(text, "\n", &state); line && n < JOB_CONFIGS; line = strtok_r(NULL, "\n", &state))
                if (parse_config(line, ret[n]) >= 0)
                        n++;
        return n > 0 ? n : -ENOEXEC;
}

/* ---- the job ---- */

static void *map_file(int fd, size_t *ret_size)
{
        struct stat st;

        if (fstat(fd, &st) < 0 || st.st_size <= 0)
                return NULL;
        *ret_size = (size_t)st.st_size;
        void *p = mmap(NULL, *ret_size, PROT_READ, MAP_PRIVATE, fd, 0);
        return p == MAP_FAILED ? NULL : p;
}

/* Returns how many bytes the unit may have. One must not push out all others, nor be larger than what is kept at all. While it is made,
 * it is in memory twice. */
static uint64_t find_budget(const struct job *j)
{
        enum { OF_ROOM = 2, OF_MEMORY = 4 };
        uint64_t budget = j->budget, room = store_room(j->store, j->room) / OF_ROOM, memory = memory_available() / OF_MEMORY;

        if (room < budget)
                budget = room;
        return memory > 0 && memory < budget ? memory : budget;
}

/* Whether what the worker has written is a unit of this file, for this translator. Nobody can change it any more. The mappings go with
 * the process. */
static int check_unit(const struct job *j, int output, uint64_t budget)
{
        uint8_t configs[JOB_CONFIGS][CACHE_CONFIG];
        size_t size = 0, guest_size = 0;
        struct unit u;

        /* It fails where a process of the worker's still could write. */
        if (fcntl(output, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
                return -errno;
        int n = job_read_configs(j->translator, configs);
        if (n < 0)
                return n;
        const void *unit = map_file(output, &size), *guest = map_file(j->file->fd, &guest_size);
        if (!unit || !guest)
                return -ENOMEM;
        int r = size > budget ? -EFBIG : unit_open(unit, size, &u);
        if (r >= 0)
                r = unit_compare(&u, guest, guest_size);
        return r < 0 ? r : unit_is_current(&u, configs, (size_t)n) ? 0 : -ESTALE;
}

static int put_unit(const struct job *j, int output)
{
        char *path = (char *)j->path;
        struct store_file f = { .machine = j->file->machine, .file_bytes = j->file->bytes, .paths = &path, .n_paths = 1 };

        memcpy(f.id, j->file->id, sizeof(f.id));
        int r = store_put(j->store, &f, output);
        if (r >= 0)
                (void)store_trim(j->store, j->room); /* it is kept, even if another one cannot be removed */
        return r;
}

int job_run(void *job)
{
        const struct job *j = job;
        int output = memfd_create("unit", MFD_CLOEXEC | MFD_ALLOW_SEALING), program = open(j->translator, O_RDONLY | O_CLOEXEC);

        if (output < 0 || program < 0)
                return JOB_FAILED;
        const uint64_t budget = find_budget(j);
        child_give_way();
        /* The worker changes namespaces of the process that starts it, so that is another one. It ends with this one, and the worker with it. */
        pid_t self = getpid(), pid = fork();
        int status = 0;
        if (pid == 0) {
                if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != self)
                        _exit(JOB_FAILED);
                int r = sandbox_run(&(struct sandbox){
                        .program = program, .guest = j->file->fd, .output = output, .empty = j->empty, .budget = budget });
                _exit(r < 0 ? JOB_FAILED : r);
        }
        if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
                return JOB_FAILED;
        if (WEXITSTATUS(status) != 0)
                return WEXITSTATUS(status) == JOB_REFUSED ? JOB_REFUSED : JOB_FAILED;
        return check_unit(j, output, budget) < 0 || put_unit(j, output) < 0 ? JOB_FAILED : JOB_DONE;
}
