/* SPDX-License-Identifier: GPL-2.0-or-later */
/* execve(2) of the guest. Where binfmt_misc has started the translator, the kernel knows guest programs and executes them. Where
 * it was started by hand, the translator executes itself for guest programs, and for scripts whose interpreter is one; if it
 * cannot find itself, it leaves them to the kernel, which may know them all the same. */
#pragma once

/* Start-up says that the translator was started by hand, as `path`, and that argv[first] is the program. Keeps the options before
 * that for the programs that are executed, except -0, -E and -U, which are for one program. Moves words within
 * argv[1...first). */
void execve_by_hand(const char *path, char **argv, int first);

struct program;

/* Called at start-up: where the program was executed by the copy of a descriptor (EXECVE_FD), uses and closes that. */
void execve_take_copy(struct program *p);
