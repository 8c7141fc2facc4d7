/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may keep the cache of translations from being used, or from filling by itself. */
#pragma once

#include <stdbool.h>

#include "base/paths.h"

enum cache_obstacle {
        CACHE_NO_OBSTACLE,
        CACHE_DISABLED,        /* as it is where Cache=yes is not set */
        CACHE_NO_FORMAT,       /* none is registered with the translator */
        CACHE_NO_DAEMON,       /* nothing was ever translated, and nobody is there to do it */
        CACHE_READ_ONLY,       /* the directory of the cache */
        CACHE_NOEXEC,          /* the same */
        CACHE_NO_ROOM,         /* the same */
        CACHE_FANOTIFY_ABSENT, /* from this kernel; files can still be added by hand */
        CACHE_FANOTIFY_DENIED, /* the same */
        CACHE_OBSTACLES,
};

/* Looks for what is in the way; what is worse comes first. daemon: whether it runs. It is done as the caller, so that what only root may
 * do is not looked at by others. */
enum cache_obstacle cache_find_obstacle(const struct paths *paths, bool daemon);

/* The name of an obstacle, which never changes; NULL for none. */
const char *cache_obstacle_to_string(enum cache_obstacle o);

/* Finds an obstacle by its name; CACHE_NO_OBSTACLE where there is none of that name. */
enum cache_obstacle cache_obstacle_from_string(const char *name);

/* What it is, in a few words, and what to do, one sentence; in the user's language. NULL for none. */
const char *cache_obstacle_text(enum cache_obstacle o);
const char *cache_obstacle_remedy(enum cache_obstacle o);

/* Whether no translation is used because of it. */
bool cache_obstacle_is_fatal(enum cache_obstacle o);
