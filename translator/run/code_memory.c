/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory for translated code (see code_memory.h). */
#include <asm/errno.h>
#include <asm/unistd.h>
#include <linux/memfd.h>
#include <linux/mman.h>
#include "code_memory.h"
#include "rt/rt.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10u
#endif

static int new_file(size_t bytes)
{
        long fd = sys_call2(__NR_memfd_create, "binfmt-code", MFD_CLOEXEC | MFD_EXEC);
        if (fd == -EINVAL) /* before Linux 6.3 */
                fd = sys_call2(__NR_memfd_create, "binfmt-code", MFD_CLOEXEC);
        if (fd < 0)
                return (int)fd;
        long r = sys_call2(__NR_ftruncate, fd, bytes);
        if (r >= 0)
                return (int)fd;
        sys_call1(__NR_close, fd);
        return (int)r;
}

/* Maps two views of a file in memory. Arguments and result as for map_views(). */
static int map_file(size_t bytes, uint64_t *write, uint64_t *exec)
{
        int fd = new_file(bytes), flags = MAP_SHARED | MAP_NORESERVE | (*write ? MAP_FIXED : 0);
        if (fd < 0)
                return fd;
        long w = rt_mmap(*write, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
        long x = rt_failed(w) ? w : rt_mmap(*exec, bytes, PROT_READ | PROT_EXEC, flags, fd, 0);
        sys_call1(__NR_close, fd);
        if (rt_failed(x))
                return (int)x;
        *write = (uint64_t)w;
        *exec = (uint64_t)x;
        return 0;
}

/* Maps two views of memory that has no name: mremap(2) of a size of 0 doubles a shared mapping. This needs neither a descriptor
 * nor a large file. Arguments and result as for map_views(). */
static int map_nameless(size_t bytes, uint64_t *write, uint64_t *exec)
{
        int fixed = *write ? MAP_FIXED : 0, move = MREMAP_MAYMOVE | (*write ? MREMAP_FIXED : 0);
        long x = rt_mmap(*exec, bytes, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1, 0);
        if (rt_failed(x))
                return (int)x;
        long w = sys_call5(__NR_mremap, x, 0, bytes, move, *write);
        long r = rt_failed(w) ? w : rt_mprotect((void *)w, bytes, PROT_READ | PROT_WRITE);
        if (r < 0)
                return (int)r;
        *write = (uint64_t)w;
        *exec = (uint64_t)x;
        return 0;
}

/* Maps both views: at the addresses *write and *exec when they are not 0, else anywhere, and sets them. Returns 0 or a negative
 * errno. */
static int map_views(size_t bytes, uint64_t *write, uint64_t *exec)
{
        int r = map_nameless(bytes, write, exec);
        return r < 0 ? map_file(bytes, write, exec) : r; /* SELinux refuses code in nameless memory, not in files */
}

static struct own_memory own[2];

int code_memory_map(struct code_memory *m, size_t bytes, bool two)
{
        uint64_t write = 0, exec = 0;
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        long p = two ? -EACCES : own_memory_map(&own[0], 0, bytes, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1);
        m->bytes = bytes;
        m->shift = 0;
        m->write = (uint8_t *)p;
        if (!rt_failed(p))
                return 0;
        if (p != -EACCES && p != -EPERM)
                return (int)p;
        own_memory_expect(2 * (int64_t)bytes);
        int r = map_views(bytes, &write, &exec);
        if (r >= 0) {
                m->write = (uint8_t *)write;
                m->shift = (ptrdiff_t)(write - exec);
                own_memory_add(&own[0], m->write, bytes);
                own_memory_add(&own[1], m->write - m->shift, bytes);
        }
        own_memory_expect(-2 * (int64_t)bytes);
        return r;
}

void code_memory_unmap(struct code_memory *m)
{
        own_memory_remove(&own[0]);
        (void)rt_munmap(m->write, m->bytes);
        if (!m->shift)
                return;
        own_memory_remove(&own[1]);
        (void)rt_munmap(m->write - m->shift, m->bytes);
}

bool code_memory_renew(struct code_memory *m)
{
        uint64_t write = (uint64_t)m->write, exec = write - (uint64_t)m->shift;
        if (!m->shift)
                return false;
        int r = map_views(m->bytes, &write, &exec);
        if (r < 0)
                rt_die("no memory for translated code after fork (error %d)", -r);
        return true;
}
