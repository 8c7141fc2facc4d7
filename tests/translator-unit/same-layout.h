/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares structures of the translator's with others, when it is compiled. */
#pragma once
#include <stddef.h>

#define SAME_SIZE(ours, theirs) _Static_assert(sizeof(ours) == sizeof(theirs), #ours " has another size than " #theirs)
#pragma GCC diagnostic ignored "-Wtype-limits" /* IS_SIGNED of what is not */
#define IS_SIGNED(type, member) ((__typeof__(((type *)0)->member))-1 < 0)
#define SAME(ours, a, theirs, b) \
        _Static_assert(offsetof(ours, a) == offsetof(theirs, b) && sizeof(((ours *)0)->a) == sizeof(((theirs *)0)->b) && \
                               IS_SIGNED(ours, a) == IS_SIGNED(theirs, b), \
                       #ours "." #a " is not as " #theirs "." #b)
/* ... of pointers, arrays and structures, and where the sign is of no interest */
#define SAME_PLACE(ours, a, theirs, b) \
        _Static_assert(offsetof(ours, a) == offsetof(theirs, b) && sizeof(((ours *)0)->a) == sizeof(((theirs *)0)->b), \
                       #ours "." #a " is not where " #theirs "." #b " is")
