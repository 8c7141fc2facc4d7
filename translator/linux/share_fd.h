/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The descriptor by which translations are handed down (run/share.h): the rule of rights, and how the guest does not see
 * it.
 *
 * No process executes code that somebody could have written who could not have written into that process anyway. So
 *
 * - the file is sealed against every change, and compared afterwards with what was to be in it, before another process gets it;
 * - nothing is ever read back from a child: files only go from a process to those that it makes;
 * - a program takes over only a file which this very process had before it executed the program: a lock says so, which the
 *   kernel keeps for a process while it executes, and which nobody can take for another one. What came any other way, from a
 *   process with other capabilities, in another user namespace, in a sandbox, is not for us, whoever its owner is;
 * - and it takes it over only when every process of the file's owner and group could trace it (ptrace(2), "Ptrace access mode
 *   checking"): its users and groups are these, it is dumpable, not AT_SECURE, and has no capabilities that others of the same
 *   user do not have. The kernel says all of this, nothing in the file does.
 *
 * And the file has nothing that its readers may not read: a process puts in and hands on only as long as it has the rights of
 * its start, and has not restricted itself with Landlock, which no call tells.
 *
 * A process makes the file when it forks for the second time: one that starts programs again and again. The descriptor has a
 * number of its own, is closed on exec but for programs of the guest, and stays so in a process that shares its descriptors
 * with others (threads, CLONE_FILES): those could be executing something else at the same moment. Such a process makes none
 * either, as the others would see it come. When the guest comes near the number it is closed.
 *
 * What is known of it belongs to a table of descriptors, but is kept in memory. Where one of both is shared and the other is
 * not, a thread has its own number (a child of vfork), or the file is given up (CLONE_FILES without CLONE_VM).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "thread_os.h"
#include "run/thread.h"

/* The number of the descriptor in the table of the process that this memory belongs to, and in the thread's table. -1: there is
 * none. */
extern int share_fd;
static inline int *share_fd_of(struct thread *t)
{
        return t->os->own_files ? &t->os->own_share_fd : &share_fd;
}
void share_fd_close(struct thread *t);

/* What the descriptor's link in /proc/PID/fd says. */
#define SHARE_LINK "/memfd:binfmt-translations (deleted)"

/* Called at start-up, before any guest code runs: takes over the file that this process was executed with, if the rule allows it.
 * `secure` is AT_SECURE. */
void share_fd_adopt(bool secure);

/* Called before clone(2) with these flags makes a process or thread, and for the child before it runs. `child` is its struct
 * thread, which is `t` itself where the child has a copy of the memory. */
void share_fd_before_clone(struct thread *t, uint64_t flags);
void share_fd_in_child(struct thread *t, struct thread *child, uint64_t flags);

/* Closes the descriptor. This process hands down nothing any more. */
void share_fd_give_up(struct thread *t);

/* Called when the thread has got its own copy of its table of descriptors (unshare(2), close_range(2)). */
void share_fd_unshared(struct thread *t);

/* Called before a guest program is executed: lets it have the file if the rule allows it, and returns true then. share_fd_keep()
 * takes that back when the execution has failed. */
bool share_fd_inherit(struct thread *t);
void share_fd_keep(struct thread *t);

/* Called before a system call while there is a descriptor. False: the call names it, and its result is EBADF. */
bool share_hide_before(struct thread *t, uint64_t nr, const uint64_t a[6]);
/* Called behind that system call, whose result was r. */
void share_hide_after(struct thread *t, uint64_t nr, long r);
/* The guest asks for a descriptor with the number `lowest` or a higher one (F_DUPFD). */
void share_hide_from(struct thread *t, uint32_t lowest);
