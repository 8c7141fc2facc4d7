/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rights.h"

#include <errno.h>
#include <fcntl.h>

/* Cuts a path down to the first directory on it, from its end, that is there. */
static void find_existing(char *path)
{
        char *slash;

        while (access(path, F_OK) < 0 && errno == ENOENT && (slash = strrchr(path, '/')))
                slash[slash == path] = '\0';
}

/* Appends a word, quoted so that a shell reads it as one word. */
static void put_quoted(FILE *out, const char *word)
{
        static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_";

        if (*word && strspn(word, plain) == strlen(word)) {
                fputs(word, out);
                return;
        }
        putc('\'', out);
        for (; *word; word++)
                *word == '\'' ? fputs("'\\''", out) : putc(*word, out);
        putc('\'', out);
}

/* The words of a command line for a shell, with a space before each: a new string, or NULL without memory. */
static char *quote(char *const *words)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return NULL;
        for (; *words; words++) {
                putc(' ', out);
                put_quoted(out, *words);
        }
        if (fclose(out) == 0)
                return text;
        free(text);
        return NULL;
}

int check_may_write(const struct call *call, const char *directory)
{
        _cleanup_free_ char *path = strdup(directory);

        if (!path)
                return fail("out of memory");
        /* Root is not checked: in a user namespace it may be nobody for this directory, and sudo would not help. */
        if (geteuid() == 0)
                return EXIT_OK;
        find_existing(path);
        if (call->option[OPTION_DRY_RUN] || faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 ||
            (errno != EACCES && errno != EPERM))
                return EXIT_OK;
        _cleanup_free_ char *words = quote(call->words);
        return fail("%s: this user may not write there; it takes root: sudo binfmtctl%s", directory, words ? words : "");
}
