/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guest-test: native also=armhf nightly=armhf-arm */
/* System calls and the layouts of their structures: what this program prints must be what it prints when it is compiled for this
 * machine. Nothing that it prints depends on times, process IDs or addresses. Its parts are in syscalls/. */
#include "syscalls/parts.h"
#include <sys/wait.h>

int main(void)
{
        setvbuf(stdout, NULL, _IOLBF, 0);
        static const struct {
                const char *name;
                void (*fn)(void);
        } parts[] = {
                { "files", files },       { "directories", directories }, { "locks", locks },
                { "polling", polling },   { "sockets", sockets },         { "copying", copying },
                { "terminal", terminal }, { "resources", resources },     { "control", control },
                { "ipc", ipc },           { "watching", watching },       { "filesystems", filesystems },
                { "waiting", waiting },
        };
        for (unsigned k = 0; k < sizeof(parts) / sizeof(parts[0]); k++) {
                int st;
                printf("---- %s\n", parts[k].name);
                fflush(stdout);
                pid_t pid = fork();
                if (pid == 0) {
                        alarm(20);
                        parts[k].fn();
                        fflush(stdout);
                        _exit(0);
                }
                waitpid(pid, &st, 0);
                printf("---- ended with %x\n", st);
        }
        return 0;
}
