/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a table of system calls out of its rows, in the form that struct abi wants. Included once by each file that has one, which
 * defines before:
 *   CALL_ROWS            the name of the file with the rows (generic64/syscalls.def says what they are)
 *   CALL_TABLE           the name of the struct abi_calls
 *   CALL_OTHERS(t, nr, a, ret)  makes a call that has no row. Returns false where there is none of that number.
 *   other_rows           the names of such calls */
#include <asm/unistd.h>
#include "linux/abi.h"

/* Names and letters of arguments. The first byte is nobody's, so that no name begins at 0. */
static const struct {
        char none[1];
#define PASS(nr, name, arguments) char name_##name[sizeof(#name)], arguments_##name[sizeof(arguments)];
#define SAME(nr, name, arguments) PASS(nr, name, arguments)
#define NONE(nr, name, arguments) PASS(nr, name, arguments)
#define SYS(nr, name, handler, arguments) PASS(nr, name, arguments)
#define HOST(nr, name, call, arguments) PASS(nr, name, arguments)
#include CALL_ROWS
#undef PASS
} texts = {
#define PASS(nr, name, arguments) .name_##name = #name, .arguments_##name = arguments,
#include CALL_ROWS
#undef PASS
#undef SAME
#undef NONE
#undef SYS
#undef HOST
};

static const struct abi_call rows[] = {
/* Character number k from the end of a text, or its first one. */
#define FROM_END(text, k) text[sizeof(text) > (k) ? sizeof(text) - 1 - (k) : 0]
/* clang-format off */
#define ROW(call, letters, host) { \
                offsetof(__typeof__(texts), name_##call), offsetof(__typeof__(texts), arguments_##call), host, \
                FROM_END(letters, 2) == '=' ? FROM_END(letters, 1) : 0 \
        }
/* clang-format on */
#define PASS(nr, name, arguments) [nr] = ROW(name, arguments, __NR_##name + 1),
#define HOST(nr, name, call, arguments) [nr] = ROW(name, arguments, __NR_##call + 1),
#define SAME(nr, name, arguments) [nr] = ROW(name, arguments, nr + 1),
#define NONE(nr, name, arguments) [nr] = ROW(name, arguments, 0),
#define SYS(nr, name, handler, arguments) [nr] = ROW(name, arguments, 0),
#include CALL_ROWS
#undef PASS
#undef HOST
#undef SAME
#undef NONE
#undef SYS
};

/* A switch because its table is relative: nothing to relocate at start-up. */
static bool handle(struct thread *t, uint64_t nr, const uint64_t a[6], long *ret)
{
        switch (nr) {
#define PASS(nr, name, arguments)
#define HOST(nr, name, call, arguments)
#define SAME(nr, name, arguments)
#define NONE(nr, name, arguments)
#define SYS(nr, name, handler, arguments) \
        case nr: \
                *ret = handler(t, a); \
                return true;
#include CALL_ROWS
        default: return CALL_OTHERS(t, nr, a, ret);
        }
}

const struct abi_calls CALL_TABLE = {
        .count = sizeof(rows) / sizeof(rows[0]),
        .rows = rows,
        .texts = (const char *)&texts,
        .others = other_rows,
        .n_others = sizeof(other_rows) / sizeof(other_rows[0]),
        .handle = handle,
};
