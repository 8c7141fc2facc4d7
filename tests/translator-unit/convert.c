/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conversions between the two machines that need no guest: linux/open_flags.c. The values are those of asm/fcntl.h of arm64
 * (tests/uapi). */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "../../translator/linux/open_flags.h"

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

int main(void)
{
        test_flags();
        test_lines();
        printf("1..%d\n", number);
        return failures > 0;
}
