/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set-uid program: says what it was given. With words:
 *   exec PROGRAM [wait]  forks, and the child executes that with the rest
 *   become PROGRAM       executes it after becoming root for good, as su does
 *   give PROGRAM         executes it with a memfd as descriptor 1019
 *   given                says whether it has one
 *   wait                 ends when its input does
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
        if (argc > 2 && !strcmp(argv[1], "exec")) {
                pid_t pid = fork();
                if (pid == 0) {
                        execv(argv[2], argv + 2);
                        _exit(127);
                }
                int status;
                waitpid(pid, &status, 0);
                return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
        }
        if (argc > 2 && !strcmp(argv[1], "become")) {
                if (setuid(0) == 0)
                        execv(argv[2], argv + 2);
                return 127;
        }
        if (argc > 2 && !strcmp(argv[1], "give")) {
                if (dup2(memfd_create("given", MFD_ALLOW_SEALING), 1019) == 1019)
                        execv(argv[2], argv + 2);
                return 127;
        }
        if (argc > 1 && !strcmp(argv[1], "given"))
                return printf("given %d\n", fcntl(1019, F_GETFD) >= 0) < 0;
        struct utsname u;
        uname(&u);
        printf("secure %lu uid %d euid %d machine %s release %s argv0 %s", getauxval(AT_SECURE), (int)getuid(), (int)geteuid(), u.machine,
               u.release, argv[0]);
        printf(" added %d home %d", getenv("ADDED") != NULL, getenv("HOME") != NULL);
        printf("\n");
        fflush(stdout);
        if (argc > 1 && !strcmp(argv[1], "wait"))
                while (getchar() != EOF)
                        ;
        return 0;
}
