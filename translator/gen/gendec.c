/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: makes a decoder from tables of encodings (gendec.h describes them). Runs on the build machine.
 *
 *     gendec PREFIX[:LIFTERS] WIDTH OUTPUT-DIRECTORY TABLE...
 *
 * writes these files, whose names begin with PREFIX_:
 *
 *     decode.h, decode.c   which encoding a word is
 *     args.h               the lifters and their arguments
 *     lift.c               from a word to its lifter
 *     missing.c            a weak lifter that refuses, for each
 *     table.h, table.c     the encodings as data (enc.h)
 *
 * args.h and missing.c have no use when the lifters are those of another instruction set, LIFTERS: its args.h counts then.
 * Exit status 0, 1 (errors in the tables, or a file that cannot be read or written), 2 (usage).
 */
#include "gendec.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void complain(struct table *t, const struct enc *e, const char *fmt, ...)
{
        va_list ap;
        fprintf(stderr, "%s:%u: ", e->file, e->line);
        if (e->name[0])
                fprintf(stderr, "%s: ", e->name);
        va_start(ap, fmt);
        vfprintf(stderr, fmt, ap);
        va_end(ap);
        fputc('\n', stderr);
        t->errors++;
}

void *xalloc(size_t n)
{
        void *p = calloc(1, n);
        if (!p) {
                fputs("gendec: out of memory\n", stderr);
                exit(1);
        }
        return p;
}

char *xstrdup(const char *s)
{
        return strcpy(xalloc(strlen(s) + 1), s);
}

void *grow(void *array, unsigned n, size_t size)
{
        if ((n & (n - 1)) == 0) /* it is full: twice as much, or the first one */
                array = realloc(array, (n ? 2 * n : 1) * size);
        if (!array) {
                fputs("gendec: out of memory\n", stderr);
                exit(1);
        }
        memset((char *)array + n * size, 0, size);
        return array;
}

/* "PREFIX" or "PREFIX:LIFTERS". */
static void set_prefix(struct table *t, char *s)
{
        char *colon = strchr(s, ':');
        if (colon)
                *colon = 0;
        t->prefix = s;
        t->lifters = colon ? colon + 1 : s;
}

int main(int argc, char **argv)
{
        static struct table t;
        static struct tree tree;
        if (argc < 5 || (strcmp(argv[2], "16") && strcmp(argv[2], "32"))) {
                fputs("usage: gendec PREFIX[:LIFTERS] 16|32 OUTPUT-DIRECTORY TABLE...\n", stderr);
                return 2;
        }
        set_prefix(&t, argv[1]);
        t.width = (unsigned)atoi(argv[2]);
        for (int i = 4; i < argc; i++) {
                int r = parse_file(&t, argv[i]);
                if (r < 0) {
                        fprintf(stderr, "gendec: %s: %s\n", argv[i], strerror(-r));
                        return 1;
                }
        }
        check_overlaps(&t);
        if (t.errors) {
                fprintf(stderr, "gendec: %u errors\n", t.errors);
                return 1;
        }
        if (!build_tree(&t, &tree)) {
                fprintf(stderr, "gendec: %s: the decision tree is too big\n", t.prefix);
                return 1;
        }
        int r = emit_all(&t, &tree, argv[3]);
        if (r < 0) {
                fprintf(stderr, "gendec: %s: %s\n", argv[3], strerror(-r));
                return 1;
        }
        return 0;
}
