/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the learner knows of files, and how it reads those that it does not know. A file may be one of a file system that never answers, and
 * a process that waits for that may not even be killed: so each is read by a process of its own, and the learner asks no file system
 * for anything. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct learner;

/* Prepares. Returns a descriptor that can be read when a process has ended, or a negative errno. */
int reader_open(void);

/* Looks at a file, which is open, if only as a place (O_PATH). process is the directory in /proc of who has mapped it, or -1 where somebody
 * asks for it. One that is not known is read soon; where very many wait, or many of the same container, it is left out. The descriptors stay
 * the caller's. Returns whether it is a guest's file, as far as that is known. */
bool reader_look(const struct learner *l, int fd, const char *path, int process);

/* Whether a file that somebody asks for would be left out. */
bool reader_is_full(void);

/* Starts processes, ends those that wait too long, and takes note of those that have ended. Returns after how many milliseconds that is to
 * be done again at the latest, or -1. */
int reader_run(const struct learner *l);

/* Lets a file be handed over again. */
void reader_forget(const char *id);
