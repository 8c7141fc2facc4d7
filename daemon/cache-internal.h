/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the cache, as they see each other. */
#pragma once

#include "cache.h"
#include "cache-child.h"
#include "cache-file.h"
#include "manager.h"

/* What the daemon's processes count, most of it the learner, in memory that they share with it. */
struct cache_counts {
        _Atomic uint64_t starts, files, hits, refused;
        _Atomic uint64_t pending;  /* files that wait to be read, or are being read */
        _Atomic uint64_t given;    /* files that were handed over to the daemon, or are just being */
        _Atomic uint64_t answered; /* requests of the daemon's, after what came of them was counted as pending */
        _Atomic uint64_t epoch;    /* what was handed over in another one than this may be handed over again */
        _Atomic uint64_t
                damaged; /* units that were removed, and of which the daemon has not told yet; counted by the maker of images */
};

/* A file that waits to be translated. */
struct cache_item {
        struct cache_item *next;
        struct cache_file file;
        uint64_t owner; /* of the container that it was seen in, a number */
        char path[];
};

struct cache {
        struct manager *m;
        bool enabled;
        char *dir; /* where units and images are */
        int store, empty;

        /* cache-queue.c */
        struct cache_item *first, *current; /* what waits, what is translated now */
        size_t n;
        uint64_t bytes, last_owner;
        struct child job;
        uint64_t done, refused, failed;

        /* cache-image.c */
        bool looked;          /* for a translator */
        char *translator;     /* the fingerprint of the one that was seen last; NULL: there is none */
        char *image;          /* the name of the image that is to be registered; NULL: none */
        char *fingerprint;    /* of the translator that it was made of */
        uint64_t store_state; /* which units there were then */
        char *next;           /* of the one that is being made */
        bool was_registered;  /* an entry had that image, or has it */
        bool marked;          /* executions of the image are noticed */
        char *failed_image;   /* one that could not be registered */
        struct child maker;
        bool holder_ended;
        struct child holder; /* executes the interpreter itself (cache-hold.c) */
        sd_event_source *timer;
        bool dirty;              /* the units are not those of the image */
        bool checked;            /* all units that another daemon has kept are whole */
        uint64_t made, interval; /* when an image was made last, on CLOCK_MONOTONIC; how long is waited at least */
        uint64_t image_bytes;    /* of the one that was made last */

        /* cache-learn.c */
        struct child learner;
        sd_event_source *told, *restart;
        int socket, fanotify;
        uint64_t asked; /* requests of ours to the learner */
        uint64_t taken; /* files that were taken over from it */
        struct cache_counts *counts;
};

/* cache-queue.c: takes the item over. */
void cache_queue_add(struct cache *c, struct cache_item *item);
void cache_queue_clear(struct cache *c);

/* cache-image.c. Looks for an image that was made before and is registered, and removes all others; fd is binfmt_misc. */
void cache_image_find(struct cache *c, int fd);
/* The units have changed. */
void cache_image_changed(struct cache *c);
/* They may have. */
void cache_image_look(struct cache *c);
/* Registers the image for all entries that are to have it, or the interpreter itself for all that have an image where there is to be
 * none. The caller has the turn; fd is binfmt_misc. */
void cache_image_register(struct cache *c, int fd);
void cache_image_done(struct cache *c);

/* cache-hold.c. Sees to it that nobody can write the interpreter itself while no entry has it, but its image. Returns false where that
 * cannot be. */
bool cache_hold(struct cache *c);

/* cache-learn.c */
int cache_learn_start(struct cache *c);
void cache_learn_stop(struct cache *c);
/* Has executions of this file noticed. */
void cache_learn_mark(const struct cache *c, int fd, const char *path);
/* Asks the learner to look at a file. */
int cache_learn_ask(struct cache *c, int fd, const char *path);
/* Tells the learner that a file which it has handed over is not going to be translated: it may be handed over again. */
void cache_learn_forget(const struct cache *c, const char *id);
/* The same for all files, because translations have been removed, or are not of use any more. */
void cache_learn_forget_all(struct cache *c);
