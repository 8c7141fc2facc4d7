/* SPDX-License-Identifier: GPL-2.0-or-later */
/* no-wx PROGRAM ARGUMENT...: executes a program of this machine that cannot have memory that is both writable and executable. Its
 * status is 77 if the kernel cannot refuse such memory, as before Linux 6.3. */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

int main(int argc, char **argv)
{
        if (argc < 2 || prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0) != 0)
                return 77;
        if (mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
                return 77;
        execv(argv[1], argv + 1);
        perror(argv[1]);
        return 127;
}
