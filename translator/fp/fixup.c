/* Fix-ups of trapped FP operations (see fixup.h). */
#include "fixup.h"

helper_fn *const fp_fixup[IR_OP_COUNT];
