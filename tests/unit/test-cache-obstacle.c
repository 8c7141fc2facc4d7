/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in the way of the cache of translations. What mounts do is in tests/e2e. */
#include "support.h"

#include "base/paths.h"
#include "base/util.h"
#include "cache/obstacle.h"

static char *dirs[] = { (char *)"conf", (char *)"etc" };
static struct paths paths = { .config = (char *)"binfmtd.conf",
                              .cachedir = (char *)"cache/binfmtd",
                              .translator = (char *)"/bin/true",
                              .confdirs = dirs,
                              .n_confdirs = 2 };

static void test_config(void **state)
{
        (void)state;
        assert_int_equal(cache_find_obstacle(&paths, true), CACHE_DISABLED);
        put_file("binfmtd.conf", "[Daemon]\nCache=no\n");
        assert_int_equal(cache_find_obstacle(&paths, true), CACHE_DISABLED);
        put_file("binfmtd.conf", "[Daemon]\nCache=yes\n");
        assert_int_equal(cache_find_obstacle(&paths, false), CACHE_NO_FORMAT);
        put_file("conf/a.conf", "[Format]\nMagic=" ANY_MAGIC "\nInterpreter=1 /bin/sh\n");
        assert_int_equal(cache_find_obstacle(&paths, false), CACHE_NO_FORMAT);
        put_file("conf/b.conf", "[Format]\nMagic=OTHER\nInterpreter=1 /bin/true\nEnabled=no\n");
        assert_int_equal(cache_find_obstacle(&paths, false), CACHE_NO_FORMAT);
        put_file("conf/b.conf", "[Format]\nMagic=OTHER\nInterpreter=1 /bin/true\n");
        assert_int_equal(cache_find_obstacle(&paths, false), CACHE_NO_DAEMON);
}

/* Each obstacle has a name of its own, by which it is found, a text and a remedy. */
static void test_names(void **state)
{
        (void)state;
        assert_null(cache_obstacle_to_string(CACHE_NO_OBSTACLE));
        assert_null(cache_obstacle_text(CACHE_NO_OBSTACLE));
        assert_null(cache_obstacle_remedy(CACHE_NO_OBSTACLE));
        assert_false(cache_obstacle_is_fatal(CACHE_NO_OBSTACLE));
        assert_int_equal(cache_obstacle_from_string(""), CACHE_NO_OBSTACLE);
        assert_int_equal(cache_obstacle_from_string("nonsense"), CACHE_NO_OBSTACLE);
        for (enum cache_obstacle o = CACHE_NO_OBSTACLE + 1; o < CACHE_OBSTACLES; o++) {
                assert_int_equal(cache_obstacle_from_string(cache_obstacle_to_string(o)), o);
                assert_non_null(cache_obstacle_text(o));
                assert_non_null(cache_obstacle_remedy(o));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_config, enter_directory, leave_directory),
                cmocka_unit_test(test_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
