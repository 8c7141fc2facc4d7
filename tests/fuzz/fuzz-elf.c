/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program's own bytes: ELF header, segments, dynamic section; the first line of a script; the comparison with an
 * entry. */
#include <errno.h>

#include "fuzz.h"

#include "base/elf-machine.h"
#include "kernel/match.h"
#include "kernel/shebang.h"

static void check_elf(const uint8_t *data, size_t size)
{
        _cleanup_(elf_file_done) struct elf_file f = {}, again = {};
        const char *reason = NULL;
        char name[40];

        int r = elf_file_read(&(struct elf_source){ .fd = -1, .bytes = data, .size = size }, &f, &reason);
        MUST(r == 0 || r == -ENOEXEC || (r == -EBADMSG && reason));
        MUST((r == -ENOEXEC) == (size < 4 || memcmp(data, "\177ELF", 4) != 0));
        if (r == 0) {
                MUST(f.n_needed <= ELF_NEEDED_MAX && (f.n_needed == 0 || f.dynamic));
                MUST(elf_machine_name(&f));
        }

        /* A file with these bytes gives the same. */
        _cleanup_close_ int fd = fuzz_file(data, size, name);
        MUST(elf_file_read(&(struct elf_source){ .fd = fd }, &again, &reason) == r);
        MUST(again.machine == f.machine && again.n_needed == f.n_needed && streq_null(again.interpreter, f.interpreter));
}

static void check_shebang(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *interpreter = NULL, *argument = NULL;

        if (size < 2 || memcmp(data, "#!", 2) != 0)
                return;
        if (shebang_parse(data, size, &interpreter, &argument) == 0) {
                MUST(interpreter && *interpreter && !strpbrk(interpreter, " \t\n"));
                MUST(!argument || *argument);
        }
}

static void check_match(const uint8_t *data, size_t size)
{
        static const uint8_t magic[] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 }, mask[] = { 255, 255, 255, 255, 255, 3, 0 };
        const struct entry e = { .name = (char *)"test",
                                 .magic = (uint8_t *)magic,
                                 .mask = (uint8_t *)mask,
                                 .magic_size = sizeof(magic),
                                 .offset = size ? data[size - 1] % 16 : 0 };
        _cleanup_(match_done) struct match m = {};

        MUST(match_entry(&e, data, size, "program", &m) == 0);
        MUST(m.matches == entry_matches(&e, data, size));
        MUST(m.matches == (m.first_difference >= m.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        size_t head = size < ENTRY_SPAN_MAX ? size : ENTRY_SPAN_MAX;

        check_elf(data, size);
        check_shebang(data, head);
        check_match(data, head);
        return 0;
}
