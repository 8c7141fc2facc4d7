/* SPDX-License-Identifier: GPL-2.0-or-later */
/* each [-u] PROGRAM...: runs programs without arguments, one after the other; with -u as user 1000, which only root can do. Its
 * status is 1 if one of them fails. */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        int first = argc > 1 && !strcmp(argv[1], "-u") ? 2 : 1, status;

        for (int k = first; k < argc; k++) {
                pid_t pid = fork();
                if (pid == 0) {
                        if (first == 2 && setresuid(1000, 1000, 1000))
                                _exit(126);
                        execl(argv[k], argv[k], (char *)NULL);
                        perror(argv[k]);
                        _exit(127);
                }
                if (waitpid(pid, &status, 0) != pid || status)
                        return 1;
        }
        return 0;
}
