/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gendec: the generated files. */
#include "emit.h"
#include <ctype.h>
#include <errno.h>
#include <string.h>

static const struct {
        const char *suffix;
        void (*emit)(struct out *o);
} files[] = {
        { "decode.h", emit_decode_h },   { "decode.c", emit_decode_c }, { "args.h", emit_args_h },   { "lift.c", emit_lift_c },
        { "missing.c", emit_missing_c }, { "table.h", emit_table_h },   { "table.c", emit_table_c },
};

static int emit_file(struct out *o, const char *dir, const char *suffix, void (*emit)(struct out *o))
{
        char path[4096];
        if (snprintf(path, sizeof path, "%s/%s_%s", dir, o->t->prefix, suffix) >= (int)sizeof path)
                return -ENAMETOOLONG;
        o->f = fopen(path, "w");
        if (!o->f)
                return -errno;
        fputs("/* Made by gendec. */\n", o->f);
        emit(o);
        int failed = ferror(o->f);
        return fclose(o->f) || failed ? -EIO : 0;
}

int emit_all(const struct table *t, const struct tree *tree, const char *dir)
{
        static struct out o;
        o.t = t;
        o.tree = tree;
        if (strlen(t->prefix) >= sizeof o.upper)
                return -ENAMETOOLONG;
        for (unsigned i = 0; t->prefix[i]; i++)
                o.upper[i] = (char)toupper((unsigned char)t->prefix[i]);
        for (unsigned i = 0; i < sizeof files / sizeof files[0]; i++) {
                int r = emit_file(&o, dir, files[i].suffix, files[i].emit);
                if (r < 0)
                        return r;
        }
        return 0;
}
