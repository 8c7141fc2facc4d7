/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths.h"

#include <errno.h>

#include "config.h"
#include "util.h"

static void clear_confdirs(struct paths *p)
{
        for (size_t i = 0; i < p->n_confdirs; i++)
                free(p->confdirs[i]);
        free(p->confdirs);
        p->confdirs = NULL;
        p->n_confdirs = 0;
}

int paths_set_confdirs(struct paths *p, const char *list)
{
        _cleanup_free_ char *copy = strdup(list);
        struct paths new = {};
        char *state = NULL;

        if (!copy)
                return -ENOMEM;
        for (char *d = strtok_r(copy, ":", &state); d; d = strtok_r(NULL, ":", &state)) {
                char *dir = strdup(d);
                if (!dir || array_grow(&new.confdirs, new.n_confdirs, sizeof(*new.confdirs)) < 0) {
                        free(dir);
                        clear_confdirs(&new);
                        return -ENOMEM;
                }
                new.confdirs[new.n_confdirs++] = dir;
        }
        if (new.n_confdirs == 0)
                return -EINVAL;

        clear_confdirs(p);
        p->confdirs = new.confdirs;
        p->n_confdirs = new.n_confdirs;
        return 0;
}

static const char *from_environment(const char *name, const char *otherwise)
{
        const char *value = secure_getenv(name);

        return value && *value ? value : otherwise;
}

int paths_init(struct paths *ret)
{
        _cleanup_(paths_done) struct paths p = {};
        const char *dirs = from_environment("BINFMTD_CONFDIRS", VENDOR_CONFDIR ":" RUNTIME_CONFDIR ":" ADMIN_CONFDIR);

        if (string_set(&p.procdir, from_environment("BINFMTD_PROCDIR", DEFAULT_PROCDIR)) < 0 ||
            string_set(&p.statedir, from_environment("BINFMTD_STATEDIR", DEFAULT_STATEDIR)) < 0)
                return -ENOMEM;
        int r = paths_set_confdirs(&p, dirs);
        if (r < 0)
                return r;
        *ret = p;
        p = (struct paths){};
        return 0;
}

void paths_done(struct paths *p)
{
        clear_confdirs(p);
        free(p->procdir);
        free(p->statedir);
        *p = (struct paths){};
}
