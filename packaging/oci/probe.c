/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "platform.h"
#include "util.h"

#define LOAD_ADDRESS 0x400000
/* Seconds after which a probe counts as failed. */
#define PROBE_LIMIT 10

/* Puts numbers into a file's image in the byte order of its machine. */
struct writer {
        uint8_t bytes[256];
        size_t n;
        bool is64, big_endian;
};

static void put(struct writer *w, uint64_t value, size_t size)
{
        for (size_t i = 0; i < size; i++)
                w->bytes[w->n++] = (uint8_t)(value >> 8 * (w->big_endian ? size - 1 - i : i));
}

/* A number that is as wide as an address. */
static void put_address(struct writer *w, uint64_t value)
{
        put(w, value, w->is64 ? 8 : 4);
}

static void put_header(struct writer *w, const struct platform *p)
{
        size_t header = p->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
        size_t segment = p->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
        const uint8_t ident[EI_NIDENT] = { ELFMAG0,
                                           ELFMAG1,
                                           ELFMAG2,
                                           ELFMAG3,
                                           p->is64 ? ELFCLASS64 : ELFCLASS32,
                                           p->big_endian ? ELFDATA2MSB : ELFDATA2LSB,
                                           EV_CURRENT };

        for (size_t i = 0; i < sizeof(ident); i++)
                put(w, ident[i], 1);
        put(w, ET_EXEC, 2);
        put(w, p->machine, 2);
        put(w, EV_CURRENT, 4);
        put_address(w, LOAD_ADDRESS + header + segment);
        put_address(w, header); /* where the segments are listed */
        put_address(w, 0);      /* no sections */
        put(w, p->flags, 4);
        put(w, header, 2);
        put(w, segment, 2);
        put(w, 1, 2);
        for (int i = 0; i < 3; i++)
                put(w, 0, 2);
}

static void put_segment(struct writer *w, const struct platform *p)
{
        size_t size = w->n + (p->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)) + sizeof(p->code);

        put(w, PT_LOAD, 4);
        if (p->is64)
                put(w, PF_R | PF_X, 4);
        put_address(w, 0);
        put_address(w, LOAD_ADDRESS);
        put_address(w, LOAD_ADDRESS);
        put_address(w, size);
        put_address(w, size);
        if (!p->is64)
                put(w, PF_R | PF_X, 4);
        put_address(w, 0x10000);
}

/* Returns a file descriptor of the program, which an interpreter without the flag O must be able to open, or a negative
 * errno. */
static int make_program(const struct platform *p)
{
        struct writer w = { .is64 = p->is64, .big_endian = p->big_endian };
        _cleanup_close_ int fd = memfd_create("probe", 0);

        if (fd < 0)
                return -errno;
        put_header(&w, p);
        put_segment(&w, p);
        for (size_t i = 0; i < ARRAY_SIZE(p->code); i++)
                put(&w, p->code[i], 4);
        if (write(fd, w.bytes, w.n) != (ssize_t)w.n)
                return -EIO;
        return TAKE_FD(fd);
}

static void run_program(int program)
{
        char *argv[] = { (char *)"probe", NULL }, *envp[] = { NULL };
        int null = open("/dev/null", O_RDWR);

        if (null >= 0) {
                dup2(null, STDIN_FILENO);
                dup2(null, STDOUT_FILENO);
                dup2(null, STDERR_FILENO);
        }
        alarm(PROBE_LIMIT);
        fexecve(program, argv, envp);
        _exit(127);
}

int platform_probe(const struct platform *p)
{
        _cleanup_close_ int program = make_program(p);
        int status;

        if (program < 0)
                return program;
        pid_t child = fork();
        if (child < 0)
                return -errno;
        if (child == 0)
                run_program(program);
        while (waitpid(child, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return WIFEXITED(status) && WEXITSTATUS(status) == PROBE_STATUS;
}
