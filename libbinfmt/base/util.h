/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small helpers that every file here may use. */
#pragma once

#include <dirent.h>
#include <errno.h>
#include <libintl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _unused_ __attribute__((unused))
#define _printf_(fmt, args) __attribute__((format(printf, fmt, args)))

/* A text for people, in their language. N_ only marks it, where it is a constant, for whoever shows it to translate. */
#define _(text) gettext(text)
#define N_(text) text

static inline void freep(void *p)
{
        free(*(void **)p);
}

static inline void closep(int *fd)
{
        if (*fd >= 0)
                close(*fd);
}

static inline void fclosep(FILE **f)
{
        if (*f)
                fclose(*f);
}

static inline void closedirp(DIR **d)
{
        if (*d)
                closedir(*d);
}

#define _cleanup_free_ _cleanup_(freep)
/* A descriptor that is only there to be closed, such as a lock's, is no unused variable. */
#define _cleanup_close_ _cleanup_(closep) __attribute__((unused))
#define _cleanup_fclose_ _cleanup_(fclosep)
#define _cleanup_closedir_ _cleanup_(closedirp)

#define TAKE_PTR(p) \
        ({ \
                typeof(p) *_pp = &(p), _taken = *_pp; \
                *_pp = NULL; \
                _taken; \
        })

#define TAKE_FD(fd) \
        ({ \
                int *_pfd = &(fd), _taken = *_pfd; \
                *_pfd = -1; \
                _taken; \
        })

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline bool streq(const char *a, const char *b)
{
        return strcmp(a, b) == 0;
}

/* The negative errno that says why reading has failed, after errno was set. EBADMSG becomes -EIO: a file system sets it where a
 * checksum is wrong, but functions here that read files return -EBADMSG for contents that make no sense. */
static inline int read_errno(void)
{
        return errno == EBADMSG ? -EIO : -errno;
}

/* Whether two strings are equal. Either may be NULL, which equals NULL only. */
static inline bool streq_null(const char *a, const char *b)
{
        return a && b ? streq(a, b) : a == b;
}

/* Makes room for one more element in *array, which holds n elements of the given size. It grows by doubling, so an
 * array must start as NULL with n == 0 and only ever grow by one. Returns 0 or -ENOMEM. */
int array_grow(void *array, size_t n, size_t size);

/* Replaces *dst by a copy of src (which may be NULL). Returns 0 or -ENOMEM; on failure *dst is as it was. */
int string_set(char **dst, const char *src);

/* Makes *ret a new string, like asprintf, but NULL where that fails. Returns 0 or -ENOMEM. */
int string_format(char **ret, const char *format, ...) _printf_(2, 3);

/* Makes *ret a new string, like vasprintf, but NULL where that fails. Returns 0 or -ENOMEM. */
int string_format_list(char **ret, const char *format, va_list ap) _printf_(2, 0);

/* Replaces control characters by question marks, those of UTF-8 too: a terminal would not print but obey them. */
void string_make_printable(char *s);

/* Replaces bytes that are no UTF-8 by question marks, in a text that has to be UTF-8. */
void string_make_utf8(char *s);

/* Reads a whole file below dirfd, at most max bytes, into *ret, with a NUL byte behind it that *ret_size does not
 * count (ret_size may be NULL). Returns 0, -EFBIG, or another negative errno. */
int file_read_at(int dirfd, const char *name, size_t max, char **ret, size_t *ret_size);

/* Opens a directory, of which fd is a descriptor, once more to read its names: so the position of fd stays as it is. Returns 0 or
 * a negative errno. */
int directory_open(int fd, DIR **ret);

/* Makes *ret what an open file is called here. What is mounted elsewhere only, as in a container, has the path that it has there. Returns 0 or
 * a negative errno. */
int fd_path(int fd, char **ret);

/* Reads so many bytes of an open file, from a place of it on; fewer where it ends. Returns how many, or a negative errno. */
ssize_t fd_read_at(int fd, void *to, size_t size, uint64_t at);

/* Writes so many bytes into an open file, at a place of it. Returns 0 or a negative errno. */
int fd_write_at(int fd, const void *from, size_t size, uint64_t at);

/* Writes a file below dirfd as a whole or not at all: into a temporary file that is then renamed, both so that
 * it survives a power cut. While it is written the temporary file is locked. Its mode is 0644. Returns 0 or a negative errno. */
int file_write_at(int dirfd, const char *name, const char *text);

/* Whether this name is one of the temporary files that file_write_at writes to. */
bool file_is_temporary(const char *name);

/* Whether the open file fd is still the one of this name below dirfd. */
bool file_has_name(int fd, int dirfd, const char *name);

/* Removes a file below dirfd, so that a power cut does not bring it back. Returns 0 or a negative errno. */
int file_remove_at(int dirfd, const char *name);

/* Creates a directory and those above it that are missing (mode 0755), so that they survive a power cut. Returns 0 or a negative
 * errno. */
int mkdir_parents(const char *path);
