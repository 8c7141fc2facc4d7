/* SPDX-License-Identifier: GPL-2.0-or-later */
/* x86-64 as lifters see it. */
#pragma once
#include "ir/target.h"

extern const struct ir_target x64_target;
