/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints ((-5 + 3) ^ 2) - 3, computed with instructions of 32 bits (-DR=w) or of 64 bits (-DR=x), whose words differ in bit 31
 * only. SKIP other instructions are in front of them. Then it executes the program that its first argument names, with the rest
 * as arguments, in its second child: that is given this program's translations. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT(x) #x
#define STRING(x) TEXT(x)
#define REG(n) STRING(R) #n

long f(long a, long b, long c);
/* clang-format off */
__asm__(".text\n\t.p2align 12\n\t" /* no other code in its cache line */
        ".rept " STRING(SKIP) "\n\tnop\n\t.endr\n"
        "f:\n\t"
        "add " REG(0) ", " REG(0) ", " REG(1) "\n\t"
        "eor " REG(0) ", " REG(0) ", " REG(2) "\n\t"
        "sub " REG(0) ", " REG(0) ", " REG(1) "\n\t"
        "ret\n\t"
        ".p2align 12");
/* clang-format on */

int main(int argc, char **argv)
{
        long (*volatile p)(long, long, long) = f; /* through a pointer, so that it is a region of its own */

        printf("%lx\n", (unsigned long)p(-5, 3, 2));
        fflush(stdout);
        for (int k = 0; k < 2 && argc > 1; k++) {
                pid_t pid = fork();
                if (pid == 0) {
                        if (k)
                                execv(argv[1], argv + 1);
                        _exit(k);
                }
                int status;
                if (waitpid(pid, &status, 0) != pid || status)
                        return 1;
        }
        return 0;
}
