/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes that can do nothing but compute, with memory that they share with the one that has made them. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* Maps zeroed memory: private, and then children do not have it, or shared with children. Ends the process when there is none. */
void *child_keep_memory(size_t bytes);
void *child_share_memory(size_t bytes);

/* Runs f() in a process of its own, for at most so many milliseconds of processor time. It has no descriptors, and all system
 * calls but those that end it end it. Returns what f() has returned, or -1 when it ended otherwise. */
int child_run(int (*f)(void), unsigned milliseconds);

/* Returns how much processor time all of them have taken, in milliseconds. */
uint64_t child_time(void);
