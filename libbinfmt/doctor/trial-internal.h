/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of trials share. */
#pragma once

#include "trial.h"

/* What a process of a trial reports to us, in one write. */
struct trial_report {
        enum trial_stage stage; /* the stage that failed. EXECUTE without an error: the program begins; END: wait_status is set */
        int error;
        int wait_status;
        pid_t pid;
        bool user_namespace;
        uint64_t now; /* microseconds */
};

/* Enters the place, executes the program there and waits for it, all in this process and one of its own. */
void trial_process(const struct trial_request *request, int report) __attribute__((noreturn));
