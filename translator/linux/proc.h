/* Files of /proc that must speak of the guest, not of the translator. */
#pragma once
#include <stdint.h>

struct thread;

/* Opens the guest's version of the file named at guest address `path`: a descriptor or a negative errno, or PROC_NOT_OURS. `flags`:
 * the host's. */
#define PROC_NOT_OURS (-1000)
long proc_open(struct thread *t, uint64_t path, uint32_t flags);

/* What the link named at guest address `path` leads to when it is the guest's /proc/PID/exe, else NULL. */
const char *proc_exe_link(uint64_t path);

/* Address of the name to use instead of the one at guest address `path`: the program for /proc/self/exe. */
uint64_t proc_redirect(uint64_t path);
