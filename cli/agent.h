/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <sys/types.h>

/* Starts polkit's program that asks for passwords on this terminal, and waits until it is ready. Returns its process id, or 0
 * where there is no terminal or no such program: nothing is printed then, because another agent may ask the user. */
pid_t agent_start(void);

/* Ends the program that agent_start has started, and waits for its end; 0 is nothing to end. */
void agent_stop(pid_t pid);
