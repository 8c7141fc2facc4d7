/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/self/maps as the guest sees it (see proc.h): the host's without what is the translator's, the guest's heap and vDSO by
 * their names. */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include "guest/guest.h"
#include "rt/rt.h"
#include "image.h"
#include "mm.h"
#include "proc.h"
#include "proc_lines.h"
#include "special.h"

/* "START-END PERM OFFSET DEVICE INODE   NAME" */
struct mapping {
        uint64_t start, end, offset;
        char perm[5];
        const char *rest; /* from the space behind the offset on */
        size_t n;
        bool named;
};

/* Reads a line of the kernel's, which ends with a newline. */
static struct mapping parse_line(const char *line, size_t n)
{
        struct mapping m = { 0 };
        const char *s = line;
        m.start = proc_parse(&s, 16);
        s++;
        m.end = proc_parse(&s, 16);
        s++;
        memcpy(m.perm, s, 4);
        s += 5;
        m.offset = proc_parse(&s, 16);
        m.rest = s;
        m.n = n - (size_t)(s - line);
        m.named = memchr(s, '/', m.n) || memchr(s, '[', m.n);
        return m;
}

/* The stack is the mapping that the program began with, as for the kernel (vma_is_initial_stack()). */
static bool is_stack(uint64_t start, uint64_t end)
{
        return start <= guest_image.start_stack && end > guest_image.start_stack;
}

static const char *label_of(uint64_t start, uint64_t end)
{
        const struct image *i = &guest_image;
        if (i->stack_lo && is_stack(start, end))
                return "[stack]";
        if (start >= i->brk && start < i->brk_now)
                return "[heap]";
        return special_name(start);
}

/* Writes the part [start, end) of a mapping as a line. The offset grows with the address in a file, and is 0 in other memory. */
static void put_line(int fd, const struct mapping *m, uint64_t start, uint64_t end, char read)
{
        enum { NAME_COLUMN = 73 };
        char head[80];
        bool file = m->named && memchr(m->rest, '/', m->n);
        int len = rt_snprintf(head, sizeof(head), "%08lx-%08lx %c%s %08lx", (unsigned long)start, (unsigned long)end, read,
                              m->perm + 1, (unsigned long)(file ? m->offset + (start - m->start) : m->offset));
        proc_put(fd, head, (size_t)len);
        proc_put(fd, m->rest, m->n);
        const char *label = m->named ? NULL : label_of(start, end);
        if (label) {
                int n = len + (int)m->n;
                len = rt_snprintf(head, sizeof(head), "%*s%s", n < NAME_COLUMN ? NAME_COLUMN - n : 1, "", label);
                proc_put(fd, head, (size_t)len);
        }
        proc_put(fd, "\n", 1);
}

/* Neighbours of which the guest may read only one are one mapping for the host, which reads both of them. */
static void put_piece(int fd, const struct mapping *m, uint64_t start, uint64_t end)
{
        for (uint64_t stop = start; start < end; start = stop) {
                bool unread = m->perm[2] == 'x' && (mm_exec_get(start, &stop) & MM_EXEC_ONLY);
                for (uint64_t at = stop; m->perm[2] == 'x' && at < end; stop = at)
                        if ((bool)(mm_exec_get(stop, &at) & MM_EXEC_ONLY) != unread)
                                break;
                if (m->perm[2] != 'x' || stop > end)
                        stop = end;
                put_line(fd, m, start, stop, unread ? '-' : m->perm[0]);
        }
}

static bool find_own(uint64_t start, uint64_t end, uint64_t *ret_start, uint64_t *ret_end)
{
        own_memory_lock();
        bool found = own_memory_find(start, end, ret_start, ret_end);
        own_memory_unlock();
        return found;
}

static bool put_mapping(int fd, const struct mapping *m)
{
        uint64_t start = m->start, own_start, own_end;
        const char *name = m->named ? memchr(m->rest, '[', m->n) : NULL;
        bool other_stack = guest_image.stack_lo && name && !strncmp(name, "[stack]", 7) && !is_stack(start, m->end);
        if (start >= the_guest->address_limit || other_stack)
                return true;
        while (start < m->end && find_own(start, m->end, &own_start, &own_end)) {
                put_piece(fd, m, start, own_start);
                start = own_end;
        }
        put_piece(fd, m, start, m->end);
        return true;
}

struct visit {
        bool (*each)(int argument, const struct mapping *m);
        int argument;
};

static bool visit_line(void *ctx, const char *line, size_t n)
{
        const struct visit *v = ctx;
        struct mapping m = parse_line(line, n);
        return v->each(v->argument, &m);
}

/* Calls `each` with the lines of the host's file until it returns false. Returns false when it did, and when there is no such
 * file. */
static bool each_line(bool (*each)(int argument, const struct mapping *m), int argument)
{
        struct visit v = { each, argument };
        long in = sys_call3(__NR_open, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
        if (in < 0)
                return false;
        bool all = proc_lines((int)in, visit_line, &v);
        sys_call1(__NR_close, in);
        return all;
}

void proc_make_maps(int fd)
{
        (void)each_line(put_mapping, fd);
}

/* ---- locking ---- */

static bool lock_mapping(int flags, const struct mapping *m)
{
        uint64_t start = m->start, own_start, own_end;
        bool all = start < the_guest->address_limit;
        while (all && start < m->end) {
                uint64_t stop = find_own(start, m->end, &own_start, &own_end) ? own_start : m->end;
                if (stop > start)
                        all = sys_call3(__NR_mlock2, start, stop - start, MLOCK_ONFAULT) == 0;
                if (all && stop > start && !(flags & MCL_ONFAULT))
                        (void)sys_call2(__NR_mlock, start, stop - start); /* what cannot be touched does not matter */
                start = stop < m->end ? own_end : stop;
        }
        return all || start >= the_guest->address_limit;
}

bool proc_lock_mappings(int flags)
{
        return each_line(lock_mapping, flags);
}
