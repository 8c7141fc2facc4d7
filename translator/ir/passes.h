/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The passes that make a region and its code. Each can be switched off (option -opt no-NAME), to find out which causes a wrong
 * result. */
#pragma once

/* X(bit's name, option's name, what is switched off: as in binfmt-translator(1)) */
#define IR_PASSES(X) \
        X(FOLD, "fold", "folding of constants and identities") \
        X(ADDR, "addr", "address arithmetic inside memory operands") \
        X(FLAGS, "flags", "looking at the code behind an exit for dead flags") \
        X(FUSE, "fuse", "reuse of host flags between producer and consumer") \
        X(DCE, "dce", "removal of values that nobody uses") \
        X(TRACE, "trace", "regions longer than a basic block") \
        X(RETSTACK, "retstack", "call/return stack") \
        X(LOOP, "loop", "registers of a loop kept in host registers of its own")

enum {
#define X(ID, name, meaning) IR_PASS_##ID,
        IR_PASSES(X)
#undef X
};

/* Bits of ir->opts: the passes that are off. */
enum {
#define X(ID, name, meaning) IR_OPT_NO_##ID = 1 << IR_PASS_##ID,
        IR_PASSES(X)
#undef X
};
