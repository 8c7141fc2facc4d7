/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The side of a trial that waits for the program, and never for long. */
#include "trial.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "trial-internal.h"

/* How many bytes of the program's output are kept. */
#define OUTPUT_MAX 512

enum { PIPE_IN, PIPE_OUT, PIPE_REPORT, PIPE_COUNT };

struct running {
        const struct trial_request *request;
        struct trial *trial;
        pid_t process, program;
        int ends[PIPE_COUNT]; /* ours */
        char output[OUTPUT_MAX + 1];
        size_t size;
        uint64_t begin, token; /* when the program began and when its token came; 0: not yet */
        bool ended;
};

const char *trial_place_to_string(enum trial_place p)
{
        static const char *const names[] = { [TRIAL_HOST] = "host",
                                             [TRIAL_CHROOT] = "chroot",
                                             [TRIAL_NAMESPACE] = "namespace",
                                             [TRIAL_OWN_ENTRIES] = "own-entries",
                                             [TRIAL_CONTAINER] = "container" };

        return names[p];
}

const char *trial_outcome_to_string(enum trial_outcome o)
{
        static const char *const names[] = {
                [TRIAL_WORKS] = "ok", [TRIAL_FAILS] = "failed", [TRIAL_IMPOSSIBLE] = "not-possible"
        };

        return names[o];
}

const char *trial_stage_to_string(enum trial_stage s)
{
        static const char *const names[] = {
                [TRIAL_STAGE_NAMESPACE] = N_("making namespaces"),
                [TRIAL_STAGE_PROCESS] = N_("making a process"),
                [TRIAL_STAGE_ROOT] = N_("making a root directory"),
                [TRIAL_STAGE_PROC] = N_("mounting /proc"),
                [TRIAL_STAGE_MISC] = N_("mounting a binfmt_misc of its own"),
                [TRIAL_STAGE_PRIVILEGES] = N_("dropping privileges"),
                [TRIAL_STAGE_REGISTER] = N_("registering the entry"),
                [TRIAL_STAGE_EXECUTE] = "execve",
                [TRIAL_STAGE_RUN] = N_("running the program"),
                [TRIAL_STAGE_END] = N_("waiting for it"),
        };

        return names[s];
}

uint64_t trial_now(void)
{
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

void trial_done(struct trial *t)
{
        free(t->said);
        free(t->interpreter);
        *t = (struct trial){};
}

static void close_end(struct running *r, int which)
{
        if (r->ends[which] >= 0)
                close(r->ends[which]);
        r->ends[which] = -1;
}

/* Starts the process of the trial. The pipes are its standard input, output and error; all other descriptors are closed when the
 * program is executed. */
static void start_process(const struct trial_request *request, int pipes[PIPE_COUNT][2])
{
        int in = pipes[PIPE_IN][0], out = pipes[PIPE_OUT][1], report = pipes[PIPE_REPORT][1];

        close(pipes[PIPE_IN][1]); /* otherwise the program's input would never end */
        setsid();
        if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
                _exit(EXIT_FAILURE);
        (void)setrlimit(RLIMIT_CORE, &(struct rlimit){});
        trial_process(request, report);
}

static int start(struct running *r)
{
        int pipes[PIPE_COUNT][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 } }, error = 0;

        for (int i = 0; i < PIPE_COUNT && error == 0; i++)
                if (pipe2(pipes[i], O_CLOEXEC) < 0)
                        error = -errno;
        if (error == 0) {
                r->process = fork();
                if (r->process == 0)
                        start_process(r->request, pipes);
                if (r->process < 0)
                        error = -errno;
        }
        for (int i = 0; i < PIPE_COUNT; i++) {
                int ours = i == PIPE_IN ? 1 : 0;
                r->ends[i] = pipes[i][ours];
                if (pipes[i][!ours] >= 0)
                        close(pipes[i][!ours]);
        }
        return error;
}

/* Finds out what runs the program, which waits for its input meanwhile. */
static void find_interpreter(struct running *r)
{
        char link[64], path[PATH_MAX];

        snprintf(link, sizeof(link), "/proc/%d/exe", r->program);
        ssize_t n = r->program > 0 ? readlink(link, path, sizeof(path) - 1) : -1;
        if (n <= 0)
                return;
        path[n] = '\0';
        (void)string_set(&r->trial->interpreter, path);
}

static void check_token(struct running *r)
{
        if (r->token || !strstr(r->output, r->request->program->token) || r->program == 0)
                return;
        r->token = trial_now();
        find_interpreter(r);
        close_end(r, PIPE_IN);
}

static void take_output(struct running *r)
{
        char buf[OUTPUT_MAX];

        ssize_t n = read(r->ends[PIPE_OUT], buf, sizeof(buf));
        if (n <= 0) {
                close_end(r, PIPE_OUT);
                return;
        }
        size_t room = OUTPUT_MAX - r->size, take = (size_t)n < room ? (size_t)n : room;
        memcpy(r->output + r->size, buf, take);
        r->size += take;
        check_token(r);
}

static void take_report(struct running *r)
{
        struct trial_report report;

        if (read(r->ends[PIPE_REPORT], &report, sizeof(report)) != sizeof(report)) {
                r->ended = true;
                return;
        }
        if (report.error < 0) {
                r->trial->stage = report.stage;
                r->trial->error = report.error;
                r->ended = true;
        } else if (report.stage == TRIAL_STAGE_PROCESS) {
                r->program = report.pid;
                r->trial->user_namespace = report.user_namespace;
                check_token(r);
        } else if (report.stage == TRIAL_STAGE_EXECUTE) {
                r->begin = report.now;
        } else {
                r->trial->wait_status = report.wait_status;
                r->ended = true;
        }
}

static void wait_for_end(struct running *r)
{
        uint64_t deadline = trial_now() + r->request->seconds * UINT64_C(1000000);

        while (!r->ended) {
                struct pollfd fds[] = { { .fd = r->ends[PIPE_OUT], .events = POLLIN },
                                        { .fd = r->ends[PIPE_REPORT], .events = POLLIN } };
                uint64_t now = trial_now();
                if (now >= deadline) {
                        r->trial->timed_out = true;
                        return;
                }
                if (poll(fds, ARRAY_SIZE(fds), (int)((deadline - now) / 1000 + 1)) <= 0)
                        continue;
                if (fds[0].revents)
                        take_output(r);
                if (fds[1].revents)
                        take_report(r);
        }
        /* The last that the program wrote may still be in the pipe. */
        struct pollfd out = { .fd = r->ends[PIPE_OUT], .events = POLLIN };
        while (out.fd >= 0 && r->size < OUTPUT_MAX && poll(&out, 1, 0) > 0) {
                take_output(r);
                out.fd = r->ends[PIPE_OUT];
        }
}

/* Kills what is left of the trial. A process that cannot even be killed is not waited for. */
static void end_process(struct running *r)
{
        (void)kill(-r->process, SIGKILL);
        (void)kill(r->process, SIGKILL);
        for (int i = 0; i < 100; i++) {
                if (waitpid(r->process, NULL, WNOHANG) != 0)
                        return;
                usleep(10000);
        }
}

/* Finds the first line of the program's output that is not the token. */
static void find_said(struct running *r)
{
        char *state = NULL;

        for (char *line = strtok_r(r->output, "\n", &state); line; line = strtok_r(NULL, "\n", &state))
                if (strncmp(r->request->program->token, line, strlen(line)) != 0) {
                        string_make_printable(line);
                        (void)string_set(&r->trial->said, line);
                        return;
                }
}

static void judge(struct running *r)
{
        struct trial *t = r->trial;

        if (t->error < 0) {
                t->outcome = t->stage < TRIAL_STAGE_REGISTER ? TRIAL_IMPOSSIBLE : TRIAL_FAILS;
                return;
        }
        t->stage = TRIAL_STAGE_RUN;
        t->outcome = r->token && !t->timed_out && t->wait_status == 0 ? TRIAL_WORKS : TRIAL_FAILS;
        if (r->token)
                t->microseconds = r->token - r->begin;
}

int trial_run(const struct trial_request *request, struct trial *ret)
{
        struct trial t = {};
        struct running r = { .request = request, .trial = &t, .ends = { -1, -1, -1 } };

        int error = start(&r);
        if (error == 0) {
                wait_for_end(&r);
                end_process(&r);
                judge(&r);
                find_said(&r);
        }
        for (int i = 0; i < PIPE_COUNT; i++)
                close_end(&r, i);
        if (error == 0)
                *ret = t;
        return error;
}
