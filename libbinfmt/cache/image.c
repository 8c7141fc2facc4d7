/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/util.h"
#include "cache-room.h"
#include "chunks.h"
#include "unit.h"

enum {
        HEADERS_MAX = 32, /* program headers that a translator may have; there is room for these and MORE_HEADERS */
        MORE_HEADERS = 3, /* that an image has beside these */
        SAME_BUCKET = 4,  /* pages of one unit that may have the same place in the directory */
        BUCKETS_MIN = 64
};

/* What is put together. A unit that is none has no bytes. */
struct image {
        int fd, translator;
        const int *files;
        size_t n;
        struct unit *units;
        struct cache_member *members;
        Elf64_Ehdr header;
        Elf64_Phdr programs[HEADERS_MAX + MORE_HEADERS];
        uint64_t translator_bytes, room_at; /* of the translator's file: how long it is, and where the headers go */
        uint64_t data_file, code_file;      /* where the segments are in the image's file, behind their leads */
        uint64_t bytes;                     /* of the image's file */
        struct cache_image image;
        struct cache_bucket *buckets;
        uint64_t n_pages;
};

static uint64_t round_up(uint64_t n, uint64_t to)
{
        return (n + to - 1) / to * to;
}

static int read_at(int fd, void *to, size_t size, uint64_t at)
{
        ssize_t n = fd_read_at(fd, to, size, at);

        return n < 0 ? (int)n : (size_t)n == size ? 0 : -EBADMSG;
}

/* Copies by way of memory: a file system that has the one file may not copy to that which has the other. */
static int copy_bytes(int from, uint64_t at, int to, uint64_t to_at, uint64_t bytes)
{
        char buffer[65536];

        while (bytes > 0) {
                size_t part = bytes < sizeof(buffer) ? (size_t)bytes : sizeof(buffer);
                int r = read_at(from, buffer, part, at);
                if (r >= 0)
                        r = fd_write_at(to, buffer, part, to_at);
                if (r < 0)
                        return r;
                at += part, to_at += part, bytes -= part;
        }
        return 0;
}

static int copy_solid(int from, uint64_t at, int to, uint64_t to_at, uint64_t bytes)
{
        while (bytes > 0) {
                off64_t in = (off64_t)at, out = (off64_t)to_at;
                ssize_t n = copy_file_range(from, &in, to, &out, (size_t)bytes, 0);
                if (n <= 0)
                        return copy_bytes(from, at, to, to_at, bytes);
                at += (uint64_t)n, to_at += (uint64_t)n, bytes -= (uint64_t)n;
        }
        return 0;
}

int image_copy(int from, uint64_t at, int to, uint64_t to_at, uint64_t bytes)
{
        uint64_t end = at + bytes, begin = at;

        while (at < end) {
                off_t data = lseek(from, (off_t)at, SEEK_DATA);
                if (data < 0 && errno == ENXIO)
                        return 0;
                off_t hole = data < 0 ? -1 : lseek(from, data, SEEK_HOLE);
                if (data < 0 || hole < 0)
                        return -errno;
                if ((uint64_t)data >= end)
                        return 0;
                uint64_t stop = (uint64_t)hole < end ? (uint64_t)hole : end;
                int r = copy_solid(from, (uint64_t)data, to, to_at + ((uint64_t)data - begin), stop - (uint64_t)data);
                if (r < 0)
                        return r;
                at = stop;
        }
        return 0;
}

/* ---- the translator ---- */

/* Finds the room for program headers in this segment of notes (cache-room.h). Returns where it is in the file, 0 where it is not there, or a
 * negative errno. */
static int64_t find_room(int translator, const Elf64_Phdr *p)
{
        struct {
                Elf64_Nhdr head;
                char name[sizeof(CACHE_ROOM_NAME)];
        } n;

        for (uint64_t at = 0; p->p_filesz < 1 << 20 && at + CACHE_ROOM_AT + CACHE_ROOM_BYTES <= p->p_filesz;) {
                int r = read_at(translator, &n, sizeof(n), p->p_offset + at);
                if (r < 0)
                        return r;
                if (n.head.n_type == CACHE_ROOM_TYPE && n.head.n_namesz == sizeof(n.name) &&
                    n.head.n_descsz == CACHE_ROOM_BYTES && memcmp(n.name, CACHE_ROOM_NAME, sizeof(n.name)) == 0)
                        return (int64_t)(p->p_offset + at + CACHE_ROOM_AT);
                uint64_t align = p->p_align == 8 ? 8 : 4;
                at += round_up(sizeof(n.head) + (uint64_t)n.head.n_namesz, align) + round_up(n.head.n_descsz, align);
        }
        return 0;
}

/* Looks at the translator's segments: where its memory ends, and where there is room for headers. */
static int read_segments(struct image *i)
{
        uint64_t end = 0;

        for (size_t k = 0; k < i->header.e_phnum; k++) {
                const Elf64_Phdr *p = &i->programs[k];
                /* An image is not to be extended once more. */
                if (p->p_type == PT_BINFMT_CACHE || p->p_vaddr + p->p_memsz < p->p_vaddr || p->p_vaddr + p->p_memsz > 1 << 30)
                        return -EBADMSG;
                if (p->p_type == PT_LOAD && p->p_vaddr + p->p_memsz > end)
                        end = p->p_vaddr + p->p_memsz;
                int64_t room = p->p_type == PT_NOTE && p->p_offset == p->p_vaddr ? find_room(i->translator, p) : 0;
                if (room < 0)
                        return (int)room;
                if (room > 0)
                        i->room_at = (uint64_t)room;
        }
        if (i->room_at == 0)
                return -EBADMSG;
        i->image.data_at = round_up(end, CACHE_PAGE);
        i->image.code_at = i->image.data_at + CACHE_PAGE;
        return 0;
}

static int read_translator(struct image *i)
{
        struct stat st;

        if (fstat(i->translator, &st) < 0)
                return -errno;
        int r = read_at(i->translator, &i->header, sizeof(i->header), 0);
        if (r < 0)
                return r;
        const Elf64_Ehdr *h = &i->header;
        if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0 || h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_type != ET_DYN ||
            h->e_phentsize != sizeof(Elf64_Phdr) || h->e_phnum == 0 || h->e_phnum > HEADERS_MAX)
                return -EBADMSG;
        r = read_at(i->translator, i->programs, h->e_phnum * sizeof(Elf64_Phdr), h->e_phoff);
        if (r < 0)
                return r;
        i->translator_bytes = (uint64_t)st.st_size;
        i->data_file = round_up(i->translator_bytes + CACHE_PAGE, CACHE_ALIGN);
        return read_segments(i);
}

/* ---- the units ---- */

static void close_unit(struct unit *u)
{
        if (u->data)
                (void)munmap((void *)u->data, u->size);
        *u = (struct unit){};
}

/* Maps a unit. What is none, or has more code than there may be, stays unmapped. */
static void open_unit(int fd, uint64_t code_max, struct unit *ret)
{
        struct stat st;

        if (fstat(fd, &st) < 0 || st.st_size <= 0)
                return;
        void *data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED)
                return;
        if (unit_open(data, (size_t)st.st_size, ret) < 0)
                (void)munmap(data, (size_t)st.st_size);
        else if (ret->header->code_bytes > code_max)
                close_unit(ret);
}

static int open_units(struct image *i)
{
        i->units = calloc(i->n + 1, sizeof(*i->units));
        i->members = calloc(i->n + 1, sizeof(*i->members));
        if (!i->units || !i->members)
                return -ENOMEM;
        for (size_t k = 0; k < i->n; k++) {
                open_unit(i->files[k], CACHE_CODE_MAX - i->image.code_bytes, &i->units[k]);
                const struct cache_unit *h = i->units[k].header;
                i->n_pages += h ? h->npages : 0;
                i->image.code_bytes += h ? h->code_bytes : 0;
        }
        return 0;
}

/* Gives each part its place. */
static void place(struct image *i)
{
        uint64_t data = round_up(i->n * sizeof(*i->members) + i->image.nbuckets * sizeof(*i->buckets), CACHE_PAGE), code = 0;

        for (size_t k = 0; k < i->n; k++) {
                const struct cache_unit *h = i->units[k].header;
                struct cache_member *m = &i->members[k];
                *m = (struct cache_member){ .data_at = data, .code_at = code }; /* ascending, also where there is no unit */
                if (!h)
                        continue;
                m->data_bytes = h->data_bytes;
                m->code_bytes = h->code_bytes;
                data += h->data_bytes;
                code += h->code_bytes;
        }
        i->image.nunits = (uint32_t)i->n;
        i->image.data_bytes = data;
        i->code_file = round_up(i->data_file + data + CACHE_PAGE, CACHE_ALIGN);
}

/* ---- the directory ---- */

/* Adds a page, where there is room. A file whose pages all have the same place must not take the places of others. */
static bool add_page(struct image *i, uint64_t key, size_t unit, uint32_t page)
{
        size_t same = 0;

        for (uint64_t k = 0; k < CACHE_PROBES; k++) {
                struct cache_bucket *b = &i->buckets[(key + k) & (i->image.nbuckets - 1)];
                if (b->unit == 0) {
                        *b = (struct cache_bucket){ .key = key, .unit = (uint32_t)unit + 1, .page = page };
                        return true;
                }
                if (b->unit == unit + 1 && ((b->key ^ key) & (i->image.nbuckets - 1)) == 0 && ++same == SAME_BUCKET)
                        return false;
        }
        return false;
}

static int make_directory(struct image *i)
{
        uint32_t n = BUCKETS_MIN;

        while (n < 2 * i->n_pages && n < 1u << 30)
                n *= 2;
        i->image.nbuckets = n;
        i->buckets = calloc(n, sizeof(*i->buckets));
        if (!i->buckets)
                return -ENOMEM;
        i->n_pages = 0;
        for (size_t k = 0; k < i->n; k++)
                for (uint32_t p = 0; i->units[k].data && p < i->units[k].header->npages; p++)
                        i->n_pages += add_page(i, i->units[k].pages[p].key, k, p);
        return 0;
}

/* ---- the file ---- */

/* The lead of a segment of units that is in the file at `behind`. */
static Elf64_Phdr lead(uint32_t flags, uint64_t behind, uint64_t address)
{
        return (Elf64_Phdr){ .p_type = PT_LOAD,
                             .p_flags = flags,
                             .p_offset = behind - CACHE_PAGE,
                             .p_vaddr = address,
                             .p_paddr = address,
                             .p_filesz = CACHE_PAGE,
                             .p_memsz = CACHE_PAGE,
                             .p_align = CACHE_PAGE };
}

static void add_headers(struct image *i)
{
        Elf64_Phdr *p = &i->programs[i->header.e_phnum];

        p[0] = lead(PF_R, i->data_file, i->image.data_at);
        p[1] = lead(PF_R | PF_X, i->code_file, i->image.code_at);
        p[2] = (Elf64_Phdr){ .p_type = PT_BINFMT_CACHE,
                             .p_flags = PF_R,
                             .p_offset = i->data_file - CACHE_PAGE,
                             .p_vaddr = i->image.data_at,
                             .p_paddr = i->image.data_at,
                             .p_filesz = sizeof(i->image),
                             .p_memsz = sizeof(i->image),
                             .p_align = 8 };
        i->header.e_phoff = i->room_at;
        i->header.e_phnum += MORE_HEADERS;
        for (size_t k = 0; k < i->header.e_phnum; k++) {
                Elf64_Phdr *self = &i->programs[k];
                if (self->p_type != PT_PHDR)
                        continue;
                self->p_offset = self->p_vaddr = self->p_paddr = i->room_at;
                self->p_filesz = self->p_memsz = i->header.e_phnum * sizeof(Elf64_Phdr);
        }
        memcpy(i->image.magic, CACHE_IMAGE_MAGIC, sizeof(i->image.magic));
}

/* A segment of several chunks ends with a whole one, too. */
static bool ends_whole(uint64_t bytes)
{
        return bytes >= CACHE_ALIGN;
}

static uint64_t bytes_in_file(uint64_t bytes)
{
        return ends_whole(bytes) ? round_up(bytes, CACHE_ALIGN) : bytes;
}

/* Writes what is before the units in their segment, in the order of cache-format.h. */
static int add_head(const struct image *i, struct chunks *to)
{
        uint64_t bytes = 0;
        const struct {
                const void *from;
                uint64_t bytes;
        } parts[] = {
                { i->members, i->n * sizeof(*i->members) },
                { i->buckets, i->image.nbuckets * sizeof(*i->buckets) },
        };

        for (size_t k = 0; k < ARRAY_SIZE(parts); k++) {
                int r = chunks_add(to, parts[k].from, parts[k].bytes);
                if (r < 0)
                        return r;
                bytes += parts[k].bytes;
        }
        return chunks_add_zeros(to, round_up(bytes, CACHE_PAGE) - bytes);
}

static int add_data(const struct image *i, struct chunks *to)
{
        int r = add_head(i, to);

        for (size_t k = 0; k < i->n && r >= 0; k++)
                r = chunks_add_file(to, i->files[k], 0, i->members[k].data_bytes);
        return r;
}

static int add_code(const struct image *i, struct chunks *to)
{
        int r = 0;

        for (size_t k = 0; k < i->n && r >= 0; k++)
                r = chunks_add_file(to, i->files[k], i->members[k].data_bytes, i->members[k].code_bytes);
        return r;
}

static int write_segment(const struct image *i, uint64_t at, uint64_t bytes, int (*add)(const struct image *, struct chunks *))
{
        struct chunks to;

        int r = chunks_begin(&to, i->fd, at);
        if (r >= 0)
                r = add(i, &to);
        if (r >= 0)
                r = chunks_end(&to, ends_whole(bytes));
        chunks_done(&to);
        return r;
}

static int write_headers(const struct image *i)
{
        int r = fd_write_at(i->fd, &i->image, sizeof(i->image), i->data_file - CACHE_PAGE);

        if (r >= 0)
                r = fd_write_at(i->fd, i->programs, i->header.e_phnum * sizeof(*i->programs), i->room_at);
        return r < 0 ? r : fd_write_at(i->fd, &i->header, sizeof(i->header), 0);
}

static int write_file(struct image *i)
{
        int r = read_translator(i);
        if (r >= 0)
                r = open_units(i);
        if (r >= 0)
                r = make_directory(i);
        if (r < 0)
                return r;
        if (i->n_pages == 0)
                return -ENODATA;
        place(i);
        add_headers(i);
        i->bytes = i->code_file + bytes_in_file(i->image.code_bytes);
        r = ftruncate(i->fd, (off_t)i->bytes) < 0 ? -errno : 0;
        if (r >= 0)
                r = image_copy(i->translator, 0, i->fd, 0, i->translator_bytes);
        if (r >= 0)
                r = write_segment(i, i->data_file, i->image.data_bytes, add_data);
        if (r >= 0)
                r = write_segment(i, i->code_file, i->image.code_bytes, add_code);
        return r < 0 ? r : write_headers(i);
}

int image_write(int fd, int translator, const int *units, size_t n_units, struct image_size *ret)
{
        struct image i = { .fd = fd, .translator = translator, .files = units, .n = n_units };
        int r = write_file(&i);

        if (r >= 0)
                *ret = (struct image_size){ .bytes = i.bytes, .pages = i.n_pages };
        for (size_t k = 0; i.units && k < n_units; k++) {
                if (r >= 0)
                        ret->n_units += i.units[k].data != NULL;
                close_unit(&i.units[k]);
        }
        free(i.units);
        free(i.members);
        free(i.buckets);
        return r;
}
