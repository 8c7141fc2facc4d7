/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of Debian's database. One that was read and written again reads the same; one that makes an entry makes one that the
 * kernel takes. */
#include "fuzz.h"

#include "debian/debian-db.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *copy = fuzz_string(data, size), *text = NULL, *line = NULL;
        _cleanup_(debian_format_done) struct debian_format f = {}, again = {};
        _cleanup_(entry_done) struct entry e = {};
        enum debian_field field = DEBIAN_FIELD_COUNT;
        const char *reason = NULL;

        if (debian_db_parse(copy, "test", &f, &field) < 0) {
                MUST(field <= DEBIAN_INTERPRETER);
                return 0;
        }
        MUST(debian_db_text(&f, &text) == 0 && debian_db_parse(text, "test", &again, &field) == 0);
        for (size_t i = 0; i < DEBIAN_FIELD_COUNT; i++)
                MUST(streq(f.fields[i], again.fields[i]));
        if (debian_format_make_entry(&f, &e, &field, &reason) == 0)
                MUST(entry_to_line(&e, &line) == 0);
        else
                MUST(reason && field < DEBIAN_FIELD_COUNT);
        return 0;
}
