/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs binfmtctl to look at files. That takes a process of its own: a file of somebody else's file system may be waited for
 * without end, which must not happen to the daemon. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "cache-child.h"

#define RUN_TIMEOUT_USEC (20ULL * 1000 * 1000)
#define OUTPUT_MAX (4 * 1024 * 1024)
#define ARGS_MAX 300

struct run {
        sd_bus_message *call;
        enum bus_answer answer;
        struct child child;
        int out, err; /* files in memory that have what it printed */
        const struct manager *m;
        char **argv;
};

static void run_free(struct run *r)
{
        sd_bus_message_unref(r->call);
        closep(&r->out);
        closep(&r->err);
        free(r);
}

static int read_memory(int fd, char **ret)
{
        _cleanup_free_ char *name = NULL;

        if (string_format(&name, "/proc/self/fd/%d", fd) < 0)
                return -ENOMEM;
        int r = file_read_at(AT_FDCWD, name, OUTPUT_MAX, ret, NULL);
        if (r >= 0)
                string_make_utf8(*ret);
        return r;
}

/* Skips the program's name, which each message begins with. */
static const char *skip_name(const char *line)
{
        static const char prefix[] = "binfmtctl: ";

        return strncmp(line, prefix, strlen(prefix)) == 0 ? line + strlen(prefix) : line;
}

static int reply_messages(sd_bus_message *call, char *text)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        char *state = NULL;

        int r = sd_bus_message_new_method_return(call, &reply);
        if (r >= 0)
                r = sd_bus_message_open_container(reply, 'a', "s");
        for (char *line = strtok_r(text, "\n", &state); r >= 0 && line; line = strtok_r(NULL, "\n", &state))
                r = sd_bus_message_append(reply, "s", skip_name(line));
        if (r >= 0)
                r = sd_bus_message_close_container(reply);
        return r < 0 ? r : sd_bus_send(NULL, reply, NULL);
}

static int reply(const struct run *run, int status)
{
        _cleanup_free_ char *out = NULL, *err = NULL;

        if (read_memory(run->out, &out) < 0 || read_memory(run->err, &err) < 0)
                return sd_bus_reply_method_errorf(run->call, BUS_ERROR_FAILED, "The answer cannot be read");
        if (status < 0)
                return sd_bus_reply_method_errorf(run->call, BUS_ERROR_FAILED, "Looking at the file takes too long");
        if (run->answer == BUS_ANSWER_MESSAGES && status <= 1)
                return reply_messages(run->call, err);
        if (run->answer == BUS_ANSWER_TEXT && *out)
                return sd_bus_reply_method_return(run->call, "s", out);
        err[strcspn(err, "\n")] = '\0';
        return sd_bus_reply_method_errorf(run->call, BUS_ERROR_FAILED, "%s", skip_name(err));
}

static void on_end(int status, void *userdata)
{
        struct run *run = userdata;

        (void)reply(run, status);
        run_free(run);
}

/* Makes *ret "NAME=A:B:C" for a list of A, B and C. */
static int join(const char *name, char *const *list, size_t n, char **ret)
{
        _cleanup_free_ char *text = NULL;

        int r = string_format(&text, "%s=", name);
        for (size_t i = 0; r >= 0 && i < n; i++) {
                _cleanup_free_ char *before = TAKE_PTR(text);
                r = string_format(&text, "%s%s%s", before, i ? ":" : "", list[i]);
        }
        if (r >= 0)
                *ret = TAKE_PTR(text);
        return r;
}

enum { N_VARIABLES = 6 };

/* Makes the environment of binfmtctl: the places that the daemon looks at, and nothing else of the daemon's environment. */
static int make_environment(const struct paths *p, char *ret[N_VARIABLES + 1])
{
        if (join("BINFMTD_CONFDIRS", p->confdirs, p->n_confdirs, &ret[0]) < 0 ||
            join("BINFMTD_BINFMT_D", p->binfmt_d, p->n_binfmt_d, &ret[1]) < 0 ||
            join("BINFMTD_PROCDIR", &p->procdir, 1, &ret[2]) < 0 || join("BINFMTD_STATEDIR", &p->statedir, 1, &ret[3]) < 0 ||
            join("BINFMTD_ADMINDIR", &p->admindir, p->admindir != NULL, &ret[4]) < 0 ||
            join("BINFMTD_RUN_DETECTORS", &p->run_detectors, p->run_detectors != NULL, &ret[5]) < 0)
                return -ENOMEM;
        ret[N_VARIABLES] = NULL;
        return 0;
}

/* In a process of its own. */
static int execute(void *userdata)
{
        char *environment[N_VARIABLES + 1] = {};
        const struct run *run = userdata;
        int null = open("/dev/null", O_RDONLY);

        if (make_environment(&run->m->paths, environment) >= 0 && dup2(null, STDIN_FILENO) >= 0 &&
            dup2(run->out, STDOUT_FILENO) >= 0 && dup2(run->err, STDERR_FILENO) >= 0)
                (void)execve(run->m->binfmtctl, run->argv, environment);
        dprintf(run->err, "%s cannot be run: %s\n", run->m->binfmtctl, strerror(errno));
        return 126;
}

static int start(struct manager *m, struct run *run, const char *const *args)
{
        char *argv[ARGS_MAX] = { (char *)"binfmtctl" };
        size_t n = 1;

        while (*args && n < ARGS_MAX - 1)
                argv[n++] = (char *)*args++;
        run->out = memfd_create("output", MFD_CLOEXEC);
        run->err = memfd_create("messages", MFD_CLOEXEC);
        if (run->out < 0 || run->err < 0)
                return -errno;
        const int keep[] = { run->out, run->err };
        run->m = m;
        run->argv = argv;
        run->child.done = on_end;
        run->child.userdata = run;
        return child_start(&run->child, m->event, execute, run, keep, ARRAY_SIZE(keep), RUN_TIMEOUT_USEC);
}

int bus_run_binfmtctl(struct manager *m, sd_bus_message *call, const char *const *args, enum bus_answer answer,
                      sd_bus_error *error)
{
        struct run *run = malloc(sizeof(*run));

        if (!run)
                return -ENOMEM;
        *run = (struct run){ .call = sd_bus_message_ref(call), .answer = answer, .out = -1, .err = -1 };
        int r = start(m, run, args);
        if (r >= 0)
                return 1;
        run_free(run);
        return sd_bus_error_setf(error, BUS_ERROR_FAILED, "%s cannot be run: %s", m->binfmtctl, strerror(-r));
}
