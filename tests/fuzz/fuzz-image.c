/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that is to be made an image of, and a unit to be put into it: the input is the beginning of both. What comes out must be
 * an ELF file whose segments are in it. */
#include "fuzz.h"

#include <elf.h>
#include <sys/stat.h>

#include "cache-format.h"
#include "cache/image.h"

static void check_image(int fd, const struct image_size *size)
{
        Elf64_Ehdr h;
        Elf64_Phdr p;
        struct stat st;
        int found = 0;

        MUST(fstat(fd, &st) == 0 && (uint64_t)st.st_size == size->bytes);
        MUST(pread(fd, &h, sizeof(h), 0) == (ssize_t)sizeof(h));
        for (int i = 0; i < h.e_phnum; i++) {
                MUST(pread(fd, &p, sizeof(p), (off_t)(h.e_phoff + (uint64_t)i * sizeof(p))) == (ssize_t)sizeof(p));
                if (p.p_type != PT_BINFMT_CACHE)
                        continue;
                struct cache_image image;
                MUST(pread(fd, &image, sizeof(image), (off_t)p.p_offset) == (ssize_t)sizeof(image));
                MUST(memcmp(image.magic, CACHE_IMAGE_MAGIC, sizeof(image.magic)) == 0);
                found++;
        }
        MUST(found == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char name[40], unit_name[40];
        struct image_size made = {};
        struct cache_unit h;
        size_t half = size / 2;

        if (half < sizeof(h))
                return 0;
        int translator = fuzz_file(data, half, name), unit = fuzz_file(data + half, size - half, unit_name);
        int out = memfd_create("image", MFD_CLOEXEC);
        memcpy(&h, data + half, sizeof(h));
        MUST(out >= 0);
        if ((uint64_t)h.data_bytes + h.code_bytes < 1 << 20)
                MUST(ftruncate(unit, (off_t)h.data_bytes + h.code_bytes) == 0);
        if (image_write(out, translator, &unit, 1, &made) == 0)
                check_image(out, &made);
        close(out);
        close(unit);
        close(translator);
        return 0;
}
