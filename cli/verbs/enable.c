/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "switch.h"

int verb_enable(const struct call *call)
{
        return switch_formats(call, true);
}
