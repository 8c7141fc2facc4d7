/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel shows of an entry. */
#include <errno.h>

#include "fuzz.h"

#include "kernel/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_free_ char *text = fuzz_string(data, size), *line = NULL;
        _cleanup_(entry_done) struct entry e = {}, copy = {};
        enum entry_field field;
        const char *reason;

        if (entry_from_text("test", text, &e) < 0)
                return 0;
        MUST(e.interpreter && (e.type != ENTRY_EXTENSION || e.extension) && (e.type != ENTRY_MAGIC || e.magic));
        MUST(entry_copy(&e, &copy) == 0 && entry_equal(&e, &copy));
        (void)entry_matches(&e, data, size < ENTRY_SPAN_MAX ? size : ENTRY_SPAN_MAX);
        if (entry_check(&e, &field, &reason) == 0) {
                int r = entry_to_line(&e, &line);
                MUST(r == 0 ? strlen(line) <= ENTRY_LINE_MAX : r == -E2BIG);
        } else {
                MUST(field < ENTRY_FIELD_COUNT && reason);
        }
        return 0;
}
