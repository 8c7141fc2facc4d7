/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the daemon runs, and if not, why. */
#pragma once

#include "base/paths.h"

enum service {
        SERVICE_RUNNING,
        SERVICE_STOPPED,
        SERVICE_DISABLED, /* stopped, and not started at boot either */
        SERVICE_MASKED,   /* stopped, and cannot be started */
        SERVICE_FAILED,
        SERVICE_ABSENT, /* there is no such service */
};

/* Finds out whether a daemon runs that keeps its records in paths->statedir, by the lock that it holds. Where none runs, the
 * service manager is asked about binfmtd.service, which keeps them in the default place. */
enum service service_find(const struct paths *paths);

/* Return the state as a word, such as "running" or "masked", and the command that would have the daemon run, NULL where
 * nothing is to be done or it is not known what. */
const char *service_to_string(enum service s);
const char *service_remedy(enum service s);
