/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the guest's execve goes on. Started by binfmt_misc, it is the kernel's business: it knows guest programs. Started by hand,
 * the translator starts itself again for guest programs and for scripts whose interpreter is one; where it cannot find itself,
 * the kernel may know them all the same. */
#pragma once

/* Start-up says that it was started by hand, by the name of `path`, with argv[first] the program. Keeps the options before it,
 * except -0, -E and -U, which are for one program; moves words within argv[1...first). */
void execve_by_hand(const char *path, char **argv, int first);

struct program;

/* At start-up: where the program was executed by the copy of a descriptor, uses and closes that. */
void execve_take_copy(struct program *p);
