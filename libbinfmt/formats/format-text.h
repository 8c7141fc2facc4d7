/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "format.h"

/* Writes a format as the text of its file, see binfmtd.conf(5); introduction is a line of comment. Bytes and strings
 * are written as they are: only reading the text again tells whether they can stand in such a file. Returns 0 or
 * -ENOMEM. */
int format_to_text(const struct format *f, const char *introduction, char **ret);
