/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "explain/explain.h"

/* Prints an explanation of this file as JSON; binfmtctl(8) has the fields. Returns an exit status. */
int explanation_print_json(const struct explanation *x, const char *file);
