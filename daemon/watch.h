/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notices changes that others make: to the entries of binfmt_misc (its files change only by being written to, which
 * inotify sees whoever does it and through whichever mount), and to the files of interpreters. Several changes in
 * quick succession are told as one. Nothing is polled. */
#pragma once

#include <sys/types.h>
#include <systemd/sd-event.h>

#include "catalog.h"

/* How long after a change it is told, in which more may come. */
#define WATCH_DELAY_USEC (100 * 1000)

/* Called from the event loop. */
typedef void (*watch_handler_t)(void *userdata);

struct watched_dir {
        char *path;
        sd_event_source *source; /* NULL where the directory is not there */
};

struct watched_file {
        char *name;
        size_t dir; /* index of its directory */
};

struct watch {
        sd_event *event;
        sd_event_source *timer; /* disabled while there is nothing to tell */
        sd_event_source *misc;  /* NULL where binfmt_misc is not watched */
        sd_event_source *mounts; /* something was mounted: perhaps that again */
        int mountinfo;
        dev_t misc_dev;
        struct watched_dir *dirs;
        size_t n_dirs;
        struct watched_file *files;
        size_t n_files;
        watch_handler_t handler;
        void *userdata;
};

/* Prepares watching. Returns 0 or a negative errno. */
int watch_init(struct watch *w, sd_event *event, watch_handler_t handler, void *userdata);

/* Watches the entries of binfmt_misc; fd is its directory and may be closed afterwards. Returns 0 or a negative
 * errno. */
int watch_misc(struct watch *w, int fd);

/* Watches the interpreters of all formats of a catalog instead of those before: under the name that the format has for
 * each, and at the place that symbolic links lead to. A directory that does not exist is not watched. Returns 0 or a
 * negative errno. */
int watch_interpreters(struct watch *w, const struct catalog *catalog);

/* Has the handler called in so many microseconds, unless it is called before anyhow. Returns 0 or a negative errno. */
int watch_schedule(struct watch *w, uint64_t usec);

void watch_done(struct watch *w);
