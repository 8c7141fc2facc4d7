/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "base/escape.h"

static void check(const char *text, const void *expected, size_t size)
{
        _cleanup_free_ uint8_t *bytes = NULL;
        const char *reason = NULL;
        size_t n = 0;

        assert_int_equal(unescape(text, &bytes, &n, &reason), 0);
        assert_int_equal(n, size);
        if (size > 0)
                assert_memory_equal(bytes, expected, size);
}

static void refuse(const char *text, const char *expected)
{
        _cleanup_free_ uint8_t *bytes = NULL;
        const char *reason = NULL;
        size_t n;

        assert_int_equal(unescape(text, &bytes, &n, &reason), -EINVAL);
        assert_null(bytes);
        assert_non_null(strstr(reason, expected));
}

static void test_unescape(void **state)
{
        (void)state;
        check("", "", 0);
        check("ELF", "ELF", 3);
        check("\\x7fELF", "\177ELF", 4);
        check("\\x00\\xFf\\xa0", "\0\xff\xa0", 3);
        check("\\x5cx41", "\\x41", 4);
        check(" :;#", " :;#", 4);
}

static void test_unescape_refuses(void **state)
{
        (void)state;
        refuse("\\n", "backslash");
        refuse("a\\", "backslash");
        refuse("\\\\", "backslash");
        refuse("\\x", "two hexadecimal digits");
        refuse("\\x4", "two hexadecimal digits");
        refuse("\\xg1", "two hexadecimal digits");
        refuse("\\x1g", "two hexadecimal digits");
        refuse("a\tb", "printable");
        refuse("\xc3\xa9", "printable");
}

static void test_escape(void **state)
{
        (void)state;
        const uint8_t bytes[] = { 0x7f, 'E', ':', '\\', ' ', 0, 0x0a, 0xff };
        _cleanup_free_ char *all = escape_all(bytes, sizeof(bytes));
        _cleanup_free_ char *needed = escape_needed(bytes, sizeof(bytes), ':');

        assert_string_equal(all, "\\x7f\\x45\\x3a\\x5c\\x20\\x00\\x0a\\xff");
        assert_string_equal(needed, "\\x7fE\\x3a\\x5c \\x00\\x0a\\xff");
}

static void test_round_trip(void **state)
{
        (void)state;
        uint8_t bytes[256];

        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = (uint8_t)i;
        _cleanup_free_ char *all = escape_all(bytes, sizeof(bytes));
        _cleanup_free_ char *needed = escape_needed(bytes, sizeof(bytes), '|');
        check(all, bytes, sizeof(bytes));
        check(needed, bytes, sizeof(bytes));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_unescape),
                cmocka_unit_test(test_unescape_refuses),
                cmocka_unit_test(test_escape),
                cmocka_unit_test(test_round_trip),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
