/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <sys/stat.h>

#include "kernel/interpreter.h"
#include "reconcile/record.h"

static void test_write_and_compare(void **state)
{
        (void)state;
        struct entry e = any_entry("x", "i", ENTRY_FIX_BINARY), other = any_entry("x", "/bin/true", ENTRY_FIX_BINARY);
        _cleanup_close_ int fd = record_open("a/b");

        assert_true(fd >= 0);
        put_file("i", "one");
        assert_false(record_is_ours(fd, &e));
        assert_int_equal(record_write(fd, &e), 0);
        assert_true(record_is_ours(fd, &e));
        assert_true(record_is_fresh(fd, &e));
        assert_false(record_is_ours(fd, &other));

        /* The interpreter is replaced as a package upgrade does it: the entry is still ours, and not fresh any more. */
        put_file("new", "two");
        assert_int_equal(rename("new", "i"), 0);
        assert_true(record_is_ours(fd, &e));
        assert_false(record_is_fresh(fd, &e));

        /* The entry is about to be registered anew, and perhaps never is. */
        assert_int_equal(record_write(fd, &e), 0);
        assert_true(record_is_fresh(fd, &e));
        assert_int_equal(record_begin(fd, &e), 0);
        assert_true(record_is_ours(fd, &e));
        assert_false(record_is_fresh(fd, &e));

        assert_int_equal(record_forget(fd, "x"), 0);
        assert_int_equal(record_forget(fd, "x"), 0);
        assert_false(record_is_ours(fd, &e));
}

/* An entry is registered with an image: it is as fresh as the interpreter's file that the image was made of. */
static void test_image(void **state)
{
        (void)state;
        struct entry e = any_entry("x", "i", ENTRY_FIX_BINARY);
        _cleanup_close_ int fd = record_open("image");
        _cleanup_free_ char *fingerprint = NULL;

        put_file("i", "one");
        assert_int_equal(interpreter_fingerprint("i", &fingerprint), 0);
        assert_null(record_image(fd, "x"));
        assert_int_equal(record_write(fd, &e), 0);
        assert_null(record_image(fd, "x"));
        assert_int_equal(record_write_image(fd, &e, fingerprint, "1234"), 0);
        _cleanup_free_ char *image = record_image(fd, "x");
        assert_string_equal(image, "1234");
        assert_true(record_is_ours(fd, &e));
        assert_true(record_is_fresh(fd, &e));
        put_file("new", "two");
        assert_int_equal(rename("new", "i"), 0);
        assert_true(record_is_ours(fd, &e));
        assert_false(record_is_fresh(fd, &e));
        assert_int_equal(record_write_image(fd, &e, "somebody else's", "1234"), 0);
        assert_false(record_is_fresh(fd, &e));
        assert_int_equal(record_write(fd, &e), 0);
        assert_null(record_image(fd, "x"));
        assert_int_equal(record_write_image(-1, &e, fingerprint, "1234"), -ENOENT);
}

/* An entry goes because its interpreter has. That is noted only where the entry had a record, until it is registered again. */
static void test_vanished(void **state)
{
        (void)state;
        struct entry e = any_entry("x", "/bin/true", 0);
        _cleanup_close_ int fd = record_open("vanished");

        assert_int_equal(record_set_vanished(fd, "x"), 0);
        assert_false(record_is_vanished(fd, "x"));
        assert_int_equal(record_write(fd, &e), 0);
        assert_false(record_is_vanished(fd, "x"));
        assert_int_equal(record_set_vanished(fd, "x"), 0);
        assert_int_equal(record_set_vanished(fd, "x"), 0);
        assert_true(record_is_vanished(fd, "x"));
        assert_false(record_is_ours(fd, &e));
        assert_int_equal(record_write(fd, &e), 0);
        assert_false(record_is_vanished(fd, "x"));
        assert_true(record_is_ours(fd, &e));
        assert_int_equal(record_set_vanished(-1, "x"), 0);
        assert_false(record_is_vanished(-1, "x"));
}

static void test_list(void **state)
{
        (void)state;
        _cleanup_(record_names_done) struct record_names names = {};
        struct entry e = any_entry("one", "/bin/true", 0);
        _cleanup_close_ int fd = record_open("records");

        assert_int_equal(record_write(fd, &e), 0);
        put_file("records/.#1", "left over");
        assert_int_equal(record_list(fd, &names), 0);
        assert_int_equal(names.n, 1);
        assert_string_equal(names.items[0], "one");
}

static void test_without_directory(void **state)
{
        (void)state;
        _cleanup_(record_names_done) struct record_names names = {};
        struct entry e = any_entry("one", "/bin/true", 0);

        assert_int_equal(record_write(-1, &e), 0);
        assert_false(record_is_ours(-1, &e));
        assert_true(record_is_fresh(-1, &e));
        assert_int_equal(record_forget(-1, "one"), 0);
        assert_int_equal(record_list(-1, &names), 0);
        assert_int_equal(names.n, 0);
        put_file("file", "");
        assert_true(record_open("file/below") < 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = { TEST(test_write_and_compare), TEST(test_vanished), TEST(test_image), TEST(test_list),
                                            TEST(test_without_directory) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
