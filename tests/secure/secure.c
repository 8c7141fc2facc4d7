/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program that is made set-uid. It prints its rights, machine, release and argv[0], and whether ADDED and HOME are in its
 * environment. Its first argument may be a word:
 *   exec PROGRAM ARGUMENT...        forks twice; the second child executes that program. Prints nothing itself
 *   user PROGRAM ARGUMENT...        as exec, with the caller's rights while the child runs
 *   become PROGRAM ARGUMENT...      becomes root for good, as su does, and executes that program
 *   other-name PROGRAM ARGUMENT...  executes itself as /proc//self/exe, with these arguments
 *   udf                             executes an undefined instruction in a child, then prints
 *   wait                            prints, and ends at the end of its input
 *   again                           prints, and executes /proc/self/exe at the end of its input
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

/* Forks a child that does nothing, then one that executes a program. Returns the status of that. */
static int second_child(char **argv)
{
        int status = 0;

        for (unsigned k = 0; k < 2; k++) {
                pid_t pid = fork();
                if (pid == 0) {
                        if (k)
                                execv(argv[0], argv);
                        _exit(k ? 127 : 0);
                }
                waitpid(pid, &status, 0);
        }
        return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv)
{
        if (argc > 2 && !strcmp(argv[1], "exec"))
                return second_child(argv + 2);
        if (argc > 2 && !strcmp(argv[1], "user")) {
                uid_t owner = geteuid();
                int status = seteuid(getuid()) == 0 ? second_child(argv + 2) : 126;
                return seteuid(owner) == 0 ? status : 125;
        }
        if (argc > 2 && !strcmp(argv[1], "become")) {
                if (setuid(0) == 0)
                        execv(argv[2], argv + 2);
                return 127;
        }
        if (argc > 2 && !strcmp(argv[1], "other-name")) {
                argv[1] = argv[0];
                execv("/proc//self/exe", argv + 1);
                return 127;
        }
        if (argc > 1 && !strcmp(argv[1], "udf")) {
                if (fork() == 0)
                        __asm__ volatile("udf #0x1234");
                wait(NULL);
        }
        struct utsname u;
        uname(&u);
        printf("secure %lu uid %d euid %d machine %s release %s argv0 %s", getauxval(AT_SECURE), (int)getuid(), (int)geteuid(),
               u.machine, u.release, argv[0]);
        printf(" added %d home %d", getenv("ADDED") != NULL, getenv("HOME") != NULL);
        printf("\n");
        fflush(stdout);
        if (argc > 1 && !strcmp(argv[1], "wait"))
                while (getchar() != EOF)
                        ;
        if (argc > 1 && !strcmp(argv[1], "again")) {
                while (getchar() != EOF)
                        ;
                execl("/proc/self/exe", argv[0], (char *)NULL);
                printf("not executed\n");
        }
        return 0;
}
