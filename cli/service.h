/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the daemon stands, for those who look. */
#pragma once

#include "base/paths.h"

enum service {
        SERVICE_RUNNING,
        SERVICE_STOPPED,
        SERVICE_DISABLED, /* and it is not started at boot either */
        SERVICE_MASKED,   /* and it cannot be started */
        SERVICE_FAILED,
        SERVICE_ABSENT, /* there is no such service */
};

/* Finds it out: from the lock that a daemon for these records holds, and where none does, from the service manager about
 * binfmtd.service, which is for the usual place of records. */
enum service service_find(const struct paths *paths);

/* "running", "masked" and so on, and what would have it run; NULL where nothing is to be done, or what is not known. */
const char *service_to_string(enum service s);
const char *service_remedy(enum service s);
