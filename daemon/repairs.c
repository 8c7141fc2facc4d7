/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repairs.h"

#include <errno.h>

#include "base/util.h"

static struct repaired *find(const struct repairs *r, const char *name)
{
        for (size_t i = 0; i < r->n; i++)
                if (streq(r->items[i].name, name))
                        return &r->items[i];
        return NULL;
}

bool repairs_paused(const struct repairs *r, const char *name, uint64_t now)
{
        const struct repaired *one = find(r, name);

        return one && one->paused_until > now;
}

bool repairs_allow(struct repairs *r, const char *name, uint64_t now, bool *ret_begins)
{
        struct repaired *one = find(r, name);

        *ret_begins = false;
        if (!one || one->paused_until > now)
                return !one;
        if (one->n < REPAIRS_LIMIT || now - one->times[one->n % REPAIRS_LIMIT] > REPAIRS_SPAN_USEC)
                return true;
        one->n = 0;
        one->paused_until = now + REPAIRS_PAUSE_USEC;
        *ret_begins = true;
        return false;
}

int repairs_note(struct repairs *r, const char *name, const char *interpreter, uint64_t now)
{
        struct repaired *one = find(r, name);

        if (!one) {
                _cleanup_free_ char *copy = strdup(name);
                if (!copy || array_grow(&r->items, r->n, sizeof(*r->items)) < 0)
                        return -ENOMEM;
                one = &r->items[r->n++];
                *one = (struct repaired){ .name = TAKE_PTR(copy) };
        }
        if (!streq_null(one->interpreter, interpreter)) {
                if (string_set(&one->interpreter, interpreter) < 0)
                        return -ENOMEM;
                one->n = 0;
        }
        one->times[one->n++ % REPAIRS_LIMIT] = now;
        return 0;
}

void repairs_forget(struct repairs *r, const char *name)
{
        struct repaired *one = find(r, name);

        if (!one)
                return;
        one->n = 0;
        one->paused_until = 0;
}

uint64_t repairs_next(const struct repairs *r, uint64_t now)
{
        uint64_t next = 0;

        for (size_t i = 0; i < r->n; i++)
                if (r->items[i].paused_until > now && (next == 0 || r->items[i].paused_until < next))
                        next = r->items[i].paused_until;
        return next;
}

void repairs_done(struct repairs *r)
{
        for (size_t i = 0; i < r->n; i++) {
                free(r->items[i].name);
                free(r->items[i].interpreter);
        }
        free(r->items);
        *r = (struct repairs){};
}
