/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes in which the daemon does what may take long, or for ever. They end with it. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

struct child {
        pid_t pid; /* 0: none runs */
        sd_event_source *source, *timer;
        void (*done)(int status, void *userdata);
        void *userdata;
};

/* Starts a process that ends with what work returns for its status. It has standard input, output and error, and the n descriptors of
 * keep. When it ends, done is called with its status; with -1 where it was killed, as after timeout microseconds (0: it may take as
 * long as it likes). Returns 0 or a negative errno. */
int child_start(struct child *c, sd_event *event, int (*work)(void *), void *argument, const int *keep, size_t n,
                uint64_t timeout);

/* Kills the process, if there is one; done is not called. */
void child_stop(struct child *c);

/* In a process of its own: takes what others leave of the machine, and where they leave nothing, less than 3 percent of it. At idle
 * priority it would get a tenth of that, and no build keeps a machine busy for so long. */
void child_give_way(void);

/* In a process of its own: takes less than others. */
void child_be_modest(void);
