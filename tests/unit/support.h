/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the unit tests share. Include it instead of cmocka.h. */
#pragma once

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/entry.h"
#include "base/problem.h"

/* Where magic, mask and flags of a test do not matter. Nothing but a test has this magic. */
#define ANY_MAGIC "\\x7fTEST"
#define ANY_INI "[Format]\nMagic=" ANY_MAGIC "\nInterpreter=1 /bin/true\n"

/* cmocka set-up and tear-down: a new directory that is the current one and *state, and is removed afterwards. */
int enter_directory(void **state);
int leave_directory(void **state);

/* Writes a file below the current directory, and the directories above it. */
void put_file(const char *path, const char *text);
void put_bytes(const char *path, const void *bytes, size_t size);

/* Checks that low <= value <= high. cmocka's own check of this is deprecated in its version 2, and version 1 does not have the
 * one that replaces it. */
#define assert_between(value, low, high) \
        do { \
                uint64_t value_ = (value); \
                if (value_ < (low) || value_ > (high)) \
                        fail_msg("%s is %" PRIu64 ", not %" PRIu64 " to %" PRIu64, #value, value_, (uint64_t)(low), \
                                 (uint64_t)(high)); \
        } while (0)

/* Checks that the text of problem i, with file and line, contains this, and that there are n problems. */
void assert_problem(const struct problems *p, size_t i, size_t n, const char *contains);

/* Makes a user and mount namespace for this process, with a binfmt_misc of its own at ./bm. Returns a file descriptor of that;
 * or, where the machine does not allow it, prints why and skips the test. Needs enter_directory. */
int own_binfmt_misc(void);

/* Makes an entry with these parts and ANY_MAGIC. The strings are not copied: never pass the entry to entry_done. */
struct entry any_entry(const char *name, const char *interpreter, unsigned flags);
