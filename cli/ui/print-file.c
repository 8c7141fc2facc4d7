/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "print-file.h"

#include <errno.h>
#include <fcntl.h>

#include "cli.h"

/* Longer than any file that makes sense. */
#define TEXT_MAX (16 * 1024 * 1024)

int print_file(const char *path, bool masked, bool *first)
{
        _cleanup_free_ char *text = NULL;
        size_t size = 0;

        printf("%s# %s\n", *first ? "" : "\n", path);
        *first = false;
        if (masked)
                return EXIT_OK;
        int r = file_read_at(AT_FDCWD, path, TEXT_MAX, &text, &size);
        if (r < 0)
                return fail("%s: %s", path, strerror(-r));
        fwrite(text, 1, size, stdout);
        if (size > 0 && text[size - 1] != '\n')
                putchar('\n');
        return EXIT_OK;
}

int print_files(const struct conf_files *files, bool *first)
{
        int status = EXIT_OK;

        for (size_t i = 0; i < files->n; i++)
                if (print_file(files->items[i].path, files->items[i].masked, first) != EXIT_OK)
                        status = EXIT_FAILED;
        return status;
}
