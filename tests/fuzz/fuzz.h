/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets share. Each is a program for libFuzzer: it parses its input, and checks what must be true of everything
 * that was accepted. */
#pragma once
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/util.h"

/* What must be true; if it is not, the input is a finding. */
#define MUST(condition) \
        do { \
                if (!(condition)) { \
                        fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
                        abort(); \
                } \
        } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Makes a file with these contents, for functions that take a file's name, which is put into buf. Returns its descriptor, which
 * is to be closed. */
static inline int fuzz_file(const uint8_t *data, size_t size, char buf[40])
{
        int fd = memfd_create("fuzz", MFD_CLOEXEC);

        MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
        snprintf(buf, 40, "/proc/self/fd/%d", fd);
        return fd;
}

/* Makes the input a string that ends where a NUL byte is, if there is one. It is to be freed. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
        char *s = malloc(size + 1);

        MUST(s);
        if (size)
                memcpy(s, data, size);
        s[size] = '\0';
        return s;
}
