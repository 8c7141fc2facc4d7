/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rows.h"

const char *row_name(const struct status_row *row)
{
        return row->name;
}

const char *row_state(const struct status_row *row)
{
        return _(status_row_state(row));
}

enum colour row_colour(const struct status_row *row)
{
        if (row->drift != DRIFT_NONE)
                return COLOUR_YELLOW;
        return status_row_is_registered(row) ? COLOUR_GREEN : COLOUR_DIM;
}

int rows_width(const struct status *s, const char *(*text)(const struct status_row *row), const char *title)
{
        int width = columns(title);

        for (size_t i = 0; i < s->n; i++)
                width = wider(width, text(&s->rows[i]));
        return width;
}
