/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out what the kernel would do with a file, and why. This is worked out from what can be read; nothing is executed or
 * changed. */
#pragma once

#include "finding.h"
#include "kernel/match.h"
#include "kernel/misc-state.h"
#include "base/paths.h"

/* What the kernel does with one file on the way to the program that really runs. */
enum step_kind {
        STEP_NATIVE, /* the kernel starts the file itself: the last step */
        STEP_ENTRY,  /* an entry of binfmt_misc names an interpreter */
        STEP_SCRIPT, /* the first line of a script names an interpreter */
        STEP_REFUSED,
        STEP_UNKNOWN, /* what the kernel does cannot be seen */
};

struct step {
        char *path;
        enum step_kind kind;
        bool pinned;       /* the kernel has had it open since its entry was registered (F), whatever is at its path */
        char *what;        /* what kind of file it is, for people */
        char *entry;       /* name of the entry that takes it, or NULL */
        char *interpreter; /* what comes next, or NULL */
        char *argument;    /* of a script's first line, or NULL */
};

enum outcome {
        OUTCOME_WINS,
        OUTCOME_LOSES,    /* it matches, and another entry is tried before it */
        OUTCOME_DISABLED, /* it matches, and is disabled */
        OUTCOME_NEAR,     /* it does not match, but nearly: it may be for another architecture */
        OUTCOME_NO,
};

/* The comparison of the file with an entry. */
struct comparison {
        struct entry entry;
        struct match match;
        enum outcome outcome;
};

struct explanation {
        struct misc_state misc;
        struct step *steps;
        size_t n_steps;
        struct comparison *comparisons; /* in the order of the kernel, as far as it can be known */
        size_t n_comparisons;
        struct findings findings;
        int error; /* what execve(2) would fail with, as a negative errno; 0 where it would not, or that is unknown */
};

struct explain_request {
        const struct paths *paths;
        const char *root; /* NULL: the machine's own */
        const char *file; /* as it is executed: a path in the root, or one outside that leads into it */
};

/* Finds out what happens to a file. Returns 0, even where the file would not run, or a negative errno with *ret_reason, a
 * constant string. */
int explain(const struct explain_request *request, struct explanation *ret, const char **ret_reason);

/* Whether the file runs, as far as was found. */
bool explanation_runs(const struct explanation *x);

/* What to do first, as one sentence. The string lives as long as the explanation. */
const char *explanation_remedy(const struct explanation *x);

const char *step_kind_to_string(enum step_kind k);
const char *outcome_to_string(enum outcome o);

void explanation_done(struct explanation *x);
