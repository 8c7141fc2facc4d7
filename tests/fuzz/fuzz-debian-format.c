/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A format file of Debian's. One that was accepted is one that the kernel takes, and that the database keeps as it is. */
#include "fuzz.h"

#include "debian/debian-db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(debian_format_done) struct debian_format f = {}, stored = {};
        _cleanup_(entry_done) struct entry e = {};
        _cleanup_free_ char *text = NULL, *line = NULL, *copy = fuzz_string(data, size);
        enum debian_field field;
        enum entry_field at;
        const char *reason;

        if (debian_format_parse(copy, size, "test", "file", &f, &problems) < 0) {
                MUST(problems.n > 0);
                return 0;
        }
        MUST(debian_format_make_entry(&f, &e, &field, &reason) == 0);
        MUST(entry_check(&e, &at, &reason) == 0 && entry_to_line(&e, &line) == 0);
        MUST(debian_db_text(&f, &text) == 0 && debian_db_parse(text, "test", &stored, &field) == 0);
        for (size_t i = 0; i < DEBIAN_FIELD_COUNT; i++)
                MUST(streq(f.fields[i], stored.fields[i]));
        return 0;
}
