/* What computes an FP op's exact Arm result when the host's instruction trapped: by IR op; NULL where it cannot trap. See
 * gen_fptrap() in x64/gen.h for the arguments. Async-signal-safe. */
#pragma once
#include "../ir/ir.h"

extern helper_fn *const fp_fixup[IR_OP_COUNT];
