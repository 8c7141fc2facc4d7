/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a tiny program of another machine for real, in surroundings where it may work or not. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/entry.h"
#include "guest-program.h"

enum trial_place {
        TRIAL_HOST,
        TRIAL_CHROOT,      /* a root directory with nothing but the program */
        TRIAL_NAMESPACE,   /* a user namespace that inherits the machine's entries */
        TRIAL_OWN_ENTRIES, /* a user namespace that has a binfmt_misc of its own, where the entry is registered */
        TRIAL_CONTAINER,   /* as container managers do it: all namespaces new, nothing writable, no privileges */
        TRIAL_PLACE_COUNT,
};

/* The steps of a trial; a trial says which one failed. */
enum trial_stage {
        TRIAL_STAGE_NAMESPACE,
        TRIAL_STAGE_PROCESS,
        TRIAL_STAGE_ROOT,
        TRIAL_STAGE_PROC,
        TRIAL_STAGE_MISC,
        TRIAL_STAGE_PRIVILEGES,
        TRIAL_STAGE_REGISTER, /* a step from here on that fails is a failure; one before means that it could not be tried */
        TRIAL_STAGE_EXECUTE,
        TRIAL_STAGE_RUN,
        TRIAL_STAGE_END,
};

enum trial_outcome {
        TRIAL_WORKS,
        TRIAL_FAILS,
        TRIAL_IMPOSSIBLE,
};

struct trial_request {
        const struct guest_program *program;
        enum trial_place place;
        const char *directory; /* a directory of the caller's own, with the program in it as TRIAL_PROGRAM; it is left as it is */
        const struct entry *entry; /* for TRIAL_OWN_ENTRIES */
        unsigned seconds;          /* the program is killed after so many */
};
#define TRIAL_PROGRAM "program"

struct trial {
        enum trial_outcome outcome;
        enum trial_stage stage; /* the step that failed */
        int error;              /* its negative errno; 0 of a program that ran */
        int wait_status;        /* of a program that ran, see wait(2) */
        bool timed_out;
        bool user_namespace;   /* it took a user namespace, because this process lacks privileges */
        char *said;            /* the first line that it wrote, other than the token; or NULL */
        char *interpreter;     /* what ran it, NULL where that was not to be seen */
        uint64_t microseconds; /* from execve to the token */
};

/* Makes a trial. Never waits much longer than the seconds that it was given. Returns 0 whatever came of it, or a negative errno
 * where it could not even begin. */
int trial_run(const struct trial_request *request, struct trial *ret);

void trial_done(struct trial *t);

const char *trial_place_to_string(enum trial_place p);
const char *trial_outcome_to_string(enum trial_outcome o);

/* The step in words, as in "mounting /proc". */
const char *trial_stage_to_string(enum trial_stage s);

/* Microseconds of a clock that only runs forward. */
uint64_t trial_now(void);
