/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

static void test_flags(void **state)
{
        (void)state;
        char text[ENTRY_FLAGS_MAX];
        const char *reason;
        unsigned flags = 0;

        assert_int_equal(entry_parse_flags("", &flags, &reason), 0);
        assert_int_equal(flags, 0);
        assert_int_equal(entry_parse_flags("FCOPF", &flags, &reason), 0);
        assert_string_equal(entry_format_flags(flags, text), "POCF");
        assert_string_equal(entry_format_flags(ENTRY_CREDENTIALS, text), "OC");
        assert_string_equal(entry_format_flags(0, text), "");
        assert_int_equal(entry_parse_flags("p", &flags, &reason), -EINVAL);
        assert_int_equal(entry_parse_flags("PX", &flags, &reason), -EINVAL);
        assert_int_equal(entry_parse_flags("P ", &flags, &reason), -EINVAL);
        assert_int_equal(entry_parse_flags("DLTFCOP", &flags, &reason), 0);
        assert_string_equal(entry_format_flags(flags, text), "POCFTLD");
        assert_string_equal(entry_format_flags(ENTRY_TRANSPARENT, text), "OT");
        assert_int_equal(entry_parse_flags("X", &flags, &reason), -EINVAL);
}

static void test_offset(void **state)
{
        (void)state;
        static const char *const bad[] = { "", "+", "-1", "abc", "0x10", " 4", "4x", "4 ", "99999999999", "257" };
        const char *reason;
        unsigned offset = 7;

        assert_int_equal(entry_parse_offset("010", &offset, &reason), 0);
        assert_int_equal(offset, 10);
        assert_int_equal(entry_parse_offset("+4", &offset, &reason), 0);
        assert_int_equal(offset, 4);
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
                assert_int_equal(entry_parse_offset(bad[i], &offset, &reason), -EINVAL);
        assert_int_equal(offset, 4);
}

static void assert_line(const struct entry *e, const char *expected)
{
        _cleanup_free_ char *line = NULL;

        assert_int_equal(entry_to_line(e, &line), 0);
        assert_string_equal(line, expected);
}

static void test_line(void **state)
{
        (void)state;
        struct entry e = any_entry("x", "/bin/true", ENTRY_CREDENTIALS | ENTRY_FIX_BINARY);

        assert_line(&e, ":x:M:0:\\x7fTEST::/bin/true:OCF");
        e.offset = 3;
        e.mask = (uint8_t *)"\xff\xff:\xff\xff";
        assert_line(&e, ":x:M:3:\\x7fTEST:\\xff\\xff\\x3a\\xff\\xff:/bin/true:OCF");
        e.name = (char *)"a:b";
        assert_line(&e, "|a:b|M|3|\\x7fTEST|\\xff\\xff:\\xff\\xff|/bin/true|OCF");

        struct entry extension = {
                .name = (char *)"y",
                .type = ENTRY_EXTENSION,
                .extension = (char *)"foo",
                .interpreter = (char *)"/bin/true",
        };
        assert_line(&extension, ":y:E::foo::/bin/true:");

        /* The name has every delimiter that there is. */
        _cleanup_free_ char *line = NULL;
        e.name = (char *)":|,;!%&+=~^@#*?";
        assert_int_equal(entry_to_line(&e, &line), -E2BIG);
}

static void test_text(void **state)
{
        (void)state;
        _cleanup_(entry_done) struct entry e = {}, x = {}, none = {};

        assert_int_equal(entry_from_text("a", "enabled\ninterpreter /b c\nflags: POCF\noffset 2\nmagic 7f00\nmask ff0f\n", &e),
                         0);
        assert_string_equal(e.name, "a");
        assert_true(e.enabled);
        assert_string_equal(e.interpreter, "/b c");
        assert_int_equal(e.flags, ENTRY_PRESERVE_ARGV0 | ENTRY_OPEN_BINARY | ENTRY_CREDENTIALS | ENTRY_FIX_BINARY);
        assert_int_equal(e.offset, 2);
        assert_int_equal(e.magic_size, 2);
        assert_memory_equal(e.magic, "\x7f\0", 2);
        assert_memory_equal(e.mask, "\xff\x0f", 2);

        assert_int_equal(entry_from_text("x", "disabled\ninterpreter /b\nflags: OX\nextension .e.f\n", &x), 0);
        assert_false(x.enabled);
        assert_int_equal(x.type, ENTRY_EXTENSION);
        assert_string_equal(x.extension, "e.f");
        assert_true(x.flags & ENTRY_UNKNOWN_FLAG);

        assert_int_equal(entry_from_text("n", "", &none), -EBADMSG);
        assert_int_equal(entry_from_text("n", "enabled\ninterpreter /b\nflags: \noffset 0\nmagic 7\n", &none), -EBADMSG);
        assert_int_equal(entry_from_text("n", "enabled\ninterpreter /b\nmagic 7f7f\nmask ff\n", &none), -EBADMSG);
        assert_int_equal(entry_from_text("n", "enabled\ninterpreter /b\nmagic 7fzz\n", &none), -EBADMSG);
}

/* What Linux 7.3 brought; the rules are those of its admin-guide/binfmt-misc.rst. */
static void test_newer_kernel(void **state)
{
        (void)state;
        static const struct {
                enum entry_type type;
                const char *interpreter, *flags, *reason;
        } cases[] = {
                { ENTRY_MAGIC, "/i", "T", NULL },
                { ENTRY_MAGIC, "/i", "TCOFD", NULL },
                { ENTRY_MAGIC, "/i", "TP", "the flag T keeps all of argv" },
                { ENTRY_MAGIC, "/i", "LFD", NULL },
                { ENTRY_MAGIC, "/i", "LT", "the flag L makes" },
                { ENTRY_MAGIC, "/i", "LC", "the flag L makes" },
                { ENTRY_HANDLER, "my_handler", "", NULL },
                { ENTRY_HANDLER, "my_handler", "D", NULL },
                { ENTRY_HANDLER, "my_handler", "F", "a BPF handler chooses the flags itself" },
                { ENTRY_HANDLER, "", "", "no BPF handler" },
                { ENTRY_HANDLER, "sixteen_bytes_xx", "", "longer than 15" },
                { ENTRY_HANDLER, "a/b", "", "a slash" },
        };
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                struct entry e = any_entry("x", cases[i].interpreter, 0);
                enum entry_field field;
                const char *reason = "";

                e.type = cases[i].type;
                assert_int_equal(entry_parse_flags(cases[i].flags, &e.flags, &reason), 0);
                assert_int_equal(entry_check(&e, &field, &reason), cases[i].reason ? -EINVAL : 0);
                if (cases[i].reason && !strstr(reason, cases[i].reason))
                        fail_msg("\"%s\" does not say \"%s\"", reason, cases[i].reason);
        }

        struct entry handler = any_entry("x", "my_handler", ENTRY_START_DISABLED);
        _cleanup_(entry_done) struct entry shown = {};
        _cleanup_free_ char *line = NULL;

        handler.type = ENTRY_HANDLER;
        assert_int_equal(entry_to_line(&handler, &line), 0);
        assert_string_equal(line, ":x:B::::my_handler:D");
        assert_int_equal(
                entry_from_text("x", "enabled\nbpf my_handler\nbpf-interpreter arm /usr/bin/qemu-arm\nflags: \n", &shown), 0);
        assert_int_equal(shown.type, ENTRY_HANDLER);
        assert_true(entry_equal(&shown, &handler));
}

static void test_equal(void **state)
{
        (void)state;
        struct entry a = any_entry("x", "/i", ENTRY_CREDENTIALS), b = a;

        b.flags |= ENTRY_OPEN_BINARY;
        b.mask = (uint8_t *)"\xff\xff\xff\xff\xff";
        b.enabled = true;
        assert_true(entry_equal(&a, &b));
        b.mask = (uint8_t *)"\xff\xff\xff\xff\xfe";
        assert_false(entry_equal(&a, &b));
        b = a;
        b.interpreter = (char *)"/j";
        assert_false(entry_equal(&a, &b));
        b = a;
        b.offset = 1;
        assert_false(entry_equal(&a, &b));
        b = a;
        b.flags |= ENTRY_UNKNOWN_FLAG;
        assert_false(entry_equal(&a, &b));
        b = a;
        b.flags |= ENTRY_START_DISABLED;
        assert_true(entry_equal(&a, &b));
}

static void test_matches(void **state)
{
        (void)state;
        struct entry e = any_entry("x", "/i", 0);
        const uint8_t head[] = "..\177TEST", lower[] = "..\177TESt";

        e.offset = 2;
        assert_true(entry_matches(&e, head, sizeof(head)));
        assert_false(entry_matches(&e, head, 6));
        assert_false(entry_matches(&e, lower, sizeof(lower)));
        e.mask = (uint8_t *)"\xff\xff\xff\xff\xdf";
        assert_true(entry_matches(&e, lower, sizeof(lower)));
        /* A short file is compared as if zeros followed. */
        e.mask = (uint8_t *)"\xff\xff\xff\xff\x20";
        e.magic = (uint8_t *)"\177TES\x40";
        assert_true(entry_matches(&e, head, 6));
        assert_false(entry_matches(&e, head, 5));
}

static void test_copy(void **state)
{
        (void)state;
        struct entry e = any_entry("x", "/i", ENTRY_OPEN_BINARY);
        _cleanup_(entry_done) struct entry copy = {};

        assert_int_equal(entry_copy(&e, &copy), 0);
        assert_true(entry_equal(&e, &copy));
        assert_ptr_not_equal(e.magic, copy.magic);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_flags),   cmocka_unit_test(test_newer_kernel), cmocka_unit_test(test_offset),
                cmocka_unit_test(test_line),    cmocka_unit_test(test_text),         cmocka_unit_test(test_equal),
                cmocka_unit_test(test_matches), cmocka_unit_test(test_copy),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
