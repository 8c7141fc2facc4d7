/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that finds out what runs. It looks at processes, and has files read (cache-reader.h), for which anybody may make it wait: so it is
 * not the daemon itself. If it waits too long, it ends, and is started again. */
#pragma once

#include <limits.h>

#include "cache-internal.h"

enum learner_what {
        LEARNER_FILE,   /* to the learner: look at this file; from it: translate this one. With a descriptor */
        LEARNER_FORGET, /* to it: the file of this id is not translated after all */
};

struct learner_message {
        enum learner_what what;
        unsigned machine;
        uint64_t bytes, owner;
        char id[STORE_ID + 1];
        char path[PATH_MAX];
};

struct learner {
        int socket, fanotify, store;
        struct cache_counts *counts;
};

/* Runs until the daemon ends. Its argument is a struct learner. */
int learner_run(void *learner);

/* The time on CLOCK_MONOTONIC. */
uint64_t now_usec(void);

/* Sends a message, with a descriptor where fd is not negative, without waiting where flags has MSG_DONTWAIT. Returns 0 or a negative
 * errno. */
int learner_send(int socket, const struct learner_message *m, int fd, int flags);

/* Receives one. Returns 1; 0 where the other side has ended; or a negative errno. *ret_fd is negative where there is none. */
int learner_receive(int socket, struct learner_message *ret, int *ret_fd, int flags);
