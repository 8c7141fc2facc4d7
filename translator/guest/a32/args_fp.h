/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What values of arguments in vfp.dec and neon.dec are made of. */
#pragma once
#include "guest/fp_lift.h"
