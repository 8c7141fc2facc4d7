/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking at guest code without translating it. */
#pragma once
#include "lift.h"

/* True when every path from pc overwrites NZCV before reading it, as far as a short look shows. */
bool a64_flags_dead(fetch_fn *fetch, uint64_t pc);
