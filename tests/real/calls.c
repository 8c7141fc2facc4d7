/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls that have one name and one meaning on all machines, for tests/nightly/software: what is logged of them, from the first
 * mkdirat(2) on, must be what strace(1) tells of them natively. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void handler(int sig)
{
        (void)sig;
}

int main(void)
{
        char buf[8];
        int p[2];

        syscall(SYS_mkdirat, AT_FDCWD, "/tmp/calls", 0755);
        int fd = (int)syscall(SYS_openat, AT_FDCWD, "/tmp/calls/file", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
        syscall(SYS_write, fd, "hello\n", 6);
        syscall(SYS_fchmod, fd, 0600);
        syscall(SYS_close, fd);
        syscall(SYS_close, fd);
        syscall(SYS_renameat, AT_FDCWD, "/tmp/calls/file", AT_FDCWD, "/tmp/calls/other");
        syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/none", buf, 8);
        syscall(SYS_pipe2, p, O_CLOEXEC);
        syscall(SYS_write, p[1], "ab", 2);
        syscall(SYS_read, p[0], buf, 8);
        signal(SIGUSR1, handler);
        syscall(SYS_kill, getpid(), SIGUSR1);
        syscall(SYS_fchdir, 99);
        syscall(SYS_wait4, -1, 0, WNOHANG, 0);
        syscall(SYS_unlinkat, AT_FDCWD, "/tmp/calls/other", 0);
        syscall(SYS_unlinkat, AT_FDCWD, "/tmp/calls", AT_REMOVEDIR);
        syscall(SYS_exit_group, 37);
        return errno;
}
