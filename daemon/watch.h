/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notices changes that others make: to the entries of binfmt_misc (its files change only by being written to, which
 * inotify sees whoever does it and through whichever mount), to the files of interpreters, and to those of the
 * configuration. Several changes in quick succession are told as one. Nothing is polled. */
#pragma once

#include <sys/types.h>
#include <systemd/sd-event.h>

#include "formats/catalog.h"

/* How long after a change it is told, in which more may come. */
#define WATCH_DELAY_USEC (100 * 1000)

/* How long after something failed that may succeed without any change, such as for want of memory. */
#define WATCH_RETRY_USEC (60 * 1000 * 1000)

/* What has changed. */
enum watch_change {
        WATCH_DRIFT = 1 << 0,  /* entries or interpreters, or it is time to look at them again */
        WATCH_CONFIG = 1 << 1, /* what the formats are read from */
        WATCH_RETRY = 1 << 2,  /* nothing perhaps, but what failed may succeed now */
};

/* Called from the event loop, with the bits of what has changed. */
typedef void (*watch_handler_t)(unsigned changes, void *userdata);

struct watched_dir {
        char *path;
        sd_event_source *source; /* NULL where the directory is not there */
};

struct watched_file {
        char *name; /* NULL: all that end with suffix and are not hidden files */
        const char *suffix;
        size_t dir; /* index of its directory */
        enum watch_change change;
};

struct watch {
        sd_event *event;
        sd_event_source *timer;  /* disabled while there is nothing to tell */
        sd_event_source *misc;   /* NULL where binfmt_misc is not watched */
        sd_event_source *mounts; /* something was mounted: perhaps that again */
        int mountinfo;
        dev_t misc_dev;
        struct watched_dir *dirs;
        size_t n_dirs;
        struct watched_file *files;
        size_t n_files;
        unsigned changes; /* those that have not been told */
        watch_handler_t handler;
        void *userdata;
};

/* Prepares watching. Returns 0 or a negative errno. */
int watch_init(struct watch *w, sd_event *event, watch_handler_t handler, void *userdata);

/* Watches the entries of binfmt_misc; fd is its directory and may be closed afterwards. Returns 0 or a negative
 * errno. */
int watch_misc(struct watch *w, int fd);

/* Watches the files that formats are read from, and the daemon's own, instead of all that was watched before but
 * binfmt_misc. A directory that does not exist is watched for. Returns 0 or a negative errno. */
int watch_config(struct watch *w, const struct paths *paths);

/* Watches the interpreters of all formats of a catalog too: under the name that the format has for each, and at the
 * place that symbolic links lead to. A directory that does not exist is not watched. Returns 0 or a negative errno. */
int watch_interpreters(struct watch *w, const struct catalog *catalog);

/* Has the handler called in so many microseconds with WATCH_DRIFT, unless it is called before anyhow. Returns 0 or a
 * negative errno. */
int watch_schedule(struct watch *w, uint64_t usec);

/* The same with WATCH_RETRY, in WATCH_RETRY_USEC. */
int watch_retry(struct watch *w);

void watch_done(struct watch *w);
