/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notices changes that others make: to the entries of binfmt_misc, to the files of interpreters, and to those of the
 * configuration. The files in binfmt_misc change only by being written to, which inotify sees whoever does it and through
 * whichever mount. Several changes in quick succession are told as one. Nothing is polled. */
#pragma once

#include <systemd/sd-event.h>

#include "formats/catalog.h"

/* How long after a change the handler is called; more changes may come meanwhile. */
#define WATCH_DELAY_USEC (100 * 1000)

/* How long after a failure it is tried again, where that may succeed without any change, as for want of memory. */
#define WATCH_RETRY_USEC (60 * 1000 * 1000)

/* What has changed. */
enum watch_change {
        WATCH_DRIFT = 1 << 0,  /* entries or interpreters, or it is time to look at them again */
        WATCH_CONFIG = 1 << 1, /* files that the formats are read from */
        WATCH_RETRY = 1 << 2,  /* perhaps nothing, but what failed may succeed now */
};

/* Called from the event loop, with the bits of what has changed. */
typedef void (*watch_handler_t)(unsigned changes, void *userdata);

struct watched_dir {
        char *path;
        sd_event_source *source; /* NULL where the directory is not there */
};

struct watched_file {
        char *name; /* NULL: all files that end with suffix and are not hidden */
        const char *suffix;
        size_t dir; /* index of its directory */
        enum watch_change change;
};

struct watch {
        sd_event *event;
        sd_event_source *timer;  /* disabled while there is nothing to tell */
        sd_event_source *misc;   /* NULL where binfmt_misc is not watched */
        sd_event_source *mounts; /* tells that something was mounted, which may be binfmt_misc */
        int mountinfo;
        dev_t misc_dev;
        struct watched_dir *dirs;
        size_t n_dirs;
        struct watched_file *files;
        size_t n_files;
        unsigned changes; /* the changes of which the handler has not been told */
        watch_handler_t handler;
        void *userdata;
};

/* Prepares watching. Returns 0 or a negative errno. */
int watch_init(struct watch *w, sd_event *event, watch_handler_t handler, void *userdata);

/* Watches the entries of binfmt_misc; fd is its directory and may be closed afterwards. Returns 0 or a negative
 * errno. */
int watch_misc(struct watch *w, int fd);

/* Watches the files that formats are read from, and the daemon's own, in place of all that was watched before except binfmt_misc.
 * Where a directory does not exist, its appearance is watched for. Returns 0 or a negative errno. */
int watch_config(struct watch *w, const struct paths *paths);

/* Watches the interpreters of all formats of a catalog as well: each under the name that the format has for it, and where
 * symbolic links lead from there. A directory that does not exist is not watched. Returns 0 or a negative errno. */
int watch_interpreters(struct watch *w, const struct catalog *catalog);

/* Has the handler called with WATCH_DRIFT after so many microseconds, unless it is called earlier anyhow. Returns 0 or a negative
 * errno. */
int watch_schedule(struct watch *w, uint64_t usec);

/* Has the handler called with WATCH_RETRY after WATCH_RETRY_USEC, unless it is called earlier anyhow. Returns 0 or a negative
 * errno. */
int watch_retry(struct watch *w);

void watch_done(struct watch *w);
