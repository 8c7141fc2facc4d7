/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "formats/format-file.h"
#include "formats/format-text.h"

static void assert_same_text(const struct format *f, const char *expected)
{
        _cleanup_free_ char *text = NULL;

        assert_int_equal(format_to_text(f, "A comment.", &text), 0);
        assert_string_equal(text, expected);
}

/* The text is what a person would write by the manual page. */
static void test_magic(void **state)
{
        (void)state;
        struct candidate candidates[] = { { .path = (char *)"/a", .priority = 2 }, { .path = (char *)"/b c", .priority = -3 } };
        struct format f = { .entry = { .type = ENTRY_MAGIC,
                                       .flags = ENTRY_PRESERVE_ARGV0 | ENTRY_FIX_BINARY,
                                       .offset = 4,
                                       .magic = (uint8_t *)"\1A",
                                       .mask = (uint8_t *)"\xff\x7f",
                                       .magic_size = 2 },
                            .description = (char *)"A thing",
                            .package = (char *)"p",
                            .candidates = candidates,
                            .n_candidates = 2 };

        assert_same_text(&f, "# A comment.\n[Format]\nDescription=A thing\nPackage=p\nEnabled=no\nOffset=4\nMagic=\\x01\\x41\n"
                             "Mask=\\xff\\x7f\nFlags=PF\nInterpreter=2 /a\nInterpreter=-3 /b c\n");
}

static void test_extension(void **state)
{
        (void)state;
        struct candidate candidate = { .path = (char *)"/a" };
        struct format f = { .entry = { .type = ENTRY_EXTENSION, .extension = (char *)"x" },
                            .enabled = true,
                            .candidates = &candidate,
                            .n_candidates = 1 };

        assert_same_text(&f, "# A comment.\n[Format]\nExtension=x\nInterpreter=0 /a\n");
}

/* What a format has from the one that it follows is not written. */
static void test_follows(void **state)
{
        (void)state;
        struct candidate candidate = { .path = (char *)"/a" };
        struct format f = { .entry = { .type = ENTRY_EXTENSION, .extension = (char *)"x", .flags = ENTRY_FIX_BINARY },
                            .held = true,
                            .follows = (char *)"y",
                            .candidates = &candidate,
                            .n_candidates = 1 };

        assert_same_text(&f, "# A comment.\n[Format]\nExtension=x\nFollows=y\n");
}

/* The longest magic is read again as it was written: the length of lines is limited. */
static void test_long(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(format_done) struct format again = {};
        _cleanup_free_ char *text = NULL;
        uint8_t magic[ENTRY_SPAN_MAX];
        struct candidate candidate = { .path = (char *)"/a" };
        struct format f = { .entry = { .type = ENTRY_MAGIC, .magic = magic, .magic_size = sizeof(magic) },
                            .enabled = true,
                            .candidates = &candidate,
                            .n_candidates = 1 };

        for (size_t i = 0; i < sizeof(magic); i++)
                magic[i] = (uint8_t)i;
        assert_int_equal(format_to_text(&f, "A comment.", &text), 0);
        put_file("f.conf", text);
        assert_int_equal(format_file_load("f.conf", "f", &again, &problems), 0);
        assert_int_equal(again.entry.magic_size, sizeof(magic));
        assert_memory_equal(again.entry.magic, magic, sizeof(magic));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = { TEST(test_magic), TEST(test_extension), TEST(test_follows), TEST(test_long) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
