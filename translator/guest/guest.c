/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See guest.h. */
#include "guest.h"

const struct guest *the_guest;
