/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "switch.h"

int verb_disable(const struct call *call)
{
        return switch_formats(call, false);
}
