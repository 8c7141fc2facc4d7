/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that attacks the one that started it. It looks for files of translations among the descriptors of its own process and
 * of its parent, and tries to change each in every way there is. It prints "found N changed N". */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Tries to change an open file. Returns 1 if one of the ways worked, otherwise 0. */
static int change(int fd)
{
        char c = 0;
        int n = 0;

        n += pwrite(fd, &c, 1, 0) == 1;
        n += write(fd, &c, 1) == 1;
        n += ftruncate(fd, 1) == 0;
        n += ftruncate(fd, 1 << 30) == 0;
        n += fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) == 0;
        n += mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED;
        void *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
        n += p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_WRITE) == 0;
        return n != 0;
}

int main(void)
{
        static const int flags[] = { O_RDWR, O_WRONLY, O_WRONLY | O_TRUNC, O_RDONLY };
        const pid_t pids[] = { getpid(), getppid() };
        int found = 0, changed = 0;

        for (unsigned k = 0; k < 2; k++)
                for (int number = 0; number < 2048; number++) {
                        char path[64], link[64] = "";
                        snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pids[k], number);
                        if (readlink(path, link, sizeof(link) - 1) < 0 || strncmp(link, "/memfd:binfmt", 13))
                                continue;
                        found++;
                        for (unsigned f = 0; f < sizeof(flags) / sizeof(flags[0]); f++) {
                                int fd = open(path, flags[f]);
                                if (fd >= 0)
                                        changed += change(fd);
                        }
                }
        printf("found %d changed %d\n", found, changed);
        return 0;
}
