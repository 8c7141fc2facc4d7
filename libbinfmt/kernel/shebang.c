/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shebang.h"

#include <errno.h>
#include <stdbool.h>

#include "entry.h"

static bool is_blank(uint8_t c)
{
        return c == ' ' || c == '\t';
}

/* Whether a byte ends a word: a blank, or one of the NUL bytes that the kernel adds behind the end of the file. */
static bool ends_word(uint8_t c)
{
        return is_blank(c) || c == '\0';
}

int shebang_parse(const uint8_t *head, size_t size, char **ret_interpreter, char **ret_argument)
{
        if (size > ENTRY_SPAN_MAX)
                size = ENTRY_SPAN_MAX;
        if (size < 2 || head[0] != '#' || head[1] != '!')
                return -ENOEXEC;

        const uint8_t *newline = memchr(head, '\n', size);
        size_t end = newline ? (size_t)(newline - head) : size, start = 2;
        while (end > start && is_blank(head[end - 1]))
                end--;
        while (start < end && is_blank(head[start]))
                start++;
        size_t word = start;
        while (word < end && !ends_word(head[word]))
                word++;
        if (word == start)
                return -ENOENT;
        /* An argument may be cut off, a path may not. */
        if (!newline && word == ENTRY_SPAN_MAX)
                return -ENAMETOOLONG;

        size_t argument = word;
        while (argument < end && is_blank(head[argument]))
                argument++;
        _cleanup_free_ char *interpreter = strndup((const char *)head + start, word - start);
        _cleanup_free_ char *rest =
                argument < end && head[argument] ? strndup((const char *)head + argument, end - argument) : NULL;
        if (!interpreter || (argument < end && head[argument] && !rest))
                return -ENOMEM;
        *ret_interpreter = TAKE_PTR(interpreter);
        *ret_argument = TAKE_PTR(rest);
        return 0;
}
