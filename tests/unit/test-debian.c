/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debian's format files and database. What is expected is what update-binfmts(8) says and what Debian's version was
 * seen to write. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "debian/debian-db.h"
#include "base/escape.h"
#include "kernel/kernel.h"

/* Replaces read(2) in libbinfmt as well: fails with read_error unless that is 0. */
static int read_error;

ssize_t read(int fd, void *buf, size_t size)
{
        errno = read_error;
        return read_error ? -1 : syscall(SYS_read, fd, buf, size);
}

/* What the C library makes of it under _FORTIFY_SOURCE. */
ssize_t __read_chk(int fd, void *buf, size_t size, size_t room);
ssize_t __read_chk(int fd, void *buf, size_t size, size_t room)
{
        assert_true(size <= room);
        return read(fd, buf, size);
}

static int parse(const char *text, struct debian_format *ret, struct problems *problems)
{
        return debian_format_parse(text, strlen(text), "x", "f", ret, problems);
}

static void assert_fields(const struct debian_format *f, const char *const expected[DEBIAN_FIELD_COUNT])
{
        for (size_t i = 0; i < DEBIAN_FIELD_COUNT; i++)
                assert_string_equal(f->fields[i], expected[i]);
}

/* The example of update-binfmts(8). */
static void test_format_file(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(debian_format_done) struct debian_format f = {};
        _cleanup_(entry_done) struct entry e = {};
        enum debian_field field;
        const char *reason;

        assert_int_equal(
                parse("package javawrapper\ninterpreter /usr/bin/javawrapper\nmagic \\xca\\xfe\\xba\\xbe\n", &f, &problems), 0);
        assert_int_equal(problems.n, 0);
        assert_string_equal(f.name, "x");
        assert_fields(&f, (const char *const[]){ "javawrapper", "magic", "0", "\\xca\\xfe\\xba\\xbe", "", "/usr/bin/javawrapper",
                                                 "", "", "", "" });
        assert_int_equal(f.lines[DEBIAN_MAGIC], 3);
        assert_int_equal(debian_format_make_entry(&f, &e, &field, &reason), 0);
        assert_string_equal(e.name, "x");
        assert_int_equal(e.magic_size, 4);
        assert_memory_equal(e.magic, "\xca\xfe\xba\xbe", 4);
        assert_null(e.mask);
        assert_int_equal(e.flags, 0);
        assert_false(debian_format_is_local(&f));
}

static void test_all_keys(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(debian_format_done) struct debian_format f = {};
        _cleanup_(entry_done) struct entry e = {};
        enum debian_field field;
        const char *reason;

        assert_int_equal(parse("# comment\n\t# another\n\nPackage\tp\n  interpreter \t /bin/true \t\r\nmagic a b\\x00\n"
                               "mask \\xff\\xff\\xff\\x00\noffset 4\ndetector /bin/false\ncredentials yes\npreserve yes\n"
                               "fix_binary yes",
                               &f, &problems),
                         0);
        assert_int_equal(problems.n, 0);
        assert_fields(&f, (const char *const[]){ "p", "magic", "4", "a b\\x00", "\\xff\\xff\\xff\\x00", "/bin/true", "/bin/false",
                                                 "yes", "yes", "yes" });
        assert_int_equal(debian_format_make_entry(&f, &e, &field, &reason), 0);
        assert_int_equal(e.magic_size, 4);
        assert_memory_equal(e.magic, "a b\0", 4);
        assert_memory_equal(e.mask, "\xff\xff\xff\0", 4);
        assert_int_equal(e.offset, 4);
        assert_int_equal(e.flags, ENTRY_CREDENTIALS | ENTRY_PRESERVE_ARGV0 | ENTRY_FIX_BINARY);
}

static void test_extension(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(debian_format_done) struct debian_format f = {};
        _cleanup_(entry_done) struct entry e = {};
        enum debian_field field;
        const char *reason;

        assert_int_equal(parse("package p\ninterpreter /bin/true\nextension jar\npreserve no\n", &f, &problems), 0);
        assert_string_equal(f.fields[DEBIAN_TYPE], "extension");
        assert_string_equal(f.fields[DEBIAN_MAGIC], "jar");
        assert_int_equal(f.lines[DEBIAN_MAGIC], 3);
        assert_int_equal(debian_format_make_entry(&f, &e, &field, &reason), 0);
        assert_int_equal(e.type, ENTRY_EXTENSION);
        assert_string_equal(e.extension, "jar");
}

#define P "package p\n"
#define I "interpreter /bin/true\n"
#define M "magic AB\n"

static void test_refused(void **state)
{
        (void)state;
        static const struct {
                const char *text, *says;
        } cases[] = {
                { I M, "f: required 'package' line missing" },
                { P M, "f: required 'interpreter' line missing" },
                { P I, "a format needs a line" },
                { P I M "extension foo\n", "f:4: a format has either a magic or an extension" },
                { P I "extension foo\nmask a\n", "f:4: a mask is for a magic" },
                { P I "extension foo\noffset 0\n", "f:4: an offset is for a magic" },
                { P I M "mask \\xff\n", "f:4: mask and magic differ in length" },
                { P I M "mask \\x00\\x00\n", "f:4: a mask of zeros" },
                { P I M "offset 2x\n", "f:4: an offset is a decimal number" },
                { P I M "offset 255\n", "f:3: offset and length of the magic exceed" },
                { P I M "credentials maybe\n", "f:4: credentials, preserve and fix_binary are yes or no" },
                { P I M "preserve YES\n", "f:4: credentials" },
                { P I "magic \\x4\n", "f:3: \\x needs two" },
                { P I M "detector true\n", "f:4: a detector needs an absolute path" },
                { P "interpreter true\n" M, "f:2: an interpreter needs an absolute path" },
                { P I "extension a/b\n", "f:3: an extension cannot contain a slash" },
                { P I "magic A\tB\001\n\n" M "credentials ja\n", "f:6: credentials" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_(problems_done) struct problems problems = {};
                struct debian_format f = {};
                assert_int_equal(parse(cases[i].text, &f, &problems), -EINVAL);
                assert_problem(&problems, 0, 1, cases[i].says);
                assert_null(f.name);
        }
}

static void test_noted(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(debian_format_done) struct debian_format f = {};

        assert_int_equal(parse(P I M "fix-binary yes\nmagic CD\n", &f, &problems), 0);
        assert_problem(&problems, 0, 1, "f:4: \"fix-binary\" is not a key");
        assert_string_equal(f.fields[DEBIAN_FIX_BINARY], "");
        assert_string_equal(f.fields[DEBIAN_MAGIC], "CD");
}

/* Debian's version passes over a key without a value, even if the key is needed. */
static void test_keys_without_a_value(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {}, needed = {};
        _cleanup_(debian_format_done) struct debian_format f = {}, none = {};

        assert_int_equal(parse(P I M "detector \ncredentials\nmagic\n", &f, &problems), 0);
        assert_problem(&problems, 0, 3, "f:4: detector has no value");
        assert_problem(&problems, 1, 3, "f:5: credentials has no value");
        assert_problem(&problems, 2, 3, "f:6: magic has no value");
        assert_fields(&f, (const char *const[]){ "p", "magic", "0", "AB", "", "/bin/true", "", "", "", "" });
        assert_int_equal(parse(P "interpreter\n" M, &none, &needed), -EINVAL);
        assert_problem(&needed, 0, 2, "f:2: interpreter has no value");
        assert_problem(&needed, 1, 2, "f: required 'interpreter' line missing");
}

static void test_load(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {}, nul = {};
        struct debian_format f = {};

        assert_int_equal(debian_format_load("missing", "x", &f, &problems), -ENOENT);
        assert_problem(&problems, 0, 1, "missing: ");
        put_bytes("nul", P I "magic A\0B\n", sizeof(P I "magic A\0B\n") - 1);
        assert_int_equal(debian_format_load("nul", "x", &f, &nul), -EINVAL);
        assert_problem(&nul, 0, 1, "NUL byte");
}

/* As written by "update-binfmts --package p --install b /bin/true --magic '\x7fABD' --mask '\xff\xff\xff\xff'
 * --offset 4 --credentials yes --preserve yes --fix-binary yes". */
#define STORED "p\nmagic\n4\n\\x7fABD\n\\xff\\xff\\xff\\xff\n/bin/true\n\nyes\nyes\nyes\n"

static void test_database(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(debian_formats_done) struct debian_formats list = {};
        _cleanup_(debian_format_done) struct debian_format f = {}, again = {};
        _cleanup_free_ char *text = NULL;
        enum debian_field missing;

        assert_int_equal(debian_db_open("db"), -ENOENT);
        put_file("db/b", STORED);
        put_file("db/.hidden", "x");
        put_file("db/a.tmp", "x");
        put_file("db/broken", ":\nmagic\n0\n");
        assert_int_equal(mkdir("db/directory", 0755), 0);
        _cleanup_close_ int fd = debian_db_open("db");
        assert_true(fd >= 0);
        assert_int_equal(debian_db_read(fd, "b", &f, &missing), 0);
        assert_fields(&f, (const char *const[]){ "p", "magic", "4", "\\x7fABD", "\\xff\\xff\\xff\\xff", "/bin/true", "", "yes",
                                                 "yes", "yes" });
        assert_int_equal(string_set(&f.name, "a"), 0);
        assert_int_equal(debian_db_write(fd, &f), 0);
        assert_int_equal(file_read_at(fd, "a", 4096, &text, NULL), 0);
        assert_string_equal(text, STORED);

        assert_int_equal(debian_db_list(fd, "db", &list, &problems), 0);
        assert_int_equal(list.n, 2);
        assert_string_equal(list.items[0].name, "a");
        assert_string_equal(list.items[1].name, "b");
        assert_problem(&problems, 0, 1, "db/broken: it is no format of the database: it ends before the magic");

        assert_int_equal(debian_db_remove(fd, "a"), 0);
        assert_int_equal(debian_db_remove(fd, "a"), -ENOENT);
        assert_int_equal(debian_db_read(fd, "a", &again, &missing), -ENOENT);
        assert_int_equal(debian_db_read(fd, "../db/b", &again, &missing), -ENOENT);
        assert_int_equal(debian_db_read(fd, "directory", &again, &missing), -ENOENT);
}

/* A file system sets EBADMSG where a checksum is wrong. That must not be taken for a file that ends too early: there may be a
 * format in it. */
static void test_damaged_file_system(void **state)
{
        (void)state;
        _cleanup_(debian_formats_done) struct debian_formats list = {};
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(debian_format_done) struct debian_format f = {};
        enum debian_field missing = DEBIAN_FIELD_COUNT;

        put_file("db/b", STORED);
        _cleanup_close_ int fd = debian_db_open("db");
        read_error = EBADMSG;
        int of_one = debian_db_read(fd, "b", &f, &missing), of_all = debian_db_list(fd, "db", &list, &problems);
        read_error = 0;
        assert_int_equal(of_one, -EIO);
        assert_int_equal(missing, DEBIAN_FIELD_COUNT);
        assert_int_equal(of_all, 0);
        assert_int_equal(list.n, 0);
        assert_true(list.incomplete);
        assert_problem(&problems, 0, 1, "db/b: Input/output error");
}

/* Debian's version reads files of six lines and more. */
static void test_short_files(void **state)
{
        (void)state;
        static const char text[] = ":\nmagic\n\nAB\n\n/bin/true\n\nno\nno\nyes\nextra\n";
        const char *end = text;

        for (unsigned n = 0; n <= 11; n++) {
                _cleanup_(debian_format_done) struct debian_format f = {};
                _cleanup_free_ char *head = strndup(text, (size_t)(end - text));
                enum debian_field missing = DEBIAN_FIELD_COUNT;
                int r = debian_db_parse(head, "x", &f, &missing);
                if (n < 6) {
                        assert_int_equal(r, -EBADMSG);
                        assert_int_equal(missing, n);
                } else {
                        assert_int_equal(r, 0);
                        assert_string_equal(f.fields[DEBIAN_INTERPRETER], "/bin/true");
                        assert_string_equal(f.fields[DEBIAN_OFFSET], "");
                        assert_string_equal(f.fields[DEBIAN_FIX_BINARY], n < 10 ? "" : "yes");
                        assert_true(debian_format_is_local(&f));
                }
                end += strcspn(end, "\n") + 1;
        }
}

static void test_nothing_broken_is_written(void **state)
{
        (void)state;
        _cleanup_(debian_format_done) struct debian_format f = {};
        enum debian_field missing;

        assert_int_equal(mkdir("db", 0755), 0);
        _cleanup_close_ int fd = debian_db_open("db");
        assert_int_equal(debian_db_parse(STORED, "x", &f, &missing), 0);
        assert_int_equal(debian_format_set(&f, DEBIAN_DETECTOR, "/a\nb"), 0);
        assert_int_equal(debian_db_write(fd, &f), -EINVAL);
        assert_int_equal(debian_format_set(&f, DEBIAN_DETECTOR, ""), 0);
        static const char *const names[] = { "../x", ".x", "x.tmp", "x\ty", "status" };
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                assert_int_equal(string_set(&f.name, names[i]), 0);
                assert_int_equal(debian_db_write(fd, &f), -EINVAL);
        }
        assert_int_equal(access("db/x", F_OK), -1);
        assert_int_equal(access("x", F_OK), -1);
}

/* A magic is the bytes that the kernel makes of the same text. */
static void test_magic_as_the_kernel_reads_it(void **state)
{
        (void)state;
        static const char *const texts[] = { "AB",          "\\x41B",      "\\x4",   "A\\xg1",     "A\\n",
                                             "A\\",         "\\\\",        "\\\\x4", "\\\\x41",    "\\\\\\x41",
                                             "\\\\\\\\x41", "\303\244\t ", "\\x00A", "A\\X41\\xaF" };
        int fd = own_binfmt_misc();

        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                _cleanup_(entry_done) struct entry e = {};
                _cleanup_free_ char *line = NULL;
                _cleanup_free_ uint8_t *bytes = NULL;
                const char *reason;
                size_t size;

                assert_int_equal(string_format(&line, ":x:M::%s::/bin/true:", texts[i]), 0);
                _cleanup_close_ int file = openat(fd, "register", O_WRONLY | O_CLOEXEC);
                ssize_t n = write(file, line, strlen(line));
                int r = unescape_as_kernel(texts[i], &bytes, &size, &reason);
                assert_int_equal(r, n < 0 ? -EINVAL : 0);
                if (r < 0)
                        continue;
                assert_int_equal(kernel_read(fd, "x", &e), 0);
                assert_int_equal(e.magic_size, size);
                assert_memory_equal(e.magic, bytes, size);
                assert_int_equal(kernel_remove(fd, "x"), 0);
        }
        close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = { TEST(test_format_file),
                                            TEST(test_all_keys),
                                            TEST(test_extension),
                                            TEST(test_refused),
                                            TEST(test_noted),
                                            TEST(test_load),
                                            TEST(test_database),
                                            TEST(test_magic_as_the_kernel_reads_it),
                                            TEST(test_damaged_file_system),
                                            TEST(test_short_files),
                                            TEST(test_nothing_broken_is_written),
                                            TEST(test_keys_without_a_value) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
