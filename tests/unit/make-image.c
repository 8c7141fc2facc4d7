/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes an image by hand: make-image TRANSLATOR UNIT... OUT */
#include <fcntl.h>

#include "base/util.h"
#include "cache/image.h"

static int open_or_exit(const char *name, int flags)
{
        int fd = open(name, flags | O_CLOEXEC, 0755);

        if (fd < 0) {
                perror(name);
                exit(EXIT_FAILURE);
        }
        return fd;
}

int main(int argc, char **argv)
{
        struct image_size size = {};

        if (argc < 4) {
                fputs("usage: make-image TRANSLATOR UNIT... OUT\n", stderr);
                return 2;
        }
        int *units = calloc((size_t)argc, sizeof(*units));
        if (!units)
                return EXIT_FAILURE;
        for (int i = 2; i < argc - 1; i++)
                units[i - 2] = open_or_exit(argv[i], O_RDONLY);
        int out = open_or_exit(argv[argc - 1], O_RDWR | O_CREAT | O_TRUNC);
        int r = image_write(out, open_or_exit(argv[1], O_RDONLY), units, (size_t)(argc - 3), &size);
        if (r < 0) {
                fprintf(stderr, "make-image: %s\n", strerror(-r));
                return EXIT_FAILURE;
        }
        printf("%s: %zu units, %ju pages, %ju bytes\n", argv[argc - 1], size.n_units, (uintmax_t)size.pages,
               (uintmax_t)size.bytes);
        return EXIT_SUCCESS;
}
