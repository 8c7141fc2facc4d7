/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cli.h"

/* Prints a line for each interpreter of a format, highest priority first. */
void print_alternatives(const struct view *v, const struct format *f);
