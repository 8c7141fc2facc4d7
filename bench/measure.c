/* SPDX-License-Identifier: GPL-2.0-or-later */
/* measure ROOT OUTPUT PROGRAM ARGS...: runs a program in a root file system ("/": this one) with its output in a file, and prints
 * the CPU seconds, user and system, of it and of all its children. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
        return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

int main(int argc, char **argv)
{
        if (argc < 4)
                return 2;
        int out = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0666), status;
        if (out < 0)
                return 2;
        pid_t pid = fork();
        if (pid == 0) {
                if (strcmp(argv[1], "/") && (chroot(argv[1]) || chdir("/")))
                        _exit(126);
                dup2(out, 1);
                execvp(argv[3], argv + 3);
                perror(argv[3]);
                _exit(127);
        }
        struct rusage u;
        if (wait4(pid, &status, 0, &u) != pid || !WIFEXITED(status) || WEXITSTATUS(status)) {
                fprintf(stderr, "measure: %s failed (status %#x)\n", argv[3], status);
                return 1;
        }
        getrusage(RUSAGE_CHILDREN, &u);
        printf("%.6f\n", seconds(u.ru_utime) + seconds(u.ru_stime));
        return 0;
}
