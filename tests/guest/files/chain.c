/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chain PROGRAM...: says what it is, and executes the first program with the others as arguments: as "fork:NAME" in a child, as
 * "spawn:NAME" in one of vfork(2)'s kind, else in its own place. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int wait_for(pid_t pid)
{
        int status = 0;
        return pid < 0 || waitpid(pid, &status, 0) != pid || status;
}

int main(int argc, char **argv)
{
        struct utsname u;
        struct sigaction usr1;
        sigset_t blocked;

        uname(&u);
        sigaction(SIGUSR1, NULL, &usr1);
        sigprocmask(SIG_SETMASK, NULL, &blocked);
        printf("%s %s %d%s%s %s\n", u.machine, (char *)getauxval(AT_PLATFORM), (int)sizeof(long) * 8,
               usr1.sa_handler == SIG_IGN ? " ignores" : "", sigismember(&blocked, SIGUSR2) ? " blocks" : "", getenv("MARK"));
        fflush(stdout);
        signal(SIGUSR1, SIG_IGN);
        sigaddset(&blocked, SIGUSR2);
        sigprocmask(SIG_SETMASK, &blocked, NULL);
        setenv("MARK", u.machine, 1);
        if (argc < 2)
                return 0;
        if (!strncmp(argv[1], "fork:", 5)) {
                pid_t pid = fork();
                argv[1] += 5;
                if (pid)
                        return wait_for(pid);
        } else if (!strncmp(argv[1], "spawn:", 6)) {
                pid_t pid;
                argv[1] += 6;
                errno = posix_spawn(&pid, argv[1], NULL, NULL, argv + 1, environ);
                if (errno)
                        perror(argv[1]);
                return errno || wait_for(pid);
        }
        execv(argv[1], argv + 1);
        perror(argv[1]);
        return 127;
}
