/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See open_flags.h. */
#include "rt/rt.h"
#include "open_flags.h"

static const struct {
        uint32_t guest, host;
} open_flags[] = {
        { 0040000, 0200000 }, /* O_DIRECTORY */
        { 0100000, 0400000 }, /* O_NOFOLLOW */
        { 0200000, 0040000 }, /* O_DIRECT */
        { 0400000, 0100000 }, /* O_LARGEFILE */
};
#define DIFFERENT_FLAGS 0740000u

uint32_t open_flags_to_host(uint32_t guest)
{
        uint32_t host = guest & ~DIFFERENT_FLAGS;

        for (unsigned k = 0; k < 4; k++)
                if (guest & open_flags[k].guest)
                        host |= open_flags[k].host;
        return host;
}

uint32_t open_flags_to_guest(uint32_t host)
{
        uint32_t guest = host & ~DIFFERENT_FLAGS;

        for (unsigned k = 0; k < 4; k++)
                if (host & open_flags[k].host)
                        guest |= open_flags[k].guest;
        return guest;
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
