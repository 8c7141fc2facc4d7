/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The passes, and the switches that turn each off (option -opt no-NAME, for bisecting). */
#pragma once
#include "ir.h"

/* X(bit name, option name, meaning) */
#define OPT_PASSES(X) \
        X(FOLD, "fold", "folding of constants and identities") \
        X(ADDR, "addr", "address arithmetic inside memory operands") \
        X(FLAGS, "flags", "looking at the code behind an exit for dead flags") \
        X(FUSE, "fuse", "reuse of host flags between producer and consumer") \
        X(DCE, "dce", "removal of values that nobody uses") \
        X(TRACE, "trace", "regions longer than a basic block") \
        X(LINK, "link", "direct jumps between regions") \
        X(RETSTACK, "retstack", "call/return stack") \
        X(SHARE, "share", "translations shared among the processes of a family") \
        X(WX, "wx", "code memory that is writable and executable at once")
