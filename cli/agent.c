/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "base/util.h"

#define AGENT "/usr/bin/pkttyagent"

extern char **environ;

static pid_t spawn(int ready)
{
        char process[32], notify[32];
        const char *argv[] = { "pkttyagent", "--process", process, "--notify-fd", notify, "--fallback", NULL };
        posix_spawn_file_actions_t actions;
        pid_t pid;

        snprintf(process, sizeof(process), "%d", (int)getpid());
        snprintf(notify, sizeof(notify), "%d", ready);
        posix_spawn_file_actions_init(&actions);
        /* A descriptor that is duplicated onto itself is not closed on exec. */
        posix_spawn_file_actions_adddup2(&actions, ready, ready);
        int r = posix_spawn(&pid, AGENT, &actions, NULL, (char **)argv, environ);
        posix_spawn_file_actions_destroy(&actions);
        return r == 0 ? pid : 0;
}

pid_t agent_start(void)
{
        int ends[2];
        char byte;

        if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO) || access(AGENT, X_OK) < 0 || pipe2(ends, O_CLOEXEC) < 0)
                return 0;
        pid_t pid = spawn(ends[1]);
        close(ends[1]);
        /* The agent closes its end of the pipe when it is ready, and when it gives up. */
        (void)!read(ends[0], &byte, 1);
        close(ends[0]);
        return pid;
}

void agent_stop(pid_t pid)
{
        if (pid <= 0)
                return;
        (void)kill(pid, SIGTERM);
        (void)waitpid(pid, NULL, 0);
}
