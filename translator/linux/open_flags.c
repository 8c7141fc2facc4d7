/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See open_flags.h. */
#include "rt/rt.h"
#include "abi.h"
#include "open_flags.h"

/* All flags are taken out before any is put in, because the value of one may be that of another on the other machine. */
static uint32_t convert(uint32_t flags, bool to_host)
{
        const struct abi_flag *f = guest_abi->open_flags;
        uint32_t out = flags;

        for (unsigned k = 0; k < guest_abi->n_open_flags; k++)
                out &= ~(f[k].guest | f[k].host);
        for (unsigned k = 0; k < guest_abi->n_open_flags; k++)
                if (flags & (to_host ? f[k].guest : f[k].host))
                        out |= to_host ? f[k].host : f[k].guest;
        return out;
}

uint32_t open_flags_to_host(uint32_t guest)
{
        return convert(guest, true);
}

uint32_t open_flags_to_guest(uint32_t host)
{
        return convert(host, false);
}

/* ---- text ---- */

struct text {
        const char *at;
        size_t left;
};

static unsigned digit(char c)
{
        return c >= '0' && c <= '9' ? (unsigned)(c - '0') : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

/* Goes behind `name` and the number that follows, if that name is next. */
static bool take_number(struct text *t, const char *name, unsigned base, uint32_t *ret)
{
        size_t n = strlen(name);

        if (t->left < n || memcmp(t->at, name, n))
                return false;
        t->at += n, t->left -= n;
        for (*ret = 0; t->left && digit(*t->at) < base; t->at++, t->left--)
                *ret = *ret * base + digit(*t->at);
        return true;
}

size_t open_flags_line(char buf[OPEN_FLAGS_LINE], const char *line, size_t n)
{
        struct text t = { line, n };
        uint32_t flags, group;

        /* seq_show() of fs/proc/fd.c */
        if (take_number(&t, "flags:\t", 8, &flags) && !t.left)
                return (size_t)rt_snprintf(buf, OPEN_FLAGS_LINE, "flags:\t0%o", open_flags_to_guest(flags));
        /* fanotify_show_fdinfo() of fs/notify/fdinfo.c: flags of the files that come with events */
        if (take_number(&t, "fanotify flags:", 16, &group) && take_number(&t, " event-flags:", 16, &flags) && !t.left)
                return (size_t)rt_snprintf(buf, OPEN_FLAGS_LINE, "fanotify flags:%x event-flags:%x", group,
                                           open_flags_to_guest(flags));
        return 0;
}
