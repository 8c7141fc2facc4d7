/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for the translator: as a worker it makes a unit whose code does nothing, and otherwise it prints what it was started with.
 * What a guest file has behind its 64th byte makes it misbehave as a worker. */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache-room.h"
#include "unit-maker.h"

CACHE_ROOM;

enum { NO_UNIT = 65 };

/* Behind the words, what each byte of the configuration is. A test makes another translator by another byte. */
static const volatile unsigned char config[] = "configuration:\xc5";
#define CONFIG config[sizeof("configuration:") - 1]

/* What a worker must not be able to do. Returns the first one that it can, or NULL. */
static const char *find_hole(void)
{
        struct stat st;

        if (open("/proc/self/status", O_RDONLY) >= 0 || open("/etc/passwd", O_RDONLY) >= 0 || stat("/etc", &st) == 0)
                return "files";
        if (open("file", O_RDWR | O_CREAT, 0600) >= 0)
                return "new files";
        if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
                return "sockets";
        if (kill(getppid(), 0) == 0 || kill(1, 9) == 0)
                return "signals";
        if (getuid() == 0 && getenv("HOME"))
                return "the environment";
        if (fcntl(5, F_GETFD) >= 0 || fcntl(9, F_GETFD) >= 0)
                return "descriptors";
        if (chroot("/") == 0)
                return "chroot";
        return NULL;
}

static int write_all(const uint8_t *p, size_t n)
{
        return write(4, p, n) == (ssize_t)n ? 0 : 1;
}

static int work(void)
{
        const char *hole = find_hole();
        struct stat st;
        size_t size;

        if (hole)
                return 3;
        if (fstat(3, &st) < 0 || write(3, "x", 1) >= 0)
                return 4;
        const uint8_t *guest = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, 3, 0);
        const char *order = (const char *)guest + 64;
        if (strncmp(order, "refuse", 6) == 0)
                return NO_UNIT;
        if (strncmp(order, "crash", 5) == 0)
                abort();
        for (volatile int busy = strncmp(order, "busy", 4) == 0; busy;)
                ;
        if (strncmp(order, "rubbish", 7) == 0)
                return write_all(guest, 64);
        uint8_t *unit = unit_make(guest, (size_t)st.st_size, 0, (uint32_t)((st.st_size + 4095) / 4096), CONFIG, &size);
        struct cache_unit *h = (struct cache_unit *)unit;
        struct cache_page *p = (struct cache_page *)(h + 1);
        if (strncmp(order, "lie", 3) == 0)
                unit[p->text_at + 100] ^= 1;
        if (strncmp(order, "stale", 5) == 0)
                h->config[5] ^= 1;
        if (strncmp(order, "large", 5) == 0)
                for (int i = 0; i < 100000; i++)
                        if (write_all(unit, size))
                                return 5;
        if (strncmp(order, "stay", 4) == 0 && fork() == 0) {
                uint8_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 4, 0);
                for (;;)
                        shared[0] ^= 1;
        }
        return write_all(unit, size);
}

extern const char __ehdr_start[]; /* by the linker */

/* Whether this program has translations in it, by what the kernel tells of its program headers. */
static bool is_image(void)
{
        extern const char __ehdr_start[];
        const Elf64_Phdr *p = (const Elf64_Phdr *)getauxval(AT_PHDR);

        for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++)
                if (p[i].p_type == PT_BINFMT_CACHE && p[i].p_filesz == sizeof(struct cache_image)) {
                        const struct cache_image *image = (const void *)(__ehdr_start + p[i].p_vaddr);
                        return memcmp(image->magic, CACHE_IMAGE_MAGIC, sizeof(image->magic)) == 0;
                }
        return false;
}

int main(int argc, char **argv)
{
        if (argc > 1 && strncmp(argv[1], "--cache-worker=", 15) == 0)
                return work();
        if (argc > 1 && strcmp(argv[1], "--cache-hold") == 0)
                for (;;)
                        pause();
        if (argc > 1 && strcmp(argv[1], "--cache-config") == 0) {
                printf("aarch64 ");
                for (int i = 0; i < CACHE_CONFIG; i++)
                        printf("%02x", CONFIG);
                putchar('\n');
                return 0;
        }
        if (argc > 1) { /* a program, which is mapped as a translator does it */
                int fd = open(argv[1], O_RDONLY);
                (void)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
                close(fd);
        }
        char exe[4096] = "";
        if (readlink("/proc/self/exe", exe, sizeof(exe) - 1) < 0)
                strcpy(exe, "?");
        if (argc > 3 && strcmp(argv[3], "sleep") == 0) /* registered with the flag P */
                sleep(5);
        printf("translated by %s%s\n", is_image() ? "an image, " : "", exe);
        return 0;
}
