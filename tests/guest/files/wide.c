/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Computes ((-5 + 3) ^ 2) - 3 with instructions of 32 or of 64 bits (-DR=w, -DR=x), which differ in bit 31 alone, behind SKIP
 * others. Then runs the program in its first argument with the rest as its arguments, as second child, which is given this
 * one's translations. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT(x) #x
#define STRING(x) TEXT(x)
#define REG(n) STRING(R) #n

long f(long a, long b, long c);
/* clang-format off */
__asm__(".text\n\t.p2align 12\n\t" /* no other code in its line */
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
        long (*volatile p)(long, long, long) = f; /* through a pointer: a region of its own */

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
