/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cli.h"

/* Prints all formats and the kernel's other entries as JSON. Returns an exit status. */
int list_print_json(const struct view *v);
