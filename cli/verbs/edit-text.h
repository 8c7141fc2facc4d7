/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text that "binfmtctl edit" gives to an editor and gets back. */
#pragma once

#include "formats/format.h"

/* Makes a drop-in that changes nothing: what the format has, as comments. Returns a new string, or NULL without
 * memory. */
char *edit_template(const struct format *f);

/* Whether a drop-in sets nothing. */
bool edit_sets_nothing(const char *text);

/* Opens a file in the editor of VISUAL or EDITOR, or else sensible-editor, and waits for its end. Returns its exit
 * status; 127: there is none; or a negative errno. */
int edit_run_editor(const char *path);
