/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "cli.h"

/* Enables or disables the format that is named, or all formats, and keeps that as the administrator's choice. Returns an exit
 * status. */
int switch_formats(const struct call *call, bool enable);
