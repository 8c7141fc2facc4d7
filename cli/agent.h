/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <sys/types.h>

/* Starts polkit's program that asks for passwords on this terminal, and waits until it is ready; only where there is a
 * terminal. Returns its process, or 0 where there is none; nothing is said then, as somebody else may ask. */
pid_t agent_start(void);

/* Ends it. */
void agent_stop(pid_t pid);
