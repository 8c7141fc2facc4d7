/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which guest the process runs (see guest.h). */
#include "guest.h"

const struct guest *the_guest;
