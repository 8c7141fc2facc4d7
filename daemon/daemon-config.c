/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon-config.h"

#include <errno.h>

#include "ini-file.h"

struct loading {
        struct config *config;
        struct problems *problems;
};

static int handle_line(const struct ini_line *line, void *userdata)
{
        struct loading *l = userdata;
        const struct {
                const char *name;
                bool *value;
        } keys[] = {
                { "RemoveOnStop", &l->config->remove_on_stop },
                { "Mount", &l->config->mount },
        };

        if (!streq(line->section, "Daemon"))
                return problems_add(l->problems, 0, line->file, line->number,
                                    "this is outside of the section [Daemon]");
        for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
                if (!streq(line->key, keys[i].name))
                        continue;
                if (parse_boolean(line->value, keys[i].value) < 0)
                        return problems_add(l->problems, 0, line->file, line->number, "%s=: this is yes or no",
                                            line->key);
                return 0;
        }
        return problems_add(l->problems, 0, line->file, line->number, "unknown key %s=", line->key);
}

int config_load(const char *path, struct config *ret, struct problems *problems)
{
        struct config config = { .remove_on_stop = false, .mount = true };
        struct loading l = { .config = &config, .problems = problems };

        _cleanup_fclose_ FILE *f = fopen(path, "re");
        if (!f && errno != ENOENT)
                return problems_add(problems, -errno, path, 0, "%s", strerror(errno));
        if (f) {
                int r = ini_file_read(f, path, handle_line, &l, problems);
                if (r < 0)
                        return problems_add(problems, r, path, 0, "%s", strerror(-r));
        }
        *ret = config;
        return 0;
}
