/* The translator's own memory among the guest's (see rt.h). A list: there are few pieces, and it is asked by system calls only. */
#include "rt.h"

static struct {
        struct rt_mutex lock;
        struct rt_own *first;
} own;

void rt_own_add(struct rt_own *o, const void *start, size_t size) {
        o->start = (uint64_t) (uintptr_t) start;
        o->end = o->start + ((size + 4095) & ~(size_t) 4095);
        rt_mutex_lock(&own.lock);
        o->next = own.first;
        o->prev = &own.first;
        if (o->next)
                o->next->prev = &o->next;
        own.first = o;
        rt_mutex_unlock(&own.lock);
}

void rt_own_remove(struct rt_own *o) {
        rt_mutex_lock(&own.lock);
        *o->prev = o->next;
        if (o->next)
                o->next->prev = o->prev;
        rt_mutex_unlock(&own.lock);
}

bool rt_own_find(uint64_t start, uint64_t end, uint64_t *ret_start, uint64_t *ret_end) {
        bool found = false;
        rt_mutex_lock(&own.lock);
        for (const struct rt_own *o = own.first; o; o = o->next)
                if (start < o->end && end > o->start && (!found || o->start < *ret_start)) {
                        *ret_start = o->start;
                        *ret_end = o->end;
                        found = true;
                }
        rt_mutex_unlock(&own.lock);
        return found;
}

void rt_own_fork_prepare(void) { rt_mutex_lock(&own.lock); }
void rt_own_fork_done(void) { rt_mutex_unlock(&own.lock); }
