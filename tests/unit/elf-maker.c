/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf-maker.h"

#include <sys/stat.h>

#include "support.h"

/* Where things are in the file. In memory they are in the same places behind BASE. */
enum { INTERPRETER = 0x200, STRINGS = 0x400, DYNAMIC = 0x800, END = 0xa00, BASE = 0x10000 };

struct out {
        const struct elf_maker *m;
        uint8_t *p;
};

static void put(struct out *o, uint64_t value, size_t size)
{
        for (size_t i = 0; i < size; i++)
                *o->p++ = (uint8_t)(value >> 8 * (o->m->big_endian ? size - 1 - i : i));
}

/* Writes an address or an offset: a number as wide as the class has it. */
static void put_word(struct out *o, uint64_t value)
{
        put(o, value, o->m->is64 ? 8 : 4);
}

static void put_segment(struct out *o, uint32_t type, uint64_t offset, uint64_t size)
{
        put(o, type, 4);
        if (o->m->is64)
                put(o, PF_R, 4);
        put_word(o, offset);
        put_word(o, BASE + offset);
        put_word(o, BASE + offset);
        put_word(o, size);
        put_word(o, size);
        if (!o->m->is64)
                put(o, PF_R, 4);
        put_word(o, 1);
}

static void put_dynamic(struct out *o, uint64_t tag, uint64_t value)
{
        put_word(o, tag);
        put_word(o, value);
}

/* Adds a string to the table and returns its index. */
static size_t add_string(uint8_t *table, size_t *size, const char *text)
{
        size_t index = *size;

        memcpy(table + index, text, strlen(text) + 1);
        *size += strlen(text) + 1;
        return index;
}

size_t make_elf(const struct elf_maker *m, uint8_t buf[MADE_ELF_MAX])
{
        const uint8_t ident[EI_NIDENT] = { 0x7f, 'E', 'L', 'F', m->is64 ? 2 : 1, m->big_endian ? 2 : 1, 1 };
        struct out o = { .m = m, .p = buf + EI_NIDENT }, dynamic = { .m = m, .p = buf + DYNAMIC };
        size_t strings = 1;

        memset(buf, 0, MADE_ELF_MAX);
        memcpy(buf, ident, sizeof(ident));
        put(&o, m->type, 2);
        put(&o, m->machine, 2);
        put(&o, 1, 4);
        put_word(&o, BASE);
        put_word(&o, m->is64 ? 64 : 52); /* e_phoff */
        put_word(&o, 0);
        put(&o, 0, 4);
        put(&o, m->is64 ? 64 : 52, 2);
        put(&o, m->is64 ? 56 : 32, 2); /* e_phentsize */
        put(&o, m->interpreter ? 3 : 1, 2);
        put(&o, 0, 6);

        put_segment(&o, PT_LOAD, 0, END);
        if (!m->interpreter)
                return END;
        put_segment(&o, PT_INTERP, INTERPRETER, strlen(m->interpreter) + 1);
        put_segment(&o, PT_DYNAMIC, DYNAMIC, END - DYNAMIC);
        strcpy((char *)buf + INTERPRETER, m->interpreter);

        for (size_t i = 0; m->needed[i]; i++)
                put_dynamic(&dynamic, DT_NEEDED, add_string(buf + STRINGS, &strings, m->needed[i]));
        if (m->rpath)
                put_dynamic(&dynamic, DT_RPATH, add_string(buf + STRINGS, &strings, m->rpath));
        if (m->runpath)
                put_dynamic(&dynamic, DT_RUNPATH, add_string(buf + STRINGS, &strings, m->runpath));
        put_dynamic(&dynamic, DT_STRTAB, BASE + STRINGS);
        put_dynamic(&dynamic, DT_STRSZ, strings);
        return END;
}

void put_elf(const char *path, const struct elf_maker *m)
{
        uint8_t buf[MADE_ELF_MAX];

        put_bytes(path, buf, make_elf(m, buf));
        assert_int_equal(chmod(path, 0755), 0);
}
