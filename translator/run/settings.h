/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user chooses about translating (main/options.c): set at start-up, before exec_init(). */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* What the run-time does with regions, and can do without (-opt no-NAME, as the passes of ir/passes.h).
 * X(bit's name, option's name, what is switched off: as in binfmt-translator(1)) */
#define RUN_FEATURES(X) \
        X(LINK, "link", "direct jumps between regions") \
        X(SHARE, "share", "translations handed down from one process to another") \
        X(CACHE, "cache", "translations in the translator's own image, which binfmtd(8) has made") \
        X(WX, "wx", "code memory that is writable and executable at once")

enum {
#define X(ID, name, meaning) RUN_FEATURE_##ID,
        RUN_FEATURES(X)
#undef X
};
enum {
#define X(ID, name, meaning) RUN_NO_##ID = 1 << RUN_FEATURE_##ID,
        RUN_FEATURES(X)
#undef X
};

struct run_settings {
        uint32_t passes_off; /* bits of ir->opts */
        uint32_t off;        /* RUN_NO_* */
        unsigned cpu_limit;  /* -x64-level 2, 3, 4: use no newer host instructions; 0 = all */
        size_t cache_size;   /* -tb-size: bytes of the code cache; 0 = as many as usual */
};
extern struct run_settings run_settings; /* run/exec.c */
