/* SPDX-License-Identifier: GPL-2.0-or-later */
/* repeat N PROGRAM ARGS...: starts a program N times, one after the other. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        for (int n = argc > 2 ? atoi(argv[1]) : 0; n > 0; n--) {
                int status;
                pid_t pid = fork();
                if (pid == 0) {
                        execv(argv[2], argv + 2);
                        _exit(127);
                }
                if (waitpid(pid, &status, 0) != pid || status)
                        return 1;
        }
        return argc < 3;
}
