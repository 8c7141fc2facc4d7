/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "list-filter.h"
#include "reconcile/status.h"

/* Prints the formats and the kernel's other entries as JSON. Returns an exit status. */
int list_print_json(const struct view *v, const struct status *s, const struct list_filter *filter);
