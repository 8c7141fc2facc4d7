/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf-file.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>

#include "util.h"

/* What the kernel allows program headers to take. */
#define PROGRAM_HEADERS_MAX 65536
#define DYNAMIC_MAX (1 << 20)
#define STRING_MAX PATH_MAX

/* A file while it is read. */
struct reading {
        const struct elf_source *source;
        struct elf_file *file;
        const char **reason;
        unsigned n_headers;
        uint8_t *headers; /* the program headers as they are in the file */
        size_t header_size;
};

struct segment {
        uint32_t type;
        uint64_t offset, address, file_size;
};

static int malformed(const struct reading *r, const char *reason)
{
        *r->reason = reason;
        return -EBADMSG;
}

/* Reads up to size bytes; fewer where the source ends. Returns how many, or a negative errno. */
static ssize_t read_some(const struct elf_source *s, uint64_t offset, void *buf, size_t size)
{
        if (s->fd < 0) {
                if (offset >= s->size)
                        return 0;
                size_t n = size < s->size - offset ? size : s->size - (size_t)offset;
                memcpy(buf, s->bytes + offset, n);
                return (ssize_t)n;
        }
        return offset > INT64_MAX - size ? 0 : fd_read_at(s->fd, buf, size, offset);
}

static int read_exactly(const struct reading *r, uint64_t offset, void *buf, size_t size, const char *reason)
{
        ssize_t n = read_some(r->source, offset, buf, size);

        if (n < 0)
                return (int)n;
        return (size_t)n == size ? 0 : malformed(r, reason);
}

/* A number of the given size in the file's byte order. */
static uint64_t number(const struct elf_file *f, const uint8_t *p, size_t size)
{
        uint64_t value = 0;

        for (size_t i = 0; i < size; i++)
                value = value << 8 | p[f->big_endian ? i : size - 1 - i];
        return value;
}

/* Reads a field, at p, of a structure that is another one in the 32-bit class than in the 64-bit class. */
#define FIELD(f, p, structure, field) \
        ((f)->is64 ? number(f, (p) + offsetof(Elf64_##structure, field), sizeof(((Elf64_##structure *)0)->field)) \
                   : number(f, (p) + offsetof(Elf32_##structure, field), sizeof(((Elf32_##structure *)0)->field)))

static int read_header(struct reading *r)
{
        uint8_t h[sizeof(Elf64_Ehdr)] = {};
        struct elf_file *f = r->file;

        ssize_t n = read_some(r->source, 0, h, sizeof(h));
        if (n < 0)
                return (int)n;
        if (n < SELFMAG || memcmp(h, ELFMAG, SELFMAG) != 0)
                return -ENOEXEC;
        if (n < EI_NIDENT)
                return malformed(r, _("it ends within its ELF identification"));
        if (h[EI_CLASS] != ELFCLASS32 && h[EI_CLASS] != ELFCLASS64)
                return malformed(r, _("its ELF class is neither 32-bit nor 64-bit"));
        if (h[EI_DATA] != ELFDATA2LSB && h[EI_DATA] != ELFDATA2MSB)
                return malformed(r, _("its ELF byte order is neither little-endian nor big-endian"));
        f->is64 = h[EI_CLASS] == ELFCLASS64;
        f->big_endian = h[EI_DATA] == ELFDATA2MSB;
        if ((size_t)n < (f->is64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
                return malformed(r, _("it ends within its ELF header"));

        f->type = (uint16_t)FIELD(f, h, Ehdr, e_type);
        f->machine = (uint16_t)FIELD(f, h, Ehdr, e_machine);
        f->os_abi = h[EI_OSABI];
        f->flags = (uint32_t)FIELD(f, h, Ehdr, e_flags);
        r->n_headers = (unsigned)FIELD(f, h, Ehdr, e_phnum);
        r->header_size = f->is64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
        if (r->n_headers == 0)
                return 0;
        if (FIELD(f, h, Ehdr, e_phentsize) != r->header_size)
                return malformed(r, _("its program headers have a wrong size"));
        size_t size = r->n_headers * r->header_size;
        if (size > PROGRAM_HEADERS_MAX)
                return malformed(r, _("it has more program headers than the kernel takes"));
        r->headers = malloc(size);
        if (!r->headers)
                return -ENOMEM;
        return read_exactly(r, FIELD(f, h, Ehdr, e_phoff), r->headers, size, _("it ends within its program headers"));
}

static struct segment get_segment(const struct reading *r, unsigned i)
{
        const uint8_t *p = r->headers + i * r->header_size;

        return (struct segment){
                .type = (uint32_t)FIELD(r->file, p, Phdr, p_type),
                .offset = FIELD(r->file, p, Phdr, p_offset),
                .address = FIELD(r->file, p, Phdr, p_vaddr),
                .file_size = FIELD(r->file, p, Phdr, p_filesz),
        };
}

static void find_lowest(const struct reading *r)
{
        uint64_t *lowest = &r->file->lowest;

        *lowest = UINT64_MAX;
        for (unsigned i = 0; i < r->n_headers && r->file->type == ET_EXEC; i++) {
                const struct segment s = get_segment(r, i);
                if (s.type == PT_LOAD && s.address < *lowest)
                        *lowest = s.address;
        }
}

static bool find_segment(const struct reading *r, uint32_t type, struct segment *ret)
{
        for (unsigned i = 0; i < r->n_headers; i++) {
                *ret = get_segment(r, i);
                if (ret->type == type)
                        return true;
        }
        return false;
}

/* Finds the place in the file of an address, and how many bytes of its segment are from there on (*ret_size). Returns 0, or
 * -EBADMSG where no segment has the address. */
static int locate(const struct reading *r, uint64_t address, uint64_t *ret_offset, uint64_t *ret_size)
{
        for (unsigned i = 0; i < r->n_headers; i++) {
                const struct segment s = get_segment(r, i);
                if (s.type != PT_LOAD || address < s.address || address - s.address >= s.file_size)
                        continue;
                uint64_t into = address - s.address;
                if (s.offset > UINT64_MAX - into)
                        break;
                *ret_offset = s.offset + into;
                *ret_size = s.file_size - into;
                return 0;
        }
        return malformed(r, _("its dynamic section points to nowhere in the file"));
}

static int read_interpreter(struct reading *r)
{
        struct segment s;

        if (!find_segment(r, PT_INTERP, &s))
                return 0;
        if (s.file_size < 2 || s.file_size > PATH_MAX)
                return malformed(r, _("the path of its dynamic linker (PT_INTERP) has a length that the kernel "
                                      "refuses"));
        _cleanup_free_ char *path = calloc(1, (size_t)s.file_size + 1);
        if (!path)
                return -ENOMEM;
        int e = read_exactly(r, s.offset, path, (size_t)s.file_size, _("it ends within the path of its dynamic linker"));
        if (e < 0)
                return e;
        if (path[s.file_size - 1] != '\0')
                return malformed(r, _("the path of its dynamic linker (PT_INTERP) does not end with a NUL byte"));
        r->file->interpreter = TAKE_PTR(path);
        return 0;
}

/* The table of strings of a dynamic section. */
struct strings {
        uint64_t offset, size;
};

static int read_string(const struct reading *r, const struct strings *t, uint64_t index, char **ret)
{
        char buf[STRING_MAX];

        if (index >= t->size)
                return malformed(r, _("its dynamic section names a string outside of its table of strings"));
        size_t most = t->size - index < sizeof(buf) ? (size_t)(t->size - index) : sizeof(buf);
        if (t->offset > UINT64_MAX - index)
                return malformed(r, _("its table of strings is outside of the file"));
        ssize_t n = read_some(r->source, t->offset + index, buf, most);
        if (n < 0)
                return (int)n;
        if (!memchr(buf, '\0', (size_t)n))
                return malformed(r, _("a string of its dynamic section does not end"));
        return string_set(ret, buf);
}

static int add_needed(struct elf_file *f, const struct reading *r, const struct strings *t, uint64_t index)
{
        _cleanup_free_ char *name = NULL;

        if (f->n_needed == ELF_NEEDED_MAX)
                return malformed(r, _("it names more libraries than any program needs"));
        int e = read_string(r, t, index, &name);
        if (e < 0)
                return e;
        if (array_grow(&f->needed, f->n_needed, sizeof(*f->needed)) < 0)
                return -ENOMEM;
        f->needed[f->n_needed++] = TAKE_PTR(name);
        return 0;
}

/* Reads the strings that matter, which n dynamic entries name. */
static int read_strings(const struct reading *r, const uint8_t *entries, size_t n, const struct strings *t)
{
        struct elf_file *f = r->file;
        size_t size = f->is64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
        int e = 0;

        for (size_t i = 0; i < n && e >= 0; i++) {
                const uint8_t *p = entries + i * size;
                uint64_t value = FIELD(f, p, Dyn, d_un);
                switch (FIELD(f, p, Dyn, d_tag)) {
                case DT_NEEDED: e = add_needed(f, r, t, value); break;
                case DT_RPATH: e = read_string(r, t, value, &f->rpath); break;
                case DT_RUNPATH: e = read_string(r, t, value, &f->runpath); break;
                default: break;
                }
        }
        return e;
}

/* Counts the entries before DT_NULL, and finds the address and the size of the table of strings. */
static size_t scan_dynamic(const struct elf_file *f, const uint8_t *entries, size_t n, uint64_t *address, uint64_t *size)
{
        size_t each = f->is64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn), i;

        for (i = 0; i < n; i++) {
                uint64_t tag = FIELD(f, entries + i * each, Dyn, d_tag);
                if (tag == DT_NULL)
                        break;
                if (tag == DT_STRTAB)
                        *address = FIELD(f, entries + i * each, Dyn, d_un);
                else if (tag == DT_STRSZ)
                        *size = FIELD(f, entries + i * each, Dyn, d_un);
        }
        return i;
}

static int read_dynamic(struct reading *r)
{
        struct strings strings = {};
        uint64_t address = 0, size = 0, behind;
        struct segment s;

        if (!find_segment(r, PT_DYNAMIC, &s))
                return 0;
        r->file->dynamic = true;
        if (s.file_size > DYNAMIC_MAX)
                return malformed(r, _("its dynamic section is larger than any program's"));
        _cleanup_free_ uint8_t *entries = malloc((size_t)s.file_size + 1);
        if (!entries)
                return -ENOMEM;
        int e = read_exactly(r, s.offset, entries, (size_t)s.file_size, _("it ends within its dynamic section"));
        if (e < 0)
                return e;

        size_t each = r->file->is64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
        size_t n = scan_dynamic(r->file, entries, (size_t)s.file_size / each, &address, &size);
        if (address == 0)
                return 0;
        e = locate(r, address, &strings.offset, &behind);
        if (e < 0)
                return e;
        strings.size = size < behind ? size : behind;
        return read_strings(r, entries, n, &strings);
}

int elf_file_read(const struct elf_source *source, struct elf_file *ret, const char **ret_reason)
{
        _cleanup_(elf_file_done) struct elf_file f = {};
        struct reading r = { .source = source, .file = &f, .reason = ret_reason };

        int e = read_header(&r);
        if (e >= 0)
                find_lowest(&r);
        if (e >= 0)
                e = read_interpreter(&r);
        if (e >= 0)
                e = read_dynamic(&r);
        free(r.headers);
        if (e < 0)
                return e;
        *ret = f;
        f = (struct elf_file){};
        return 0;
}

void elf_file_done(struct elf_file *f)
{
        for (size_t i = 0; i < f->n_needed; i++)
                free(f->needed[i]);
        free(f->needed);
        free(f->interpreter);
        free(f->rpath);
        free(f->runpath);
        *f = (struct elf_file){};
}
