/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "platform.h"
#include "base/tiny-elf.h"
#include "base/util.h"

#define LOAD_ADDRESS 0x400000
/* Seconds after which a probe counts as failed. */
#define PROBE_LIMIT 10

/* Returns a file descriptor of the program, which an interpreter without the flag O must be able to open, or a negative
 * errno. */
static int make_program(const struct platform *p)
{
        const struct tiny_elf elf = {
                .machine = p->machine, .flags = p->flags, .is64 = p->is64, .big_endian = p->big_endian, .address = LOAD_ADDRESS
        };
        uint8_t bytes[TINY_ELF_HEADERS_MAX + sizeof(p->code)];
        size_t n = tiny_elf_headers(&elf, sizeof(p->code), bytes);
        _cleanup_close_ int fd = memfd_create("probe", 0);

        if (fd < 0)
                return -errno;
        for (size_t i = 0; i < ARRAY_SIZE(p->code); i++)
                n += tiny_elf_put(&elf, p->code[i], sizeof(p->code[i]), bytes + n);
        if (write(fd, bytes, n) != (ssize_t)n)
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
