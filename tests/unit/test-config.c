/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include "formats/daemon-config.h"

static void test_defaults(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        struct config c = {};

        assert_int_equal(config_load("none", &c, &problems), 0);
        assert_false(c.remove_on_stop);
        assert_true(c.mount);
        assert_int_equal(c.repair, REPAIR_YES);
        assert_int_equal(problems.n, 0);
}

static void test_values(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        struct config c = {};

        put_file("c", "[Daemon]\nRemoveOnStop=YES\nMount=0\n");
        assert_int_equal(config_load("c", &c, &problems), 0);
        assert_true(c.remove_on_stop);
        assert_false(c.mount);
        assert_int_equal(c.repair, REPAIR_YES);
        assert_int_equal(problems.n, 0);

        put_file("c", "[Daemon]\nRepair=no\n");
        assert_int_equal(config_load("c", &c, &problems), 0);
        assert_int_equal(c.repair, REPAIR_NO);
        put_file("c", "[Daemon]\nRepair=Warn\n");
        assert_int_equal(config_load("c", &c, &problems), 0);
        assert_int_equal(c.repair, REPAIR_WARN);
        assert_int_equal(problems.n, 0);
}

static void test_cache(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        struct config c = {};

        put_file("c", "[Daemon]\n");
        assert_int_equal(config_load("c", &c, &problems), 0);
        assert_false(c.cache);
        assert_int_equal(c.cache_size, 2147483648);
        assert_int_equal(c.cache_file_size, 402653184);
        put_file("c", "[Daemon]\nCache=yes\nCacheSize=3g\nCacheFileSize=2048K\n");
        assert_int_equal(config_load("c", &c, &problems), 0);
        assert_true(c.cache);
        assert_int_equal(c.cache_size, 3221225472);
        assert_int_equal(c.cache_file_size, 2097152);
        assert_int_equal(problems.n, 0);
        put_file("c", "[Daemon]\nCacheSize=1000000\nCacheSize=1025G\nCacheSize=99999999999999999999\nCacheSize=\nCacheSize=2X\n"
                      "CacheSize=2MB\nCacheSize=-5M\nCacheFileSize=M\nCache=2\nCacheSize=1048576\n");
        assert_int_equal(config_load("c", &c, &problems), 0);
        assert_int_equal(problems.n, 9);
        assert_problem(&problems, 0, 9, "c:2: CacheSize=: this is a number of bytes from 1M to 1024G");
        assert_int_equal(c.cache_size, 1048576);
}

/* What is wrong is noted with its line, and the other lines still count. */
static void test_problems(void **state)
{
        (void)state;
        _cleanup_(problems_done) struct problems problems = {};
        struct config c = {};

        put_file("c", "Mount=no\n[Daemon]\nMount=perhaps\nNo=such\nRemoveOnStop=on\n");
        assert_int_equal(config_load("c", &c, &problems), 0);
        assert_problem(&problems, 0, 3, "c:1: this is outside of the section [Daemon]");
        assert_problem(&problems, 1, 3, "c:3: Mount=: this is yes or no");
        assert_problem(&problems, 2, 3, "c:4: unknown key No=");
        assert_true(c.mount);
        assert_true(c.remove_on_stop);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, enter_directory, leave_directory)

int main(void)
{
        const struct CMUnitTest tests[] = { TEST(test_defaults), TEST(test_values), TEST(test_problems), TEST(test_cache) };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
