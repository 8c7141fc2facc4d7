/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <errno.h>

#include "formats/format-file.h"

static void refuse(const char *ini, const char *expected)
{
        _cleanup_(problems_done) struct problems problems = {};
        struct format f;

        put_file("x.conf", ini);
        assert_int_equal(format_file_load("x.conf", "x", &f, &problems), -EINVAL);
        assert_problem(&problems, 0, 1, expected);
}

static void test_full(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(format_done) struct format f = {};

        put_file("x.conf", "; comment\n# comment\n[Format]\nDescription = Some thing\nPackage=p\nOffset=4\n"
                           "Magic = \\x7f\\x45\n  \\x00\n\tLF\nMask=\\xff\\xff\\xff\\xff\\xfe\nFlags=POCF\nEnabled=no\n"
                           "Interpreter=1 /low\nInterpreter=+20 /high er\nInterpreter=1 /low2\n");
        assert_int_equal(format_file_load("x.conf", "x", &f, &problems), 0);
        assert_int_equal(problems.n, 0);
        assert_string_equal(f.description, "Some thing");
        assert_string_equal(f.package, "p");
        assert_string_equal(f.entry.name, "x");
        assert_int_equal(f.entry.offset, 4);
        assert_int_equal(f.entry.magic_size, 5);
        assert_memory_equal(f.entry.magic, "\x7f\x45\0LF", 5);
        assert_memory_equal(f.entry.mask, "\xff\xff\xff\xff\xfe", 5);
        assert_false(f.enabled);
        assert_int_equal(f.n_candidates, 3);
        assert_string_equal(f.candidates[0].path, "/high er");
        assert_string_equal(f.candidates[1].path, "/low");
        assert_string_equal(f.candidates[2].path, "/low2");
        assert_int_equal(f.candidates[2].line, 15);
}

static void test_extension(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(format_done) struct format f = {};

        put_file("x.conf", "[Format]\nExtension=foo\nInterpreter=0 /bin/true\n");
        assert_int_equal(format_file_load("x.conf", "x", &f, &problems), 0);
        assert_int_equal(f.entry.type, ENTRY_EXTENSION);
        assert_string_equal(f.entry.extension, "foo");
        assert_true(f.enabled);
}

static void test_handler(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(format_done) struct format f = {};
        const struct candidate *c;

        put_file("x.conf", "[Format]\nHandler=my_handler\nFlags=D\n");
        assert_int_equal(format_file_load("x.conf", "x", &f, &problems), 0);
        assert_int_equal(f.entry.type, ENTRY_HANDLER);
        assert_int_equal(f.entry.flags, ENTRY_START_DISABLED);
        assert_int_equal(format_choose(&f, &c, &problems), 0);
        assert_string_equal(c->path, "my_handler");
        refuse("[Format]\nHandler=h\nMagic=a\n", "only one of them");
        refuse("[Format]\nHandler=h\nExtension=a\n", "only one of them");
        refuse("[Format]\nHandler=h\nInterpreter=1 /a\n", "x.conf:3: a format has a handler or interpreters, not both");
        refuse("[Format]\nHandler=h\nInterpreter=\n", "x.conf:3: a format has a handler or interpreters, not both");
        refuse("[Format]\nHandler=h\nInterpreter=\nInterpreter=1 /a\n", "not both");
        refuse("[Format]\nInterpreter=1 /a\nHandler=h\n", "x.conf:2: a format has a handler or interpreters, not both");
        refuse("[Format]\nHandler=a/b\n", "x.conf:2: the name of a BPF handler contains a slash");
        refuse("[Format]\nHandler=h\nFlags=F\n", "x.conf:3: a BPF handler chooses the flags");
}

static void test_lines_are_named(void **state)
{
        (void)state;
        refuse("[Format]\nrubbish\nMagic=a\nInterpreter=1 /a\n", "x.conf:2: neither a [Section]");
        refuse("[Format\n", "x.conf:1: neither a [Section]");
        refuse("Magic=a\n", "x.conf:1: this is outside of the section [Format]");
        refuse("[Fromat]\nMagic=a\n", "x.conf:2: this is in the section [Fromat], and outside of the section [Format]");
        refuse("[Format]\n\nMgaic=a\n", "x.conf:3: unknown key Mgaic=");
        refuse(ANY_INI "Magic=b\n", "x.conf:4: Magic=: this was set before");
        refuse("[Format]\nOffset=-1\n",
               "x.conf:2: Offset=: an offset is a decimal number, without a sign, a prefix or anything else: \"-1\"");
        refuse("[Format]\nFlags=\n  P\n", "x.conf:3: Flags=: only Magic= and Mask=");
        refuse(ANY_INI "Enabled=maybe\n", "x.conf:4: Enabled=: this is yes or no: \"maybe\"");
        refuse(ANY_INI "Flags=PX\n", "x.conf:4: Flags=: flags are capital letters out of POCFTLD: \"PX\"");
        refuse(ANY_INI "Interpreter=1O /bin/true\n",
               "x.conf:4: Interpreter=: this is a priority from -9999 to 9999, a space, and a path: \"1O /bin/true\"");
        /* A message quotes the beginning of a long value, and no half of a character. */
        refuse(ANY_INI "Enabled=12345678901234567890123456789012345678901234567890123456789\303\251z\n",
               "12345678901234567890123456789012345678901234567890123456789...\"");
        refuse(ANY_INI "Interpreter=5 bin/true\n", "x.conf:4: an interpreter needs an absolute path");
        refuse(ANY_INI "Mask=\\xff\n", "x.conf:4: the mask has 1 bytes and the magic 5");
        refuse(ANY_INI "Extension=foo\n", "x.conf:4: a format has a magic or an extension, not both");
        refuse("[Format]\nMagic=a\n", "x.conf: no interpreter is given");
        refuse("[Format]\nInterpreter=1 /a\n", "x.conf: neither a magic nor an extension");
        refuse("", "x.conf: neither a magic nor an extension");
}

static void test_every_problem_is_noted(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        struct format f;

        put_file("x.conf", "[Format]\nOffset=x\nFlags=q\nMagic=\\x\nInterpreter=1 /a\n");
        assert_int_equal(format_file_load("x.conf", "x", &f, &problems), -EINVAL);
        assert_problem(&problems, 0, 3, "x.conf:2: Offset=");
        assert_problem(&problems, 1, 3, "x.conf:3: Flags=");
        assert_problem(&problems, 2, 3, "x.conf:4: Magic=");
}

static void test_awkward_lines(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        static const char nul[] = "[Format]\nMagic=a\0b\nInterpreter=1 /a\n";
        char longer[600] = "[Format]\nMagic=";
        struct format f;

        put_bytes("x.conf", nul, sizeof(nul) - 1);
        assert_int_equal(format_file_load("x.conf", "x", &f, &problems), -EINVAL);
        assert_problem(&problems, 0, 1, "x.conf:2: the line contains a NUL byte");
        problems_done(&problems);

        memset(longer + strlen(longer), 'a', 400);
        refuse(longer, "x.conf:2: the line is too long");
        /* A line that is as long as possible counts with a newline at its end and without. */
        for (int newline = 0; newline <= 1; newline++) {
                _cleanup_(format_done) struct format last = {};
                snprintf(longer, sizeof(longer), "[Format]\nInterpreter=1 /a\nDescription=x\nMagic=%0193d%s", 0,
                         newline ? "\n" : "");
                refuse(longer, "x.conf:4: the line is too long");
                snprintf(longer, sizeof(longer), "[Format]\nInterpreter=1 /a\nDescription=x\nMagic=%0192d%s", 0,
                         newline ? "\n" : "");
                put_file("x.conf", longer);
                assert_int_equal(format_file_load("x.conf", "x", &last, &problems), 0);
        }
        assert_int_equal(format_file_load("none.conf", "none", &f, &problems), -ENOENT);
        assert_problem(&problems, 0, 1, "none.conf: No such file");
}

static void test_crlf_and_bom(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(format_done) struct format f = {};

        put_file("x.conf", "\xef\xbb\xbf[Format]\r\nMagic=ab\r\nInterpreter=1 /bin/true\r\n");
        assert_int_equal(format_file_load("x.conf", "x", &f, &problems), 0);
        assert_int_equal(f.entry.magic_size, 2);
        assert_string_equal(f.candidates[0].path, "/bin/true");
}

static void test_drop_in(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(format_done) struct format f = {};

        put_file("x.conf", ANY_INI);
        put_file("good", "[Format]\nFlags=F\nInterpreter=\nInterpreter=2 /bin/sh\n");
        put_file("bad", "[Format]\nEnabled=no\n\nMask=\\xff\n");
        assert_int_equal(format_file_load("x.conf", "x", &f, &problems), 0);
        assert_int_equal(format_file_apply("good", &f, &problems), 0);
        assert_int_equal(f.entry.flags, ENTRY_FIX_BINARY);
        assert_int_equal(f.n_candidates, 1);
        assert_string_equal(f.candidates[0].path, "/bin/sh");
        assert_string_equal(f.candidates[0].file, "good");
        assert_string_equal(f.file, "x.conf");

        /* A drop-in with an error is not applied at all. */
        assert_int_equal(format_file_apply("bad", &f, &problems), -EINVAL);
        assert_problem(&problems, 0, 1, "bad:4: the mask has 1 bytes");
        assert_true(f.enabled);
        assert_null(f.entry.mask);

        _cleanup_(format_done) struct format handler = {};
        put_file("x.conf", "[Format]\nHandler=h\n");
        put_file("bad", "[Format]\nInterpreter=\nInterpreter=1 /bin/sh\n");
        assert_int_equal(format_file_load("x.conf", "x", &handler, &problems), 0);
        assert_int_equal(format_file_apply("bad", &handler, &problems), -EINVAL);
        assert_problem(&problems, 1, 2, "bad:3: a format has a handler or interpreters, not both");
        assert_string_equal(handler.candidates[0].path, "h");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_full),
                TEST(test_extension),
                TEST(test_handler),
                TEST(test_lines_are_named),
                TEST(test_every_problem_is_noted),
                TEST(test_awkward_lines),
                TEST(test_crlf_and_bom),
                TEST(test_drop_in),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
