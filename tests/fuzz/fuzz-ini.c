/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A format's file and, behind the first NUL byte, a drop-in. */
#include "fuzz.h"

#include "formats/format-file.h"
#include "formats/format-text.h"

/* A format that was accepted is one that the kernel would take, whichever interpreter is chosen. */
static void check(const struct format *f)
{
        MUST(f->n_candidates > 0 || f->follows);
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

/* Checks that a format which is written as a file, as the bus does it, is the same format. */
static void check_text(const struct format *f)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(format_done) struct format again = {};
        _cleanup_free_ char *text = NULL;
        char name[40];

        MUST(format_to_text(f, "fuzz", &text) == 0);
        _cleanup_close_ int fd = fuzz_file((const uint8_t *)text, strlen(text), name);
        MUST(format_file_load(name, "test", &again, &problems) == 0);
        MUST(streq_null(again.follows, f->follows) && again.enabled == f->enabled);
        MUST(again.n_candidates == (f->follows ? 0 : f->n_candidates));
        MUST(streq_null(again.description, f->description) && streq_null(again.package, f->package));
        for (size_t i = 0; i < again.n_candidates; i++) {
                _cleanup_(entry_done) struct entry one = {}, other = {};
                MUST(format_make_entry(f, &f->candidates[i], &one) == 0);
                MUST(format_make_entry(&again, &again.candidates[i], &other) == 0);
                MUST(entry_equal(&one, &other) && f->candidates[i].priority == again.candidates[i].priority);
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
        check_text(&f);
        if (!end)
                return 0;
        _cleanup_close_ int drop_in = fuzz_file(end + 1, size - first - 1, name);
        (void)format_file_apply(name, &f, &problems);
        check(&f);
        check_text(&f);
        return 0;
}
