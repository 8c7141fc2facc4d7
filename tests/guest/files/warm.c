/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warm PROGRAM ARGUMENT...: executes a program after it has run once with its output thrown away. What the first run translated
 * is there for the second one. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        if (argc < 2)
                return 2;
        pid_t pid = fork();
        if (pid == 0) {
                int null = open("/dev/null", O_WRONLY);
                dup2(null, 1);
                dup2(null, 2);
                execv(argv[1], argv + 1);
                _exit(127);
        }
        waitpid(pid, NULL, 0);
        execv(argv[1], argv + 1);
        perror(argv[1]);
        return 127;
}
