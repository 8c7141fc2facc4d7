/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For programs whose output is compared with a native run: calls whose result is printed. */
#pragma once
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Prints what a call returned, or the name of its error. Returns what the call returned. */
__attribute__((unused)) static long show(long r, const char *what)
{
        if (r == -1)
                printf("%s: %s\n", what, strerrorname_np(errno));
        else
                printf("%s = %ld\n", what, r);
        return r;
}
#define SHOW(call) show((long)(call), #call)

/* For calls whose result says nothing, or is another one each time: prints "ok" or the name of the error. Returns what the call
 * returned. */
__attribute__((unused)) static long worked(long r, const char *what)
{
        if (r == -1)
                printf("%s: %s\n", what, strerrorname_np(errno));
        else
                printf("%s: ok\n", what);
        return r;
}
#define DO(call) worked((long)(call), #call)
