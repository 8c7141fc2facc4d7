/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths.h"

#include <errno.h>

#include "base/config.h"
#include "util.h"

static void clear_list(char ***list, size_t *n)
{
        for (size_t i = 0; i < *n; i++)
                free((*list)[i]);
        free(*list);
        *list = NULL;
        *n = 0;
}

/* Replaces a list by what the text names, separated by colons. Returns 0 or -ENOMEM. */
static int set_list(char ***list, size_t *n, const char *text)
{
        _cleanup_free_ char *copy = strdup(text);
        char **new = NULL, *state = NULL;
        size_t n_new = 0;

        if (!copy)
                return -ENOMEM;
        for (char *d = strtok_r(copy, ":", &state); d; d = strtok_r(NULL, ":", &state)) {
                char *dir = strdup(d);
                if (!dir || array_grow(&new, n_new, sizeof(*new)) < 0) {
                        free(dir);
                        clear_list(&new, &n_new);
                        return -ENOMEM;
                }
                new[n_new++] = dir;
        }
        clear_list(list, n);
        *list = new;
        *n = n_new;
        return 0;
}

int paths_set_confdirs(struct paths *p, const char *list)
{
        if (strspn(list, ":") == strlen(list))
                return -EINVAL;
        return set_list(&p->confdirs, &p->n_confdirs, list);
}

int paths_set_binfmt_d(struct paths *p, const char *list)
{
        return set_list(&p->binfmt_d, &p->n_binfmt_d, list);
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
            string_set(&p.admindir, from_environment("BINFMTD_ADMINDIR", DEFAULT_ADMINDIR)) < 0 ||
            string_set(&p.run_detectors, from_environment("BINFMTD_RUN_DETECTORS", DEFAULT_RUN_DETECTORS)) < 0 ||
            string_set(&p.config, from_environment("BINFMTD_CONFIG", DAEMON_CONF)) < 0 ||
            string_set(&p.statedir, from_environment("BINFMTD_STATEDIR", DEFAULT_STATEDIR)) < 0 ||
            string_set(&p.cachedir, from_environment("BINFMTD_CACHEDIR", DEFAULT_CACHEDIR)) < 0 ||
            string_set(&p.translator, from_environment("BINFMTD_TRANSLATOR", DEFAULT_TRANSLATOR)) < 0)
                return -ENOMEM;
        int r = paths_set_confdirs(&p, dirs);
        if (r >= 0)
                r = paths_set_binfmt_d(&p, from_environment("BINFMTD_BINFMT_D", DEFAULT_BINFMT_D));
        if (r < 0)
                return r;
        *ret = p;
        p = (struct paths){};
        return 0;
}

void paths_done(struct paths *p)
{
        clear_list(&p->confdirs, &p->n_confdirs);
        clear_list(&p->binfmt_d, &p->n_binfmt_d);
        free(p->procdir);
        free(p->admindir);
        free(p->run_detectors);
        free(p->config);
        free(p->statedir);
        free(p->cachedir);
        free(p->translator);
        *p = (struct paths){};
}
