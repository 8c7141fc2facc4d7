/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out whether programs of other machines run, by running some, and why not where they do not. */
#pragma once

#include "explain/explain.h"
#include "trial.h"

/* What was found out about an architecture in one place. */
struct examination {
        bool tried; /* whether a trial was made */
        struct trial trial;
        char *cause;  /* a stable name, NULL where it works */
        char *text;   /* what is wrong, one line */
        char *remedy; /* what to do, one sentence, or NULL */
};

struct architecture {
        const struct guest_program *program;
        bool expected; /* whether it is expected to work; where not, text says why */
        char *cause, *text, *remedy;
        struct examination places[TRIAL_PLACE_COUNT];
};

struct diagnosis {
        struct architecture *architectures;
        size_t n;
};

/* Runs the programs; each trial takes at most so many seconds. Returns 0, or a negative errno with *ret_reason, a
 * constant string, where there is nothing to run them from. */
int diagnose(const struct paths *paths, unsigned seconds, struct diagnosis *ret, const char **ret_reason);

/* Whether everything is well: something is expected to work, and all that is expected to and could be tried works. */
bool diagnosis_all_well(const struct diagnosis *d);

/* What to do first, as one sentence. The string lives as long as the diagnosis. */
const char *diagnosis_remedy(const struct diagnosis *d);

void diagnosis_done(struct diagnosis *d);

/* Says why a trial did not work; called by doctor.c, defined in doctor-cause.c. x explains the program in that place, and is NULL
 * where nothing can be said of it. Returns 0 or -ENOMEM. */
int examination_find_cause(struct examination *e, enum trial_place place, const struct explanation *x);
