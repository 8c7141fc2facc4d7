/* SPDX-License-Identifier: GPL-2.0-or-later */
/* warm PROGRAM ARGUMENT...: executes a program to which the translations of this one are handed down: from the second fork on, a
 * process hands down what it has translated. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        if (argc < 2)
                return 2;
        for (int k = 0; k < 2; k++) {
                pid_t pid = fork();
                if (pid == 0)
                        _exit(0);
                waitpid(pid, NULL, 0);
        }
        execv(argv[1], argv + 1);
        perror(argv[1]);
        return 127;
}
