/* SPDX-License-Identifier: GPL-2.0-or-later */
/* no-execmem PROGRAM ARGUMENT...: executes a program of this machine that may execute only what files have: as where SELinux refuses execmem and
 * execmod, but for mprotect(2), which a filter cannot tell for what memory it is, and which gives no memory PROT_EXEC here. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IS(number, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, yes, no)
#define HAS(bits, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, yes, no)
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)

static struct sock_filter code[] = {
        /* 0 */ LOAD(nr),
        /* 1 */ IS(SYS_mmap, 3, 0),     /* to 5, or 2 */
        /* 2 */ IS(SYS_mprotect, 0, 7), /* to 3, or 10 */
        /* 3 */ LOAD(args[2]),
        /* 4 */ HAS(PROT_EXEC, 6, 5), /* to 11, or 10 */
        /* 5 */ LOAD(args[2]),
        /* 6 */ HAS(PROT_EXEC, 0, 3),  /* to 7, or 10 */
        /* 7 */ HAS(PROT_WRITE, 3, 0), /* to 11, or 8 */
        /* 8 */ LOAD(args[3]),
        /* 9 */ HAS(MAP_ANONYMOUS, 1, 0), /* to 11, or 10 */
        /* 10 */ RETURN(SECCOMP_RET_ALLOW),
        /* 11 */ RETURN(SECCOMP_RET_ERRNO | EACCES),
};

int main(int argc, char **argv)
{
        const struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };

        if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
                return 77;
        if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
                return 77;
        execv(argv[1], argv + 1);
        perror(argv[1]);
        return 127;
}
