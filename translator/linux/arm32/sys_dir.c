/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directories, and lseek(2). A place in a directory is a number that the file system chooses, and the host has it in 64 bits. C
 * libraries that have 32 bits for it (readdir, telldir) fail with EOVERFLOW where it does not fit. So a guest gets numbers that do:
 *
 * - Of ext4, where the number is a hash, its upper half, which is what the kernel gives to 32-bit programs. (The lower half
 *   tells apart what has the same upper half, too.)
 * - Of all others, small numbers as they are, and a cookie for each that is larger: COOKIE plus the index in a list of the directory.
 *
 * The host's position stays as it is, so nothing has to be known of descriptors. */
#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <asm/unistd.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include "arm32.h"
#include "linux/dirent64.h"
#include "linux/mm.h"
#include "rt/rt.h"

enum { COOKIE = 0x40000000, MAX_DIRECTORIES = 64 };

/* The large numbers that the guest has been told of a directory. */
struct directory {
        uint64_t dev, ino;
        uint64_t last_used; /* by which the list that is given up for another is chosen */
        bool is_hash;       /* it is ext4's: there is no list, the upper half is what the guest gets */
        uint64_t *offsets;  /* by index */
        uint32_t *by_hash;  /* a table of indexes plus one, twice as many as there is room for offsets */
        uint32_t n, room;   /* room is a power of two */
};

/* All of these are under mm_lock(), which fork takes. */
static struct directory directories[MAX_DIRECTORIES] RT_MEDIUM;
static uint64_t uses;
/* Was the guest ever given a number that is not the host's? Before that nobody can seek to one. */
static bool any_shortened;

static uint32_t hash(uint64_t offset, uint32_t size)
{
        return (uint32_t)(offset * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (size - 1);
}

/* The entry of the hash table where that offset is, or would be. */
static uint32_t *find(struct directory *d, uint64_t offset)
{
        uint32_t size = 2 * d->room, at = hash(offset, size);

        while (d->by_hash[at] && d->offsets[d->by_hash[at] - 1] != offset)
                at = (at + 1) & (size - 1);
        return &d->by_hash[at];
}

static void forget(struct directory *d)
{
        rt_free(d->offsets);
        rt_free(d->by_hash);
        *d = (struct directory){ 0 };
}

/* Makes room for more offsets. Returns false without memory. */
static bool grow(struct directory *d)
{
        struct directory new = *d;

        new.room = d->room ? 2 * d->room : 64;
        new.offsets = rt_alloc(new.room * sizeof(*new.offsets));
        new.by_hash = rt_alloc(2 * new.room * sizeof(*new.by_hash));
        if (!new.offsets || !new.by_hash || new.room > COOKIE / 2) {
                rt_free(new.offsets);
                rt_free(new.by_hash);
                return false;
        }
        memcpy(new.offsets, d->offsets, d->n * sizeof(*d->offsets));
        for (uint32_t k = 0; k < d->n; k++)
                *find(&new, d->offsets[k]) = k + 1;
        rt_free(d->offsets);
        rt_free(d->by_hash);
        *d = new;
        return true;
}

/* The list of that directory. Where it has none and `make`, the one that was used least recently becomes its; else NULL. */
static struct directory *list_of(const struct stat *s, bool make)
{
        struct directory *oldest = directories;

        for (struct directory *d = directories; d < directories + MAX_DIRECTORIES; d++) {
                if (d->last_used && d->dev == s->st_dev && d->ino == s->st_ino) {
                        d->last_used = ++uses;
                        return d;
                }
                if (d->last_used < oldest->last_used)
                        oldest = d;
        }
        if (!make)
                return NULL;
        forget(oldest);
        *oldest = (struct directory){ .dev = s->st_dev, .ino = s->st_ino, .last_used = ++uses };
        return oldest;
}

/* The cookie of an offset, or -1 without memory. */
static int64_t cookie_of(struct directory *d, uint64_t offset)
{
        uint32_t *at = d->room ? find(d, offset) : NULL;

        if (!at || !*at) {
                if (d->n == d->room && !grow(d))
                        return -1;
                d->offsets[d->n++] = offset;
                *find(d, offset) = d->n;
                return COOKIE + (int64_t)d->n - 1;
        }
        return COOKIE + (int64_t)*at - 1;
}

static bool is_ext4(int fd)
{
        struct statfs s;

        return sys_call2(__NR_fstatfs, fd, &s) >= 0 && s.f_type == EXT4_SUPER_MAGIC;
}

/* Does that offset need a number of its own? */
static bool is_large(int64_t offset)
{
        return (uint64_t)offset >= COOKIE;
}

/* What the guest is told instead of a large offset of that directory. */
static int64_t shorten(struct directory *d, int64_t offset)
{
        if (d->is_hash)
                return offset >> 32;
        int64_t cookie = cookie_of(d, (uint64_t)offset);
        return cookie < 0 ? offset : cookie;
}

/* The list of the directory that is open as fd, which becomes one whose offsets are shortened; NULL where fd is none. */
static struct directory *list_of_open(int fd)
{
        struct stat s;

        if (sys_call2(__NR_fstat, fd, &s) < 0 || (s.st_mode & S_IFMT) != S_IFDIR)
                return NULL;
        struct directory *d = list_of(&s, true);
        d->is_hash = is_ext4(fd);
        __atomic_store_n(&any_shortened, true, __ATOMIC_RELAXED);
        return d;
}

/* ---- getdents ---- */

/* Is one of the n bytes of entries at `at` one with a large offset? */
static bool any_large(uint64_t at, long n)
{
        struct dirent64 head;

        for (long k = 0; dirent64_head(&head, at, k, n); k += head.reclen)
                if (is_large(head.off))
                        return true;
        return false;
}

/* Makes the offsets of entries such as fit. */
static void shorten_all(int fd, uint64_t at, long n)
{
        struct dirent64 head;

        mm_lock();
        struct directory *d = list_of_open(fd);
        for (long k = 0; d && dirent64_head(&head, at, k, n); k += head.reclen) {
                if (!is_large(head.off))
                        continue;
                head.off = shorten(d, head.off);
                (void)guest_write(at + (uint64_t)k, &head, sizeof(head));
        }
        mm_unlock();
}

/* getdents64(2) */
long arm32_getdents64(struct thread *t, const uint64_t a[6])
{
        long n = sys_getdents64(t, a);

        if (n > 0 && any_large(a[1], n))
                shorten_all((int)a[0], a[1], n);
        return n;
}

/* Writes an entry as getdents(2) has it, whose name has `length` bytes. Returns its length, or a negative errno. */
static long put_dirent(uint64_t at, const struct dirent64 *e, size_t length)
{
        struct arm32_dirent head = { .ino = (uint32_t)e->ino, .off = (uint32_t)e->off };
        char out[sizeof(head) + 256 + 8];
        size_t size = (sizeof(head) + length + 2 + 3) & ~(size_t)3;

        if (e->ino > UINT32_MAX || length >= 256)
                return -EOVERFLOW;
        head.reclen = (uint16_t)size;
        memset(out, 0, size);
        memcpy(out, &head, sizeof(head));
        memcpy(out + sizeof(head), e->name, length);
        out[size - 1] = (char)e->type;
        return guest_write(at, out, size) < 0 ? -EFAULT : (long)size;
}

/* Of n bytes of entries, how many have numbers of files that fit into 32 bits? *ret_behind is the offset behind the last one. */
static long fitting(const uint8_t *buf, long n, int64_t *ret_behind)
{
        long k = 0;

        while (k < n) {
                const struct dirent64 *e = (const struct dirent64 *)(buf + k);
                if (e->ino > UINT32_MAX)
                        break;
                *ret_behind = e->off;
                k += e->reclen;
        }
        return k;
}

/* Writes n bytes of entries in the form of getdents(2). Returns how many bytes these are, or a negative errno. */
static long put_dirents(uint64_t at, const uint8_t *buf, long n)
{
        long done = 0;

        for (long k = 0; k < n;) {
                const struct dirent64 *e = (const struct dirent64 *)(buf + k);
                long r = put_dirent(at + (uint64_t)done, e, strlen(e->name));
                if (r < 0)
                        return r;
                done += r;
                k += e->reclen;
        }
        return done;
}

/* getdents(2). An entry is shorter than one of getdents64(2), so what fits into the guest's memory in that form fits in this. */
long arm32_getdents(struct thread *t, const uint64_t a[6])
{
        enum { MOST = 32768 };
        size_t size = (uint32_t)a[2] < MOST ? (uint32_t)a[2] : MOST;
        uint8_t *buf = rt_alloc(size ? size : 1);

        if (!buf)
                return -ENOMEM;
        int64_t behind = sys_call3(__NR_lseek, a[0], 0, SEEK_CUR);
        long n = sys_getdents64(t, (const uint64_t[6]){ a[0], (uint64_t)buf, size });
        if (n > 0) {
                long fit = fitting(buf, n, &behind);
                if (fit < n) /* the next call begins with the one that does not fit */
                        (void)sys_call3(__NR_lseek, a[0], behind, SEEK_SET);
                if (any_large((uint64_t)buf, fit))
                        shorten_all((int)a[0], (uint64_t)buf, fit);
                n = fit ? put_dirents(a[1], buf, fit) : -EOVERFLOW;
        }
        rt_free(buf);
        return n;
}

/* ---- lseek ---- */

/* The host's offset for a number that the guest may have from us. */
static int64_t widen(int fd, int64_t offset)
{
        enum { FIRST_ENTRY = 12 }; /* bytes: ext4's offsets that are none of hashes begin here, and end with the directory */
        struct stat s;

        if (offset <= 0 || offset > INT32_MAX || !__atomic_load_n(&any_shortened, __ATOMIC_RELAXED) ||
            sys_call2(__NR_fstat, fd, &s) < 0 || (s.st_mode & S_IFMT) != S_IFDIR)
                return offset;
        mm_lock();
        const struct directory *d = list_of(&s, false);
        if (d && !d->is_hash)
                offset = offset >= COOKIE && offset - COOKIE < d->n ? (int64_t)d->offsets[offset - COOKIE] : offset;
        else if (d || ((offset < FIRST_ENTRY || offset > s.st_size) && is_ext4(fd)))
                offset = offset == INT32_MAX ? INT64_MAX : offset << 32;
        mm_unlock();
        return offset;
}

/* lseek(2) by an offset of 64 bits. */
static int64_t seek(int fd, int64_t offset, uint32_t whence)
{
        if (whence == SEEK_SET)
                offset = widen(fd, offset);
        int64_t r = safe_syscall(__NR_lseek, (uint64_t)fd, (uint64_t)offset, whence, 0, 0, 0);
        if (r < COOKIE)
                return r;
        mm_lock();
        struct directory *d = list_of_open(fd);
        if (d)
                r = shorten(d, r);
        mm_unlock();
        return r;
}

/* lseek(2) */
long arm32_lseek(struct thread *t, const uint64_t a[6])
{
        int64_t r = seek((int)a[0], (int64_t)arm32_long(a[1]), (uint32_t)a[2]);
        (void)t;

        return r > INT32_MAX ? -EOVERFLOW : r;
}

/* _llseek(2): the result is in memory */
long arm32_llseek(struct thread *t, const uint64_t a[6])
{
        int64_t r = seek((int)a[0], (int64_t)arm32_pair(a[2], a[1]), (uint32_t)a[4]);
        (void)t;

        if (r < 0)
                return r;
        return guest_write(a[3], &r, sizeof(r)) < 0 ? -EFAULT : 0;
}
