/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conversions between the two machines that need no guest: linux/open_flags.c, linux/abi.c. The values are those of asm/fcntl.h
 * of arm64 (tests/uapi). */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include "../../translator/guest/guest.h"
#include "../../translator/rt/rt.h"
#include "../../translator/linux/arm64/arm64.h"
#include "../../translator/linux/open_flags.h"

static const struct guest arm = { .elf_class = 1, .elf_machine = 40 }, aarch64 = { .elf_class = 2, .elf_machine = 183 };
const struct abi *const all_abis[] = { &(const struct abi){ .guest = &arm }, &(const struct abi){ .guest = &aarch64 }, NULL };

static int failures, number;

static void check(bool ok, const char *what)
{
        printf("%sok %d - %s\n", ok ? "" : "not ", ++number, what);
        failures += !ok;
}

static void test_flags(void)
{
        static const uint32_t pairs[][2] = {
                { 040000, 0200000 },
                { 0100000, 0400000 },
                { 0200000, 040000 },
                { 0400000, 0100000 },
                { 020040000, 020200000 /* O_TMPFILE */ },
                { 0, 0 },
                { 02000000, 02000000 },
                { 0740000, 0740000 },
                { 0300000, 0440000 },
                { 0xfffc3fff, 0xfffc3fff },
                { 0xffffffff, 0xffffffff },
        };
        for (unsigned k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++) {
                char what[80];
                snprintf(what, sizeof(what), "arm64's %#o is %#o", pairs[k][0], pairs[k][1]);
                check(open_flags_to_host(pairs[k][0]) == pairs[k][1] && open_flags_to_guest(pairs[k][1]) == pairs[k][0], what);
        }
}

static void test_lines(void)
{
        /* a line of the host's, and of arm64's; NULL: the same */
        static const char *const lines[][2] = {
                { "flags:\t0100000", "flags:\t0400000" },
                { "flags:\t02300000", "flags:\t02440000" },
                { "flags:\t00", "flags:\t00" },
                { "flags:\t02", "flags:\t02" },
                { "flags:\t037777777777", "flags:\t037777777777" },
                { "flags:\t0100000 x", NULL },
                { "pos:\t0100000", NULL },
                { "settime flags: 0100000", NULL },
                { "flags", NULL },
                { "", NULL },
                { "fanotify flags:11 event-flags:8000", "fanotify flags:11 event-flags:20000" },
                { "fanotify flags:a event-flags:4ff", "fanotify flags:a event-flags:4ff" },
                { "fanotify flags:ffffffff event-flags:ffffffff", "fanotify flags:ffffffff event-flags:ffffffff" },
                { "fanotify ino:4f969 sdev:800013 mflags: 0 mask:3b ignored_mask:40000000", NULL },
                { "fanotify flags:", NULL },
        };
        for (unsigned k = 0; k < sizeof(lines) / sizeof(lines[0]); k++) {
                char buf[OPEN_FLAGS_LINE] = "";
                size_t n = open_flags_line(buf, lines[k][0], strlen(lines[k][0]));
                check(lines[k][1] ? n == strlen(lines[k][1]) && !strcmp(buf, lines[k][1]) : n == 0, lines[k][0]);
        }
        check(open_flags_line((char[OPEN_FLAGS_LINE]){ 0 }, "flags:\t0100000", 8) == 9, "nothing behind the line is looked at");
}

/* A fault of guest_read() and guest_write(): they return -EFAULT. */
static void on_fault(int sig, siginfo_t *info, void *context)
{
        ucontext_t *uc = context;
        uint64_t rip = (uint64_t)uc->uc_mcontext.gregs[REG_RIP];
        (void)info;

        if (!rt_fixup_fault(&rip))
                signal(sig, SIG_DFL);
        uc->uc_mcontext.gregs[REG_RIP] = (greg_t)rip;
}

/* A structure of a guest of 32 bits. */
struct pair32 {
        uint32_t a, b;
};
struct pair64 {
        uint64_t a, b;
};

static void pair_to_host(void *host, const void *guest)
{
        const struct pair32 *g = guest;
        *(struct pair64 *)host = (struct pair64){ g->a, g->b };
}

static void pair_to_guest(void *guest, const void *host)
{
        const struct pair64 *h = host;
        *(struct pair32 *)guest = (struct pair32){ (uint32_t)h->a, (uint32_t)h->b };
}

static void test_structures(void)
{
        static const struct abi narrow = { .word = 4, .iovec = { sizeof(struct pair32), pair_to_host, pair_to_guest } };
        static const struct abi wide = { .word = 8 };
        uint32_t words[4] = { 1, 2, 3, 4 };
        struct pair64 pair;
        uint64_t word, at = (uint64_t)words, nowhere = 8;

        sigaction(SIGSEGV, &(struct sigaction){ .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO }, NULL);
        guest_abi = &narrow;
        check(guest_get(iovec, &pair, at) == 0 && pair.a == 1 && pair.b == 2, "a converted structure is read");
        check(guest_get(iovec, &pair, nowhere) == -EFAULT && guest_put(iovec, nowhere, &pair) == -EFAULT, "or EFAULT");
        pair = (struct pair64){ 5, 6 };
        check(guest_put(iovec, at, &pair) == 0 && words[0] == 5 && words[1] == 6 && words[2] == 3, "and written");
        check(guest_sizeof(iovec, struct pair64) == 8 && guest_sizeof(stat, struct pair64) == 16, "sizes");
        check(guest_get_word(&word, at, 2) == 0 && word == 3, "a word of 32 bits");
        guest_abi = &wide;
        check(guest_get_word(&word, at, 1) == 0 && word == (3 | 4ull << 32), "a word of 64 bits");
        check(guest_get_word(&word, nowhere, 0) == -EFAULT, "a word that cannot be read");
        check(guest_get(iovec, &pair, at) == 0 && pair.a == (5 | 6ull << 32) && pair.b == (3 | 4ull << 32),
              "the host's structure is read");
        pair = (struct pair64){ 7, 8 };
        check(guest_put(iovec, at, &pair) == 0 && words[0] == 7 && words[1] == 0 && words[2] == 8, "and written");
        check(abi_of_elf(1, 40) == all_abis[0] && abi_of_elf(2, 183) == all_abis[1] && !abi_of_elf(1, 183), "by the ELF header");
}

int main(void)
{
        static const struct abi arm64 = { .open_flags = arm64_open_flags, .n_open_flags = ARM64_OPEN_FLAGS };

        guest_abi = &arm64;
        test_flags();
        test_lines();
        test_structures();
        printf("1..%d\n", number);
        return failures > 0;
}
