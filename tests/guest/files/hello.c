/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hello [WORD [ARGUMENT...]]: for the scripts. Some words make it do something: see main. Otherwise it prints its arguments, and
 * the variables of its environment that begin with TEST_ or BINFMT_. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
        if (argc > 1 && !strcmp(argv[1], "udf"))
                __asm__ volatile("udf #0x1234");
        if (argc > 1 && !strcmp(argv[1], "exit"))
                return atoi(argv[2]);
        if (argc > 1 && !strcmp(argv[1], "pause"))
                return pause();
        if (argc > 1 && !strcmp(argv[1], "descriptors")) {
                close(2);
                printf("%d", open("/dev/null", O_WRONLY));
                printf(" %d\n", open("/dev/null", O_WRONLY));
                return 0;
        }
        if (argc > 1 && !strcmp(argv[1], "release")) {
                struct utsname u;
                uname(&u);
                puts(u.release);
                return 0;
        }
        if (argc > 1 && !strcmp(argv[1], "clock")) {
                struct timespec ts;
                return (int)syscall(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, &ts);
        }
        if (argc > 1 && !strcmp(argv[1], "show")) {
                FILE *f = fopen(argv[2], "r");
                for (int c; f && (c = getc(f)) != EOF;)
                        putchar(c);
                return !f;
        }
        if (argc > 1 && !strcmp(argv[1], "exec")) {
                execv(argv[2], argv + 2);
                perror(argv[2]);
                return 1;
        }
        if (argc > 1 && !strcmp(argv[1], "stack")) {
                unsigned long start, end;
                char line[512];
                FILE *maps = fopen("/proc/self/maps", "r");
                while (maps && fgets(line, sizeof(line), maps))
                        if (strstr(line, "[stack]") && sscanf(line, "%lx-%lx", &start, &end) == 2)
                                printf("%lu\n", (end - start) / 1024);
                return 0;
        }
        printf("hello");
        for (int k = 0; k < argc; k++)
                printf(" [%s]", argv[k]);
        for (char **e = environ; *e; e++)
                if (!strncmp(*e, "TEST_", 5) || !strncmp(*e, "BINFMT_", 7))
                        printf(" {%s}", *e);
        printf("\n");
        return 0;
}
