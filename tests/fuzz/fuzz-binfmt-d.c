/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of binfmt.d. */
#include "fuzz.h"

#include "formats/binfmt-d.h"

/* A line that was accepted is one that the kernel takes, and the line that we make of its entry means the same. */
static void check(const struct entry *e)
{
        _cleanup_(entry_done) struct entry again = {};
        _cleanup_free_ char *line = NULL;
        enum entry_field field;
        const char *reason;

        MUST(entry_check(e, &field, &reason) == 0);
        MUST(entry_to_line(e, &line) == 0 && strlen(line) <= ENTRY_LINE_MAX);
        MUST(binfmt_line_parse(line, &again, &reason) == 0);
        MUST(entry_equal(e, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(binfmt_d_done) struct binfmt_d l = {};
        char name[40];

        _cleanup_close_ int fd = fuzz_file(data, size, name);
        MUST(binfmt_d_read(name, &l, &problems) == 0);
        for (size_t i = 0; i < l.n; i++) {
                MUST(l.items[i].line > 0 && l.items[i].position == i);
                check(&l.items[i].entry);
        }
        return 0;
}
