/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "base/paths.h"

/* The whole program when it is called as update-binfmts(8): called by main.c, defined in debian/update-binfmts.c. Returns its
 * exit status. */
int update_binfmts(struct paths *paths, int argc, char **argv);
