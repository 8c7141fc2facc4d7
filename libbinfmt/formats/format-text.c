/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "format-text.h"

#include <errno.h>

#include "base/escape.h"

/* A line has so many bytes of a magic or mask: the length of lines is limited, and these values may go on in further lines. */
#define BYTES_PER_LINE 32

static int write_bytes(FILE *out, const char *key, const uint8_t *bytes, size_t size)
{
        for (size_t i = 0; bytes && i < size; i += BYTES_PER_LINE) {
                _cleanup_free_ char *text = escape_all(bytes + i, size - i < BYTES_PER_LINE ? size - i : BYTES_PER_LINE);
                if (!text)
                        return -ENOMEM;
                fprintf(out, "%s%s%s\n", i == 0 ? key : " ", i == 0 ? "=" : "", text);
        }
        return 0;
}

static void write_string(FILE *out, const char *key, const char *value)
{
        if (value)
                fprintf(out, "%s=%s\n", key, value);
}

static int write_format(FILE *out, const struct format *f)
{
        char flags[ENTRY_FLAGS_MAX];

        fputs("[Format]\n", out);
        write_string(out, "Description", f->description);
        write_string(out, "Package", f->package);
        if (!format_is_chosen(f))
                fputs("Enabled=no\n", out);
        if (f->entry.offset > 0)
                fprintf(out, "Offset=%u\n", f->entry.offset);
        int r = write_bytes(out, "Magic", f->entry.magic, f->entry.magic_size);
        if (r >= 0)
                r = write_bytes(out, "Mask", f->entry.mask, f->entry.magic_size);
        if (r < 0)
                return r;
        write_string(out, "Extension", f->entry.extension);
        write_string(out, "Follows", f->follows);
        if (f->follows) /* it has everything else from that one */
                return 0;
        if (f->entry.flags)
                write_string(out, "Flags", entry_format_flags(f->entry.flags, flags));
        if (f->entry.type == ENTRY_HANDLER && f->n_candidates > 0)
                write_string(out, "Handler", f->candidates[0].path);
        for (size_t i = 0; i < f->n_candidates && f->entry.type != ENTRY_HANDLER; i++)
                fprintf(out, "Interpreter=%d %s\n", f->candidates[i].priority, f->candidates[i].path);
        return 0;
}

int format_to_text(const struct format *f, const char *introduction, char **ret)
{
        _cleanup_free_ char *text = NULL;
        size_t size;

        FILE *out = open_memstream(&text, &size);
        if (!out)
                return -ENOMEM;
        fprintf(out, "# %s\n", introduction);
        int r = write_format(out, f);
        if (fclose(out) == EOF && r >= 0)
                r = -ENOMEM;
        if (r >= 0)
                *ret = TAKE_PTR(text);
        return r;
}
