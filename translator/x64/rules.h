/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of emission rules of vector and FP ops (x64/rules_vec.def, x64/rules_fp.def). */
#pragma once
#include "gen.h"

extern const struct rule x64_rules[IR_OP_COUNT];

#define RULE(op, nt, ns, flags) rule_fn rule_##op;
#include "rules_fp.def"
#include "rules_vec.def"
#undef RULE
