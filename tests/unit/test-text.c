/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "base/util.h"

/* The Unicode Standard, table 3-7 (well-formed UTF-8), and chapter 23.7 (noncharacters). */
static void test_make_utf8(void **state)
{
        (void)state;
        static const struct {
                const char *text, *expected;
        } cases[] = {
                { "", "" },
                { "plain \x01\x7f", "plain \x01\x7f" },
                { "\xc2\x80\xdf\xbf", "\xc2\x80\xdf\xbf" },
                { "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80", "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80" },
                { "\xf0\x90\x80\x80\xf4\x8f\xbf\xbd", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbd" },
                { "caf\xe9", "caf?" },
                { "\xe9\xe9\xe9", "???" },
                { "\x80", "?" },
                { "\xc1\xbf", "??" },
                { "\xe0\x9f\xbf", "???" },
                { "\xed\xa0\x80", "???" },
                { "\xef\xb7\x90", "???" },
                { "\xef\xbf\xbe", "???" },
                { "\xf0\x8f\xbf\xbf", "????" },
                { "\xf4\x90\x80\x80", "????" },
                { "\xf8\x88\x80\x80\x80", "?????" },
                { "cut \xe2\x82", "cut ??" },
                { "\xe2\x82\xac\xe2", "\xe2\x82\xac?" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *text = strdup(cases[i].text);
                string_make_utf8(text);
                assert_string_equal(text, cases[i].expected);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = { cmocka_unit_test(test_make_utf8) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
