/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon-config.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "base/conf-files.h"
#include "base/ini-file.h"

struct loading {
        struct config *config;
        struct problems *problems;
};

/* Parses yes, no or warn. Returns 0 or -EINVAL. */
static int parse_repair(const char *text, enum repair *ret)
{
        bool yes;

        if (strcasecmp(text, "warn") == 0) {
                *ret = REPAIR_WARN;
                return 0;
        }
        int r = parse_boolean(text, &yes);
        if (r >= 0)
                *ret = yes ? REPAIR_YES : REPAIR_NO;
        return r;
}

/* Parses a number of bytes, with K, M or G behind it. Returns 0 or -EINVAL. */
static int parse_size(const char *text, uint64_t *ret)
{
        static const char units[] = "KMG";
        size_t digits = strspn(text, "0123456789");
        uint64_t n = 0;

        if (digits == 0 || digits > 12)
                return -EINVAL;
        for (size_t i = 0; i < digits; i++)
                n = n * 10 + (uint64_t)(text[i] - '0');
        const char *unit = text[digits] ? strchr(units, toupper((unsigned char)text[digits])) : NULL;
        if (text[digits] && (!unit || text[digits + 1]))
                return -EINVAL;
        if (unit)
                n <<= 10 * (unit - units + 1);
        if (n < 1 << 20 || n > 1ULL << 40)
                return -EINVAL;
        *ret = n;
        return 0;
}

/* Sets a key. Returns 0; -EINVAL with a reason; or -ENOENT where there is no such key. */
static int set_key(struct config *c, const char *key, const char *value, const char **ret_reason)
{
        *ret_reason = _("this is yes or no");
        if (streq(key, "RemoveOnStop"))
                return parse_boolean(value, &c->remove_on_stop);
        if (streq(key, "Mount"))
                return parse_boolean(value, &c->mount);
        if (streq(key, "Cache"))
                return parse_boolean(value, &c->cache);
        if (streq(key, "Repair")) {
                *ret_reason = _("this is yes, no or warn");
                return parse_repair(value, &c->repair);
        }
        *ret_reason = _("this is a number of bytes from 1M to 1024G, with K, M or G behind it");
        if (streq(key, "CacheSize"))
                return parse_size(value, &c->cache_size);
        if (streq(key, "CacheFileSize"))
                return parse_size(value, &c->cache_file_size);
        return -ENOENT;
}

static int handle_line(const struct ini_line *line, void *userdata)
{
        struct loading *l = userdata;
        const char *reason;

        if (!streq(line->section, "Daemon"))
                return ini_refuse_section(line, "Daemon", l->problems);
        int r = set_key(l->config, line->key, line->value, &reason);
        if (r == -ENOENT)
                return problems_add(l->problems, 0, line->file, line->number, "unknown key %s=", line->key);
        if (r < 0)
                return ini_refuse_value(line, reason, l->problems);
        return 0;
}

int config_load(const char *path, struct config *ret, struct problems *problems)
{
        struct config config = CONFIG_DEFAULTS;
        struct loading l = { .config = &config, .problems = problems };

        _cleanup_fclose_ FILE *f = NULL;
        const char *reason;

        int r = conf_file_open(path, &f, &reason);
        if (r < 0 && r != -ENOENT)
                return problems_add(problems, r, path, 0, "%s", reason);
        if (f) {
                r = ini_file_read(f, path, handle_line, &l, problems);
                if (r < 0)
                        return problems_add(problems, r, path, 0, "%s", strerror(-r));
        }
        *ret = config;
        return 0;
}
