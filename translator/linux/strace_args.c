/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments as -strace prints them. What has names is in strace_names.c. */
#include "abi.h"
#include "signal.h"
#include "strace.h"

void text_add(struct text *out, const char *format, ...)
{
        __builtin_va_list ap;

        __builtin_va_start(ap, format);
        int n = rt_vsnprintf(out->buf + out->n, sizeof(out->buf) - out->n, format, ap);
        __builtin_va_end(ap);
        out->n += (size_t)n;
        if (out->n >= sizeof(out->buf))
                out->n = sizeof(out->buf) - 1;
}

static void add_byte(struct text *out, uint8_t c)
{
        switch (c) {
        case '\n': text_add(out, "\\n"); return;
        case '\t': text_add(out, "\\t"); return;
        case '\r': text_add(out, "\\r"); return;
        case '"':
        case '\\': text_add(out, "\\%c", c); return;
        }
        if (c >= ' ' && c < 127)
                text_add(out, "%c", c);
        else
                text_add(out, "\\%o", c);
}

/* A quoted string: `length` bytes, or up to the NUL when it is ~0. What is long is cut. */
static void add_string(struct text *out, uint64_t at, uint64_t length)
{
        const unsigned limit = length == ~0ull ? 200 : 32;
        uint8_t c;

        if (!at) {
                text_add(out, "NULL");
                return;
        }
        if (length && guest_read(&c, at, 1) < 0) {
                text_add(out, "%#lx", at);
                return;
        }
        text_add(out, "\"");
        for (unsigned i = 0; i < length; i++) {
                if (guest_read(&c, at + i, 1) < 0 || (c == 0 && length == ~0ull))
                        break;
                if (i == limit) {
                        text_add(out, "\"...");
                        return;
                }
                add_byte(out, c);
        }
        text_add(out, "\"");
}

static void add_vector(struct text *out, uint64_t at)
{
        enum { LIMIT = 16 };
        uint64_t p;

        if (!at) {
                text_add(out, "NULL");
                return;
        }
        text_add(out, "[");
        for (unsigned i = 0; guest_get_word(&p, at, i) >= 0 && p; i++) {
                if (i == LIMIT) {
                        text_add(out, ", ...");
                        break;
                }
                text_add(out, i ? ", " : "");
                add_string(out, p, ~0ull);
        }
        text_add(out, "]");
}

static void add_set(struct text *out, uint64_t set)
{
        /* as strace does it: a nearly full set (sigfillset has the last signal) is the complement of a short one */
        bool complement = set >> 63;
        char buf[16];
        bool any = false;

        text_add(out, complement ? "~[" : "[");
        set = complement ? ~set : set;
        for (int sig = 1; sig <= GSIG_COUNT; sig++)
                if (set & SIGNAL_BIT(sig)) {
                        text_add(out, "%s%s", any ? " " : "", signal_name(sig, buf) + 3);
                        any = true;
                }
        text_add(out, "]");
}

static void add_sigset_at(struct text *out, uint64_t at)
{
        uint64_t set;

        if (at && guest_read(&set, at, sizeof(set)) >= 0)
                add_set(out, set);
        else
                text_add(out, at ? "%#lx" : "NULL", at);
}

static void add_sigaction(struct text *out, uint64_t at)
{
        struct guest_sigaction act;

        if (!at || guest_get(sigaction, &act, at) < 0) {
                text_add(out, at ? "%#lx" : "NULL", at);
                return;
        }
        if (act.handler <= GUEST_SIG_IGN)
                text_add(out, "{sa_handler=%s", act.handler == GUEST_SIG_DFL ? "SIG_DFL" : "SIG_IGN");
        else
                text_add(out, "{sa_handler=%#lx", act.handler);
        text_add(out, ", sa_mask=");
        add_set(out, act.mask);
        text_add(out, ", sa_flags=");
        strace_sa_flags(out, act.flags);
        text_add(out, "}");
}

/* `wide`: a time of 64 bits, whatever a word of the guest's has; its nanoseconds may have rubbish above. */
static void add_timespec(struct text *out, uint64_t at, bool wide)
{
        int64_t ts[2];

        if (at && (wide ? guest_read(ts, at, sizeof(ts)) : guest_get(timespec, &ts, at)) >= 0)
                text_add(out, "{tv_sec=%ld, tv_nsec=%ld}", (long)ts[0], (long)(wide ? (uint32_t)ts[1] : ts[1]));
        else
                text_add(out, at ? "%#lx" : "NULL", at);
}

void strace_argument(struct text *out, char letter, const uint64_t a[6], unsigned i)
{
        enum { AT_FDCWD_ = -100 };
        uint64_t v = a[i];
        char buf[16];

        if (strace_named(out, letter, v))
                return;
        switch (letter) {
        case 'd': return text_add(out, "%ld", v == (uint32_t)v ? (long)(int32_t)v : (long)v);
        case 'f':
        case 'T': return (int)v == AT_FDCWD_ ? text_add(out, "AT_FDCWD") : text_add(out, "%d", (int)v);
        case 'u': return text_add(out, "%lu", v);
        case 'm': return text_add(out, "0%o", (unsigned)v);
        case 'p':
        case 'g':
        case 'G':
        case 'e':
        case 'Q':
        case 'i':
        case 'j':
        case 'J':
        case 'V': return v ? text_add(out, "%#lx", v) : text_add(out, "NULL");
        case 's':
        case 'n': return add_string(out, v, ~0ull);
        case 'b': return add_string(out, v, a[i + 1]);
        case 'v': return add_vector(out, v);
        case 'S': return text_add(out, "%s", signal_name((int)v, buf));
        case 'k': return add_sigset_at(out, v);
        case 'A': return add_sigaction(out, v);
        case 't': return add_timespec(out, v, false);
        case 'z': return add_timespec(out, v, true);
        case 'L': return text_add(out, "%ld", (long)((uint32_t)v | a[i + 1] << 32));
        default: return text_add(out, "%#lx", v);
        }
}
