/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cache of translations in words. */
#pragma once

#include "cache.h"
#include "output.h"

/* Makes a text of a size, such as "34.5 MB", in buf. Returns buf. */
enum { SIZE_TEXT = 32 };
const char *size_text(uint64_t bytes, char buf[SIZE_TEXT]);

/* Makes a text of a time, in the local time zone, in buf; "-" for 0. Returns buf. */
enum { TIME_TEXT = 32 };
const char *time_text(int64_t seconds, char buf[TIME_TEXT]);

/* The name of a machine by its number in ELF headers. */
const char *machine_text(unsigned machine);

/* Makes a line about the cache, without its end, in the user's language: whether it is on, and if not why not. Returns 0 or -ENOMEM. */
int cache_line(const struct cache_report *r, char **ret);

/* Adds what the report has to an object. Returns 0 or -ENOMEM. */
int cache_report_json(struct json_object *o, const struct cache_report *r);
