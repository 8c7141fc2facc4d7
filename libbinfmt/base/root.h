/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files as a program in a chroot would find them: absolute symbolic links stay below the directory, and .. stops there. */
#pragma once

#include <stddef.h>

struct root {
        int fd;     /* negative: the machine's own root */
        char *path; /* what it is called outside; "" for the machine's own */
};

/* Opens a directory as a root, or the machine's own where path is NULL. Returns 0 or a negative errno. */
int root_open(const char *path, struct root *ret);

void root_done(struct root *r);

/* Opens a file by its path in the root, with flags of open(2); it is closed on exec. A relative path is one from the current
 * directory in the machine's own root, and from the top in another. Returns a file descriptor or a negative errno. */
int root_open_file(const struct root *r, const char *path, int flags);

/* Reads a text file of at most max bytes. Returns 0, -EFBIG, or another negative errno. */
int root_read_file(const struct root *r, const char *path, size_t max, char **ret);

/* Finds the path in the root of a file that is open; symbolic links are resolved in it. Returns 0, -EXDEV where the file is not
 * in the root, or another negative errno. */
int root_real_path(const struct root *r, int fd, char **ret);
