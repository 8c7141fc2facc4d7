/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The directories where a dynamic linker looks for the libraries of every program. */
#pragma once

#include "base/elf-file.h"
#include "base/root.h"

struct library_dir {
        char *path;
        bool cached; /* only the cache that ldconfig makes leads there */
};

struct library_path {
        struct library_dir *items;
        size_t n;
        bool has_cache; /* whether there is such a cache */
};

/* Finds these directories in the root, for a program with this machine and dynamic linker: those of ld.so.conf and the built-in
 * ones, or musl's. Returns 0 or a negative errno. */
int library_path_load(const struct root *root, const struct elf_file *program, struct library_path *ret);

/* Whether the dynamic linker is musl's. */
bool linker_is_musl(const char *linker);

void library_path_done(struct library_path *p);
