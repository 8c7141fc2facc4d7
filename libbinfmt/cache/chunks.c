/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chunks.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/util.h"
#include "cache-format.h"

#define BUFFER (2 * (uint64_t)CACHE_ALIGN)

int chunks_begin(struct chunks *c, int fd, uint64_t at)
{
        void *p = mmap(NULL, BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        *c = (struct chunks){ .fd = fd, .at = at };
        if (p == MAP_FAILED)
                return -errno;
        c->buffer = p;
        return 0;
}

/* Writes the buffer. */
static int flush(struct chunks *c)
{
        int r = fd_write_at(c->fd, c->buffer, (size_t)c->used, c->at);

        if (r < 0)
                return r;
        c->at += c->used;
        c->used = 0;
        return 0;
}

/* Returns how many of so many bytes go into the buffer next, which is written first if it is full; or a negative errno. */
static int64_t find_room(struct chunks *c, uint64_t bytes)
{
        int r = c->used == BUFFER ? flush(c) : 0;

        return r < 0 ? r : (int64_t)(bytes < BUFFER - c->used ? bytes : BUFFER - c->used);
}

int chunks_add(struct chunks *c, const void *from, uint64_t bytes)
{
        for (const uint8_t *p = from; bytes > 0;) {
                int64_t n = find_room(c, bytes);
                if (n < 0)
                        return (int)n;
                memcpy(c->buffer + c->used, p, (size_t)n);
                c->used += (uint64_t)n, p += n, bytes -= (uint64_t)n;
        }
        return 0;
}

int chunks_add_zeros(struct chunks *c, uint64_t bytes)
{
        while (bytes > 0) {
                int64_t n = find_room(c, bytes);
                if (n < 0)
                        return (int)n;
                memset(c->buffer + c->used, 0, (size_t)n);
                c->used += (uint64_t)n, bytes -= (uint64_t)n;
        }
        return 0;
}

int chunks_add_file(struct chunks *c, int fd, uint64_t at, uint64_t bytes)
{
        while (bytes > 0) {
                int64_t room = find_room(c, bytes);
                if (room < 0)
                        return (int)room;
                ssize_t n = pread(fd, c->buffer + c->used, (size_t)room, (off_t)at);
                if (n <= 0)
                        return n < 0 ? read_errno() : -EBADMSG;
                c->used += (uint64_t)n, at += (uint64_t)n, bytes -= (uint64_t)n;
        }
        return 0;
}

int chunks_end(struct chunks *c, bool whole)
{
        uint64_t rest = c->used % CACHE_ALIGN;
        int r = whole && rest > 0 ? chunks_add_zeros(c, CACHE_ALIGN - rest) : 0;

        return r < 0 ? r : flush(c);
}

void chunks_done(struct chunks *c)
{
        if (c->buffer)
                (void)munmap(c->buffer, BUFFER);
        *c = (struct chunks){ .fd = -1 };
}
