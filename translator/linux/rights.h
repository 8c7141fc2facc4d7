/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rights that this process runs with: they decide whose files it may read, and who may write into it. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { RIGHTS_GROUPS = 64 };

/* credentials(7), capabilities(7). Compared as a whole: everything in it is set. */
struct rights {
        uint32_t uid[4], gid[4]; /* real, effective, saved, of the file system */
        uint32_t ngroups, group[RIGHTS_GROUPS];
        uint32_t permitted[2], effective[2], inheritable[2];
        uint32_t securebits;
        uint32_t may_get;        /* bits: capabilities to read any file, in the bounding set */
        uint64_t user_namespace; /* inode; 0: there is no /proc */
};

/* Returns false when the process is not dumpable (prctl(2), PR_SET_DUMPABLE: its program may not be read, or it changed its
 * user), and when it has more groups than fit. */
bool rights_get(struct rights *ret);

/* Has each program that this process executes the same rights, so that each could write into the other (ptrace(2), "Ptrace access
 * mode checking")? Returns false when there are several user or group IDs, when one of them is nobody's, and when there are
 * capabilities that an execve() takes away or that other processes of the user do not have. */
bool rights_are_plain(const struct rights *r);

/* Has this thread the capability for the whole machine (capable() of the kernel)? A capability in a user namespace is none for
 * that. Where there is no /proc to tell, the user namespace is taken for the first one. */
bool rights_over_machine(unsigned capability);
