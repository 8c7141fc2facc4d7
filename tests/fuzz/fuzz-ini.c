/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A format's file and, behind the first NUL byte, a drop-in. */
#include "fuzz.h"

#include "format-file.h"

/* What was accepted is what the kernel would take, whichever interpreter is chosen. */
static void check(const struct format *f)
{
        MUST(f->n_candidates > 0);
        for (size_t i = 0; i < f->n_candidates; i++) {
                _cleanup_(entry_done) struct entry e = {};
                _cleanup_free_ char *line = NULL;
                enum entry_field field;
                const char *reason;

                MUST(format_make_entry(f, &f->candidates[i], &e) == 0);
                MUST(entry_check(&e, &field, &reason) == 0);
                MUST(entry_to_line(&e, &line) == 0 && strlen(line) <= ENTRY_LINE_MAX);
                MUST(i == 0 || f->candidates[i - 1].priority >= f->candidates[i].priority);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(format_done) struct format f = {};
        const uint8_t *end = size ? memchr(data, 0, size) : NULL;
        size_t first = end ? (size_t)(end - data) : size;
        char name[40];

        _cleanup_close_ int fd = fuzz_file(data, first, name);
        if (format_file_load(name, "test", &f, &problems) < 0) {
                MUST(problems.n > 0);
                return 0;
        }
        check(&f);
        if (!end)
                return 0;
        _cleanup_close_ int drop_in = fuzz_file(end + 1, size - first - 1, name);
        (void)format_file_apply(name, &f, &problems);
        check(&f);
        return 0;
}
