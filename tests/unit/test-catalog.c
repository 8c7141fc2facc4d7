/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "catalog.h"
#include "override.h"

static void load(struct catalog *ret, struct problems *problems)
{
        _cleanup_(paths_done) struct paths paths = {};

        assert_int_equal(paths_set_confdirs(&paths, "usr:run:etc"), 0);
        assert_int_equal(catalog_load(&paths, ret, problems), 0);
}

static void test_order_and_replacement(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};

        put_file("usr/b.conf", ANY_INI);
        put_file("usr/a.conf", ANY_INI);
        put_file("etc/a.conf", ANY_INI "Package=mine\n");
        put_file("usr/README", "not one of ours");
        put_file("usr/.hidden.conf", "nor this");
        put_file("usr/.conf", "nor this");
        load(&c, &problems);
        assert_int_equal(problems.n, 0);
        assert_int_equal(c.n, 2);
        assert_string_equal(c.formats[0].entry.name, "a");
        assert_string_equal(c.formats[0].package, "mine");
        assert_string_equal(c.formats[1].entry.name, "b");
        assert_ptr_equal(catalog_find(&c, "b"), &c.formats[1]);
        assert_null(catalog_find(&c, "README"));
}

static void test_masked(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};

        put_file("usr/a.conf", ANY_INI);
        put_file("etc/other.conf", ANY_INI);
        assert_int_equal(symlink("/dev/null", "etc/a.conf"), 0);
        load(&c, &problems);
        assert_int_equal(c.n, 1);
        assert_null(catalog_find(&c, "a"));
        assert_int_equal(problems.n, 0);
}

static void test_bad_file_harms_no_other(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};

        put_file("usr/a.conf", ANY_INI);
        put_file("usr/b.conf", "[Format]\nMagic=\\n\n");
        put_file("usr/c.conf", ANY_INI);
        put_file("usr/status.conf", ANY_INI);
        assert_int_equal(symlink("nowhere", "usr/d.conf"), 0);
        load(&c, &problems);
        assert_int_equal(c.n, 2);
        assert_problem(&problems, 0, 3, "usr/b.conf:2: Magic=");
        assert_problem(&problems, 1, 3, "usr/d.conf: No such file");
        assert_problem(&problems, 2, 3, "usr/status.conf: the names register and status");
        assert_true(catalog_is_broken(&c, "b"));
        assert_true(catalog_is_broken(&c, "d"));
        assert_false(catalog_is_broken(&c, "a"));
}

static void test_drop_ins(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};

        put_file("usr/a.conf", ANY_INI);
        put_file("usr/a.conf.d/10.conf", "[Format]\nPackage=ten\nFlags=P\n");
        put_file("run/a.conf.d/20.conf", "[Format]\nPackage=twenty\n");
        put_file("etc/a.conf.d/20.conf", "[Format]\nPackage=mine\n");
        put_file("etc/a.conf.d/30.conf", "[Format]\nPackage=\nFlags=nonsense\n");
        load(&c, &problems);
        assert_int_equal(c.n, 1);
        assert_string_equal(c.formats[0].package, "mine");
        assert_int_equal(c.formats[0].entry.flags, ENTRY_PRESERVE_ARGV0);
        assert_problem(&problems, 0, 1, "etc/a.conf.d/30.conf:3: Flags=");
}

static void test_override(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog off = {}, on = {};
        _cleanup_(paths_done) struct paths paths = {};

        put_file("usr/a.conf", ANY_INI);
        assert_int_equal(paths_set_confdirs(&paths, "usr:etc/sub"), 0);
        assert_int_equal(override_remove(&paths, "a"), 0);
        assert_int_equal(override_write(&paths, "a", false), 0);
        assert_int_equal(catalog_load(&paths, &off, &problems), 0);
        assert_false(off.formats[0].enabled);
        assert_int_equal(override_remove(&paths, "a"), 0);
        assert_int_equal(access("etc/sub/a.conf.d", F_OK), -1);
        assert_int_equal(catalog_load(&paths, &on, &problems), 0);
        assert_true(on.formats[0].enabled);
        assert_int_equal(problems.n, 0);
}

/* The directories that exist only have what they should; none at all is no error. */
static void test_nothing(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        _cleanup_(catalog_done) struct catalog c = {};

        load(&c, &problems);
        assert_int_equal(c.n, 0);
        assert_int_equal(problems.n, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(test_order_and_replacement),
                TEST(test_masked),
                TEST(test_bad_file_harms_no_other),
                TEST(test_drop_ins),
                TEST(test_override),
                TEST(test_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
